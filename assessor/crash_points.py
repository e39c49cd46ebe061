"""Named places at which a test may end the process, as a power cut would.

They stand in the very code that runs in production, where nothing is installed and reaching one
costs a comparison. `settings.crash_at`, which production refuses, installs the hook.
"""

from collections.abc import Callable
from enum import StrEnum


class CrashPoint(StrEnum):
    """Where durability is decided."""

    BEFORE_ORDER = "before-order"
    AFTER_ORDER = "after-order"
    BEFORE_MESSAGE = "before-message"
    AFTER_MESSAGE = "after-message"
    FLOOR_TAKEN = "floor-taken"
    MID_TURN = "mid-turn"
    BEFORE_REPLY = "before-reply"
    AFTER_REPLY = "after-reply"
    BEFORE_RESPONSE = "before-response"
    AFTER_RESPONSE = "after-response"
    BEFORE_SUBMISSION = "before-submission"
    AFTER_SUBMISSION = "after-submission"
    BETWEEN_STEPS = "between-steps"
    AFTER_JUDGEMENT = "after-judgement"
    AFTER_SCORES = "after-scores"
    BEFORE_SIGNATURE = "before-signature"
    AFTER_SIGNATURE = "after-signature"
    AFTER_VERDICT = "after-verdict"
    BEFORE_DELIVERY = "before-delivery"
    AFTER_DELIVERY = "after-delivery"
    AFTER_MAIL = "after-mail"
    AFTER_RESCORING = "after-rescoring"
    AFTER_RETIREMENT = "after-retirement"
    IN_ADOPTION = "in-adoption"
    LISTENING = "listening"


_hook: Callable[[CrashPoint], None] | None = None


def install(hook: Callable[[CrashPoint], None] | None) -> None:
    """Call the hook at every point from now on; None takes it away."""
    global _hook  # noqa: PLW0603 - one process has one end
    _hook = hook


def reach(point: CrashPoint) -> None:
    """Say that the process is at a point."""
    if _hook is not None:
        _hook(point)
