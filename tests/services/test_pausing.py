"""Breaks and pauses: the clock stands still, and nothing is lost."""

from datetime import timedelta

import pytest

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import Conflict, IllegalTransition
from assessor.domain.item import Category
from assessor.services.caring import Wanted
from assessor.services.closing import LATE_ARRIVAL
from tests.services import plays
from tests.world import World

DISTRESS = "I feel like hurting myself"


def minutes_left(world: World, assessment: Assessment) -> float | None:
    left = assessment.time_left(world.clock.now())
    return None if left is None else left / 60


async def test_the_clock_stands_still_during_a_break_and_goes_on_with_what_was_left(world: World) -> None:
    assessment = await plays.begun(world)
    world.clock.turn(timedelta(minutes=10))

    paused = await world.pausing.pause(assessment.id)
    world.clock.turn(timedelta(minutes=20))
    resumed = await world.pausing.resume(assessment.id)

    assert (paused.status, resumed.status) == (Status.PAUSED, Status.IN_PROGRESS)
    assert minutes_left(world, paused) == minutes_left(world, resumed) == 50


async def test_pausing_twice_is_once_and_so_is_going_on(world: World) -> None:
    assessment = await plays.begun(world)

    once, twice = [await world.pausing.pause(assessment.id) for _ in range(2)]
    back, again = [await world.pausing.resume(assessment.id) for _ in range(2)]

    assert once.seq == twice.seq
    assert back.seq == again.seq == once.seq + 1


async def test_what_is_sent_or_handed_in_during_a_break_is_refused_with_the_way_out(world: World) -> None:
    assessment = await plays.begun(world)
    person = await plays.candidate(world, 4)
    task = assessment.form.of(Category.SFT)[0].item_id
    await world.pausing.pause(assessment.id)

    with pytest.raises(IllegalTransition, match="Press “Go on” first; nothing is lost"):
        await world.conversing.receive(assessment.id, "message-1", "I work with Python.")
    with pytest.raises(IllegalTransition, match="Press “Go on” first"):
        await world.answering.hand_in(assessment.id, task, person.response(task))

    await world.pausing.resume(assessment.id)
    after = await world.conversing.receive(assessment.id, "message-1", "I work with Python.")
    assert "message-1" in after.message_ids


async def test_break_time_is_limited_in_all_and_more_of_it_can_be_granted(world: World) -> None:
    assessment = await plays.begun(world)
    for _ in range(2):
        await world.pausing.pause(assessment.id)
        world.clock.turn(timedelta(minutes=15))
        await world.pausing.resume(assessment.id)

    with pytest.raises(Conflict, match="break time is used up"):
        await world.pausing.pause(assessment.id)

    await world.caring.grant_by_platform("acme", "key_1", assessment.id, Wanted(extra_break_minutes=20))
    paused = await world.pausing.pause(assessment.id)
    assert paused.paused_until == world.clock.now() + timedelta(minutes=20)


@pytest.mark.parametrize("away", [timedelta(minutes=30), timedelta(minutes=55), timedelta(days=3)])
async def test_after_the_longest_break_the_clock_goes_on_by_itself_from_that_moment(
    world: World, away: timedelta
) -> None:
    assessment = await plays.begun(world)
    await world.pausing.pause(assessment.id)
    world.clock.turn(away)

    resumed = await world.pausing.resume_overdue()

    after = await world.log.load(assessment.id)
    assert resumed == 1
    assert after.status is Status.IN_PROGRESS
    assert minutes_left(world, after) == 60 - (away.total_seconds() / 60 - 30)
    assert isinstance((await world.store.events(assessment.id))[-1].fact, e.AssessmentResumed)


async def test_who_never_comes_back_from_a_break_is_submitted_like_everybody_else(world: World) -> None:
    assessment = await plays.begun(world)
    await world.pausing.pause(assessment.id)
    world.clock.turn(timedelta(minutes=91))

    assert await world.answering.submit_overdue() == 0
    await world.pausing.resume_overdue()
    world.clock.turn(LATE_ARRIVAL)

    assert await world.answering.submit_overdue() == 1
    assert (await world.log.load(assessment.id)).submitted_at is not None


