"""Why a verdict says what it says, and who does what next: one table, in plain words."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class ReasonCode(StrEnum):
    """Stable names of reasons, for programs."""

    ABOVE_CUT = "above_cut"
    BELOW_CUT = "below_cut"
    NEAR_CUT = "near_cut"
    OPEN_CRITERIA = "open_criteria"
    REQUIRED_UNSCORED = "required_unscored"
    TECHNICAL_FAULT = "technical_fault"
    COULD_NOT_JUDGE = "could_not_judge"
    BASIS_BELOW_POLICY = "basis_below_policy"
    JUDGE_NOT_CALIBRATED = "judge_not_calibrated"
    JUDGE_STOPPED = "judge_stopped"
    IDENTITY_OPEN = "identity_open"
    PILOT_SHADOW = "pilot_shadow"
    PILOT_CALIBRATION = "pilot_calibration"
    FLOOR_BELOW = "floor_below"
    FLOOR_UNKNOWN = "floor_unknown"
    PROPOSED_QUALIFIED = "proposed_qualified"
    PROPOSED_NOT_QUALIFIED = "proposed_not_qualified"
    DECIDED_BY_PERSON = "decided_by_person"
    CANNOT_BE_JUDGED = "cannot_be_judged"
    ITEM_RETIRED = "item_retired"
    STANDS_UNTIL_REVIEWED = "stands_until_reviewed"
    RAISED_BY_APPEAL = "raised_by_appeal"


REASONS: Mapping[ReasonCode, str] = MappingProxyType(
    {
        ReasonCode.ABOVE_CUT: "With the certainty asked for, the work shows an ability at or above the cut.",
        ReasonCode.BELOW_CUT: "With the certainty asked for, the work shows an ability below the cut.",
        ReasonCode.NEAR_CUT: "The scores so far do not tell on which side of the cut the ability lies.",
        ReasonCode.OPEN_CRITERIA: "Some of the work has not been scored yet.",
        ReasonCode.REQUIRED_UNSCORED: "A criterion without which nobody qualifies has no score yet.",
        ReasonCode.TECHNICAL_FAULT: "A fault of ours left some of the work unscored; nobody loses by it.",
        ReasonCode.COULD_NOT_JUDGE: "A part was answered with “cannot judge”, which leaves too much open.",
        ReasonCode.BASIS_BELOW_POLICY: (
            "What the scores stand on has not been measured against people as far as the platform asks for."
        ),
        ReasonCode.JUDGE_NOT_CALIBRATED: (
            "A language model scored some of this, and has not shown yet that it scores as people do."
        ),
        ReasonCode.JUDGE_STOPPED: (
            "A language model scored some of this, and lately it agrees with people less than it did."
        ),
        ReasonCode.IDENTITY_OPEN: (
            "It has not been made sure who worked, which this qualification asks for: a person decides."
        ),
        ReasonCode.PILOT_SHADOW: (
            "The platform is trying this assessment out beside its own decisions: a person decides each case."
        ),
        ReasonCode.PILOT_CALIBRATION: (
            "Scoring here is still being measured against people: until then a person decides each case."
        ),
        ReasonCode.FLOOR_BELOW: "A competency that has a floor of its own lies below it.",
        ReasonCode.FLOOR_UNKNOWN: "A competency that has a floor of its own is not known well enough.",
        ReasonCode.PROPOSED_QUALIFIED: "The numbers point to qualified; here only a person may decide that.",
        ReasonCode.PROPOSED_NOT_QUALIFIED: (
            "The numbers point to not qualified; here only a person may decide that."
        ),
        ReasonCode.DECIDED_BY_PERSON: "A person looked at the work and decided. Their reason is on record.",
        ReasonCode.CANNOT_BE_JUDGED: "A person found that this attempt cannot be judged. Another is given.",
        ReasonCode.ITEM_RETIRED: (
            "A task was found to be faulty. It no longer counts, as if it had never been asked."
        ),
        ReasonCode.STANDS_UNTIL_REVIEWED: (
            "Without a faulty task the work shows less; what was decided stands until a person has looked."
        ),
        ReasonCode.RAISED_BY_APPEAL: (
            "On appeal a person who had not seen the score raised it. No appeal makes a result worse."
        ),
    }
)
"""The texts never quote a candidate and never tell a key: a signed copy outlives an erasure."""


class Action(StrEnum):
    """What somebody has to do next."""

    NONE = "none"
    SCORE_OPEN_CRITERIA = "score_open_criteria"
    CONFIRM = "confirm_proposal"
    DECIDE = "decide"
    ORDER_NEW_ATTEMPT = "order_new_attempt"


NEXT_STEPS: Mapping[Action, str] = MappingProxyType(
    {
        Action.NONE: "Nothing is left to do.",
        Action.SCORE_OPEN_CRITERIA: "A reviewer scores the open parts",
        Action.CONFIRM: "A reviewer confirms or changes what the numbers propose",
        Action.DECIDE: "A reviewer looks at the work and decides",
        Action.ORDER_NEW_ATTEMPT: "The platform gives you a new attempt",
    }
)
"""For the candidate. Where there is a date, it is added."""
