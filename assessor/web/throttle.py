"""How often one may try in a while, counted in the process."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from assessor.domain.errors import AssessorError

MAX_KEPT: Final = 10_000


@dataclass
class TooManyTries(AssessorError):
    """The limit of a window is reached."""

    retry_after: int
    """Seconds."""
    code = "too-many-tries"

    def __str__(self) -> str:
        minutes = math.ceil(self.retry_after / 60)
        return (
            f"There were too many tries. Wait {minutes} minute{'s' if minutes > 1 else ''}, then try again."
        )


@dataclass
class _Window:
    ends: float
    tries: int = 0


@dataclass
class Throttle:
    """Fixed windows: `limit` tries for each name in `seconds`, which begin with its first try."""

    limit: int
    seconds: float
    now: Callable[[], float] = time.monotonic
    _windows: dict[str, _Window] = field(default_factory=dict)

    @property
    def is_idle(self) -> bool:
        """Whether nobody's tries are counted."""
        return not self._windows

    def count(self, *names: str) -> None:
        """Count one try for each name. Raises TooManyTries when one of them had its share."""
        # A refused try opens no window: a flood of made-up names cannot push others out.
        self.require_left(*names)
        now = self.now()
        for name in names:
            self._windows.setdefault(name, _Window(now + self.seconds)).tries += 1

    def require_left(self, *names: str) -> None:
        """Raise TooManyTries when one of the names had its share. Counts nothing."""
        now = self.now()
        self._forget_ended(now)
        known = [self._windows[name] for name in names if name in self._windows]
        spent = [window.ends - now for window in known if window.tries >= self.limit]
        if spent:
            raise TooManyTries(max(1, math.ceil(max(spent))))

    def forgive(self, name: str) -> None:
        """Begin anew for a name, after it turned out to be who it said."""
        self._windows.pop(name, None)

    def forget(self) -> None:
        """Begin anew for everybody."""
        self._windows.clear()

    def _forget_ended(self, now: float) -> None:
        # They stand in the order in which they end; the oldest also make room when there are too many.
        while self._windows:
            oldest = next(iter(self._windows))
            if self._windows[oldest].ends > now and len(self._windows) < MAX_KEPT:
                return
            del self._windows[oldest]
