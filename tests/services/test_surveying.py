"""Item health from assessments in the store."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assessor.domain.errors import NotFound
from assessor.domain.item_health import ItemHealth
from assessor.ports import Sample
from assessor.services.surveying import BankHealth, Surveying
from tests.services import plays
from tests.services.decided import Town
from tests.services.passed_on import passed_on
from tests.world import World
from tests.world import world as build

TEST_MODE = Sample(livemode=False)


@pytest.fixture
async def world(tmp_path: Path, migrated_file: Path) -> AsyncIterator[World]:
    file = tmp_path / "data" / "assessor.db"
    file.parent.mkdir()
    shutil.copy(migrated_file, file)
    async with build(tmp_path, f"sqlite:///{file}") as built:
        yield built


async def surveyed(world: World, sample: Sample = TEST_MODE) -> BankHealth:
    return await Surveying(world.store, world.store, world.content).survey("python", sample)


def of(bank: BankHealth, item_id: str) -> ItemHealth:
    return next(one for one in bank.items if one.item_id == item_id)


async def test_a_bank_nobody_was_assessed_with_has_no_numbers_and_says_what_it_needs(world: World) -> None:
    bank = await surveyed(world)

    assert (bank.forms, bank.assessments, bank.overlap) == (0, 0, None)
    assert {one.status for one in bank.items} == {"insufficient"}
    assert {one.exposure for one in bank.items} == {None}


async def test_answers_picks_minutes_and_exposure_come_from_the_logs(world: World) -> None:
    # The interview and the writing wait for a person: two of the five items of a short form are open.
    assessment = await plays.submitted(world, "full")
    await plays.begun(world)

    bank = await surveyed(world)

    assert (bank.forms, bank.assessments) == (2, 1)
    ranking = next(place.item_id for place in assessment.form.items if place.category == "ranking")
    found = of(bank, ranking)
    assert found.n == 1
    assert found.mean_score == next(
        score.value for (item, _), score in assessment.scores.items() if item == ranking
    )
    assert {one.question for one in found.options} == {"first", "last"}
    assert found.minutes_median is not None
    assert found.exposure in {0.5, 1.0}


async def test_what_programs_played_another_mode_and_another_platform_did_are_left_out(world: World) -> None:
    await plays.submitted(world)

    for sample in (Sample(), Sample(livemode=False, tenant="other")):
        bank = await surveyed(world, sample)
        assert (bank.forms, bank.assessments) == (0, 0)


async def test_what_programs_played_can_be_asked_for_by_itself(world: World) -> None:
    await plays.submitted(world)

    assert (await surveyed(world, Sample(simulated=True))).assessments == 0


async def test_an_answer_to_an_earlier_version_of_an_item_says_nothing_of_this_one(world: World) -> None:
    assessment = await plays.submitted(world, "full")
    ranking = next(place.item_id for place in assessment.form.items if place.category == "ranking")
    library = await world.content.library()
    edited = library.item("python", ranking).changed(title="Another title")
    bank = {**library.items["python"], ranking: edited}
    world.content.edited = library.changed(items={**library.items, "python": bank})

    assert of(await surveyed(world), ranking).n == 0


async def test_a_track_that_there_is_not_is_refused(world: World) -> None:
    with pytest.raises(NotFound):
        await Surveying(world.store, world.store, world.content).survey("alchemy", TEST_MODE)


async def test_an_item_that_is_passed_on_is_named_first_with_when_it_began(world: World) -> None:
    town = Town(world.store, world.clock, world.tenant.id)
    item = await passed_on(town, await world.content.library())

    bank = await surveyed(world, Sample())

    assert [one.item_id for one in bank.items if one.alarms] == [item]
    assert bank.items[0].item_id == item
    (alarm,) = bank.items[0].alarms
    assert alarm.change == "easier"
    assert alarm.answers > 30
