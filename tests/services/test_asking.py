"""Candidates ask for accommodations, before the start and in mid-course."""

from datetime import timedelta

import pytest

from assessor.domain.errors import Conflict, IllegalTransition, InvalidInput, NotFound, TooLarge
from assessor.domain.item import Category
from assessor.domain.notice import CURRENT, QUALITY
from assessor.domain.policy import Policy
from assessor.domain.wishes import MAX_REQUESTS, AtOnce, Wish
from assessor.services.caring import Reply, Wanted
from assessor.services.scoring import work_of
from tests.services import plays
from tests.world import World


async def test_what_the_policy_gives_holds_when_the_call_returns(world: World) -> None:
    assessment = await plays.begun(world)
    world.clock.turn(timedelta(minutes=20))

    after = await world.asking.ask(assessment.id, [Wish.EXTRA_TIME_50])

    assert after.time_left(world.clock.now()) == 60 * 60
    assert (after.waits_for_platform, after.needs_help) == ((), None)


async def test_before_the_start_the_whole_time_is_longer(world: World) -> None:
    assessment = await plays.opened(world)

    await world.asking.ask(assessment.id, [Wish.EXTRA_TIME_25])
    begun = await world.conversing.begin(assessment.id)

    assert begun.deadline == world.clock.now() + timedelta(minutes=75)


async def test_the_rest_waits_calls_the_platform_and_holds_nothing_up(world: World) -> None:
    assessment = await plays.begun(world)

    after = await world.asking.ask(assessment.id, [Wish.EXTRA_TIME_100], "I type with one hand.")
    told = await world.conversing.receive(
        (await world.conversing.settled(after.id)).id, "message-1", "Go on."
    )

    assert after.accommodation.time_factor == 1.5
    assert after.waits_for_platform == (Wish.EXTRA_TIME_100, Wish.OTHER)
    assert after.needs_help == "accommodation"
    assert told.message_ids


async def test_the_same_request_twice_is_one_and_calls_once(world: World) -> None:
    assessment = await plays.begun(world)

    first = await world.asking.ask(assessment.id, [Wish.OTHER], "A quiet hour.")
    again = await world.asking.ask(assessment.id, [Wish.OTHER], "A quiet hour.")

    assert again.seq == first.seq
    assert len(again.help_asked) == 1


@pytest.mark.parametrize(
    ("wanted", "reply"),
    [
        (Wanted(time_factor=2), None),
        (Wanted(), Reply(is_granted=True)),
        (Wanted(), Reply(is_granted=False, told="Not for this one; the next has a longer form.")),
        (Wanted(time_factor=2), Reply(is_granted=True, told="You have it.")),
    ],
)
async def test_a_grant_or_an_answer_ends_the_waiting_and_the_call(
    world: World, wanted: Wanted, reply: Reply | None
) -> None:
    assessment = await plays.begun(world)
    await world.asking.ask(assessment.id, [Wish.EXTRA_TIME_100])

    after = await world.caring.grant_by_platform("acme", "key_1", assessment.id, wanted, "", reply)

    assert (after.waits_for_platform, after.needs_help) == ((), None)
    assert after.accommodation.time_factor == (wanted.time_factor or 1.5)


async def test_the_same_answer_twice_is_one(world: World) -> None:
    assessment = await plays.begun(world)
    await world.asking.ask(assessment.id, [Wish.OTHER], "A quiet hour.")
    no = Reply(is_granted=False, told="We cannot.")

    first = await world.caring.grant_by_platform("acme", "key_1", assessment.id, Wanted(), "", no)
    again = await world.caring.grant_by_platform("acme", "key_1", assessment.id, Wanted(), "", no)

    assert again.seq == first.seq


async def test_after_a_no_one_may_ask_again(world: World) -> None:
    assessment = await plays.begun(world)
    await world.asking.ask(assessment.id, [Wish.OTHER], "A quiet hour.")
    no = Reply(is_granted=False, told="We cannot.")
    await world.caring.grant_by_platform("acme", "key_1", assessment.id, Wanted(), "", no)

    again = await world.asking.ask(assessment.id, [Wish.OTHER], "A quiet hour.")

    assert again.waits_for_platform == (Wish.OTHER,)
    assert again.needs_help == "accommodation"


