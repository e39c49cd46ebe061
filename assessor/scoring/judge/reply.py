"""What a judge replied, checked before any of it is believed.

A reply may be cut off, or wrong in one place. What is whole and right is kept; nothing is guessed,
completed or converted.
"""

import contextlib
import json
import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError

from assessor.domain.value import Value
from assessor.ports import ModelReply, Token

MAX_REPLY_CHARS = 40_000
"""Ten criteria with three long quotes each stay far below this. What comes after is not looked at."""

Verdict = Literal["met", "unmet", "cannot_assess"]

_EVEN: Final = 0.5
_LEAST_MASS: Final = 0.5
"""Of the probability of a token, what `met` and `unmet` must have together to be compared."""

_LIST = re.compile(r'"criteria"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_ID_OR_VERDICT = re.compile(r'"id"\s*:\s*"(?P<id>[^"\\]*)"|"verdict"\s*:\s*"')


class Judgement(Value):
    """A judge's word on one criterion."""

    id: str
    quotes: Annotated[tuple[Annotated[str, Field(max_length=4000)], ...], Field(max_length=8)]
    analysis: Annotated[str, Field(max_length=4000)]
    verdict: Verdict
    probability: Annotated[float, Field(ge=0, le=1)]

    @property
    def contradicts_itself(self) -> bool:
        """Whether verdict and probability lie on different sides of even."""
        if self.verdict == "met":
            return self.probability < _EVEN
        return self.verdict == "unmet" and self.probability > _EVEN


def reply_schema(ids: Sequence[str]) -> dict[str, Any]:
    """Return the JSON Schema that the model is held to, where the provider can."""
    judgement = {
        "type": "object",
        "properties": {
            "id": {"type": "string", "enum": list(ids)},
            "quotes": {"type": "array", "items": {"type": "string"}},
            "analysis": {"type": "string"},
            "verdict": {"type": "string", "enum": ["met", "unmet", "cannot_assess"]},
            "probability": {"type": "number"},
        },
        "required": ["id", "quotes", "analysis", "verdict", "probability"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"criteria": {"type": "array", "items": judgement}},
        "required": ["criteria"],
        "additionalProperties": False,
    }


def read_reply(text: str, ids: Collection[str]) -> dict[str, Judgement]:
    """Return what can be believed: each judgement that is whole, right in every field, and asked for.

    A criterion that is named twice is believed neither time. An empty result means that nothing could
    be used.
    """
    found = [one for one in _judgements(text[:MAX_REPLY_CHARS]) if one.id in ids]
    times = Counter(one.id for one in found)
    return {one.id: one for one in found if times[one.id] == 1}


def verdict_probabilities(reply: ModelReply) -> dict[str, float]:
    """Return by id how likely the model was to say `met` rather than `unmet`, where its tokens tell.

    Taken at the first token of each verdict, over the rivals that the provider named.
    """
    if not reply.tokens or "".join(token.text for token in reply.tokens) != reply.text:
        return {}
    starts = _token_starts(reply.tokens)
    found: dict[str, float] = {}
    name = ""
    for match in _ID_OR_VERDICT.finditer(reply.text):
        if match["id"] is not None:
            name = match["id"]
        elif (probability := _met_share(starts.get(match.end()))) is not None:
            found[name] = probability
    return found


def _judgements(text: str) -> Iterator[Judgement]:
    """Yield the valid objects of the list `criteria`, up to where the JSON breaks off."""
    opening = _LIST.search(text)
    at = opening.end() if opening else len(text)
    while True:
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr] # it matches nothing, too
        if at >= len(text) or text[at] != "{":
            return
        try:
            _, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        # What is wrong in one is asked for again; the others are none the worse for it.
        with contextlib.suppress(ValidationError, _NotOneValueError):
            yield Judgement.model_validate_json(_once_named(text[at:end]), strict=True)
        at = end


class _NotOneValueError(ValueError):
    """A key stands twice in one object."""


def _once_named(document: str) -> str:
    json.loads(document, object_pairs_hook=_distinct)
    return document


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _NotOneValueError
    return dict(pairs)


_DECODER = json.JSONDecoder()


def _token_starts(tokens: Sequence[Token]) -> dict[int, Token]:
    """Return the tokens by where they begin; for one that begins with a quotation mark, behind it."""
    starts: dict[int, Token] = {}
    at = 0
    for token in tokens:
        starts[at + len(token.text) - len(token.text.lstrip(' "'))] = token
        at += len(token.text)
    return starts


def _met_share(token: Token | None) -> float | None:
    if token is None:
        return None
    met = unmet = 0.0
    for text, logprob in {**token.rivals, token.text: token.logprob}.items():
        word = text.strip(' "')
        if word and "met".startswith(word):
            met += math.exp(logprob)
        elif word and "unmet".startswith(word):
            unmet += math.exp(logprob)
    return round(met / (met + unmet), 6) if met + unmet >= _LEAST_MASS else None
