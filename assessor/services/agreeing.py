"""How people and the judge agree on the same responses, split by what may make a difference."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from assessor.domain.agreement import Compared, compare, compare_parts
from assessor.domain.calibration.cases import LEVELS
from assessor.domain.errors import invalid
from assessor.domain.quality import Pair
from assessor.ports import Clock, Kind, LookedTwice, QualityReads, QualityWindow
from assessor.services.knowing import DAYS

MOST_PARTS: Final = 12
"""So many are compared, those with most responses: an interval for each takes its time."""
MARKS: Final = range(2)
"""Of one criterion: not met, met."""


@dataclass(frozen=True)
class Split:
    """One way of splitting: the word for a part, what was rated, and the parts of one response."""

    word: str
    ratings: range
    pairs: Callable[[LookedTwice], Iterator[tuple[str, Pair]]]


def _by(field: str) -> Callable[[LookedTwice], Iterator[tuple[str, Pair]]]:
    def pairs(one: LookedTwice) -> Iterator[tuple[str, Pair]]:
        yield getattr(one, field), (one.person, one.judge)

    return pairs


def _by_criterion(one: LookedTwice) -> Iterator[tuple[str, Pair]]:
    """Yield marks, not levels. A criterion is the same in every version of its rubric."""
    rubric = one.rubric.partition("@")[0]
    for criterion, (person, judge) in one.marks.items():
        yield f"{rubric}/{criterion}", (person, judge)


SPLITS: Final[Mapping[str, Split]] = MappingProxyType(
    {
        "criterion": Split("Criterion", MARKS, _by_criterion),
        "rubric": Split("Rubric and version", LEVELS, _by("rubric")),
        "model": Split("Model", LEVELS, _by("model")),
        "language": Split("Language", LEVELS, _by("language")),
        "reviewer": Split("Reviewer", LEVELS, _by("reviewer")),
        "track": Split("Track", LEVELS, _by("track")),
        "category": Split("Kind of task", LEVELS, _by("category")),
        "competency": Split("Competency", LEVELS, _by("competency")),
    }
)
"""By its name in the address."""


@dataclass(frozen=True)
class SplitAgreement:
    """Agreement in all and by part, those with most responses first."""

    all: Compared
    parts: tuple[Compared, ...]
    of_parts: int
    """How many parts there are, also those that are not compared."""
    tracks: tuple[str, ...]
    """Of which there are second looks."""


class Agreeing:
    """Reads, compares and writes nothing."""

    def __init__(self, store: QualityReads, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def agreement(self, tenant: str, kind: Kind, by: str, track: str = "") -> SplitAgreement:
        """Return what second looks of the last 90 days say. `by` is a key of `SPLITS`; no track is all.

        Raises InvalidInput for a split or a track that there is not.
        """
        if by not in SPLITS:
            raise invalid("by", f"{by[:50]!r} is none", f"Use one of: {', '.join(SPLITS)}.")
        window = QualityWindow(tenant, kind, self._clock.now() - timedelta(days=DAYS))
        looked = await self._store.looked_twice(window)
        tracks = sorted({one.track for one in looked})
        if track and track not in tracks:
            raise invalid("track", f"{track[:50]!r} has no second looks", "Choose one of the list.")
        # Resampling is arithmetic of some tenths of a second, which must not hold up other requests.
        return await asyncio.to_thread(
            split, [one for one in looked if track in {"", one.track}], SPLITS[by], tracks
        )


def split(looked: Sequence[LookedTwice], by: Split, tracks: Sequence[str] = ()) -> SplitAgreement:
    """Return how people and judge agree, in all and by part."""
    named = [pair for one in looked for pair in by.pairs(one)]
    parts, of_parts = compare_parts(named, by.ratings, MOST_PARTS)
    return SplitAgreement(
        compare("", [pair for _, pair in named], by.ratings), parts, of_parts, tuple(tracks)
    )
