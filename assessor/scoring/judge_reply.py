"""What a judge replied, checked before any of it is believed."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, NoReturn

from pydantic import Field, ValidationError

from assessor.domain.value import Value

MAX_REPLY_CHARS = 40_000
"""Twelve criteria with three long quotes each stay far below this."""

_EVEN: Final = 0.5

_OPENING_FENCES = ("```json\n", "```\n")
_CLOSING_FENCE = "\n```"


class UnusableReplyError(ValueError):
    """Why a reply cannot be used, in our own words: nothing of the reply stands in the message."""


class Judgement(Value):
    """A judge's word on one criterion."""

    id: str
    quotes: Annotated[tuple[Annotated[str, Field(max_length=4000)], ...], Field(max_length=8)]
    analysis: Annotated[str, Field(max_length=4000)]
    verdict: Literal["met", "unmet", "cannot_assess"]
    probability: Annotated[float, Field(ge=0, le=1)]

    @property
    def contradicts_itself(self) -> bool:
        """Whether verdict and probability lie on different sides of even."""
        if self.verdict == "met":
            return self.probability < _EVEN
        return self.verdict == "unmet" and self.probability > _EVEN


class _Reply(Value):
    criteria: tuple[Judgement, ...]


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


def read_reply(text: str, ids: Sequence[str]) -> dict[str, Judgement]:
    """Return the judgement of each criterion by id.

    Raises UnusableReplyError unless the whole reply is one JSON object of the schema that names
    each id exactly once. Nothing is guessed, cut out or converted; only a Markdown fence around the
    whole is taken off, which many models add.
    """
    if len(text) > MAX_REPLY_CHARS:
        raise UnusableReplyError(f"it is longer than {MAX_REPLY_CHARS} characters")
    document = _unfenced(text.strip())
    try:
        json.loads(document, object_pairs_hook=_distinct, parse_constant=_refuse_constant)
    except UnusableReplyError:
        raise
    except (ValueError, RecursionError):
        raise UnusableReplyError("it is not one JSON object") from None
    try:
        judgements = _Reply.model_validate_json(document, strict=True).criteria
    except ValidationError as error:
        raise UnusableReplyError(_first_problem(error)) from None
    named = [judgement.id for judgement in judgements]
    if missing := [name for name in ids if name not in named]:
        raise UnusableReplyError(f"it leaves out {', '.join(missing)}")
    if len(named) != len(ids):
        raise UnusableReplyError("it names a criterion twice, or one that was not asked for")
    return {judgement.id: judgement for judgement in judgements}


def _unfenced(text: str) -> str:
    for opening in _OPENING_FENCES:
        if text.startswith(opening) and text.endswith(_CLOSING_FENCE):
            return text[len(opening) : -len(_CLOSING_FENCE)]
    return text


def _first_problem(error: ValidationError) -> str:
    """Say which of our own fields is wrong. A name that the model made up is not repeated."""
    ours = {*_Reply.model_fields, *Judgement.model_fields}
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"] if isinstance(part, int) or part in ours)
    return f"a field is wrong or missing at {place or 'the top'}"


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise UnusableReplyError("a key stands twice in one object")
    return dict(pairs)


def _refuse_constant(_name: str) -> NoReturn:
    raise UnusableReplyError("a number is not finite")
