"""Switching a grading on by two people, what orders get from then on, and the way back."""

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from assessor.domain.audit_log import Action
from assessor.domain.change import Change, StepKind
from assessor.domain.errors import Conflict, InvalidInput, NotFound
from assessor.domain.grading import Grading
from assessor.domain.policy import Policy
from assessor.ports import ActFilter, Model, Reviewer
from assessor.services.changing import Changing
from tests.services import attempts, plays
from tests.services.grading import GradingModel
from tests.services.shadows import NEWER, Providers, proposal, shadowing, usable
from tests.world import PILOT, World
from tests.world import world as build

JUDGED = Policy(judge_may_score=True, least_basis=PILOT.least_basis)
WHY = "It agrees better with our panel of experts."


def opened(name: str) -> Model:
    return GradingModel(name)


@pytest.fixture
async def judged(tmp_path: Path, migrated_file: Path) -> AsyncIterator[World]:
    file = tmp_path / "data" / "assessor.db"
    file.parent.mkdir()
    shutil.copy(migrated_file, file)
    async with build(
        tmp_path, f"sqlite:///{file}", model=GradingModel(), policy=JUDGED, named=opened
    ) as built:
        yield built


@pytest.fixture
async def on_both(tmp_path: Path, address: str) -> AsyncIterator[World]:
    async with build(tmp_path, address, model=GradingModel(), policy=JUDGED, named=opened) as built:
        yield built


async def people(world: World) -> tuple[Reviewer, Reviewer]:
    return (
        await plays.reviewer(world, email="rita@acme.example"),
        await plays.reviewer(world, email="sam@acme.example"),
    )


async def reported(world: World, grading: Grading = NEWER) -> Change:
    service = shadowing(world, Providers())
    change = await service.propose(proposal(grading))
    await service.run(change)
    return await world.store.change("acme", change.id)


async def switched(world: World, change: Change, *by: Reviewer) -> Changing:
    changing = Changing(world.store, world.clock)
    assert change.report
    for one in by:
        await changing.approve(one, change.id, change.report.digest, WHY)
    await changing.switch_on(by[0], change.id, WHY)
    return changing


async def test_orders_get_it_from_then_on_and_what_began_before_keeps_what_it_had(on_both: World) -> None:
    world = on_both
    begun = await plays.interviewed(world)
    await usable(world)
    rita, sam = await people(world)
    change = await reported(world)

    changing = await switched(world, change, rita, sam)
    later = await plays.submitted(world)
    person = await plays.candidate(world, 4)
    for place in begun.form.tasks:
        await world.answering.hand_in(begun.id, place.item_id, person.response(place.item_id))
    await world.answering.submit(begun.id)

    def judges(assessment_scores: object) -> set[str]:
        return {one.rater for one in assessment_scores.values() if one.rater_kind == "judge"}  # type: ignore[attr-defined] # scores by place

    assert judges((await world.log.load(later.id)).scores) == {"judge:newer"}
    assert judges((await world.log.load(begun.id)).scores) == {"judge:grader"}
    assert (await attempts.replaying(world).replay(later.id)).is_equal

    await changing.roll_back("acme", rita.id, change.id, "It was slower than we can bear.")
    after = await plays.submitted(world)
    assert judges((await world.log.load(after.id)).scores) == {"judge:grader"}
    acts = [one.action for one in await world.store.recorded(ActFilter("acme", subject=change.id))]
    assert acts == [
        Action.CHANGE_ROLLED_BACK,
        Action.CHANGE_SWITCHED_ON,
        Action.CHANGE_OVERRIDDEN,
        Action.CHANGE_OVERRIDDEN,
        Action.CHANGE_REPORTED,
        Action.CHANGE_PROPOSED,
    ]
    with pytest.raises(Conflict, match="not on"):
        await changing.roll_back("acme", rita.id, change.id, WHY)


