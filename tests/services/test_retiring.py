"""Retiring an item: it counts for nobody any more, and nobody is worse off by that alone."""

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from assessor import crash_points
from assessor.crash_points import CrashPoint
from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import IllegalTransition, InvalidInput, NotFound
from assessor.domain.verdict import read_verdict
from assessor.domain.webhook import Endpoint
from assessor.ports import Retirement
from assessor.services.order import Order
from assessor.services.rescoring import Terms
from assessor.services.retiring import Affected, Retiring
from tests.services import attempts, plays
from tests.world import World
from tests.world import world as build

REASON = "Its key names the wrong response."


@pytest.fixture
async def world(tmp_path: Path, migrated_file: Path) -> AsyncIterator[World]:
    file = tmp_path / "data" / "assessor.db"
    file.parent.mkdir()
    shutil.copy(migrated_file, file)
    async with build(tmp_path, f"sqlite:///{file}") as built:
        yield built


def retiring(world: World) -> Retiring:
    return Retiring(world.store, world.log, world.content, world.scoring, world.store, world.clock)


async def retired(world: World, item_id: str) -> list[Affected]:
    """Retire an item as the command does."""
    service = retiring(world)
    recorded = await service.retire(await service.wanted("python", item_id, "anna", REASON))
    ids = await service.affected("python", item_id)
    return [one async for one in service.apply(recorded, ids)]


async def rehearsed(world: World, item_id: str) -> list[Affected]:
    service = retiring(world)
    wanted = await service.wanted("python", item_id, "anna", REASON)
    return [one async for one in service.rehearse(wanted, await service.affected("python", item_id))]


def ranking_of(assessment: Assessment) -> str:
    return next(place.item_id for place in assessment.form.items if place.category == "ranking")


async def complete(world: World, level: int = 4, form: str = "short") -> Assessment:
    assessment = await plays.submitted(world, form, level)
    rita = await plays.reviewer(world)
    return await plays.reviewed(world, assessment, rita, level)


def decision(assessment: Assessment) -> str:
    assert assessment.verdict is not None
    return str(assessment.verdict.document["decision"])


async def test_a_decided_assessment_is_decided_again_without_the_item(world: World) -> None:
    before = await complete(world)
    item = ranking_of(before)

    (found,) = await retired(world, item)

    after = await world.log.load(before.id)
    assert (found.assessment_id, found.effect) == (before.id, "superseded")
    assert all(scored != item for scored, _ in after.scores)
    assert after.verdict is not None
    document = read_verdict((await world.delivering.verdict("acme", before.id)).document)
    assert document.supersedes == before.verdict.verdict_id  # type: ignore[union-attr]
    assert "item_retired" in {reason.code for reason in document.reasons}
    assert sum(one.observations for one in document.competencies) < sum(
        one["observations"]
        for one in before.verdict.document["competencies"]  # type: ignore[union-attr]
    )
    assert not any(reference.criterion.startswith(f"{item}/") for reference in document.evidence)


async def test_the_change_is_told_to_the_platform(world: World) -> None:
    before = await complete(world)
    endpoint = Endpoint(
        id="whe_1",
        tenant="acme",
        url="https://platform.example/hook",
        description="",
        event_types=(),
        enabled=True,
        paused=None,
        created_at=world.clock.now(),
        livemode=False,
    )
    await world.store.add_endpoint(endpoint, "whsec_x", 10)

    await retired(world, ranking_of(before))

    told = await world.store.deliveries("acme", "whe_1")
    assert {one.notice.type for one in told} == {"assessor.verdict.superseded", "assessor.verdict.issued"}


async def test_a_dry_run_says_what_would_change_and_records_nothing(world: World) -> None:
    before = await complete(world)
    item = ranking_of(before)
    log = await world.store.events(before.id)

    (shown,) = await rehearsed(world, item)

    assert await world.store.events(before.id) == log
    assert await world.store.retired("python") == ()
    (done,) = await retired(world, item)
    assert (shown.effect, shown.before, shown.after) == (done.effect, done.before, done.after)


