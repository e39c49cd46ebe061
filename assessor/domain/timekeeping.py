"""The clock of one assessment: what runs, what stands still, and what a pause or an accommodation does.

The invariants, which property tests state: time left never falls during a pause; breaks take no more than
their budget; and what was worked, each stretch divided by the factor that held, never exceeds the standard
limit.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, Self

from assessor.domain.accommodation import Accommodation

PauseReason = Literal["break", "distress"]
"""A break is taken from a budget. Somebody in distress comes back when they like."""

STANDARD = Accommodation()


@dataclass(frozen=True, kw_only=True)
class Timekeeping:
    """The part of an assessment's state that is about time."""

    deadline: datetime | None = None
    """Until when the candidate may work; None before the start, during a pause, and without a limit."""
    reply_owed_since: datetime | None = None
    """When the candidate began to wait for the interviewer. The wait is given back."""
    time_left_at_pause: float | None = None
    """Seconds."""
    accommodation: Accommodation = STANDARD
    standard_break: float = 0.0
    """Seconds of break that everybody has, by the platform's policy."""
    break_used: float = 0.0
    """Seconds, in breaks that are over."""
    paused_at: datetime | None = None
    """Since when the clock stands still; None while it runs."""
    pause_reason: PauseReason | None = None

    @property
    def break_budget(self) -> float | None:
        """Seconds of break in all; None where no clock runs, so that there is nothing to stop."""
        if self.accommodation.untimed:
            return None
        return self.standard_break + 60.0 * self.accommodation.extra_break_minutes

    @property
    def paused_until(self) -> datetime | None:
        """When the clock goes on by itself; None while it runs, and for a pause without an end."""
        budget = self.break_budget
        if self.paused_at is None or self.pause_reason != "break" or budget is None:
            return None
        return self.paused_at + timedelta(seconds=max(budget - self.break_used, 0.0))

    def break_left(self, now: datetime) -> float | None:
        """Return the seconds of break that are left, None without a limit."""
        budget = self.break_budget
        return None if budget is None else max(budget - self.break_used - self._in_break(now), 0.0)

    def time_left(self, now: datetime) -> float | None:
        """Return the seconds left to work, None when it is untimed."""
        if self.paused_at is not None:
            return self.time_left_at_pause
        return (self.deadline + self.owed(now) - now).total_seconds() if self.deadline else None

    def owed(self, now: datetime) -> timedelta:
        """Return how long the candidate has been waiting for the interviewer."""
        return max(now - self.reply_owed_since, timedelta(0)) if self.reply_owed_since else timedelta(0)

    def deadline_after_pause(self, now: datetime) -> datetime | None:
        """Return the deadline when the clock goes on now. A break that was overrun ended with its budget."""
        if self.time_left_at_pause is None:
            return None
        return self._end_of_pause(now) + timedelta(seconds=self.time_left_at_pause)

    def stopped(self, at: datetime, reason: PauseReason) -> Self:
        """Return it with the clock standing still. In a pause, the reason changes and the time stays."""
        return replace(
            self,
            time_left_at_pause=self.time_left(at),
            break_used=self.break_used + self._in_break(at),
            deadline=None,
            reply_owed_since=None,
            paused_at=at,
            pause_reason=reason,
        )

    def going_on(self, at: datetime, deadline: datetime | None, *, owes_reply: bool) -> Self:
        """Return it with the clock running again."""
        return replace(
            self,
            deadline=deadline,
            reply_owed_since=self._end_of_pause(at) if owes_reply else None,
            time_left_at_pause=None,
            break_used=self.break_used + self._in_break(at),
            paused_at=None,
            pause_reason=None,
        )

    def accommodated(self, terms: Accommodation, at: datetime) -> Self:
        """Return it under other terms: what was used stays used, and the rest is scaled."""
        left = terms.left(self.time_left(at), self.accommodation)
        if self.paused_at is not None:
            return replace(self, accommodation=terms, time_left_at_pause=left)
        return replace(
            self,
            accommodation=terms,
            deadline=None if left is None else at + timedelta(seconds=left),
            reply_owed_since=at if self.reply_owed_since else None,
        )

    def _end_of_pause(self, now: datetime) -> datetime:
        return min(now, self.paused_until) if self.paused_until else now

    def _in_break(self, now: datetime) -> float:
        """Return the seconds of the break that goes on."""
        if self.paused_at is None or self.pause_reason != "break":
            return 0.0
        return max((self._end_of_pause(now) - self.paused_at).total_seconds(), 0.0)
