"""Whether anything grew: each series against a bound that is written down here."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from tests.soak.probing import Window
from tests.soak.trend import Slope, slope_of

MEMORY_MB: Final = 24.0
"""An hour, of one process: a third of a kilobyte for each request, at twenty requests a second."""
FILES: Final = 6.0
LATENCY: Final = 0.5
"""Of its own median, an hour."""
CPU: Final = 0.25
"""The same."""


@dataclass(frozen=True)
class Course:
    """One series after the warm-up."""

    what: str
    typical: float
    """Its median."""
    an_hour: Slope
    bound: float
    """Of growth an hour."""

    @property
    def grows(self) -> bool:
        """Whether it grew by more than it may, and not by chance alone."""
        return self.an_hour.value > self.bound and self.an_hour.low > 0

    @property
    def verdict(self) -> str:
        """Say it in a word or two."""
        if self.grows:
            return "GROWS"
        return "flat" if self.an_hour.high <= self.bound else "flat, not surely"


def judged(windows: Sequence[Window]) -> list[Course]:
    """Hold every series of some windows against its bound. Raises ValueError for fewer than three."""
    return [
        _course(what, [(one.minute / 60, read(one)) for one in windows], bound)
        for what, read, bound in _series(windows)
    ]


def _series(windows: Sequence[Window]) -> Iterator[tuple[str, Callable[[Window], float], float]]:
    for name in windows[0].memory_mb:
        yield f"MB of {name}", lambda one, name=name: one.memory_mb[name], MEMORY_MB  # type: ignore[misc]  # bound now
    for name in windows[0].files:
        yield f"open files of {name}", lambda one, name=name: one.files[name], FILES  # type: ignore[misc]  # bound now
    for what, read, share in (
        ("p50 of a request, in yardsticks", lambda one: one.p50_ms / one.yardstick_ms, LATENCY),
        ("p95 of a request, in yardsticks", lambda one: one.p95_ms / one.yardstick_ms, LATENCY),
        ("CPU a request, in yardsticks", lambda one: one.cpu_ms / one.yardstick_ms, CPU),
    ):
        yield what, read, share * median(map(read, windows))


def _course(what: str, points: Sequence[tuple[float, float]], bound: float) -> Course:
    return Course(what, median(value for _, value in points), slope_of(points), bound)
