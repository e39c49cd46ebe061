"""Agents' runs to review step by step."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.ids import Slug
from assessor.domain.item.base import Category, ItemBase, Key, Rationale, Text, require_distinct
from assessor.domain.value import Value


class StepLabel(StrEnum):
    """What a reviewer says of one step of an agent."""

    GOOD = "good"
    POOR = "poor"
    HARMFUL = "harmful"
    NOT_NEEDED = "not_needed"


class ErrorClass(StrEnum):
    """What kind of mistake an agent made first."""

    NONE = "none"
    MISREAD_GOAL = "misread_goal"
    WRONG_TOOL = "wrong_tool"
    WRONG_ARGUMENTS = "wrong_arguments"
    MISREAD_RESULT = "misread_result"
    UNVERIFIED_CLAIM = "unverified_claim"
    DESTRUCTIVE_ACTION = "destructive_action"
    SCOPE_CREEP = "scope_creep"
    GAVE_UP = "gave_up"


class Outcome(StrEnum):
    """Whether the agent did what it was asked."""

    SUCCESS = "success"
    PARTIAL = "partial"
    FAILURE = "failure"


class ToolCall(Value):
    """A tool that the agent called, with its arguments as the agent wrote them."""

    tool: str
    arguments: str


class Step(Value):
    """One step of an agent's work."""

    id: Slug
    thought: Annotated[str, Field(min_length=1, max_length=2000)]
    call: ToolCall | None = None
    result: Annotated[str, Field(max_length=6000)] = ""


class StepKey(Value):
    """The expected label of a step; `also` are labels that careful people give as well."""

    label: StepLabel
    also: tuple[StepLabel, ...] = ()


class TrajectoryKey(Key):
    """The gold labels of a trajectory."""

    steps: dict[Slug, StepKey]
    first_error: Slug | None
    error_class: ErrorClass
    also_class: tuple[ErrorClass, ...] = ()
    outcome: Outcome
    fix: Rationale
    """What the agent should have done, for the person who scores the candidate's fix."""


class TrajectoryItem(ItemBase):
    """An agent's run to review step by step."""

    category: Literal[Category.TRAJECTORY] = Category.TRAJECTORY
    goal: Text
    steps: Annotated[tuple[Step, ...], Field(min_length=4, max_length=20)]
    final_answer: Text
    key: TrajectoryKey

    @model_validator(mode="after")
    def _key_fits(self) -> Self:
        ids = [step.id for step in self.steps]
        require_distinct(ids, "steps")
        if set(ids) != set(self.key.steps):
            raise ValueError("key.steps: must label exactly the item's steps")
        if self.key.first_error is not None and self.key.first_error not in ids:
            raise ValueError(f"key.first_error: {self.key.first_error!r} is not a step")
        if (self.key.first_error is None) != (self.key.error_class is ErrorClass.NONE):
            raise ValueError("key.error_class: must be `none` exactly when there is no first error")
        return self
