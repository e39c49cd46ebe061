"""The circuit breaker: a model that keeps failing is left alone for a while."""

import time
from collections.abc import Callable

FAULTS = 5
COOL_DOWN_SECONDS = 30.0


class Breaker:
    """Opens after `faults` in a row; after the cool-down one call may try, and decides for all.

    Whoever is admitted says afterwards how it went: `succeeded`, `failed` or `abandoned`.
    """

    def __init__(
        self,
        faults: int = FAULTS,
        cool_down_seconds: float = COOL_DOWN_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = faults
        self._cool_down = cool_down_seconds
        self._now = now
        self._faults = 0
        self._opened_at: float | None = None
        self._is_tried = False

    @property
    def is_open(self) -> bool:
        """Whether a call would be refused now."""
        if self._opened_at is None:
            return False
        return self._is_tried or self._now() - self._opened_at < self._cool_down

    def admit(self) -> bool:
        """Let a call pass, or not."""
        if self.is_open:
            return False
        self._is_tried = self._opened_at is not None
        return True

    def succeeded(self) -> None:
        """The model answered: whatever had failed before is over."""
        self._faults, self._opened_at, self._is_tried = 0, None, False

    def failed(self) -> None:
        """Count a fault; open when there were enough, or when the one trial failed."""
        self._faults += 1
        if self._faults >= self._limit or self._opened_at is not None:
            self._opened_at, self._is_tried = self._now(), False

    def abandoned(self) -> None:
        """Nobody waited for the outcome, so it says nothing; another call may try."""
        self._is_tried = False
