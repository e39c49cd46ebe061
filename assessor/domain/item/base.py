"""What every item carries, whatever its category."""

from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.ids import Slug
from assessor.domain.key_check import KeyCheck
from assessor.domain.likeness import WORD, runs_of
from assessor.domain.value import Value, content_hash, strings_in

Text = Annotated[str, Field(min_length=1, max_length=12000)]
Rationale = Annotated[str, Field(min_length=20, max_length=2000)]
Share = Annotated[float, Field(ge=0, le=1)]


LEAST_CANARY_WORDS: Final = 5
_UNTOLD: Final = {"key", "canary"}


class Category(StrEnum):
    """The six kinds of work that are sampled."""

    INTERVIEW = "interview"
    EVALUATION = "evaluation"
    RANKING = "ranking"
    RUBRIC_WRITING = "rubric_writing"
    SFT = "sft"
    TRAJECTORY = "trajectory"


RULE_SCORED = frozenset({Category.EVALUATION, Category.RANKING, Category.TRAJECTORY})
"""What has a key, so that a rule scores it at once; a reader adds only what the reasons show."""


class AiPolicy(StrEnum):
    """Whether a candidate may use AI tools for an item."""

    ALLOWED = "allowed"
    DISCLOSE = "disclose"
    NOT_ALLOWED = "not_allowed"


class Source(Value):
    """Where a fact in a key can be looked up."""

    title: str
    year: Annotated[int, Field(ge=1900, le=2100)]
    locator: str = ""


class Key(Value):
    """The part of an item that only raters see."""

    source: Literal["authored", "panel"] = "authored"
    rationale: Rationale
    references: tuple[Source, ...] = ()
    checks: tuple[KeyCheck, ...] = ()
    """What a machine can check of it."""


class ItemBase(Value):
    """What every item carries."""

    id: Slug
    version: Annotated[int, Field(ge=1)] = 1
    title: Annotated[str, Field(min_length=3, max_length=80)]
    competency: Slug
    difficulty: Annotated[int, Field(ge=1, le=5)]
    minutes: Annotated[float, Field(gt=0, le=15)]
    specialty: Slug | None = None
    jurisdiction: Slug | None = None
    ai_policy: AiPolicy = AiPolicy.NOT_ALLOWED
    enemies: tuple[Slug, ...] = ()
    """Items that must not be on the same form, for instance because one answers the other."""
    rubric: Slug | None = None
    """The rubric for the part that a judge or a person scores."""
    canary: Annotated[str, Field(min_length=20, max_length=300)] | None = None
    """A phrase that stands in this file alone: who quotes it has seen the key (docs/integrity.md)."""

    @model_validator(mode="after")
    def _canary_is_told_to_nobody(self) -> Self:
        if self.canary is None:
            return self
        phrase = tuple(WORD.findall(self.canary.casefold()))
        if len(phrase) < LEAST_CANARY_WORDS:
            raise ValueError(f"canary: is anybody's turn of phrase below {LEAST_CANARY_WORDS} words")
        if phrase in runs_of(tuple(strings_in(self.model_dump(exclude=_UNTOLD))), len(phrase)):
            raise ValueError("canary: stands in what candidates are shown or asked")
        return self

    @property
    def hash(self) -> str:
        """The content hash that a verdict binds."""
        return content_hash(self.hashed())

    def hashed(self) -> dict[str, Any]:
        """Return what the hash is of, as JSON types: without a canary, no field for one."""
        without = {"canary"} if self.canary is None else None
        return self.model_dump(mode="json", exclude=without)

    def presented(self) -> dict[str, Any]:
        """Return what the candidate may see, as JSON types.

        Never a key, a rubric or a difficulty; nor the competency, which can hint at the trap, nor
        the probes, which are asked when they are due.
        """
        hidden = {
            "key",
            "rubric",
            "difficulty",
            "enemies",
            "specialty",
            "jurisdiction",
            "competency",
            "canary",
            "probes",
            "repeat_of",
            "translations",
        }
        return self.model_dump(mode="json", exclude=hidden)


def require_distinct(ids: list[str], field: str) -> None:
    """Raise ValueError, which a model's validator may, naming the ids that are there more than once."""
    if repeated := sorted({name for name in ids if ids.count(name) > 1}):
        raise ValueError(f"{field}: repeated id {', '.join(repeated)}")
