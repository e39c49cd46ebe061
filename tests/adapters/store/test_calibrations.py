"""The agreement ledger in the database."""

import asyncio
from datetime import timedelta

import pytest

from assessor.adapters.store import SqlStore
from assessor.domain.errors import NotFound
from assessor.domain.policy import Grade
from assessor.ports import Stopped
from tests.adapters.store.samples import NOW
from tests.domain.calibration.simulated import calibration

pytestmark = pytest.mark.anyio


async def test_calibrations_come_back_as_they_were_newest_first_and_are_added_once(store: SqlStore) -> None:
    old = calibration(measured_at=NOW)
    new = calibration(id="cal_2", measured_at=NOW + timedelta(days=1), second="m2", grade=Grade.NONE)

    await store.add_calibrations([old])
    await store.add_calibrations([old, new])

    assert [entry.calibration for entry in await store.ledger()] == [new, old]
    (standing,) = await store.standings()
    assert (standing.calibration_id, standing.models, standing.grade) == ("cal_2", ("m1", "m2"), Grade.NONE)


async def test_a_stopped_calibration_has_no_grade_and_keeps_its_first_reason(store: SqlStore) -> None:
    await store.add_calibrations([calibration()])

    await store.stop_calibration("cal_1", Stopped(NOW, "lenient", 70))
    await store.stop_calibration("cal_1", Stopped(NOW + timedelta(days=1), "severe", 90))

    (entry,) = await store.ledger()
    (standing,) = await store.standings()
    assert entry.stopped == Stopped(NOW, "lenient", 70)
    assert (standing.grade, standing.stopped) == (Grade.NONE, True)


async def test_gold_errors_keep_their_order_also_when_two_runs_end_at_once(store: SqlStore) -> None:
    await store.add_calibrations([calibration()])

    await store.add_gold_errors("cal_1", [0.0, 1.0, -2.0], NOW)
    await asyncio.gather(*(store.add_gold_errors("cal_1", [float(n)] * 3, NOW) for n in (3, 4)))

    first, rest = (await store.gold_errors("cal_1"))[:3], (await store.gold_errors("cal_1"))[3:]
    assert first == (0.0, 1.0, -2.0)
    assert rest in ((3.0,) * 3 + (4.0,) * 3, (4.0,) * 3 + (3.0,) * 3)
    assert (await store.ledger())[0].gold == 9


async def test_errors_of_an_unknown_calibration_are_refused(store: SqlStore) -> None:
    with pytest.raises(NotFound):
        await store.add_gold_errors("cal_9", [1.0], NOW)
