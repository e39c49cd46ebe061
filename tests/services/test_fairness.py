"""The fairness report over real rows: who is counted, at which stage, and what declarations do."""

from datetime import timedelta

import pytest

from assessor.domain import events as e
from assessor.domain.demographics import Declaration, Race, Sex
from assessor.domain.errors import IllegalTransition, NotFound
from assessor.domain.fairness import StageRates
from assessor.services.cohort import Window
from assessor.services.declaring import Declaring
from assessor.services.fairness import Fairness, TrackFairness
from tests.services.decided import BEGUN, Town, verdict
from tests.world import START, World

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("kind", ["sqlite"], indirect=True)]

DAY = timedelta(days=1)


@pytest.fixture
def town(world: World) -> Town:
    return Town(world.store, world.clock, world.tenant.id)


async def reported(world: World, **window: object) -> TrackFairness:
    service = Fairness(world.store, world.log)
    (track,) = (await service.report(world.tenant.id, Window(**window))).tracks  # type: ignore[arg-type]
    return track


def stage(found: TrackFairness, name: str) -> StageRates:
    return next(one for one in found.stages if (one.stage, one.characteristic) == (name, "sex"))


async def test_each_stage_counts_those_who_came_to_it(world: World, town: Town) -> None:
    await town.invited()  # they still may begin
    await town.invited(e.AssessmentExpired())
    await town.invited(*BEGUN)  # at work
    await town.invited(*BEGUN, e.AssessmentWithdrawn())
    await town.decided(50.0, "needs_review")
    await town.decided(70.0, "qualified", "person")
    await town.decided(50.0, "not_qualified", "person")
    await town.decided(80.0)
    await town.invited(e.AssessmentCancelled())

    found = await reported(world)

    assert found.people == 8
    counted = {name: (stage(found, name).passed, stage(found, name).n) for name in STAGE_NAMES}
    assert counted == {
        "began": (6, 7),
        "submitted": (4, 5),
        "qualified_by_rule": (1, 4),
        "final": (2, 3),
        "overall": (2, 5),
    }


STAGE_NAMES = ("began", "submitted", "qualified_by_rule", "final", "overall")


async def test_a_rule_said_so_also_where_a_person_changed_it_later(world: World, town: Town) -> None:
    first, reviewed = (
        verdict(70.0, "qualified", "rule"),
        e.ReviewDecided(
            reviewer="rev_1", decision="not_qualified", reason="The answers were not their own work."
        ),
    )
    second = verdict(70.0, "not_qualified", "person", supersedes=first.verdict_id)
    await town.invited(*BEGUN, e.AssessmentSubmitted(), e.ScoringStarted(), first, reviewed, second)

    found = await reported(world)

    assert (stage(found, "qualified_by_rule").passed, stage(found, "final").passed) == (1, 0)


async def test_a_person_is_counted_once_by_their_latest_attempt(world: World, town: Town) -> None:
    await town.decided(50.0, "not_qualified", "person", person="worker-1")
    await town.decided(70.0, person="worker-1")

    found = await reported(world)

    assert (found.people, stage(found, "final").passed, stage(found, "final").n) == (1, 1, 1)


async def some(town: Town, selected: int, n: int, sex: Sex, **order: object) -> None:
    for number in range(n):
        passed = number < selected
        await town.decided(
            70.0 if passed else 50.0 - number % 3,
            "qualified" if passed else "not_qualified",
            "rule" if passed else "person",
            sex=sex,
            items={"ranking-1": float(passed)},
            **order,
        )


async def test_declared_groups_are_compared_in_rates_scores_and_items(world: World, town: Town) -> None:
    await some(town, 30, 40, Sex.MALE)
    await some(town, 12, 40, Sex.FEMALE)

    found = await reported(world)

    final = stage(found, "final")
    assert (final.status, final.compared_with) == ("alert", "Male")
    assert [one.ratio for one in final.groups if one.group == "Female"] == [0.4]
    assert next(one for one in found.scores if one.characteristic == "sex").groups[1].status == "measured"
    (item,) = found.items
    assert (item.item_id, item.status, item.n_reference, item.n_focal) == (
        "ranking-1",
        "insufficient",
        40,
        40,
    )
    assert (found.people, found.declared) == (80, 80)


