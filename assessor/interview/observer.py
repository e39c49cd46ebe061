"""Observing an answer with a model, in a run of its own that no reply waits for.

It says which approved follow-ups were answered without being asked. A model's word alone does not
count: each comes with a quote that stands in the candidate's own words. So somebody who only tells the
model to leave follow-ups out has not covered them.
"""

import asyncio
import json
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, ValidationError

from assessor.domain.errors import ModelFault
from assessor.domain.events import AnswerObserved
from assessor.domain.evidence import Evidence, OwnText, locate
from assessor.domain.fence import fence
from assessor.domain.item import Probe
from assessor.domain.language import base
from assessor.domain.value import Value
from assessor.interview.guard import FORBIDDEN_BY_LANGUAGE
from assessor.interview.observe import can_be_quoted
from assessor.interview.routing import answering, left_to_ask
from assessor.interview.state import Progress
from assessor.ports import Model, ModelRequest, Prompts

OBSERVING_SECONDS = 15.0
"""Less than it takes to answer a follow-up; what comes later is of no use."""
MAX_TOKENS = 400
MAX_READ_CHARS = 3000
"""Of each message."""
MAX_TERMS = 3

_CAPITALISED = re.compile(r"\b[A-Z][a-z]")


class _Covered(Value):
    probe: str
    quote: Annotated[str, Field(max_length=MAX_READ_CHARS)]


class ObservationReply(Value):
    """What a model claims about an answer; nothing of it is believed yet."""

    covered: Annotated[tuple[_Covered, ...], Field(max_length=20)]
    terms: Annotated[tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=20)]


@dataclass(frozen=True)
class Observer:
    """Asks a model what an answer has covered already."""

    model: Model
    prompts: Prompts
    within_seconds: float = OBSERVING_SECONDS

    async def observe(self, progress: Progress) -> AnswerObserved | None:
        """Return what was found; None when no follow-up is left that could be spared.

        One model call, and only after a probe to which another one may follow. Raises ModelFault.
        """
        probes, item_id = left_to_ask(progress), progress.open_item
        texts = _own_texts(progress)
        if not probes or item_id is None or not texts:
            return None
        request = self._request(progress, probes, texts[-1].event_seq)
        try:
            async with asyncio.timeout(self.within_seconds):
                reply = await self.model.complete(request)
        except TimeoutError:
            raise ModelFault("timeout", "nothing was observed in time") from None
        found = read_observation(reply.text)
        return AnswerObserved(
            message=texts[-1].event_seq,
            item_id=item_id,
            covered=tuple(_covered(found, probes, texts)),
            terms=tuple(_terms(found, texts, base(progress.brief.language)))[:MAX_TERMS],
            model=reply.model,
        )

    def _request(self, progress: Progress, probes: Sequence[Probe], message: int) -> ModelRequest:
        token = secrets.token_hex(16)
        exchange = [
            {"speaker": turn.speaker, "words": fence(turn.text[:MAX_READ_CHARS], token)}
            for turn in answering(progress)
            if turn.seq <= message
        ]
        question = progress.open_question
        return ModelRequest(
            self.prompts.render("interview/observe_system.j2", token=token, terms=MAX_TERMS),
            self.prompts.render(
                "interview/observe_user.j2",
                question=question.text if question else "",
                probes=probes,
                exchange=exchange,
            ),
            max_tokens=MAX_TOKENS,
            schema=observation_schema([probe.id for probe in probes]),
            idempotency_key=f"observation:{token}",
            purpose="observation",
            within_seconds=self.within_seconds,
        )


def observation_schema(probe_ids: Sequence[str]) -> dict[str, Any]:
    """Return the JSON Schema that the model is held to, where the provider can."""
    covered = {
        "type": "object",
        "properties": {
            "probe": {"type": "string", "enum": list(probe_ids)},
            "quote": {"type": "string"},
        },
        "required": ["probe", "quote"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "covered": {"type": "array", "items": covered},
            "terms": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["covered", "terms"],
        "additionalProperties": False,
    }


def read_observation(text: str) -> ObservationReply:
    """Read a reply. Raises ModelFault unless all of it is one JSON object of the schema."""
    try:
        json.loads(text)  # refuses what nests too deep, or is no JSON, in our own words
        return ObservationReply.model_validate_json(text, strict=True)
    except (ValidationError, ValueError, RecursionError):
        raise ModelFault("invalid_reply", "the observation is not of its schema") from None


def _own_texts(progress: Progress) -> list[OwnText]:
    return [
        OwnText(event_seq=turn.seq, text=turn.text)
        for turn in answering(progress)
        if turn.speaker == "candidate"
    ]


def _covered(found: ObservationReply, probes: Sequence[Probe], texts: Sequence[OwnText]) -> Iterator[str]:
    """Yield the probes, in their own order, for which a quote of the candidate was given."""
    proven = {claim.probe for claim in found.covered if locate(claim.quote, texts)}
    return (probe.id for probe in probes if probe.id in proven)


def _terms(found: ObservationReply, texts: Sequence[OwnText], language: str) -> Iterator[Evidence]:
    for term in dict.fromkeys(found.terms):
        span = next((span for own in texts if (span := _span(term, own, language))), None)
        if span is not None:
            yield span


def _span(term: str, own: OwnText, language: str) -> Evidence | None:
    """Return where a term stands as words of its own, unless it is better not said back."""
    if not can_be_quoted(term) or any(pattern.search(term) for _, pattern in FORBIDDEN_BY_LANGUAGE[language]):
        return None
    if _CAPITALISED.search(term):
        return None  # it may name a person, a place or an employer; the rules find what can hardly be one
    found = re.search(rf"(?<!\w){re.escape(term)}(?!\w)", own.text)
    return Evidence(event_seq=own.event_seq, start=found.start(), end=found.end()) if found else None