@pytest.mark.parametrize(
    ("reply", "field"),
    [(Reply(is_granted=False), "message"), (Reply(is_granted=True, told="\x00"), "message")],
)
async def test_a_no_needs_a_message(world: World, reply: Reply, field: str) -> None:
    assessment = await plays.begun(world)
    await world.asking.ask(assessment.id, [Wish.OTHER], "A quiet hour.")

    with pytest.raises(InvalidInput) as refused:
        await world.caring.grant_by_platform("acme", "key_1", assessment.id, Wanted(), "", reply)

    assert refused.value.problems[0].field == field


async def test_what_nobody_asked_for_cannot_be_answered(world: World) -> None:
    assessment = await plays.begun(world)

    with pytest.raises(InvalidInput, match="answer"):
        await world.caring.grant_by_platform(
            "acme", "key_1", assessment.id, Wanted(), "", Reply(is_granted=True)
        )


@pytest.mark.parametrize(
    ("wishes", "note", "error"),
    [
        ([Wish.OTHER], "  ", InvalidInput),
        ([Wish.EXTRA_TIME_25, Wish.EXTRA_TIME_100], "", InvalidInput),
        ([Wish.BREAKS], "x" * 1001, TooLarge),
        ([Wish.BREAKS], "\x00", InvalidInput),
    ],
)
async def test_a_request_that_cannot_be_taken_changes_nothing(
    world: World, wishes: list[Wish], note: str, error: type[Exception]
) -> None:
    assessment = await plays.begun(world)

    with pytest.raises(error):
        await world.asking.ask(assessment.id, wishes, note)

    assert (await world.log.load(assessment.id)).asked is None


async def test_nobody_can_flood_a_platform_with_requests(world: World) -> None:
    assessment = await plays.begun(world)
    for number in range(MAX_REQUESTS):
        await world.asking.ask(assessment.id, [Wish.OTHER], f"Request {number}.")

    with pytest.raises(Conflict):
        await world.asking.ask(assessment.id, [Wish.OTHER], "One more.")


async def test_somebody_elses_assessment_is_not_there_to_be_answered(world: World) -> None:
    await world.access.add_tenant("other", "Other", Policy())
    assessment = await plays.begun(world)
    await world.asking.ask(assessment.id, [Wish.OTHER], "A quiet hour.")

    with pytest.raises(NotFound):
        await world.caring.grant_by_platform(
            "other", "key_2", assessment.id, Wanted(), "", Reply(is_granted=True)
        )


async def test_once_it_is_handed_in_nothing_waits_and_nobody_is_told(world: World) -> None:
    assessment = await plays.begun(world)
    await world.asking.ask(assessment.id, [Wish.OTHER], "A quiet hour.")
    world.clock.turn(timedelta(hours=5))
    await world.answering.submit_overdue()

    submitted = await world.log.load(assessment.id)

    assert submitted.submitted_at is not None
    assert (submitted.waits_for_platform, submitted.needs_help) == ((), None)
    with pytest.raises(IllegalTransition):
        await world.asking.ask(assessment.id, [Wish.BREAKS])


async def test_who_scores_learns_nothing_of_requests_and_consents(world: World) -> None:
    assessment, library = await plays.begun(world), await world.content.library()
    (item_id,) = [place.item_id for place in assessment.form.tasks if place.category is Category.SFT]
    response = (await plays.candidate(world, 4)).response(item_id)
    before = await world.answering.hand_in(assessment.id, item_id, response)

    await world.asking.ask(assessment.id, [Wish.EXTRA_TIME_50, Wish.LARGER_TEXT], "I see badly.")
    after = await world.consenting.answer(assessment.id, {QUALITY: True}, CURRENT.version)

    item = library.item("python", item_id)
    assert after.agreed_to == {QUALITY: True}
    assert work_of(after, item, library) == work_of(before, item, library)


def test_a_policy_says_what_is_given_at_once() -> None:
    policy = Policy(at_once=AtOnce(time_factor=2))

    assert Policy.model_validate(policy.model_dump(mode="json")) == policy
