"""Outcomes: whose they are, that all or none are kept, and how scores predict them."""

from datetime import timedelta

import pytest

from assessor.domain.demographics import Sex
from assessor.domain.errors import InvalidInput, NotFound
from assessor.domain.outcome import Outcome
from assessor.domain.policy import Policy
from assessor.ports import Store
from assessor.services.cohort import Window
from assessor.services.outcomes import Recording, Report
from assessor.services.predicting import Predicting
from tests.services.decided import BEGUN, Town
from tests.world import START, SeededRandom, World

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("kind", ["sqlite"], indirect=True)]

HOUR = timedelta(hours=1)


@pytest.fixture
def town(world: World) -> Town:
    return Town(world.store, world.clock, world.tenant.id)


@pytest.fixture
def recording(world: World) -> Recording:
    return Recording(world.store, world.clock, SeededRandom())


def report(value: float = 0.8, hour: int = 0, **changed: object) -> Report:
    terms = {"metric": "accepted", "value": value, "observed_at": START - hour * HOUR}
    return Report(**{**terms, **changed})  # type: ignore[arg-type]


async def stored(world: World, livemode: bool = True) -> tuple[Outcome, ...]:  # noqa: FBT001, FBT002
    return await world.store.outcomes(world.tenant.id, livemode=livemode)


async def test_a_person_and_a_track_mean_the_latest_attempt_that_is_decided(
    world: World, town: Town, recording: Recording
) -> None:
    await town.decided(person="worker-1")
    meant = await town.decided(person="worker-1")
    await town.invited(*BEGUN, person="worker-1")
    await town.decided(person="worker-1", track="nursing")

    named = report(candidate_ref="worker-1", track="python")
    (kept,) = await recording.record(world.tenant.id, [named], livemode=True)

    assert kept.assessment_id == meant


async def test_the_same_observation_is_one_however_often_it_is_sent(
    world: World, town: Town, recording: Recording
) -> None:
    assessment_id = await town.decided()
    reports = [report(assessment_id=assessment_id, hour=hour) for hour in (0, 1, 1)]

    first = await recording.record(world.tenant.id, reports, livemode=True)
    world.clock.turn(HOUR)
    second = await recording.record(world.tenant.id, reports, livemode=True)

    assert second == first
    assert len(await stored(world)) == 2


async def test_the_work_tells_observations_of_one_moment_apart(
    world: World, town: Town, recording: Recording
) -> None:
    assessment_id = await town.decided()
    reports = [report(value, assessment_id=assessment_id, work=f"batch-{value}") for value in (0.1, 0.2)]

    await recording.record(world.tenant.id, reports, livemode=True)

    assert {one.value for one in await stored(world)} == {0.1, 0.2}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"value": float("nan")}, "value"),
        ({"value": float("inf")}, "value"),
        ({"value": 1e13}, "value"),
        ({"observed_at": START + HOUR}, "observed_at"),
        ({"observed_at": START.replace(tzinfo=None)}, "observed_at"),
        ({"assessment_id": "asm_nobody"}, "assessment_id"),
        ({"assessment_id": None}, "assessment_id"),
        ({"candidate_ref": "worker-1"}, "assessment_id"),
        ({"assessment_id": None, "candidate_ref": "worker-1"}, "assessment_id"),
        ({"assessment_id": None, "candidate_ref": "nobody", "track": "python"}, "candidate_ref"),
        ({"assessment_id": None, "candidate_ref": "worker-1", "track": "law"}, "candidate_ref"),
    ],
)
async def test_one_wrong_row_is_named_and_nothing_is_stored(
    world: World, town: Town, recording: Recording, wrong: dict[str, object], field: str
) -> None:
    assessment_id = await town.decided(person="worker-1")
    right = [report(assessment_id=assessment_id, hour=hour, place=f"line {hour + 2}, ") for hour in range(3)]
    bad = report(**{"assessment_id": assessment_id, "place": "line 5, ", **wrong})  # type: ignore[arg-type]

    with pytest.raises(InvalidInput) as refused:
        await recording.record(world.tenant.id, [*right, bad], livemode=True)

    assert [one.field for one in refused.value.problems] == [f"line 5, {field}"]
    assert await stored(world) == ()


async def test_another_value_for_the_same_observation_is_refused(
    world: World, town: Town, recording: Recording
) -> None:
    assessment_id = await town.decided()
    await recording.record(world.tenant.id, [report(0.8, assessment_id=assessment_id)], livemode=True)
    new = report(0.5, hour=3, assessment_id=assessment_id, place="0.")
    other = report(0.7, assessment_id=assessment_id, place="1.")

    with pytest.raises(InvalidInput, match=r"1\.value: is another one than was recorded"):
        await recording.record(world.tenant.id, [new, other], livemode=True)

    assert [one.value for one in await stored(world)] == [0.8]


async def test_another_tenants_assessment_is_not_known(
    world: World, town: Town, recording: Recording
) -> None:
    theirs = await world.access.add_tenant("globex", "Globex", Policy())
    assessment_id = await town.decided(person="worker-1")

    for named in (
        report(assessment_id=assessment_id),
        report(candidate_ref="worker-1", track="python"),
    ):
        with pytest.raises(InvalidInput, match="here"):
            await recording.record(theirs.id, [named], livemode=True)


