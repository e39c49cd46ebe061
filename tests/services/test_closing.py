"""When the time runs out: what was written in time counts, and nothing else does."""

from datetime import timedelta

import pytest

from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import IllegalTransition
from assessor.domain.item import Category
from assessor.services.closing import INTERVIEW_DRAFT, LATE_ARRIVAL
from tests.services import plays
from tests.world import World

MINUTE = timedelta(minutes=1)


def sft_of(assessment: Assessment) -> str:
    return next(place.item_id for place in assessment.form.of(Category.SFT))


def text_of(assessment: Assessment, item_id: str) -> str | None:
    response = assessment.responses.get(item_id)
    return None if response is None else response.text  # type: ignore[union-attr]  # of an SFT item


def to_the_end(world: World, assessment: Assessment) -> None:
    """Turn the clock to the moment at which the time has run out."""
    assert assessment.deadline is not None
    world.clock.turn(assessment.deadline - world.clock.at)


async def closed(world: World, assessment: Assessment) -> Assessment:
    """Let the sweep close what nobody came back to."""
    world.clock.turn(LATE_ARRIVAL)
    assert await world.answering.submit_overdue() == 1
    return await world.log.load(assessment.id)


async def test_nothing_new_counts_and_what_was_handed_in_stays_as_it_was(world: World) -> None:
    assessment = await plays.interviewed(world)
    item_id = sft_of(assessment)
    await world.answering.hand_in(assessment.id, item_id, {"text": "in time"})
    await world.answering.save_draft(assessment.id, item_id, {"text": "in ti"}, 0)
    to_the_end(world, assessment)

    with pytest.raises(IllegalTransition, match="time is over"):
        await world.answering.hand_in(assessment.id, item_id, {"text": "too late"})
    with pytest.raises(IllegalTransition, match="time is over"):
        await world.answering.save_draft(assessment.id, item_id, {"text": "too late"}, 1)

    after = await closed(world, assessment)
    assert after.status is Status.DECIDED
    assert text_of(after, item_id) == "in time"


async def test_what_was_written_and_not_handed_in_counts_where_it_is_complete(world: World) -> None:
    assessment = await plays.interviewed(world)
    item_id = sft_of(assessment)
    ranking = assessment.form.of(Category.RANKING)[0].item_id
    await world.answering.save_draft(assessment.id, item_id, {"text": "Not handed in, and whole."}, 0)
    await world.answering.save_draft(assessment.id, ranking, {"justification": "Half of it"}, 0)
    to_the_end(world, assessment)

    after = await closed(world, assessment)

    assert text_of(after, item_id) == "Not handed in, and whole."
    assert ranking not in after.responses


async def test_before_the_end_a_draft_is_not_handed_in_by_itself(world: World) -> None:
    assessment = await plays.interviewed(world)
    item_id = sft_of(assessment)
    await world.answering.save_draft(assessment.id, item_id, {"text": "Perhaps not"}, 0)

    after = await world.answering.submit(assessment.id)

    assert item_id not in after.responses


async def test_work_that_was_written_offline_before_the_end_counts_when_it_arrives_after_it(
    world: World,
) -> None:
    assessment = await plays.interviewed(world)
    item_id = sft_of(assessment)
    to_the_end(world, assessment)
    world.clock.turn(10 * MINUTE)
    assert await world.answering.submit_overdue() == 0

    await world.answering.save_draft(
        assessment.id, item_id, {"text": "Written offline."}, 0, age=10 * MINUTE + timedelta(seconds=1)
    )

    assert text_of(await world.answering.submit(assessment.id), item_id) == "Written offline."


@pytest.mark.parametrize(
    ("after", "age"),
    [(10 * MINUTE, 9 * MINUTE), (LATE_ARRIVAL, LATE_ARRIVAL + MINUTE), (LATE_ARRIVAL, timedelta(days=30))],
    ids=["written after the end", "arrives too late", "arrives too late and claims much"],
)
async def test_what_was_written_later_or_arrives_too_late_is_refused(
    world: World, after: timedelta, age: timedelta
) -> None:
    assessment = await plays.interviewed(world)
    to_the_end(world, assessment)
    world.clock.turn(after)

    with pytest.raises(IllegalTransition, match="time is over"):
        await world.answering.save_draft(assessment.id, sft_of(assessment), {"text": "x"}, 0, age=age)


async def test_the_message_in_the_box_is_the_last_answer(world: World) -> None:
    assessment = await plays.begun(world)
    await world.answering.save_draft(assessment.id, INTERVIEW_DRAFT, {"text": "Nine years of it."}, 0)
    to_the_end(world, assessment)

    after = await closed(world, assessment)

    assert after.transcript.turns[-1].text == "Nine years of it."
    assert after.transcript.turns[-1].speaker == "candidate"


async def test_a_message_that_was_sent_is_not_sent_again(world: World) -> None:
    assessment = await plays.begun(world)
    await world.conversing.receive(assessment.id, "message-001", "Nine years of it.")
    before = await world.conversing.settled(assessment.id)
    await world.answering.save_draft(assessment.id, INTERVIEW_DRAFT, {"text": "Nine years of it."}, 0)
    to_the_end(world, before)

    after = await closed(world, before)

    assert after.transcript.turns == before.transcript.turns
