"""Where a process of each role can end."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from assessor.crash_points import CrashPoint

_OF_THE_WEB = (
    CrashPoint.BEFORE_ORDER,
    CrashPoint.AFTER_ORDER,
    CrashPoint.BEFORE_MESSAGE,
    CrashPoint.AFTER_MESSAGE,
    CrashPoint.MID_TURN,
    CrashPoint.BEFORE_REPLY,
    CrashPoint.AFTER_REPLY,
    CrashPoint.BEFORE_RESPONSE,
    CrashPoint.AFTER_RESPONSE,
    CrashPoint.BEFORE_SUBMISSION,
    CrashPoint.AFTER_SUBMISSION,
)
_OF_WORK = (
    CrashPoint.BETWEEN_STEPS,
    CrashPoint.AFTER_SCORES,
    CrashPoint.BEFORE_SIGNATURE,
    CrashPoint.AFTER_SIGNATURE,
    CrashPoint.AFTER_VERDICT,
    CrashPoint.BEFORE_DELIVERY,
    CrashPoint.AFTER_DELIVERY,
)
_AMONG_PROCESSES = (CrashPoint.FLOOR_TAKEN, CrashPoint.LISTENING)
"""A process that is alone takes the floor from nobody and listens to nobody."""
POINTS: Mapping[str, tuple[CrashPoint, ...]] = {
    "all": (*_OF_THE_WEB, *_OF_WORK),
    "web": (*_OF_THE_WEB, *_AMONG_PROCESSES),
    "worker": (*_OF_WORK, CrashPoint.IN_ADOPTION),  # a process that is alone has nobody's work to adopt
}
"""By role: `all` is web and worker in one process."""
ELSEWHERE = (
    CrashPoint.AFTER_JUDGEMENT,
    CrashPoint.AFTER_RESCORING,
    CrashPoint.AFTER_RETIREMENT,
    CrashPoint.AFTER_MAIL,
)
"""A tortured service has no judge, nobody who scores again or retires an item, and no mail server:
test_scoring_kills.py, test_retiring.py and test_mail_kills.py in tests/services end their work at these."""


@dataclass
class Deck:
    """Draws the points of a role in any order, each one as often as the others."""

    chance: random.Random
    _left: dict[str, list[CrashPoint]] = field(default_factory=dict)

    def draw(self, role: str) -> CrashPoint:
        """Return the next point of a role."""
        left = self._left.setdefault(role, [])
        if not left:
            left += self.chance.sample(POINTS[role], len(POINTS[role]))
        return left.pop()
