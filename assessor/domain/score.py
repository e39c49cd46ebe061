"""Scores: one rater's value for one criterion of one response, or the reason why there is none."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from assessor.domain.evidence import Evidence
from assessor.domain.ids import Slug
from assessor.domain.item import Category
from assessor.domain.value import Value


class Unscored(StrEnum):
    """Why a criterion has no score. Never a zero, never a pass."""

    WAITS_FOR_PERSON = "waits_for_person"
    POLICY_WANTS_PERSON = "policy_wants_person"
    MODEL_UNAVAILABLE = "model_unavailable"
    MODEL_OUTPUT_INVALID = "model_output_invalid"
    CANNOT_ASSESS = "cannot_assess"
    EVIDENCE_NOT_FOUND = "evidence_not_found"
    QUARANTINED = "quarantined"
    """The model got wrong twice what code knows, so nothing of what it said counts."""
    JUDGES_DISAGREE = "judges_disagree"
    BUDGET_EXHAUSTED = "budget_exhausted"
    """What may be spent on models for one assessment is spent."""
    CANDIDATE_COULD_NOT_JUDGE = "candidate_could_not_judge"
    TECHNICAL_FAULT = "technical_fault"


class Notice(StrEnum):
    """What was noticed while a model read an answer. For people to know; no score follows from it."""

    QUARANTINED = "quarantined"
    """A reply got wrong what code knows, and was thrown away."""
    READINGS_DIFFERED = "readings_differed"
    """One reading said met and another one not met."""


FAULTS = frozenset({Unscored.TECHNICAL_FAULT, Unscored.MODEL_UNAVAILABLE, Unscored.MODEL_OUTPUT_INVALID})
"""Reasons that are faults of ours, which never decide."""


class Score(Value):
    """A value in [0, 1] for one criterion, or `unscored` with a reason; exactly one of the two."""

    item_id: Slug
    category: Category
    criterion: str
    """A rubric's criterion id, or what a rule measures, for instance `rating:correctness`."""
    text: str
    """The criterion in words, as people read it."""
    competency: Slug
    weight: Annotated[float, Field(gt=0)] = 1.0
    required: bool = False
    difficulty: Annotated[float, Field(ge=-4, le=4)] = 0.0
    """Logits, on the ability scale."""
    value: Annotated[float, Field(ge=0, le=1)] | None = None
    unscored: Unscored | None = None
    evidence: tuple[Evidence, ...] = ()
    rater: str
    """`rule:<name>`, `judge:<model>`, `person:<reviewer id>`, or `none` while it waits."""
    reason: Annotated[str, Field(max_length=2000)] = ""
    noticed: tuple[Notice, ...] = ()
    """Sorted. It stays when a person scores the criterion."""

    @model_validator(mode="after")
    def _value_or_reason(self) -> Self:
        if (self.value is None) == (self.unscored is None):
            raise ValueError("value, unscored: exactly one of the two")
        return self

    @property
    def is_open(self) -> bool:
        """Whether a person could still score it."""
        settled = self.unscored is Unscored.CANDIDATE_COULD_NOT_JUDGE or self.rater_kind == "person"
        return self.unscored is not None and not settled

    @property
    def rater_kind(self) -> str:
        """`rule`, `judge`, `person` or `none`."""
        return self.rater.partition(":")[0]


def difficulty_in_logits(authored: int) -> float:
    """Place an authored difficulty of 1 to 5 on the ability scale: -1.2, -0.6, 0, 0.6, 1.2.

    A prior only; real responses re-estimate it. Errors of .4 to .8 logit cost little accuracy.
    """
    return round((authored - 3) * 0.6, 6)
