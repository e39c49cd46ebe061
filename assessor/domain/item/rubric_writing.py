"""Tasks for which candidates write the rubric."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.ids import Slug
from assessor.domain.item.base import Category, ItemBase, Key, Text, require_distinct
from assessor.domain.value import Value


class MustHave(Value):
    """Something that a good rubric for the task has to look for."""

    id: Slug
    text: Annotated[str, Field(min_length=10, max_length=300)]


class HiddenResponse(Value):
    """A response of known quality that the candidate's rubric is applied to."""

    id: Slug
    text: Text
    rank: Annotated[int, Field(ge=1)]
    """1 is the best; equal ranks are tied."""
    shows: tuple[Slug, ...] = ()
    """The must-haves that this response fulfils; it misses all others."""


LEAST_RANKS = 3
"""Hidden responses stand on so many ranks at least: fewer leave no order to find."""


class RubricWritingKey(Key):
    """What the candidate's rubric is run against."""

    must_haves: Annotated[tuple[MustHave, ...], Field(min_length=2, max_length=8)]
    hidden_responses: Annotated[tuple[HiddenResponse, ...], Field(min_length=6, max_length=10)]

    @model_validator(mode="after")
    def _separable(self) -> Self:
        """Each must-have has responses that show it and others that do not: else none could be covered."""
        responses, ids = self.hidden_responses, [must.id for must in self.must_haves]
        require_distinct(ids, "must_haves")
        require_distinct([response.id for response in responses], "hidden_responses")
        for response in responses:
            require_distinct(list(response.shows), f"hidden_responses.{response.id}.shows")
            if unknown := sorted(set(response.shows) - set(ids)):
                problem = f"{response.id!r} shows unknown must-haves {', '.join(unknown)}"
                raise ValueError(f"hidden_responses: {problem}")
        if len({response.rank for response in responses}) < LEAST_RANKS:
            raise ValueError(f"hidden_responses: stand on fewer than {LEAST_RANKS} different ranks")
        for name in ids:
            if (showing := sum(name in response.shows for response in responses)) in (0, len(responses)):
                which = "every" if showing else "no"
                raise ValueError(
                    f"hidden_responses: {which} response shows {name!r}, so nothing tells it apart"
                )
        return self


class RubricWritingItem(ItemBase):
    """A task for which the candidate writes the rubric."""

    category: Literal[Category.RUBRIC_WRITING] = Category.RUBRIC_WRITING
    prompt: Text
    """The prompt whose responses the rubric will judge."""
    instructions: Text
    min_criteria: Annotated[int, Field(ge=2, le=8)] = 3
    max_criteria: Annotated[int, Field(ge=3, le=12)] = 8
    rubric: Slug
    key: RubricWritingKey

    @model_validator(mode="after")
    def _counts_fit(self) -> Self:
        if self.min_criteria > self.max_criteria:
            raise ValueError("max_criteria: has to be at least min_criteria")
        return self