async def test_before_the_break_is_over_no_sweep_ends_it(world: World) -> None:
    assessment = await plays.begun(world)
    await world.pausing.pause(assessment.id)
    world.clock.turn(timedelta(minutes=29))

    swept = await world.pausing.resume_overdue(), await world.answering.submit_overdue()

    assert swept == (0, 0)
    assert (await world.log.load(assessment.id)).status is Status.PAUSED


async def test_after_the_time_is_over_there_is_no_break_to_take(world: World) -> None:
    assessment = await plays.begun(world)
    world.clock.turn(timedelta(hours=2))

    with pytest.raises(IllegalTransition, match="time is over"):
        await world.pausing.pause(assessment.id)


async def test_a_break_before_the_start_or_after_the_end_names_the_way_out(world: World) -> None:
    opened, done = await plays.opened(world), await plays.submitted(world)

    for assessment in (opened, done):
        with pytest.raises(IllegalTransition) as refused:
            await world.pausing.pause(assessment.id)
        assert refused.value.remedy


async def test_distress_stops_the_clock_for_as_long_as_the_candidate_likes(world: World) -> None:
    assessment = await plays.begun(world)
    await world.conversing.receive(assessment.id, "message-1", DISTRESS)

    paused = await world.conversing.settled(assessment.id)
    world.clock.turn(timedelta(days=2))
    swept = await world.pausing.resume_overdue(), await world.answering.submit_overdue()
    resumed = await world.pausing.resume(assessment.id)

    assert (paused.status, paused.needs_help, swept) == (Status.PAUSED, "distress", (0, 0))
    assert "crisis line" in paused.transcript.turns[-1].text
    assert minutes_left(world, resumed) == 60
    assert resumed.break_left(world.clock.now()) == 30 * 60


async def test_after_distress_the_interview_goes_on_where_it_stood_and_scores_know_nothing(
    world: World,
) -> None:
    assessment = await plays.begun(world)
    await world.conversing.receive(assessment.id, "message-0", "I work with Python.")
    open_item = (await world.conversing.settled(assessment.id)).transcript.turns[-1].item_id
    await world.conversing.receive(assessment.id, "message-1", DISTRESS)
    await world.conversing.settled(assessment.id)
    await world.pausing.resume(assessment.id)

    await world.conversing.receive(assessment.id, "message-2", "A cache, because reading takes long.")
    after = await world.conversing.settled(assessment.id)

    assert after.status is Status.IN_PROGRESS
    assert after.transcript.turns[-2].item_id == open_item
    assert after.scores == {}


async def test_a_reply_that_was_owed_when_the_break_began_comes_when_it_ends(world: World) -> None:
    assessment = await plays.begun(world)
    await world.log.change(assessment.id, lambda a, _now: [plays.message(a, "message-1", "Python.")])
    await world.pausing.pause(assessment.id)

    during = await world.conversing.settled(assessment.id)
    await world.pausing.resume(assessment.id)
    after = await world.conversing.settled(assessment.id)

    assert during.transcript.unanswered is not None
    assert after.transcript.turns[-1].kind == "core"


async def test_whoever_watches_is_told_of_the_pause_and_of_other_terms(world: World) -> None:
    assessment = await plays.begun(world)
    watching = world.conversing.follow(assessment.id, "")
    frames = [await anext(watching)]
    await world.caring.grant_by_platform("acme", "key_1", assessment.id, Wanted(time_factor=2))
    await world.conversing.receive(assessment.id, "message-1", DISTRESS)

    frames += [frame async for frame in watching if frame.kind not in ("start", "words", "heartbeat")]

    assert [frame.kind for frame in frames] == ["turn", "clock", "turn", "turn", "paused"]
    assert frames[1].seconds_left == 120 * 60


async def test_what_is_cancelled_during_a_break_stays_cancelled(world: World) -> None:
    assessment = await plays.begun(world)
    await world.pausing.pause(assessment.id)
    cancelled = await world.ordering.cancel("acme", assessment.id)
    world.clock.turn(timedelta(hours=1))

    swept = await world.pausing.resume_overdue()

    assert (swept, (await world.pausing.look(assessment.id)).status) == (0, Status.CANCELLED)
    assert cancelled.projection().paused_until is None
    with pytest.raises(IllegalTransition):
        await world.pausing.resume(assessment.id)
