"""What a candidate asked for and was granted."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from assessor.domain.accommodation import BreakMinutes, TimeFactor
from assessor.domain.assessment import Assessment, Status
from assessor.domain.value import Value
from assessor.domain.wishes import Wish
from assessor.services.caring import MAX_REASON_CHARS, MAX_TOLD_CHARS


class AccommodationRequest(Value):
    """What is to hold from now on. What is left out stays as it is, and nothing is ever taken away."""

    model_config = ConfigDict(strict=True)

    time_factor: TimeFactor | None = None
    """Usually 1.25, 1.5 or 2. Time that was used stays used; what is left is scaled."""
    untimed: bool | None = None
    """True takes the deadline away."""
    extra_break_minutes: BreakMinutes | None = None
    """In all, beyond what your policy gives everybody."""
    reason: Annotated[str, Field(max_length=MAX_REASON_CHARS)] = ""
    """For your own records. Name no diagnosis."""
    answer: Literal["granted", "declined"] | None = None
    """Answers the candidate's `request` as a whole. What you grant beside it holds at once."""
    message: Annotated[str, Field(max_length=MAX_TOLD_CHARS)] = ""
    """Shown to the candidate with the answer; needed where you decline."""


class AccommodationAsked(Value):
    """What the candidate asked for last."""

    asked_at: datetime
    wishes: tuple[Wish, ...]
    note: str
    """In the candidate's own words, and for whoever decides about it alone: it may be about their health."""
    waiting: tuple[Wish, ...]
    """What waits for your answer; the rest holds, or was answered. Nothing once the work is handed in."""
    answer: Literal["granted", "declined"] | None
    message: str | None
    answered_at: datetime | None


class AccommodationResource(Value):
    """The terms that hold, and what they do to the time. Reviewers who score do not see them."""

    object: Literal["accommodation"] = "accommodation"
    assessment_id: str
    status: Status
    time_factor: float
    untimed: bool
    extra_break_minutes: int
    minutes: float | None
    """Working time in all; null without a limit."""
    break_minutes: float | None
    """Break time in all; null where no clock runs."""
    deadline: datetime | None
    """Null before the start, during a break, and for an untimed assessment."""
    request: AccommodationAsked | None
    """Null where the candidate has asked for nothing."""


def accommodation_resource(assessment: Assessment) -> AccommodationResource:
    """Write down the terms that hold."""
    limit = assessment.accommodation.limit(assessment.form.time_limit_minutes)
    budget = assessment.break_budget
    return AccommodationResource(
        assessment_id=assessment.id,
        status=assessment.status,
        minutes=None if limit is None else limit.total_seconds() / 60,
        break_minutes=None if budget is None else budget / 60,
        deadline=assessment.deadline,
        request=_asked(assessment),
        **assessment.accommodation.model_dump(),
    )


def _asked(assessment: Assessment) -> AccommodationAsked | None:
    asked = assessment.asked
    if asked is None:
        return None
    said = asked.answer
    return AccommodationAsked(
        asked_at=asked.at,
        wishes=asked.wishes,
        note=asked.note,
        waiting=assessment.waits_for_platform,
        answer=None if said is None else ("granted" if said.is_granted else "declined"),
        message=said.told if said else None,
        answered_at=said.at if said else None,
    )
