"""Daily replays and second looks in the database."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from assessor.adapters.store import SqlStore
from assessor.domain import events as e
from assessor.domain.item import Category
from assessor.domain.quality import QUALITY, QualityLevel
from assessor.ports import GoldRun
from tests.adapters.store.samples import NOW, appended, begun
from tests.domain.calibration.simulated import calibration

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
RUN = GoldRun(NOW.date(), "w1", NOW)


async def test_of_workers_that_begin_a_day_at_once_one_does_it(store: SqlStore) -> None:
    claims = [replace(RUN, worker=f"w{n}") for n in range(3)]

    won = await asyncio.gather(*(store.claim_gold_run(one, NOW - HOUR) for one in claims))

    assert sorted(won) == [False, False, True]
    assert await store.latest_gold_run() == claims[won.index(True)]


async def test_a_replay_that_was_cut_off_is_taken_over_and_its_late_end_is_ignored(store: SqlStore) -> None:
    later = replace(RUN, worker="w2", began_at=NOW + 3 * HOUR)
    await store.claim_gold_run(RUN, NOW - HOUR)

    too_soon = await store.claim_gold_run(replace(later, began_at=NOW + HOUR), NOW - HOUR)
    taken = await store.claim_gold_run(later, NOW + HOUR)
    await store.end_gold_run(replace(RUN, ended_at=NOW + 4 * HOUR, compared=7))

    assert (too_soon, taken) == (False, True)
    assert await store.latest_gold_run() == later


async def test_a_replay_that_ended_is_not_begun_again_that_day(store: SqlStore) -> None:
    done = replace(
        RUN, ended_at=NOW + HOUR, wanted=9, compared=12, stopped=1, failure="ModelFault: no answer"
    )
    await store.claim_gold_run(RUN, NOW - HOUR)
    await store.end_gold_run(done)

    again = await store.claim_gold_run(replace(RUN, worker="w2", began_at=NOW + 5 * HOUR), NOW + 4 * HOUR)
    next_day = replace(RUN, day=NOW.date() + timedelta(days=1))

    assert (again, await store.latest_gold_run()) == (False, done)
    assert await store.claim_gold_run(next_day, NOW)
    assert await store.latest_gold_run() == next_day


async def test_levels_of_second_looks_are_kept_with_the_fact_and_the_newest_come_first(
    store: SqlStore,
) -> None:
    await store.add_calibrations([calibration()])
    row = await begun(store)
    level = QualityLevel(
        item_id="sft-0",
        category=Category.SFT,
        competency="semantics",
        model="m1",
        calibration_id="cal_1",
        person=4,
        judge=1,
        reviewer="rev_2",
        rubric="semantics@1",
        language="en",
        marks={"cause": (1, 0)},
    )
    nameless = level.changed(item_id="sft-none", calibration_id=None)
    older = [level.changed(item_id=f"sft-{n}", person=2) for n in range(QUALITY.newest)]

    await appended(store, row, [e.SecondLookCompared(levels=(*older, nameless))], 1)
    await appended(store, row, [e.SecondLookCompared(levels=(level.changed(item_id="sft-newest"),))], 2)

    assert await store.quality_levels() == {"cal_1": ((4, 1), *[(2, 1)] * (QUALITY.newest - 1))}


async def test_what_waits_for_a_second_look_is_in_its_platforms_queue(store: SqlStore) -> None:
    row = await begun(store)
    before = await store.waiting(row.tenant)

    await appended(store, replace(row, quality="due"), [e.SecondLookDrawn(criteria={"sft-0": ("cause",)})], 1)

    assert before == ()
    assert [one.quality for one in await store.waiting(row.tenant)] == ["due"]
    assert await store.waiting("other") == ()
