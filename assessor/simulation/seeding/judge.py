"""A judge to sow with: it knows what the candidate meant to show, and errs at a stated rate."""

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from assessor.domain.fence import normalised
from assessor.domain.item import RubricWritingItem
from assessor.domain.library import Library
from assessor.ports import SUBJECT, Clock, ModelCall, ModelReply, ModelRequest, Subject
from assessor.simulation.models import CHARS_PER_TOKEN
from assessor.simulation.seeding.people import VariedCandidate

_LISTED = re.compile(r"^- ([0-9a-f]{8}): (.*)$", re.MULTILINE)
_FENCED = re.compile(r"^(.*):\n<<<[0-9a-f]{32}\n(.*)\n[0-9a-f]{32}>>>$", re.MULTILINE)
_ALWAYS = re.compile(r"Uses the word |Is longer than |The answer is ")
"""Beginnings of criteria that everything meets: controls, and what is said of any answer."""
_APPLIES: Final = "THE CRITERIA"
_RESPONSE: Final = "RESPONSE TO THE PROMPT, as JSON\n"
QUOTED_WORDS: Final = 7
SURE, DOUBTS = 0.95, 0.6
PRICE_IN, PRICE_OUT = 0.15, 0.6
"""Millionths of a US dollar a token: what a small hosted model costs."""
FAILS: Final = 0.02
"""Share of calls that have to be made twice."""


@dataclass(frozen=True)
class Reading:
    """What is on the judge's desk."""

    candidate: VariedCandidate
    track: str
    item_id: str


@dataclass
class SimulatedJudge:
    """A model that answers the judge's prompts. What it cost is in `calls` until somebody takes it.

    Without a reading it knows the words of the library's own examples.
    """

    name: str
    library: Library
    clock: Clock
    dice: random.Random
    overlooks: float
    imagines: float
    reading: Reading | None = None
    calls: list[ModelCall] = field(default_factory=list)
    _examples: dict[str, frozenset[str]] = field(default_factory=dict)

    def stream(self, request: ModelRequest) -> Any:
        """Nobody converses with a judge."""
        raise NotImplementedError(request.purpose)

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Return a judgement of every criterion that is asked about."""
        applies = _APPLIES in request.user
        rows = self._applied(request.user) if applies else self._graded(request.user)
        text = json.dumps({"criteria": rows})
        tokens_in = (len(request.system) + len(request.user)) // CHARS_PER_TOKEN
        self._enter(request, tokens_in, len(text) // CHARS_PER_TOKEN)
        return ModelReply(text, self.name, tokens_in, len(text) // CHARS_PER_TOKEN)

    def _graded(self, prompt: str) -> list[dict[str, Any]]:
        _, _, listed = prompt.rpartition("Grade exactly these criteria")
        passages = [json.loads(words) for label, words in _FENCED.findall(prompt) if label != "Interviewer"]
        own, met = max(passages, key=len, default=""), self._met(prompt, passages)
        return [
            self._row(name, own, met=self._errs(met=text in met), always=bool(_ALWAYS.match(text)))
            for name, text in _LISTED.findall(listed)
        ]

    def _met(self, prompt: str, passages: Sequence[str]) -> frozenset[str]:
        """Return the words of the criteria that the work on the desk really meets."""
        if self.reading is None:
            return self._known_examples().get(normalised("\n".join(passages)), frozenset())
        item = self.library.item(self.reading.track, self.reading.item_id)
        rubric = self.library.rubric(item.rubric or item.id)
        meets = self.reading.candidate.meets
        return frozenset(one.text for one in rubric.criteria if meets(item.id, one.id) and one.text in prompt)

    def _known_examples(self) -> Mapping[str, frozenset[str]]:
        if not self._examples:
            for rubric in self.library.rubrics.values():
                texts = {one.id: one.text for one in rubric.criteria}
                for anchor in rubric.anchors:
                    met = frozenset(texts[name] for name in anchor.met)
                    self._examples[normalised(anchor.answer.strip())] = met
        return self._examples

    def _applied(self, prompt: str) -> list[dict[str, Any]]:
        """Apply a candidate's rubric: the better a response by the key, the more it meets."""
        response = json.loads(prompt.partition(_RESPONSE)[2].splitlines()[0])
        quality = self._quality(response)
        return [
            self._row(name, response, met=self.dice.random() < quality, always=bool(_ALWAYS.match(text)))
            for name, text in ((name, json.loads(text)) for name, text in _FENCED.findall(prompt))
        ]

    def _quality(self, response: str) -> float:
        if self.reading is None:
            return DOUBTS
        item = self.library.item(self.reading.track, self.reading.item_id)
        if not isinstance(item, RubricWritingItem):
            return DOUBTS
        ranks = {one.text: one.rank for one in item.key.hidden_responses}
        return 1 - (ranks.get(response, 1) - 1) / max(1, max(ranks.values()) - 1)

    def _errs(self, *, met: bool) -> bool:
        """Return what it takes something for."""
        return met is not (self.dice.random() < (self.overlooks if met else self.imagines))

    def _row(self, name: str, own: str, *, met: bool, always: bool) -> dict[str, Any]:
        met = met or always
        sure = always or self.dice.random() > FAILS
        words = own.split()
        at = self.dice.randrange(max(1, len(words) - QUOTED_WORDS + 1))
        chance = SURE if sure else DOUBTS
        return {
            "id": name,
            "quotes": [" ".join(words[at : at + QUOTED_WORDS])] if met else [],
            "analysis": "The simulated judge says so." if met else "The simulated judge does not see it.",
            "verdict": "met" if met else "unmet",
            "probability": chance if met else round(1 - chance, 2),
        }

    def _enter(self, request: ModelRequest, tokens_in: int, tokens_out: int) -> None:
        subject = SUBJECT.get() or Subject("", "")
        outcomes = ("timeout", "ok") if self.dice.random() < FAILS else ("ok",)
        for attempt, outcome in enumerate(outcomes, 1):
            is_ok = outcome == "ok"
            self.calls.append(
                ModelCall(
                    at=self.clock.now(),
                    assessment_id=subject.assessment_id or None,
                    tenant=subject.tenant or None,
                    purpose=request.purpose,
                    model=self.name,
                    outcome=outcome,
                    prompt_tokens=tokens_in,
                    cached_tokens=0,
                    completion_tokens=tokens_out if is_ok else 0,
                    cost=round(tokens_in * PRICE_IN + (tokens_out * PRICE_OUT if is_ok else 0)),
                    latency_ms=round(self.dice.lognormvariate(0, 0.4) * (600 + 8 * tokens_out)),
                    attempt=attempt,
                )
            )
