"""The machine's clock, but for its jumps, and its source of unpredictable bytes."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

JUMP: Final = timedelta(seconds=5)
"""What a time service corrects by degrees is far below."""
_RUNNING: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Counts a machine's sleep where the system has such a clock, so that waking up is no jump."""

log = structlog.get_logger()


class SteadyClock:
    """Follows the clock of a machine, and goes on evenly when somebody sets that one.

    Minutes of candidates, sessions and claims are counted from moment to moment: a clock that is set by an
    hour would take the hour from them, or give it. Where it is set back to what it was, it is followed again.
    """

    def __init__(
        self,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        running: Callable[[], float] = lambda: time.clock_gettime(_RUNNING),
    ) -> None:
        self._wall, self._running = wall, running
        self._agreed = wall(), running()
        """When both clocks agreed last."""
        self._told = False

    def now(self) -> datetime:
        """Return the time in UTC, with its zone."""
        wall, running = self._wall(), self._running()
        at, since = self._agreed
        steady = at + timedelta(seconds=running - since)
        if abs(wall - steady) > JUMP:
            self._tell(wall - steady)
            return steady
        self._agreed, self._told = (wall, running), False
        return wall

    @property
    def jump(self) -> timedelta:
        """By how much the clock of the machine was set; nothing where it is followed."""
        ahead = self._wall() - self.now()
        return ahead if abs(ahead) > JUMP else timedelta(0)

    def _tell(self, jump: timedelta) -> None:
        if not self._told:
            self._told = True
            log.error("the clock was set, and is not followed", seconds=round(jump.total_seconds()))


_OF_THIS_PROCESS: Final = SteadyClock()


class SystemClock:
    """The time of this machine, as its processes have it: each is steady for as long as it runs."""

    def now(self) -> datetime:
        """Return the time in UTC, with its zone."""
        return _OF_THIS_PROCESS.now()

    @property
    def jump(self) -> timedelta:
        """By how much the clock of the machine was set since the process started, and not set back."""
        return _OF_THIS_PROCESS.jump


class SystemRandom:
    """The operating system's cryptographic source."""

    def bytes(self, count: int) -> bytes:
        """Return `count` unpredictable bytes."""
        return os.urandom(count)
