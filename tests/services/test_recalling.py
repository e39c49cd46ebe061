"""The history of the judges, from the ledger."""

from datetime import timedelta

import pytest

from assessor.domain.calibration import WATCH
from assessor.domain.errors import InvalidInput
from assessor.ports import Stopped
from assessor.services.recalling import Recalling
from tests.domain.calibration.simulated import calibration
from tests.world import START, World

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("kind", ["sqlite"], indirect=True)]


async def test_every_calibration_of_a_family_is_told_the_newest_first_with_what_came_of_it(
    world: World,
) -> None:
    old = calibration(id="cal_old", measured_at=START)
    new = calibration(id="cal_new", measured_at=START + timedelta(days=30))
    await world.store.add_calibrations([old, new])
    await world.store.add_gold_errors("cal_old", [0.0, 4.0, 4.0, 4.0], START + timedelta(days=1))
    await world.store.stop_calibration("cal_old", Stopped(START + timedelta(days=2), "lenient", 4))

    found = await Recalling(world.store).history()

    newest, stopped = found.chapters
    assert found.family == f"{new.family}, {new.language}"
    assert (newest.entry.calibration.id, newest.stands, newest.watched) == ("cal_new", True, ())
    assert (stopped.stands, stopped.entry.stopped is not None) == (False, True)
    assert len(stopped.watched) == 4
    assert stopped.watched[-1] > WATCH.bound


async def test_without_calibrations_there_is_no_family_and_an_unknown_one_is_refused(world: World) -> None:
    found = await Recalling(world.store).history()

    assert (found.family, found.families, found.chapters) == ("", (), ())
    with pytest.raises(InvalidInput, match="was never measured"):
        await Recalling(world.store).history("sft/none, en")
