"""The daily replay of gold responses: whether the judge still reads as it did, asked without anybody.

One worker does it, on so many responses that it costs what was meant. It holds nothing up: what fails is
logged and kept, and the next day begins anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import structlog

from assessor.ports import Clock, GoldCases, GoldRun, GoldRuns
from assessor.scoring.labelled import Labelled
from assessor.services.labelling import labelled
from assessor.services.piloting import Piloting
from assessor.services.watching import Watched, Watching

CUT_OFF_AFTER = timedelta(hours=2)
"""A replay that has not ended by then was cut off, and another worker begins it again."""

log = structlog.get_logger()


@dataclass(frozen=True)
class GoldPlan:
    """When the replay is due, on how many responses, and which worker this is."""

    hour: int
    """UTC; due from then on."""
    responses: int
    """Of each track, at most. The next day goes on with those after them."""
    worker: str


class GoldReplay:
    """Replays gold responses once a day, where there is a judge and something to replay."""

    def __init__(
        self,
        watching: Watching,
        runs: GoldRuns,
        cases: GoldCases,
        piloting: Piloting,
        clock: Clock,
        plan: GoldPlan,
    ) -> None:
        self._watching = watching
        self._runs = runs
        self._cases = cases
        self._piloting = piloting
        self._clock = clock
        self._plan = plan
        self._settled: date | None = None
        """The day about which there is nothing more to ask."""

    async def run_if_due(self) -> GoldRun | None:
        """Replay if it is time and nobody else does; return what came of it."""
        now = self._clock.now()
        if now.hour < self._plan.hour or now.date() == self._settled:
            return None
        began = GoldRun(day=now.date(), worker=self._plan.worker, began_at=now)
        if not await self._cases.are_kept() or await self._is_taken(now):
            return None
        if not await self._runs.claim_gold_run(began, now - CUT_OFF_AFTER):
            return None
        run = await self._run(began)
        await self._runs.end_gold_run(run)
        self._settled = run.day
        return run

    async def _is_taken(self, now: datetime) -> bool:
        """Whether somebody has done today's, or is at it."""
        latest = await self._runs.latest_gold_run()
        if latest is None or latest.day != now.date():
            return False
        if latest.ended_at is not None:
            self._settled = latest.day
        return latest.ended_at is not None or latest.began_at >= now - CUT_OFF_AFTER

    async def _run(self, began: GoldRun) -> GoldRun:
        try:
            gold = await self._responses(began.day)
            found = await self._watching.watch(gold)
            await self._piloting.fall_back()
        except Exception as failure:
            # Whatever it was, the service goes on; the row tells who asks, and tomorrow is another try.
            log.exception("gold replay failed", day=began.day.isoformat())
            return replace(
                began, ended_at=self._clock.now(), failure=f"{type(failure).__name__}: {failure}"[:500]
            )
        return self._ended(began, len(gold), found)

    def _ended(self, began: GoldRun, wanted: int, found: Sequence[Watched]) -> GoldRun:
        fallen = [one for one in found if one.alarm]
        for one in fallen:
            log.error(
                "judge stopped", family=str(one.family), calibration=one.calibration_id, alarm=one.alarm
            )
        compared = sum(one.read for one in found)
        return replace(
            began,
            ended_at=self._clock.now(),
            wanted=wanted,
            compared=compared,
            stopped=len(fallen),
            failure=None if compared else "the judge could read none of the responses",
        )

    async def _responses(self, day: date) -> tuple[Labelled, ...]:
        library = await self._watching.calibrating.content.library()
        found: list[Labelled] = []
        for track, rows in (await self._cases.cases()).items():
            found += turn(labelled(rows, library, track), self._plan.responses, day)
        return tuple(found)


def turn(responses: Sequence[Labelled], count: int, day: date) -> tuple[Labelled, ...]:
    """Return those whose turn it is: so many a day, one after the other, and again from the beginning."""
    ordered = sorted(responses, key=lambda one: one.id)
    if len(ordered) <= count:
        return tuple(ordered)
    first = day.toordinal() * count
    return tuple(ordered[(first + place) % len(ordered)] for place in range(count))