async def test_rubrics_and_prompts_that_are_on_are_in_the_log_whole_and_replay_without_a_file(
    judged: World,
) -> None:
    assessment = await usable(judged)
    library = await judged.content.library()
    used = [library.item("python", place.item_id).rubric for place in assessment.form.items]
    rubrics = [library.rubric(name) for name in dict.fromkeys(used) if name]
    lighter = tuple(
        one.changed(version=one.version + 1, criteria=one.criteria[1:], anchors=())
        for one in rubrics
        if len(one.criteria) > 1
    )
    system = attempts.PROMPTS.source("judge/system.j2") or ""
    grading = Grading(rubrics=lighter, prompts={"judge/system.j2": f"{system}\nRead twice."})

    change = await reported(judged, grading)
    await switched(judged, change, *await people(judged))
    later = await plays.submitted(judged)

    assert later.drawn
    assert later.drawn.grading
    assert later.drawn.prompts_hash == attempts.PROMPTS.replaced(grading.prompts).hash
    assert (await attempts.replaying(judged).replay(later.id)).is_equal
    scored = {name for item, name in later.scores if item == later.form.items[0].item_id}
    rubric = later.rubrics[library.item("python", later.form.items[0].item_id).rubric or ""]
    assert scored == {one.id for one in rubric.criteria}


async def test_one_person_is_not_enough_however_often(judged: World) -> None:
    await usable(judged)
    rita, _ = await people(judged)
    change = await reported(judged)
    assert change.report
    changing = Changing(judged.store, judged.clock)
    await changing.approve(rita, change.id, change.report.digest, WHY)

    with pytest.raises(Conflict, match="approved this already"):
        await changing.approve(rita, change.id, change.report.digest, WHY)
    with pytest.raises(Conflict, match="1 of 2 people have overridden in writing; the report is of 1"):
        await changing.switch_on(rita, change.id, WHY)


async def test_thresholds_that_are_not_kept_are_overridden_in_writing_or_not_at_all(judged: World) -> None:
    await usable(judged)
    rita, _ = await people(judged)
    change = await reported(judged)
    assert change.report
    changing = Changing(judged.store, judged.clock)

    with pytest.raises(InvalidInput, match="reason"):
        await changing.approve(rita, change.id, change.report.digest, "ok")
    await changing.approve(rita, change.id, change.report.digest, WHY)

    seen = await changing.look("acme", change.id)
    assert [one.kind for one in seen.change.steps] == [StepKind.OVERRIDDEN]
    assert seen.exceeded


async def test_an_old_report_and_one_against_another_grading_say_nothing(judged: World) -> None:
    await usable(judged)
    rita, sam = await people(judged)
    first, second = await reported(judged), await reported(judged, Grading(models=("third",)))
    await switched(judged, first, rita, sam)
    changing = Changing(judged.store, judged.clock)
    assert second.report

    with pytest.raises(Conflict, match="another grading than the report compares with"):
        await changing.approve(rita, second.id, second.report.digest, WHY)
    judged.clock.turn(timedelta(days=31))
    with pytest.raises(Conflict, match="older than 30 days"):
        await changing.approve(rita, second.id, second.report.digest, WHY)


async def test_what_was_rejected_or_is_unreported_is_never_switched_on(judged: World) -> None:
    await usable(judged)
    rita, sam = await people(judged)
    changing = Changing(judged.store, judged.clock)
    raw = await shadowing(judged, Providers()).propose(proposal())
    with pytest.raises(Conflict, match="not the one that you read"):
        await changing.approve(rita, raw.id, "", WHY)
    with pytest.raises(Conflict, match="there is no report yet"):
        await changing.switch_on(rita, raw.id, WHY)

    await changing.reject(sam, raw.id, "The model is not licensed for this.")

    with pytest.raises(Conflict, match="settled"):
        await changing.switch_on(rita, raw.id, WHY)
    with pytest.raises(NotFound):
        await changing.look("other", raw.id)


async def test_of_two_at_once_one_is_told(judged: World) -> None:
    await usable(judged)
    rita, sam = await people(judged)
    change = await reported(judged)
    changing = Changing(judged.store, judged.clock)
    await changing.reject(sam, change.id, WHY)
    stale = change.steps

    with pytest.raises(Conflict, match="Somebody else"):
        await judged.store.add_step(
            "acme",
            change.id,
            (await judged.store.change("acme", change.id)).steps[0].changed(by=rita.id),
            after=len(stale),
        )