async def test_live_and_test_do_not_meet(world: World, town: Town, recording: Recording) -> None:
    live = await town.decided()
    await recording.record(world.tenant.id, [report(assessment_id=live)], livemode=True)

    with pytest.raises(InvalidInput, match="is not known here"):
        await recording.record(world.tenant.id, [report(assessment_id=live, hour=1)], livemode=False)

    assert await stored(world, livemode=False) == ()
    (kept,) = await stored(world)
    with pytest.raises(NotFound):
        await recording.remove(world.tenant.id, kept.id, livemode=False)
    await recording.remove(world.tenant.id, kept.id, livemode=True)
    assert await stored(world) == ()


async def test_a_list_is_gone_through_page_by_page_and_shows_each_once(
    world: World, town: Town, recording: Recording
) -> None:
    assessment_id = await town.decided()
    for hour in range(7):
        world.clock.turn(timedelta(seconds=hour % 2))
        await recording.record(
            world.tenant.id, [report(hour=hour, assessment_id=assessment_id)], livemode=True
        )

    seen: list[Outcome] = []
    while page := await recording.outcomes(
        world.tenant.id, livemode=True, limit=3, after=seen[-1].id if seen else None
    ):
        seen += page

    assert seen == list(await stored(world))
    assert len({one.id for one in seen}) == 7
    assert [one.recorded_at for one in seen] == sorted((one.recorded_at for one in seen), reverse=True)


async def people_with_outcomes(town: Town, recording: Recording, n: int, sex: Sex | None = None) -> None:
    """Let scores rise, and outcomes with them, but not evenly; each person has two."""
    for number in range(n):
        assessment_id = await town.decided(60.0 + number % 20, sex=sex)
        good = number % 20 + (number * 7) % 13
        both = [report(good + swing, assessment_id=assessment_id, work=str(swing)) for swing in (-1.0, 1.0)]
        await recording.record(town.tenant, both, livemode=True)


async def predicted(store: Store, tenant: str, **window: object) -> list[tuple[str | None, str, int | None]]:
    found = await Predicting(store).report(tenant, Window(**window))  # type: ignore[arg-type]
    return [(one.group, one.status, one.n) for one in found]


async def test_scores_are_compared_with_each_persons_mean_among_all_who_were_assessed(
    world: World, town: Town, recording: Recording
) -> None:
    await people_with_outcomes(town, recording, 40)
    for number in range(40):
        await town.decided(20.0 + number, "not_qualified", "person")

    (found,) = await Predicting(world.store).report(world.tenant.id, Window())

    assert (found.track, found.metric, found.n, found.status) == ("python", "accepted", 40, "measured")
    assert found.observed is not None
    assert found.corrected is not None
    assert found.corrected.value > found.observed.value > 0.5
    assert found.sd_assessed is not None
    assert found.sd_with_outcomes is not None
    assert found.sd_assessed > found.sd_with_outcomes


async def test_declared_groups_stand_below_and_small_ones_are_not_told(
    world: World, town: Town, recording: Recording
) -> None:
    await people_with_outcomes(town, recording, 31, Sex.FEMALE)
    await people_with_outcomes(town, recording, 12, Sex.MALE)
    await people_with_outcomes(town, recording, 3, Sex.ANOTHER)

    lines = await predicted(world.store, world.tenant.id)

    assert lines == [
        (None, "measured", 46),
        ("sex: Female", "measured", 31),
        ("sex: Male", "insufficient", 12),
        ("sex: Non-binary, or another", "suppressed", None),
    ]


async def test_with_too_few_people_the_report_says_how_many_there_are(
    world: World, town: Town, recording: Recording
) -> None:
    await people_with_outcomes(town, recording, 5)

    (found,) = await Predicting(world.store).report(world.tenant.id, Window(), "accepted")

    assert (found.status, found.n, found.needed, found.observed) == ("insufficient", 5, 30, None)
    assert await predicted(world.store, world.tenant.id, track="nursing") == []


async def test_a_person_counts_once_with_the_latest_attempt_that_has_outcomes(
    world: World, town: Town, recording: Recording
) -> None:
    for number in range(3):
        assessment_id = await town.decided(50.0 + number, person="worker-1")
        await recording.record(world.tenant.id, [report(assessment_id=assessment_id)], livemode=True)

    assert await predicted(world.store, world.tenant.id) == [(None, "insufficient", 1)]


async def test_what_could_not_be_judged_or_is_not_scored_is_nobody(
    world: World, town: Town, recording: Recording
) -> None:
    for assessment_id in (await town.decided(60.0, "inconclusive", "person"), await town.invited(*BEGUN)):
        await recording.record(world.tenant.id, [report(assessment_id=assessment_id)], livemode=True)

    assert await predicted(world.store, world.tenant.id) == [(None, "insufficient", 0)]


async def test_what_a_program_played_is_left_out(world: World, town: Town, recording: Recording) -> None:
    played = await town.decided(simulated=True)
    await recording.record(world.tenant.id, [report(assessment_id=played)], livemode=True)

    assert await predicted(world.store, world.tenant.id) == []
