"""Accommodations in mid-course, and calls for help that somebody sees to."""

from datetime import timedelta

import pytest

from assessor.domain import events as e
from assessor.domain.accommodation import Accommodation
from assessor.domain.assessment import Assessment
from assessor.domain.errors import IllegalTransition, InvalidInput, NotFound, TooLarge
from assessor.scoring import Work
from assessor.services.caring import Wanted
from assessor.services.order import Order
from assessor.services.scoring import work_of
from tests.services import plays
from tests.world import World

REASON = "Reads with a screen magnifier, so that everything takes longer."


async def granted(world: World, assessment: Assessment, **wanted: float) -> Assessment:
    return await world.caring.grant_by_platform(
        "acme",
        "key_1",
        assessment.id,
        Wanted(**wanted),  # type: ignore[arg-type]  # as the fields take them
    )


@pytest.mark.parametrize(
    ("wanted", "minutes"),
    [
        (Wanted(time_factor=1.25), 50),
        (Wanted(time_factor=1.5), 60),
        (Wanted(time_factor=2), 80),
        (Wanted(untimed=True), None),
        (Wanted(extra_break_minutes=45), 40),
    ],
)
async def test_what_was_used_stays_used_and_the_rest_is_scaled(
    world: World, wanted: Wanted, minutes: float | None
) -> None:
    assessment = await plays.begun(world)
    world.clock.turn(timedelta(minutes=20))

    after = await world.caring.grant_by_platform("acme", "key_1", assessment.id, wanted)

    left = after.time_left(world.clock.now())
    assert left == (None if minutes is None else 60 * minutes)


async def test_before_the_start_the_whole_time_is_scaled(world: World) -> None:
    assessment = await plays.opened(world)
    await granted(world, assessment, time_factor=1.5)

    begun = await world.conversing.begin(assessment.id)

    assert begun.deadline == world.clock.now() + timedelta(minutes=90)


@pytest.mark.parametrize(
    ("order", "minutes"), [({"time_factor": 2}, 120), ({"untimed": True}, None), ({}, 60)]
)
async def test_an_accommodation_can_be_ordered(
    world: World, order: dict[str, float], minutes: int | None
) -> None:
    ordered = await world.ordering.order(
        world.tenant,
        Order(candidate_ref="c-1", track="python", form="short", **order),  # type: ignore[arg-type]
    )
    await world.inviting.redeem(ordered.invite_url.rsplit("/", 1)[-1])

    begun = await world.conversing.begin(ordered.assessment.id)

    limit = None if minutes is None else world.clock.now() + timedelta(minutes=minutes)
    assert begun.deadline == limit


async def test_without_a_limit_no_sweep_submits_it_and_breaks_are_free(world: World) -> None:
    assessment = await plays.begun(world)
    await granted(world, assessment, untimed=True)
    world.clock.turn(timedelta(days=30))

    assert await world.answering.submit_overdue() == 0
    paused = await world.pausing.pause(assessment.id)
    assert paused.paused_until is None
    assert (await world.pausing.resume(assessment.id)).deadline is None


async def test_granting_what_holds_already_adds_nothing(world: World) -> None:
    assessment = await plays.begun(world)

    once, twice = [await granted(world, assessment, time_factor=1.5) for _ in range(2)]

    assert once.seq == twice.seq


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted(time_factor=1.25), "time_factor"),
        (Wanted(extra_break_minutes=5), "extra_break_minutes"),
    ],
)
async def test_nothing_that_was_granted_is_taken_away(world: World, wanted: Wanted, field: str) -> None:
    assessment = await plays.begun(world)
    await granted(world, assessment, time_factor=1.5, extra_break_minutes=10)

    with pytest.raises(InvalidInput) as refused:
        await world.caring.grant_by_platform("acme", "key_1", assessment.id, wanted)

    assert [problem.field for problem in refused.value.problems] == [field]


async def test_more_time_during_an_overrun_break_counts_from_the_end_of_the_break(world: World) -> None:
    assessment = await plays.begun(world)
    await world.pausing.pause(assessment.id)
    world.clock.turn(timedelta(minutes=50))

    after = await granted(world, assessment, time_factor=2)

    assert after.time_left(world.clock.now()) == 80 * 60


async def test_when_the_time_is_over_or_the_work_handed_in_there_is_nothing_to_extend(world: World) -> None:
    over, done = await plays.begun(world), await plays.submitted(world)
    world.clock.turn(timedelta(hours=2))

    for assessment in (over, done):
        with pytest.raises(IllegalTransition) as refused:
            await granted(world, assessment, time_factor=2)
        assert refused.value.remedy


