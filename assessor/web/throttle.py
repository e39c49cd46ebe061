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

    def count(self, *names: str) -> None:
        """Count one try for each name. Raises TooManyTries when one of them had its share."""
        now = self.now()
        self._forget_ended(now)
        windows = [self._windows.setdefault(name, _Window(now + self.seconds)) for name in names]
        spent = [window.ends - now for window in windows if window.tries >= self.limit]
        if spent:
            raise TooManyTries(max(1, math.ceil(max(spent))))
        for window in windows:
            window.tries += 1

    def forgive(self, name: str) -> None:
        """Begin anew for a name, after it turned out to be who it said."""
        self._windows.pop(name, None)

    def _forget_ended(self, now: float) -> None:
        for name in [name for name, window in self._windows.items() if window.ends <= now]:
            del self._windows[name]
        while len(self._windows) >= MAX_KEPT:  # made-up names must not fill the memory
            del self._windows[next(iter(self._windows))]
