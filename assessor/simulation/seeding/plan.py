"""What is sown, and how likely each course is."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, TypeVar

from assessor.domain.library import Library
from assessor.simulation.interviews import seeded

T = TypeVar("T")
Fate = Literal["finishes", "never_opens", "withdraws", "fault"]

FATES: Final[dict[Fate, float]] = {"finishes": 0.88, "never_opens": 0.06, "withdraws": 0.04, "fault": 0.02}
LEVELS: Final[dict[int, float]] = {4: 0.3, 3: 0.35, 2: 0.2, 1: 0.15}
"""Of candidates, by the anchor level around which they answer."""
VARIES: Final = 0.25
"""Share of items on which somebody answers a level above or below their own."""
BUSIEST: Final = 0.6
"""Share of the first track: with as many for each, no item would get the answers that a statistic needs."""
LOOKED_AT_TWICE: Final = 0.3
"""Share of what rules decide that is drawn for a second look: far more than a service draws, so that a
few weeks fill the charts."""
APPEALS: Final = 0.12
DECLARES: Final = 0.7
TELLS: Final = 0.5
"""Share of those who finish who say how it was."""
WORKS: Final = 0.6
"""Share of the qualified of whose later work something is reported."""

CHANGES_JUDGE: Final = 0.55
"""After which share of the days the later judge takes over."""
GOLD_EVERY: Final = timedelta(days=7)
GOLD_RESPONSES: Final = 24


@dataclass(frozen=True)
class SeedPlan:
    """How much is sown, for whom, and over which days, the last of which is `until`."""

    assessments: int
    platform: str
    days: int
    seed: int
    until: datetime
    tracks: Sequence[str] = ()
    """All that are shipped where none is named."""

    @property
    def since(self) -> datetime:
        """When it begins."""
        return self.until - timedelta(days=self.days)

    @property
    def changed_judge(self) -> datetime:
        """From when on the later judge is in use."""
        return self.since + timedelta(days=self.days) * CHANGES_JUDGE

    def tracks_of(self, library: Library) -> tuple[str, ...]:
        """Return which tracks are played. Raises NotFound for one that is not in the library."""
        return tuple(library.track(name).id for name in self.tracks or library.tracks)

    def shares_of(self, library: Library) -> dict[str, float]:
        """Return how likely an assessment is of each track. Raises NotFound as `tracks_of`."""
        busiest, *others = self.tracks_of(library)
        return {busiest: BUSIEST, **dict.fromkeys(others, (1 - BUSIEST) / max(1, len(others)))}

    def moments(self) -> list[datetime]:
        """Return when each is ordered, the earliest first."""
        dice = seeded(self.seed, "moments")
        return sorted(self.until - timedelta(days=self.days) * dice.random() for _ in range(self.assessments))


def drawn(dice: random.Random, shares: dict[T, float]) -> T:
    """Return one of the keys, as likely as its share says."""
    return dice.choices(list(shares), weights=list(shares.values()))[0]
