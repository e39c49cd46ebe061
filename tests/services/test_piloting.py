"""People move a pilot up, it falls by itself, and verdicts go by where it stands."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from assessor.domain.assessment import Assessment
from assessor.domain.calibration import Calibration
from assessor.domain.errors import Conflict, InvalidInput, NotFound
from assessor.domain.pilot import JudgeInUse, judged_families
from assessor.domain.policy import Grade, Stage
from assessor.domain.verdict import VerdictDocument, read_verdict
from assessor.ports import Stopped
from assessor.services.order import Order
from assessor.services.piloting import Piloting, Place
from tests.domain.calibration.simulated import calibration
from tests.services import attempts, plays
from tests.world import World
from tests.world import world as build

JUDGE = JudgeInUse(("m1",), "sha256:p")
HERE = Place("acme", "python")
WHY = "The judge has been measured."


@pytest.fixture(params=["sqlite"])
def kind(request: pytest.FixtureRequest) -> str:
    """One kind of database is enough here: the history itself is tested on each."""
    return str(request.param)


def piloting(world: World, judge: JudgeInUse | None = JUDGE) -> Piloting:
    return Piloting(world.store, world.content, judge, world.clock)


async def calibrations(world: World, **changes: object) -> list[Calibration]:
    """One of each family that a form of the track can hold."""
    library = await world.content.library()
    families = judged_families(library, library.track("python"))
    basics = {"model": JUDGE.models[0], "prompts_hash": JUDGE.prompts_hash}
    return [
        calibration(id=f"cal_{n}", family=family, **(basics | changes)) for n, family in enumerate(families)
    ]


async def stages(world: World) -> list[tuple[str | None, Stage, str]]:
    return [(one.region, one.stage, one.by) for one in await world.store.stage_history("acme")]


async def test_a_stage_is_kept_with_who_set_it_when_and_why(world: World) -> None:
    change = await piloting(world).set_stage(HERE, Stage.SHADOW, "rita", f" {WHY} ")

    assert await world.store.stage_history("acme") == (change,)
    assert (change.by, change.reason, change.at) == ("rita", WHY, world.clock.now())


@pytest.mark.parametrize(
    ("place", "reason", "refusal", "said"),
    [
        (Place("nobody", "python"), WHY, NotFound, "nobody"),
        (Place("acme", "alchemy"), WHY, NotFound, "alchemy"),
        (HERE, "  ", InvalidInput, "reason"),
        (HERE, "because", InvalidInput, "Say in a sentence"),
    ],
)
async def test_what_cannot_be_set_is_refused(
    world: World, place: Place, reason: str, refusal: type[Exception], said: str
) -> None:
    with pytest.raises(refusal, match=said):
        await piloting(world).set_stage(place, Stage.SHADOW, "rita", reason)

    assert await world.store.stage_history() == ()


async def test_automatic_is_refused_with_the_names_of_what_is_missing(world: World) -> None:
    missing, *others = await calibrations(world)
    provisional = others[0].changed(grade=Grade.PROVISIONAL)
    await world.store.add_calibrations([provisional, *others[1:]])

    with pytest.raises(Conflict) as refused:
        await piloting(world).set_stage(HERE, Stage.AUTOMATIC, "rita", WHY)

    assert f"{missing.family} has no calibration" in str(refused.value)
    assert f"{provisional.family} has the grade provisional" in str(refused.value)
    assert str(others[1].family) not in str(refused.value)
    assert await stages(world) == []


async def test_automatic_is_refused_where_no_model_judges(world: World) -> None:
    await world.store.add_calibrations(await calibrations(world))

    with pytest.raises(Conflict, match="ASSESSOR_JUDGE_MODEL"):
        await piloting(world, None).set_stage(HERE, Stage.AUTOMATIC, "rita", WHY)


async def test_a_pilot_falls_by_itself_when_its_judge_is_stopped_and_never_climbs_again(world: World) -> None:
    held = await calibrations(world)
    await world.store.add_calibrations(held)
    pilot = piloting(world)
    await pilot.set_stage(HERE, Stage.SHADOW, "rita", WHY)
    europe = Place("acme", "python", "eu")
    await pilot.set_stage(europe, Stage.AUTOMATIC, "rita", WHY)
    before = await pilot.fall_back()
    await world.store.stop_calibration(held[0].id, Stopped(world.clock.now(), "lenient", 70))

    fallen = await pilot.fall_back()
    again = await pilot.fall_back()
    await world.store.add_calibrations([held[0].changed(id="cal_new", measured_at=world.clock.now())])
    mended = await pilot.fall_back()

    assert (before, again, mended) == ((), (), ())
    assert [(one.region, one.stage) for one in fallen] == [("eu", Stage.ASSISTED)]
    assert f"{held[0].family} was stopped ({held[0].id})" in fallen[0].reason
    assert await stages(world) == [
        ("eu", Stage.ASSISTED, "assessor"),
        ("eu", Stage.AUTOMATIC, "rita"),
        (None, Stage.SHADOW, "rita"),
    ]


async def test_with_other_prompts_a_pilot_falls_since_nobody_has_measured_those(world: World) -> None:
    await world.store.add_calibrations(await calibrations(world))
    await piloting(world).set_stage(HERE, Stage.AUTOMATIC, "rita", WHY)

    fallen = await piloting(world, JudgeInUse(JUDGE.models, "sha256:q")).fall_back()

    assert [one.stage for one in fallen] == [Stage.ASSISTED]
    assert "has no calibration of this judge" in fallen[0].reason


async def test_verdicts_go_by_the_stage_that_holds_when_they_are_issued_and_replay_with_it(
    tmp_path: Path, address: str
) -> None:
    async with build(tmp_path, address) as world:
        pilot = piloting(world)
        await pilot.set_stage(HERE, Stage.SHADOW, "rita", WHY)
        assessment = await _able(world)
        shadowed = await _document(world, assessment)
        await pilot.set_stage(HERE, Stage.ASSISTED, "rita", WHY)
        await world.scoring.issue(assessment.id)
        assisted = await _document(world, assessment)
        replayed = await attempts.replaying(world).replay(assessment.id)

    assert (shadowed.decision, shadowed.next.actor) == ("needs_review", "reviewer")
    assert _codes(shadowed) == ["pilot_shadow", "proposed_qualified"]
    assert (assisted.decision, assisted.decided_by) == ("qualified", "rule")
    assert replayed.is_equal, replayed.differences
    assert len(replayed.verdicts) == 3


async def test_the_region_of_an_order_is_kept_and_its_stage_holds(world: World) -> None:
    await piloting(world).set_stage(Place("acme", "python", "eu"), Stage.SHADOW, "rita", WHY)
    order = Order(candidate_ref="c-1", track="python", form="short", region="eu", livemode=False)

    ordered = await world.ordering.order(world.tenant, order)

    assert (await world.log.load(ordered.assessment.id)).ordered.region == "eu"
    assert await world.store.stage_of("acme", "python", "eu") is Stage.SHADOW
    assert await world.store.stage_of("acme", "python", "us") is None


async def _able(world: World) -> Assessment:
    """An assessment of somebody able, every open criterion scored by a person."""
    assessment = await plays.submitted(world, form="full")
    return await plays.reviewed(world, assessment, await plays.reviewer(world))


async def _document(world: World, assessment: Assessment) -> VerdictDocument:
    stored = await world.store.live_verdict(assessment.id)
    assert stored is not None
    return read_verdict(stored.document)


def _codes(document: VerdictDocument) -> Sequence[str]:
    return [reason.code.value for reason in document.reasons]
