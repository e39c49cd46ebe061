"""What a tenant's policy says about who may score and who may decide."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final, Literal, Self

from pydantic import Field

from assessor.domain.accommodation import DEFAULT_BREAK_MINUTES, BreakMinutes
from assessor.domain.value import Value
from assessor.domain.wishes import AtOnce

Compensation = Annotated[str, Field(min_length=1, max_length=300)]
"""What a platform says about pay, in its own words."""


class Grade(StrEnum):
    """How far a rater, a key or a cut has been measured against people."""

    NONE = "none"
    PROVISIONAL = "provisional"
    CALIBRATED = "calibrated"

    @property
    def rank(self) -> int:
        """0 to 2, to compare grades."""
        return list(Grade).index(self)


class Stage(StrEnum):
    """How far a platform has come with a track: the rungs of the pilot ladder, the lowest first."""

    SHADOW = "shadow"
    """The platform decides as it did before; people score everything."""
    CALIBRATION = "calibration"
    """People's scores are pooled until the judge can be measured against them."""
    ASSISTED = "assisted"
    """Rules may say qualified; anything else is for a person."""
    AUTOMATIC = "automatic"
    """Rules may decide either way."""


Decidable = Literal["qualified", "not_qualified"]

RULES_MAY_DECIDE: Final[Mapping[Stage, tuple[Decidable, ...]]] = MappingProxyType(
    {
        Stage.SHADOW: (),
        Stage.CALIBRATION: (),
        Stage.ASSISTED: ("qualified",),
        Stage.AUTOMATIC: ("qualified", "not_qualified"),
    }
)
"""What each stage lets rules decide, where basis and probability allow it."""

DEFAULT_STAGE: Final = Stage.ASSISTED
"""Where nobody set one. The default policy grants the same."""


class Policy(Value):
    """The default is the careful one: nothing uncalibrated decides, and no model scores."""

    judge_may_score: bool = False
    """Whether a language model may score the interview, rubrics and ideal answers."""
    least_basis: Grade = Grade.CALIBRATED
    """The least grade of judges, keys and cut on which a rule may decide."""
    rules_may_decide: tuple[Decidable, ...] = RULES_MAY_DECIDE[DEFAULT_STAGE]
    """Until a stage was set for the track; from then on the stage says it."""
    review_days: int = 5
    """Within how many days a person looks at what waits for one."""
    appeal_days: Annotated[int, Field(ge=1, le=365)] = 30
    """For how long after a result a candidate may appeal; the answer then comes within `review_days`."""
    reply_days: Annotated[int, Field(ge=0, le=30)] = 3
    """How long a candidate has to reply before reviewers see what was noticed about their words."""
    break_minutes: BreakMinutes = DEFAULT_BREAK_MINUTES
    """For how long a candidate may stop the clock, in all. Accommodations add to it; a pause after distress
    is not taken from it."""

    at_once: AtOnce = AtOnce()
    """Which accommodations a candidate who asks for them has at once; the platform answers the rest."""
    compensation: Compensation | None = None
    """What candidates are told about pay, unless an order says something else."""

    def at(self, stage: Stage | None) -> Self:
        """Return the policy as it is at a stage; as it stands where none was set."""
        return self if stage is None else self.changed(rules_may_decide=RULES_MAY_DECIDE[stage])
