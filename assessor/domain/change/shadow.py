"""What grading one stored assessment again came to: numbers and names, never a word of anybody."""

from typing import Literal

from assessor.domain.item import Category
from assessor.domain.value import Value

Decided = Literal["qualified", "not_qualified", "needs_review", "inconclusive"]


class CriterionPair(Value):
    """One criterion as it was graded, and as it would be. None: it was left to a person, or is not asked."""

    rubric: str
    criterion: str
    before: float | None
    after: float | None


class FamilyRead(Value):
    """A rubric family and language that a judge read, which is what a calibration is about."""

    category: Category
    competency: str
    language: str


class Spending(Value):
    """What judges cost. `cost` is in millionths of a US dollar; 0 where no price is known."""

    calls: int = 0
    tokens: int = 0
    cost: int = 0


class ShadowCase(Value):
    """One assessment. Decisions are what the numbers say: policy, stage and calibration are left aside."""

    before: Decided
    after: Decided
    score_before: float
    score_after: float
    criteria: tuple[CriterionPair, ...]
    families: tuple[FamilyRead, ...]
    spent_before: Spending
    spent: Spending
    seconds: tuple[float, ...] = ()
    """Of each call that was made."""
