"""Rubrics: what is looked for in a response, as observable, binary criteria."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from assessor.domain.ids import Slug
from assessor.domain.value import Value, content_hash

MAX_CRITERIA = 12


class Criterion(Value):
    """One observable thing that a response shows or does not show."""

    id: Slug
    text: Annotated[str, Field(min_length=15, max_length=400)]
    """Worded positively: "says that ...". A negative check comes back with the wrong sign."""
    competency: Slug
    weight: Annotated[float, Field(gt=0, le=10)] = 1.0
    level: Annotated[int, Field(ge=1, le=4)]
    """The anchor level (1 to 4) that a response reaches by showing this."""
    required: bool = False
    """A required criterion that is unscored never yields `qualified`."""


class Anchor(Value):
    """A written example answer at one level, with the criteria it meets."""

    level: Annotated[int, Field(ge=0, le=4)]
    answer: Annotated[str, Field(min_length=1, max_length=4000)]
    met: tuple[Slug, ...] = ()


class Rubric(Value):
    """A set of criteria for the responses to one item. Never changed: a change is a new version."""

    id: Slug
    version: Annotated[int, Field(ge=1)] = 1
    purpose: Annotated[str, Field(min_length=10, max_length=400)]
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=MAX_CRITERIA)]
    anchors: tuple[Anchor, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ids = [criterion.id for criterion in self.criteria]
        if repeated := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"criteria: repeated id {', '.join(repeated)}")
        for anchor in self.anchors:
            if unknown := sorted(set(anchor.met) - set(ids)):
                raise ValueError(f"anchors: level {anchor.level} names unknown criteria {', '.join(unknown)}")
        return self

    @property
    def edition(self) -> str:
        """The id with the version, for people: `explains-cause@2`."""
        return f"{self.id}@{self.version}"

    @property
    def hash(self) -> str:
        """The content hash that a verdict binds."""
        return content_hash(self)
