"""Retakes: what counts as an attempt, and from when a candidate may have another one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assessor.domain.assessment import OPEN, Assessment, Status
from assessor.domain.errors import Because, RetakeTooEarly
from assessor.domain.track import RetakePolicy

_ENDED_EARLY = frozenset({Status.EXPIRED, Status.WITHDRAWN, Status.CANCELLED})
_UNDECIDED = OPEN | {Status.SUBMITTED, Status.SCORING, Status.TECHNICAL_HOLD}


@dataclass(frozen=True)
class History:
    """What one candidate did for one track before, the oldest assessment first."""

    assessments: Sequence[Assessment]

    def used(self, *, livemode: bool) -> tuple[datetime, ...]:
        """Return when the attempts were made that count."""
        return tuple(
            used_at(one)
            for one in self.assessments
            if one.ordered.livemode == livemode and not one.ordered.simulated and counts(one)
        )

    def undecided(self, *, livemode: bool) -> Assessment | None:
        """Return the attempt that is still under way, if there is one."""
        mine = (one for one in self.assessments if one.ordered.livemode == livemode)
        return next((one for one in mine if not one.ordered.simulated and is_under_way(one)), None)

    @property
    def seen(self) -> frozenset[str]:
        """The items that the candidate can have seen: those of every form that was begun."""
        return frozenset(item for one in self.assessments if one.started_at for item in _shown(one))


def counts(assessment: Assessment) -> bool:
    """Whether it is an attempt that the candidate has used.

    Nothing is used before it was begun. What a fault of ours ended, what a person found impossible to
    judge, and what lost a task to our mistake after it was decided, is given back.
    """
    if assessment.started_at is None or assessment.status is Status.VOIDED or assessment.is_given_back:
        return False
    if assessment.status in _ENDED_EARLY:
        return assessment.faults == 0
    return assessment.decision != "inconclusive"


def used_at(assessment: Assessment) -> datetime:
    """Return when it was handed in; when it was begun, if it never was."""
    at = assessment.submitted_at or assessment.started_at
    if at is None:
        raise ValueError(f"{assessment.id} was not begun")
    return at


def is_under_way(assessment: Assessment) -> bool:
    """Whether it can still come to a decision."""
    return assessment.status in _UNDECIDED or assessment.decision == "needs_review"


def possible_from(policy: RetakePolicy, used: Iterable[datetime]) -> datetime | None:
    """Return from when the policy allows another attempt; None when none has been used."""
    latest = sorted(used, reverse=True)
    if not latest:
        return None
    after_pause = latest[0] + timedelta(days=policy.cool_down_days)
    if len(latest) < policy.attempts:
        return after_pause
    # The attempt that has to leave the period before another one fits into it.
    return max(after_pause, latest[policy.attempts - 1] + timedelta(days=policy.period_days))


def require_retake(policy: RetakePolicy, history: History, now: datetime, *, livemode: bool) -> None:
    """Raise RetakeTooEarly unless the candidate may have an attempt now."""
    if under_way := history.undecided(livemode=livemode):
        raise RetakeTooEarly(Because.UNDER_WAY, None, under_way.id)
    used = history.used(livemode=livemode)
    free = possible_from(policy, used)
    if free is None or free <= now:
        return
    after_pause = max(used) + timedelta(days=policy.cool_down_days)
    raise RetakeTooEarly(Because.COOL_DOWN if free == after_pause else Because.ATTEMPTS_USED, free)


def retake_after(
    assessment: Assessment, policy: RetakePolicy, decision: str, at: datetime
) -> datetime | None:
    """Return from when the candidate may try again after a decision made `at`; None where none is needed.

    It rests on what the log says: the attempts that counted when this one was ordered, and this one.
    """
    if decision == "inconclusive" or (decision == "not_qualified" and assessment.is_given_back):
        return at
    if decision != "not_qualified":
        return None
    free = possible_from(policy, (*assessment.ordered.earlier_attempts, assessment.submitted_at or at))
    return max(at, free) if free else at


def _shown(assessment: Assessment) -> Iterable[str]:
    yield from (place.item_id for place in assessment.form.items)
    yield from (swap.item_id for swap in assessment.swaps)
