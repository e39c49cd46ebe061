"""Ending this process at a chosen place: how tests prove that nothing is lost there."""

import itertools
import os
import signal
from collections.abc import Callable
from pathlib import Path

from assessor import crash_points
from assessor.settings import Settings


def crash_hook(settings: Settings) -> Callable[[crash_points.CrashPoint], None] | None:
    """Return the hook that the settings ask for; None in any ordinary run."""
    return ending_at(settings.crash_at, settings.crash_token) if settings.crash_at else None


def ending_at(place: str, token: Path | None) -> Callable[[crash_points.CrashPoint], None]:
    """Return a hook that kills this process when it reaches a point for the N-th time.

    With a token, passes count while it exists, and of several processes the one that removes it ends.
    """
    name, _, times = place.partition(":")
    countdown = itertools.count(int(times) - 1, -1)

    def hook(point: crash_points.CrashPoint) -> None:
        if point != name or (token and not token.exists()):
            return
        if next(countdown) == 0 and (token is None or _took(token)):
            os.kill(os.getpid(), signal.SIGKILL)

    return hook


def _took(token: Path) -> bool:
    """Whether it was this process that removed the file."""
    try:
        token.unlink()
    except FileNotFoundError:
        return False
    return True
