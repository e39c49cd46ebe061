"""What a tenant's policy says about who may score and who may decide."""

from enum import StrEnum
from typing import Literal

from assessor.domain.accommodation import DEFAULT_BREAK_MINUTES, BreakMinutes
from assessor.domain.value import Value


class Grade(StrEnum):
    """How far a rater, a key or a cut has been measured against people."""

    NONE = "none"
    PROVISIONAL = "provisional"
    CALIBRATED = "calibrated"

    @property
    def rank(self) -> int:
        """0 to 2, to compare grades."""
        return list(Grade).index(self)


class Policy(Value):
    """The default is the careful one: nothing uncalibrated decides, and no model scores."""

    judge_may_score: bool = False
    """Whether a language model may score the interview, rubrics and ideal answers."""
    least_basis: Grade = Grade.CALIBRATED
    """The least grade of judges, keys and cut on which a rule may decide."""
    rules_may_decide: tuple[Literal["qualified", "not_qualified"], ...] = ("qualified",)
    review_days: int = 5
    """Within how many days a person looks at what waits for one."""
    break_minutes: BreakMinutes = DEFAULT_BREAK_MINUTES
    """For how long a candidate may stop the clock, in all. Accommodations add to it; a pause after distress
    is not taken from it."""