async def test_qualified_stands_until_a_person_has_looked(world: World) -> None:
    """Without nearly everything that spoke for them the numbers say less; they keep what they have."""
    before = await complete(world, form="full")
    assert decision(before) == "qualified"

    effects = [one.effect for place in before.form.items[:-1] for one in await retired(world, place.item_id)]

    after = await world.log.load(before.id)
    document = after.verdict.document  # type: ignore[union-attr]
    assert "stands" in effects
    assert document["decision"] == "qualified"
    assert document["probability_at_or_above_cut"] < 0.95
    assert [reason["code"] for reason in document["reasons"]] == ["item_retired", "stands_until_reviewed"]
    assert document["next"]["actor"] == "reviewer"
    assert before.id in {row.id for row in await world.store.waiting("acme")}


async def test_a_person_may_confirm_or_end_what_stands(world: World) -> None:
    before = await complete(world, form="full")
    for place in before.form.items[:-1]:
        await retired(world, place.item_id)
    rita = await world.store.reviewer_by_email("rita@acme.example")
    assert rita is not None

    after = await world.reviewing.decide(rita, before.id, "qualified", "The rest of the work is sound.")

    assert (decision(after), after.verdict.document["decided_by"]) == ("qualified", "person")  # type: ignore[union-attr]
    assert not after.needs_person


async def test_what_a_person_decided_stays_and_the_attempt_is_given_back(world: World) -> None:
    before = await complete(world, level=1)
    rita = await world.store.reviewer_by_email("rita@acme.example")
    assert rita is not None
    await world.reviewing.decide(rita, before.id, "not_qualified", "The answers show little of it.")

    await retired(world, ranking_of(before))

    after = await world.log.load(before.id)
    document = after.verdict.document  # type: ignore[union-attr]
    assert (document["decision"], document["decided_by"]) == ("not_qualified", "person")
    assert document["retake_after"] == document["issued_at"]
    order = Order(before.ordered.candidate_ref, "python", form="short", livemode=False)
    second = (await world.ordering.order(world.tenant, order)).assessment
    assert second.ordered.attempt == 1
    assert ranking_of(before) not in {place.item_id for place in second.form.items}


async def test_work_that_is_not_scored_yet_is_scored_without_the_item(world: World) -> None:
    assessment = await plays.interviewed(world)
    item = ranking_of(assessment)
    person = await plays.candidate(world, 4)
    for place in assessment.form.tasks:
        await world.answering.hand_in(assessment.id, place.item_id, person.response(place.item_id))

    assert await retired(world, item) == []  # nothing to do for it yet: the ledger is read when it is scored
    await world.answering.submit(assessment.id)

    after = await world.log.load(assessment.id)
    assert after.status is Status.DECIDED
    assert set(after.retired) == {item}
    assert all(scored != item for scored, _ in after.scores)
    assert "item_retired" in {reason["code"] for reason in after.verdict.document["reasons"]}  # type: ignore[union-attr]
    assert not after.is_given_back


async def test_an_item_that_is_retired_while_it_is_being_scored_is_left_out(world: World) -> None:
    assessment = await plays.interviewed(world)
    item = ranking_of(assessment)
    person = await plays.candidate(world, 4)
    for place in assessment.form.tasks:
        await world.answering.hand_in(assessment.id, place.item_id, person.response(place.item_id))
    world.jobs.steps.stop_before = f"score {item}"
    with pytest.raises(KeyboardInterrupt):
        await world.answering.submit(assessment.id)

    (found,) = await retired(world, item)
    world.jobs.steps.stop_before = None
    await world.scoring.workflow(world.jobs.steps, assessment.id)

    after = await world.log.load(assessment.id)
    assert found.effect == "unscored"
    assert after.status is Status.DECIDED
    assert all(scored != item for scored, _ in after.scores)


