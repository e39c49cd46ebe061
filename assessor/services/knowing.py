"""What the service knows of its own quality: agreement, drift, volumes, waiting time and cost of a window.

Figures are worked out from rows in one pass, with the statistics of `domain/agreement`.
"""

import asyncio
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final, TypeVar, get_args

from assessor.domain.agreement import Compared, compare
from assessor.domain.calibration.cases import LEVELS
from assessor.ports import Clock, Kind, LookedTwice, Passage, QualityReads, QualityWindow, Spent

T = TypeVar("T")

DAYS: Final = 90
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """One week, by its first day. Waiting is from handing in to the verdict that stands, in hours."""

    day: date
    ordered: int
    submitted: int
    settled: int
    waited: float | None
    """The median."""
    waited_at_most: float | None
    """What nine of ten did not exceed: what rules decide at once takes the median down to nothing."""
    calls: int
    failed: int
    cost: float
    """US dollars, as far as prices are known."""
    latency: float | None
    """The median of the calls that succeeded, in seconds."""
    bias: float | None
    """The judge's level less the person's, on average: how far it drifts to lenient (+) or severe (-)."""
    looked: int


@dataclass(frozen=True)
class Quality:
    """Everything that the page shows."""

    agreement: Compared
    """Of people who had not seen its levels with the judge, in all."""
    weeks: tuple[Week, ...]
    waiting: int
    """Handed in, and not settled yet."""


class Knowing:
    """Reads, counts and writes nothing."""

    def __init__(self, store: QualityReads, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def kind(self, tenant: str) -> Kind:
        """Return which assessments there are to show: the live ones, else of test keys, else simulated."""
        since = self._clock.now() - timedelta(days=DAYS)
        for kind in KINDS:
            if not await self._store.is_empty(QualityWindow(tenant, kind, since)):
                return kind
        return KINDS[0]

    async def quality(self, tenant: str, kind: Kind) -> Quality:
        """Return the figures of the last 90 days."""
        until = self._clock.now()
        window = QualityWindow(tenant, kind, until - timedelta(days=DAYS))
        looked = await self._store.looked_twice(window)
        passages, spent = await self._store.passages(window), await self._store.spent(window)
        pairs = [(one.person, one.judge) for one in looked]
        return Quality(
            # Resampling is arithmetic of a tenth of a second, which must not hold up other requests.
            await asyncio.to_thread(compare, "", pairs, LEVELS),
            weeks(window.since, until, looked, passages, spent),
            sum(one.submitted_at is not None and one.settled_at is None for one in passages),
        )


def weeks(
    since: datetime,
    until: datetime,
    looked: Iterable[LookedTwice],
    passages: Sequence[Passage],
    spent: Iterable[Spent],
) -> tuple[Week, ...]:
    """Return every week of a window, the oldest first, also those in which nothing happened."""
    ordered = _by_week(since, passages, lambda one: one.ordered_at)
    submitted = _by_week(since, passages, lambda one: one.submitted_at)
    settled = _by_week(since, passages, lambda one: one.settled_at)
    calls = _by_week(since, spent, lambda one: one.at)
    levels = _by_week(since, looked, lambda one: one.at)
    return tuple(
        _week(
            (since + number * WEEK).date(),
            len(ordered.get(number, ())),
            len(submitted.get(number, ())),
            settled.get(number, ()),
            calls.get(number, ()),
            levels.get(number, ()),
        )
        for number in range((until - since) // WEEK + 1)
    )


def _week(
    day: date,
    ordered: int,
    submitted: int,
    settled: Sequence[Passage],
    calls: Sequence[Spent],
    levels: Sequence[LookedTwice],
) -> Week:
    waits = sorted(
        (one.settled_at - one.submitted_at) / timedelta(hours=1)
        for one in settled
        if one.settled_at and one.submitted_at
    )
    latencies = [one.latency_ms for one in calls if one.outcome == "ok"]
    errors = [one.judge - one.person for one in levels]
    return Week(
        day=day,
        ordered=ordered,
        submitted=submitted,
        settled=len(settled),
        waited=round(median(waits), 1) if waits else None,
        waited_at_most=round(waits[math.ceil(0.9 * len(waits)) - 1], 1) if waits else None,
        calls=len(calls),
        failed=sum(one.outcome != "ok" for one in calls),
        cost=sum(one.cost or 0 for one in calls) / 1_000_000,
        latency=round(median(latencies) / 1000, 2) if latencies else None,
        bias=round(sum(errors) / len(errors), 2) if errors else None,
        looked=len(levels),
    )


def _by_week(
    since: datetime, things: Iterable[T], at: Callable[[T], datetime | None]
) -> Mapping[int, Sequence[T]]:
    found: defaultdict[int, list[T]] = defaultdict(list)
    for one in things:
        moment = at(one)
        if moment is not None:
            found[(moment - since) // WEEK].append(one)
    return found
