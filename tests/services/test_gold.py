"""Gold responses are replayed once a day, by one worker, and whatever fails holds nothing up."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

from assessor.adapters.replies import FileReplies
from assessor.domain.calibration import LabelRow
from assessor.domain.errors import invalid
from assessor.services.gold import CUT_OFF_AFTER, GoldPlan, GoldReplay, turn
from assessor.services.piloting import Piloting
from assessor.services.watching import Watching
from tests.scoring.graders import fault
from tests.services.test_calibrating import Reader, calibrating, responses, rows, texts
from tests.services.test_judging import Killed
from tests.world import World

EVERYTHING = 1000


@pytest.fixture(params=["sqlite"])
def kind(request: pytest.FixtureRequest) -> str:
    """One kind of database is enough here: what the store does is asked by its own tests."""
    return str(request.param)


@dataclass
class Kept:
    """Gold responses in memory."""

    rows: Mapping[str, Sequence[LabelRow]] = field(default_factory=dict)
    refuses: bool = False

    async def are_kept(self) -> bool:
        return bool(self.rows)

    async def cases(self) -> Mapping[str, Sequence[LabelRow]]:
        if self.refuses:
            raise invalid("labels", "python.csv is not UTF-8", "Save it as UTF-8.")
        return self.rows


def replay(
    world: World, model: Reader, kept: Kept, *, worker: str = "w1", hour: int = 3, count: int = EVERYTHING
) -> GoldReplay:
    watching = Watching(calibrating(world, model), world.store, world.clock)
    piloting = Piloting(world.store, world.content, None, world.clock)
    plan = GoldPlan(hour, count, worker)
    return GoldReplay(watching, world.store, kept, piloting, world.clock, plan)


async def test_it_runs_once_a_day_from_its_hour_on_and_tells_what_it_read(world: World) -> None:
    model = Reader(await texts(world))
    gold = replay(world, model, Kept({"python": await rows(world, 3)}), hour=10)

    early = await gold.run_if_due()
    world.clock.turn(timedelta(hours=1))
    first = await gold.run_if_due()
    same_day = await gold.run_if_due()
    read = len(model.history)
    world.clock.turn(timedelta(days=1))
    next_day = await gold.run_if_due()

    assert (early, same_day) == (None, None)
    assert first is not None
    assert (first.wanted, first.failure, read) == (3, None, 3)
    assert await world.store.latest_gold_run() == next_day
    assert next_day is not None
    assert next_day.day == first.day + timedelta(days=1)


async def test_of_several_workers_one_replays(world: World) -> None:
    model, kept = Reader(await texts(world)), Kept({"python": await rows(world, 2)})

    done = await asyncio.gather(*(replay(world, model, kept, worker=f"w{n}").run_if_due() for n in range(3)))

    assert sum(run is not None for run in done) == 1
    assert len(model.history) == 2


async def test_a_judge_that_drifted_is_stopped_by_the_replay(world: World, tmp_path: Path) -> None:
    steady = Reader(await texts(world), errs=0.03)
    await calibrating(world, steady).calibrate(
        await responses(world, 220), FileReplies(tmp_path / "replies.jsonl"), "labels"
    )
    lenient = Reader(await texts(world), leniency=0.6)
    kept = Kept({"python": await rows(world, 120, start=600)})

    run = await replay(world, lenient, kept).run_if_due()

    assert run is not None
    assert (run.wanted, run.stopped, run.failure) == (120, 3, None)
    assert {one.stopped for one in await world.store.standings()} == {True}


@pytest.mark.parametrize("what", ["labels", "model"])
async def test_what_fails_is_kept_with_its_reason_and_tried_again_the_next_day(
    world: World, what: str
) -> None:
    model, kept = Reader(await texts(world)), Kept({"python": await rows(world, 2)}, refuses=what == "labels")
    if what == "model":
        model.spoil = lambda _call, _rows: fault("unavailable")
    gold = replay(world, model, kept)

    failed = await gold.run_if_due()
    same_day = await gold.run_if_due()
    kept.refuses, model.spoil = False, Reader({}).spoil
    world.clock.turn(timedelta(days=1))
    mended = await gold.run_if_due()

    assert failed is not None
    assert failed.failure is not None
    assert ("not UTF-8" if what == "labels" else "could read none") in failed.failure
    assert same_day is None
    assert mended is not None
    assert mended.failure is None


async def test_a_replay_that_was_cut_off_is_begun_again_by_another_worker(world: World) -> None:
    model, kept = Reader(await texts(world)), Kept({"python": await rows(world, 2)})

    def end(_call: int, _rows: object) -> str:
        raise Killed

    dying = Reader(await texts(world))
    dying.spoil = end
    with pytest.raises(Killed):
        await replay(world, dying, kept).run_if_due()
    too_soon = await replay(world, model, kept, worker="w2").run_if_due()
    world.clock.turn(CUT_OFF_AFTER + timedelta(minutes=1))
    again = await replay(world, model, kept, worker="w2").run_if_due()

    assert too_soon is None
    assert again is not None
    assert (again.worker, again.failure) == ("w2", None)


async def test_without_gold_responses_nothing_is_begun(world: World) -> None:
    assert await replay(world, Reader({}), Kept()).run_if_due() is None
    assert await world.store.latest_gold_run() is None


async def test_each_day_takes_its_turn_so_that_all_are_read_in_the_end(world: World) -> None:
    gold = await responses(world, 10)

    days = [turn(gold, 4, date(2026, 11, 1) + timedelta(days=n)) for n in range(5)]

    assert {len(day) for day in days} == {4}
    assert {one.id for day in days for one in day} == {one.id for one in gold}
    assert len({frozenset(one.id for one in day) for day in days}) > 1
    assert turn(gold, 20, date(2026, 11, 1)) == tuple(sorted(gold, key=lambda one: one.id))