async def test_after_a_crash_it_is_run_again_and_nothing_happens_twice(world: World) -> None:
    before = await complete(world)
    item = ranking_of(before)

    def cut_off(point: CrashPoint) -> None:
        if point is CrashPoint.AFTER_RETIREMENT:
            raise KeyboardInterrupt(point)

    crash_points.install(cut_off)
    try:
        with pytest.raises(KeyboardInterrupt):
            await retired(world, item)
    finally:
        crash_points.install(None)
    assert len(await world.delivering.history("acme", before.id)) == 2

    first, second = await retired(world, item), await retired(world, item)

    assert [one.effect for one in (*first, *second)] == ["superseded", "before"]
    events = await world.store.events(before.id)
    assert sum(isinstance(event.fact, e.ItemRetired) for event in events) == 1
    assert len(await world.delivering.history("acme", before.id)) == 3
    assert len(await world.store.retired("python")) == 1


async def test_the_ledger_keeps_who_was_first(world: World) -> None:
    first = Retirement("python", "rk-any", world.clock.now(), "anna", REASON)
    world.clock.turn(timedelta(days=1))
    second = Retirement("python", "rk-any", world.clock.now(), "ben", "Another reason of mine.")

    kept = [await world.store.retire(one) for one in (first, second)]

    assert kept == [first, first]
    assert await world.store.retired("python") == (first,)


async def test_every_verdict_can_still_be_replayed(world: World) -> None:
    before = await complete(world)
    await retired(world, ranking_of(before))

    replayed = await attempts.replaying(world).replay(before.id)

    assert replayed.is_equal, replayed.differences
    assert len(replayed.verdicts) == 3


async def test_scoring_again_does_not_bring_the_item_back(world: World) -> None:
    before = await plays.submitted(world)
    item = ranking_of(before)
    await retired(world, item)

    found = await attempts.rescoring(world, None).rescore(before.id, Terms(by="anna", dry_run=True))

    assert found.outcome == "dry_run"
    assert all(change.item_id != item for change in found.changes)


async def test_only_those_whose_form_has_it_are_affected(world: World) -> None:
    several = [await plays.submitted(world) for _ in range(3)]
    item = next(
        place.item_id
        for place in several[0].form.items
        if any(one.form.place_of(place.item_id) is None for one in several)
    )

    found = await retired(world, item)

    given = {one.id for one in several if one.form.place_of(item)}
    assert {one.assessment_id for one in found} == given
    for one in several:
        assert bool((await world.log.load(one.id)).retired) == (one.id in given)


async def test_an_item_that_there_is_not_and_a_reason_that_says_nothing_are_refused(world: World) -> None:
    service = retiring(world)

    with pytest.raises(NotFound):
        await service.wanted("python", "no-such-item", "anna", REASON)
    with pytest.raises(InvalidInput, match="reason"):
        await service.wanted("python", await _any_item(world), "anna", "bad")


async def _any_item(world: World) -> str:
    return next(iter((await world.content.library()).items["python"]))


async def test_forms_that_cannot_be_drawn_any_more_are_named(world: World) -> None:
    bank = (await world.content.library()).items["python"]
    writing = [name for name, item in bank.items() if item.category == "rubric_writing"]
    for name in writing[1:]:
        await world.store.retire(Retirement("python", name, world.clock.now(), "anna", REASON))

    short = await retiring(world).shortage("python", writing[0])

    assert any("rubric_writing" in problem for problem in short)
    assert await retiring(world).shortage("python", "no-matter") == ()


async def test_a_retired_item_cannot_be_scored_by_a_person(world: World) -> None:
    assessment = await plays.submitted(world)
    open_ = assessment.open_scores[0]
    await retired(world, open_.item_id)
    rita = await plays.reviewer(world)

    with pytest.raises((InvalidInput, IllegalTransition)):
        await world.reviewing.score(rita, assessment.id, open_.item_id, open_.criterion, "met", "Yes.")  # type: ignore[arg-type]
