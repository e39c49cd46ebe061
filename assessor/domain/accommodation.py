"""Accommodations: what one candidate is given beyond the standard terms, and what it does to time."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from assessor.domain.value import Value

MAX_TIME_FACTOR = 4.0
MAX_BREAK_MINUTES = 480
DEFAULT_BREAK_MINUTES = 30

TimeFactor = Annotated[float, Field(ge=1, le=MAX_TIME_FACTOR)]
BreakMinutes = Annotated[int, Field(ge=0, le=MAX_BREAK_MINUTES)]


class Accommodation(Value):
    """The terms as a whole, not what was added last. The default is the standard terms."""

    time_factor: TimeFactor = 1.0
    """1.5 gives half as much working time again."""
    untimed: bool = False
    """No working time limit; then the factor says nothing."""
    extra_break_minutes: BreakMinutes = 0
    """On top of the break time that the platform's policy gives everybody."""

    def limit(self, standard_minutes: int) -> timedelta | None:
        """Return how long the candidate may work, None without a limit."""
        return None if self.untimed else timedelta(minutes=standard_minutes * self.time_factor)

    def takes_from(self, other: "Accommodation") -> str | None:
        """Return the first field in which these terms give less than the others, None when in none."""
        if other.untimed and not self.untimed:
            return "untimed"
        if self.time_factor < other.time_factor and not self.untimed:
            return "time_factor"
        return "extra_break_minutes" if self.extra_break_minutes < other.extra_break_minutes else None

    def left(self, seconds: float | None, before: "Accommodation") -> float | None:
        """Return what becomes of the seconds that were left under the terms before; None is no limit.

        What was used stays used; only the rest is scaled.
        """
        if self.untimed or seconds is None:
            return None
        return seconds * self.time_factor / before.time_factor if seconds > 0 else seconds