async def test_times_and_modes_are_kept_apart(world: World, town: Town) -> None:
    await some(town, 1, 2, Sex.MALE)
    world.clock.turn(10 * DAY)
    await some(town, 1, 3, Sex.MALE)
    await some(
        Town(world.store, world.clock, world.tenant.id, livemode=False, numbers=town.numbers), 1, 4, Sex.MALE
    )

    assert (await reported(world)).people == 5
    assert (await reported(world, since=START + DAY)).people == 3
    assert (await reported(world, until=START + DAY)).people == 2
    assert (await reported(world, livemode=False)).people == 4


async def test_an_unknown_tenant_is_told(world: World) -> None:
    with pytest.raises(NotFound):
        await Fairness(world.store, world.log).report("nobody", Window())


async def test_the_audit_takes_the_decided_and_names_the_others(world: World, town: Town) -> None:
    await some(town, 6, 10, Sex.MALE)
    await some(town, 3, 10, Sex.FEMALE)
    await town.decided(55.0, "needs_review", sex=Sex.FEMALE)
    await town.decided(55.0, "qualified", "person")
    await some(town, 5, 5, Sex.MALE, track="nursing")

    found = await Fairness(world.store, world.log).audit(world.tenant.id, "python", Window())

    assert (found.applicants, found.selected, found.undecided) == (21, 10, 1)
    by_sex = {one.sex: one for one in found.rows if one.table == "sex"}
    assert (by_sex["Male"].impact_ratio, by_sex["Female"].impact_ratio) == (1.0, 0.5)
    assert by_sex["Unknown"].applicants == 1


# --- declaring ----------------------------------------------------------------------------------


@pytest.fixture
def declaring(world: World) -> Declaring:
    return Declaring(world.store, world.log, world.clock)


async def test_nobody_is_asked_before_they_have_submitted(town: Town, declaring: Declaring) -> None:
    assessment_id = await town.invited(*BEGUN)

    for asking in (
        declaring.look(assessment_id),
        declaring.declare(assessment_id, Declaration()),
        declaring.forget(assessment_id),
    ):
        with pytest.raises(IllegalTransition):
            await asking


async def test_answers_can_be_changed_and_deleted_and_hold_for_the_person(
    world: World, town: Town, declaring: Declaring
) -> None:
    first = await town.decided(person="worker-1")
    second = await town.decided(person="worker-1")
    await declaring.declare(first, Declaration(sex=Sex.MALE))

    await declaring.declare(second, Declaration(sex=Sex.FEMALE, race=Race.ASIAN))
    seen = await declaring.look(first)
    await declaring.forget(first)

    assert seen is not None
    assert seen.declaration == Declaration(sex=Sex.FEMALE, race=Race.ASIAN)
    assert await declaring.look(second) is None
    assert await world.store.declarations(world.tenant.id, livemode=True) == {}


async def test_a_declaration_leaves_no_event_and_no_word_in_the_case_of_a_reviewer(
    world: World, town: Town, declaring: Declaring
) -> None:
    assessment_id = await town.decided()
    before = await world.store.events(assessment_id)

    await declaring.declare(assessment_id, Declaration(sex=Sex.FEMALE, race=Race.BLACK))

    assert await world.store.events(assessment_id) == before


async def test_who_prefers_not_to_say_is_in_no_group(world: World, town: Town, declaring: Declaring) -> None:
    assessment_id = await town.decided()

    await declaring.declare(assessment_id, Declaration())

    found = await reported(world)
    assert (found.people, found.declared) == (1, 0)
    assert stage(found, "final").n_in_groups == 0
