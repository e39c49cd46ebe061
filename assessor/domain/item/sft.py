"""Prompts to which candidates write the ideal response."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.code import MAX_TESTS, CodeTest
from assessor.domain.constraint import Constraint
from assessor.domain.ids import Slug
from assessor.domain.item.base import Category, ItemBase, Key, Text


class SftKey(Key):
    """A reference answer that meets every constraint."""

    reference: Text
    tests: Annotated[tuple[CodeTest, ...], Field(max_length=MAX_TESTS)] = ()
    """What the constraint `runs` asks of the code in an answer."""


class SftItem(ItemBase):
    """A prompt to which the candidate writes the ideal response."""

    category: Literal[Category.SFT] = Category.SFT
    prompt: Text
    constraints: Annotated[tuple[Constraint, ...], Field(max_length=8)] = ()
    rubric: Slug
    key: SftKey

    @model_validator(mode="after")
    def _tests_fit(self) -> Self:
        running = [constraint for constraint in self.constraints if constraint.kind == "runs"]
        if len(running) > 1:
            raise ValueError("constraints: only one may be of kind runs")
        if bool(running) != bool(self.key.tests):
            missing = "key.tests: are missing for" if running else "constraints: have none for the tests, of"
            raise ValueError(f"{missing} the kind runs")
        return self