async def test_a_reviewer_grants_with_a_reason_that_is_recorded(world: World) -> None:
    assessment, rita = await plays.begun(world), await plays.reviewer(world)

    await world.caring.grant_by_reviewer(rita, assessment.id, Wanted(time_factor=1.5), REASON)

    fact = (await world.store.events(assessment.id))[-1].fact
    assert fact == e.AccommodationGranted(
        terms=Accommodation(time_factor=1.5), by="reviewer", who=rita.id, reason=REASON
    )


@pytest.mark.parametrize(
    ("reason", "error"), [("", InvalidInput), ("because", InvalidInput), ("x" * 3000, TooLarge)]
)
async def test_a_reviewers_reason_is_a_sentence(world: World, reason: str, error: type[Exception]) -> None:
    assessment, rita = await plays.begun(world), await plays.reviewer(world)

    with pytest.raises(error):
        await world.caring.grant_by_reviewer(rita, assessment.id, Wanted(time_factor=1.5), reason)


async def test_another_platforms_assessment_is_not_there(world: World) -> None:
    assessment = await plays.begun(world)
    await world.access.add_tenant("other", "Other", world.tenant.policy)
    stranger = await plays.reviewer(world, "other", "otto@other.example")

    with pytest.raises(NotFound):
        await world.caring.grant_by_platform("other", "key_2", assessment.id, Wanted(untimed=True))
    with pytest.raises(NotFound):
        await world.caring.grant_by_reviewer(stranger, assessment.id, Wanted(untimed=True), REASON)
    with pytest.raises(NotFound):
        await world.caring.seen(stranger, assessment.id, 9)


async def test_raters_see_neither_what_was_granted_nor_who_asked_for_help(world: World) -> None:
    library = await world.content.library()

    async def works(*, with_care: bool) -> list[Work]:
        assessment = await plays.begun(world)
        if with_care:
            await granted(world, assessment, time_factor=2)
            await world.pausing.pause(assessment.id)
            await world.pausing.resume(assessment.id)
        item_ids = [place.item_id for place in assessment.form.items]
        after = await world.log.load(assessment.id)
        return [work_of(after, library.item("python", item_id), library) for item_id in item_ids]

    cared_for = await works(with_care=True)

    assert all("accommodation" not in repr(work) and "HelpAsked" not in repr(work) for work in cared_for)
    assert {field for work in cared_for for field in vars(work)} == {
        "item", "rubric", "response", "texts", "turns", "ran",
    }  # fmt: skip


async def asked(world: World, *messages: str, reference: str = "candidate-1") -> Assessment:
    assessment = await plays.opened(world, reference=reference)
    await world.conversing.begin(assessment.id)
    for number, text in enumerate(messages):
        await world.conversing.settled(assessment.id)
        await world.pausing.resume(assessment.id)
        await world.conversing.receive(assessment.id, f"message-{reference}-{number}", text)
    return await world.conversing.settled(assessment.id)


async def test_the_queue_shows_who_needs_help_with_the_most_urgent_first(world: World) -> None:
    rita = await plays.reviewer(world)
    waits = await plays.submitted(world)
    texts = {
        "break": "Can I take a break?",
        "more_time": "Can I have more time please?",
        "person": "Can I talk to a human?",
        "distress": "I feel like hurting myself",
    }
    for kind, text in texts.items():
        await asked(world, text, reference=f"needs-{kind}")

    rows = await world.reviewing.queue(rita)

    assert [row.needs_help for row in rows] == ["distress", "person", "more_time", "break", None]
    assert rows[-1].id == waits.id


async def test_what_a_reviewer_has_seen_to_leaves_the_queue_and_a_new_call_comes_back(world: World) -> None:
    rita = await plays.reviewer(world)
    assessment = await asked(world, "Can I talk to a human?")
    first = assessment.open_help[-1].message

    await world.caring.seen(rita, assessment.id, first)
    again = await world.caring.seen(rita, assessment.id, first)
    seen = await world.reviewing.queue(rita)
    await world.conversing.receive(assessment.id, "message-again", "I want to speak to a person")
    after = await world.conversing.settled(assessment.id)

    assert list(seen) == []
    assert sum(isinstance(event.fact, e.HelpSeen) for event in await world.store.events(again.id)) == 1
    assert [one.message for one in after.open_help] > [first]
    assert [row.needs_help for row in await world.reviewing.queue(rita)] == ["person"]


async def test_a_call_that_came_after_the_page_was_read_stays_open(world: World) -> None:
    rita = await plays.reviewer(world)
    assessment = await asked(world, "Can I talk to a human?", "I feel like hurting myself")
    first, _ = assessment.open_help

    after = await world.caring.seen(rita, assessment.id, first.message)

    assert after.needs_help == "distress"
