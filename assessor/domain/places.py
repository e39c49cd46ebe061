"""Places for interviews: so many go on at once, and whoever comes then waits in line.

A place is held by being there. Who goes away is remembered for a while and keeps their place in the line,
but nobody who is there waits for them.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

PRESENT: Final = timedelta(seconds=75)
"""Who waits and was seen within this is there: the page looks again after 30 seconds at most."""
REMEMBERED: Final = timedelta(minutes=30)
"""For how long somebody who went away keeps their place in the line."""
KEPT: Final = timedelta(minutes=3)
"""For how long a place is kept for whoever is to press the button. Then they stand at the end."""
AT_WORK: Final = timedelta(minutes=5)
"""An interview of which nothing was seen for longer holds no place; whoever comes back goes on at once."""
STAY: Final = timedelta(minutes=20)
"""What an interview takes, for the estimate of a wait."""
SOON, LATE = timedelta(seconds=10), timedelta(seconds=30)
"""After how long the page looks again, for the first in line and for those far behind."""
NEAR: Final = 20
"""Who has fewer before them is near."""


@dataclass(frozen=True)
class Standing:
    """How somebody stands who wants to begin."""

    ahead: int = 0
    """How many who are there come before; 0 with a place."""
    kept_until: datetime | None = None
    """Until when a place is kept for them; None without one, and when the interview holds it."""
    is_in: bool = False
    """Whether the interview holds a place."""

    @property
    def may_begin(self) -> bool:
        """Whether there is a place."""
        return self.is_in or self.kept_until is not None

    @property
    def look_again(self) -> timedelta:
        """After how long it is worth looking again."""
        return SOON if self.ahead < NEAR else LATE


def wait_minutes(ahead: int, at_once: int) -> int:
    """Return about how many minutes until a place is free, at least 1.

    By Little's law: of `at_once` interviews that take `STAY`, one ends every `STAY / at_once`.

    >>> wait_minutes(0, 100), wait_minutes(30, 100), wait_minutes(2, 1)
    (1, 7, 60)
    """
    return max(1, math.ceil((ahead + 1) * STAY / at_once / timedelta(minutes=1)))
