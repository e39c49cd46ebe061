import asyncio
from datetime import timedelta

import pytest

from assessor.domain.errors import Conflict, IllegalTransition, InvalidInput, TooLarge
from assessor.domain.item import Category
from assessor.services.following import Frame
from tests.services import plays
from tests.world import World


async def test_the_interview_asks_every_core_question_once_and_verbatim(world: World) -> None:
    assessment = await plays.interviewed(world, "full")

    library = await world.content.library()
    for place in assessment.form.of(Category.INTERVIEW):
        item = library.item("python", place.item_id)
        asked = [turn for turn in assessment.transcript.about(item.id) if turn.kind == "core"]
        assert len(asked) == 1
        assert asked[0].text.endswith(item.question)  # type: ignore[union-attr]  # of an interview item


async def test_the_opening_about_background_is_not_an_answer_to_an_item(world: World) -> None:
    assessment = await plays.begun(world)

    opening = assessment.transcript.turns[0]

    assert (opening.kind, opening.item_id) == ("opening", None)


async def test_the_same_message_id_twice_is_one_message(world: World) -> None:
    assessment = await plays.begun(world)

    for _ in range(3):
        await world.conversing.receive(assessment.id, "message-1", "I work with Python.")
        assessment = await world.conversing.settled(assessment.id)

    said = [turn for turn in assessment.transcript.turns if turn.speaker == "candidate"]
    assert len(said) == 1
    assert len(assessment.transcript.turns) == 3


async def test_messages_sent_at_once_are_stored_once_and_answered_once(world: World) -> None:
    assessment = await plays.begun(world)

    await asyncio.gather(
        *(world.conversing.receive(assessment.id, "message-1", "I work with Python.") for _ in range(8))
    )

    assessment = await world.conversing.settled(assessment.id)
    assert [turn.speaker for turn in assessment.transcript.turns] == [
        "interviewer",
        "candidate",
        "interviewer",
    ]


async def test_what_was_read_before_the_reply_does_not_start_a_second_turn(world: World) -> None:
    assessment = await plays.begun(world)
    stale = await world.conversing.receive(assessment.id, "message-1", "I work with Python.")
    await world.conversing.settled(assessment.id)

    world.conversing._see_to_turn(stale)

    assert world.conversing._turns == {}


async def test_a_second_message_waits_for_the_reply_to_the_first(world: World) -> None:
    assessment = await plays.begun(world)
    await world.log.change(  # as if the process had died between the message and its turn
        assessment.id,
        lambda a, _now: [plays.message(a, "message-1", "I work with Python.")],
    )

    with pytest.raises(Conflict, match="has not replied"):
        await world.conversing.receive(assessment.id, "message-2", "And with SQL.")


async def test_a_turn_that_was_cut_off_runs_again_when_somebody_looks(world: World) -> None:
    assessment = await plays.begun(world)
    await world.log.change(
        assessment.id,
        lambda a, _now: [plays.message(a, "message-1", "I work with Python.")],
    )

    assessment = await world.conversing.settled(assessment.id)

    assert assessment.transcript.turns[-1].kind == "core"


@pytest.mark.parametrize("text", ["", "   \n", "\x00", "half \ud800 pair"])
async def test_a_message_that_cannot_be_kept_is_refused_and_nothing_is_stored(
    world: World, text: str
) -> None:
    assessment = await plays.begun(world)

    with pytest.raises(InvalidInput):
        await world.conversing.receive(assessment.id, "message-1", text)

    assert (await world.log.load(assessment.id)).seq == assessment.seq


async def test_an_endless_message_is_refused_with_its_size_and_the_limit(world: World) -> None:
    assessment = await plays.begun(world)

    with pytest.raises(TooLarge) as refused:
        await world.conversing.receive(assessment.id, "message-1", "A" * 200_000)

    assert (refused.value.size, refused.value.limit) == (200_000, 8000)


async def test_after_the_deadline_what_was_said_before_is_kept(world: World) -> None:
    assessment = await plays.begun(world)
    world.clock.turn(timedelta(hours=3))

    with pytest.raises(IllegalTransition, match="time is over"):
        await world.conversing.receive(assessment.id, "message-1", "Too late.")


async def test_beginning_twice_does_not_move_the_deadline(world: World) -> None:
    assessment = await plays.begun(world)
    world.clock.turn(timedelta(minutes=10))

    again = await world.conversing.begin(assessment.id)

    assert again.deadline == assessment.deadline


async def collect(world: World, assessment_id: str, after: str, count: int) -> list[Frame]:
    frames: list[Frame] = []
    async for frame in world.conversing.follow(assessment_id, after):
        frames.append(frame)
        if len(frames) == count:
            break
    return frames


async def test_a_watcher_that_resumes_gets_what_it_missed_and_nothing_twice(world: World) -> None:
    assessment = await plays.begun(world)
    first = await collect(world, assessment.id, "", 1)
    await world.conversing.receive(assessment.id, "message-1", "I work with Python.")
    await world.conversing.settled(assessment.id)

    rest = await collect(world, assessment.id, first[-1].id, 2)

    assert [frame.turn.speaker for frame in rest if frame.turn] == ["candidate", "interviewer"]


@pytest.mark.parametrize("stream_id", ["no.such.id", "9" * 5000, "1..x", "-1", "٣"])
async def test_a_stream_id_that_we_did_not_write_starts_from_the_beginning(
    world: World, stream_id: str
) -> None:
    assessment = await plays.begun(world)

    frames = await collect(world, assessment.id, stream_id, 1)

    assert frames[0].turn == assessment.transcript.turns[0]


async def test_the_stream_of_a_finished_interview_ends(world: World) -> None:
    assessment = await plays.interviewed(world)

    frames = [frame async for frame in world.conversing.follow(assessment.id, "")]

    assert frames[-1].kind == "finished"
    assert len(frames) == len(assessment.transcript.turns) + 1
