"""Responses to rate, tag and justify."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.ids import Slug
from assessor.domain.item.base import Category, ItemBase, Key, Rationale, Share, Text, require_distinct
from assessor.domain.value import Value


class IssueTag(StrEnum):
    """The closed list of faults that an evaluation may name."""

    FACTUAL_ERROR = "factual_error"
    CODE_DEFECT = "code_defect"
    UNSAFE_ADVICE = "unsafe_advice"
    OMISSION = "omission"
    UNSUPPORTED_CLAIM = "unsupported_claim"
    INSTRUCTION_VIOLATED = "instruction_violated"
    WRONG_REASONING = "wrong_reasoning"
    POOR_WRITING = "poor_writing"
    SYCOPHANCY = "sycophancy"
    OVER_REFUSAL = "over_refusal"
    OVER_LENGTH = "over_length"
    BIAS = "bias"
    PRIVACY_BREACH = "privacy_breach"


class Dimension(Value):
    """A named scale from 1 to 5 with both ends described."""

    id: Slug
    label: str
    low: str
    """What a 1 looks like."""
    high: str
    """What a 5 looks like."""


SHARES_ROUNDING = 1e-4


class DimensionKey(Value):
    """The expected rating: a centre and how far careful people differ around it."""

    rating: Annotated[float, Field(ge=1, le=5)]
    tolerance: Annotated[float, Field(gt=0, le=2)]
    """Standard deviation in rating steps of the distribution that the author states."""
    rationale: Rationale
    shares: tuple[Share, Share, Share, Share, Share] | None = None
    """Of a panel's ratings, by rating 1 to 5. They count in place of a distribution that is only stated."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.shares is not None and abs(sum(self.shares) - 1) > SHARES_ROUNDING:
            raise ValueError("shares: have to add up to 1")
        return self


class Issue(Value):
    """A real flaw in a response, located by a verbatim quote."""

    tag: IssueTag
    span: Annotated[str, Field(min_length=1, max_length=600)]
    severity: Literal["minor", "major", "critical"]
    rationale: Rationale


class EvaluationKey(Key):
    """Ratings by dimension, and the flaws there are."""

    ratings: dict[Slug, DimensionKey]
    issues: tuple[Issue, ...] = ()


class EvaluationItem(ItemBase):
    """A prompt and one AI response to rate, tag and justify."""

    category: Literal[Category.EVALUATION] = Category.EVALUATION
    prompt: Text
    response: Text
    dimensions: Annotated[tuple[Dimension, ...], Field(min_length=1, max_length=5)]
    key: EvaluationKey

    @model_validator(mode="after")
    def _key_fits(self) -> Self:
        ids = [dimension.id for dimension in self.dimensions]
        require_distinct(ids, "dimensions")
        if set(ids) != set(self.key.ratings):
            raise ValueError("key.ratings: must rate exactly the item's dimensions")
        for issue in self.key.issues:
            if issue.span not in self.response:
                raise ValueError(f"key.issues: the span {issue.span[:60]!r} is not in the response, verbatim")
        return self
