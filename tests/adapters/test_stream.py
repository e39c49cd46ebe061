"""The live stream inside one process."""

import asyncio

import pytest

from assessor.adapters.stream import InProcessStream
from assessor.ports import Stream, TurnBuffer


@pytest.fixture
def stream() -> Stream:
    return InProcessStream()


def test_words_gather_in_the_buffer_of_their_run(stream: Stream) -> None:
    stream.begin("asm_1", "run_1")
    stream.write("asm_1", "run_1", "You said ")
    stream.write("asm_1", "run_1", "so.")

    assert stream.buffer("asm_1") == TurnBuffer("run_1", "You said so.")
    assert stream.buffer("asm_2") is None


def test_a_new_run_voids_the_words_of_the_one_before(stream: Stream) -> None:
    stream.begin("asm_1", "run_1")
    stream.write("asm_1", "run_1", "half a sent")

    stream.begin("asm_1", "run_2")

    assert stream.buffer("asm_1") == TurnBuffer("run_2", "")


def test_words_of_an_outdated_run_are_ignored(stream: Stream) -> None:
    stream.begin("asm_1", "run_1")
    stream.begin("asm_1", "run_2")

    stream.write("asm_1", "run_1", "late words")

    assert stream.buffer("asm_1") == TurnBuffer("run_2", "")


def test_words_after_the_commit_are_ignored(stream: Stream) -> None:
    stream.begin("asm_1", "run_1")
    stream.committed("asm_1")

    stream.write("asm_1", "run_1", "late words")

    assert stream.buffer("asm_1") is None


async def test_a_watcher_wakes_when_words_come(stream: Stream) -> None:
    stream.begin("asm_1", "run_1")

    with stream.watch("asm_1") as watch:
        waiting = asyncio.create_task(watch.wait(5))
        await asyncio.sleep(0)
        stream.write("asm_1", "run_1", "word")

        assert await waiting is True


async def test_what_happens_between_two_waits_is_not_lost(stream: Stream) -> None:
    with stream.watch("asm_1") as watch:
        stream.committed("asm_1")

        assert await watch.wait(5) is True
        assert await watch.wait(0.01) is False


async def test_every_watcher_wakes_and_those_of_another_assessment_do_not(stream: Stream) -> None:
    with stream.watch("asm_1") as one, stream.watch("asm_1") as two, stream.watch("asm_2") as other:
        stream.committed("asm_1")

        assert await one.wait(1) is True
        assert await two.wait(1) is True
        assert await other.wait(0.01) is False


async def test_a_client_that_leaves_in_mid_wait_leaves_nothing_behind() -> None:
    stream = InProcessStream()

    async def follow() -> None:
        with stream.watch("asm_1") as watch:
            await watch.wait(60)

    client = asyncio.create_task(follow())
    await asyncio.sleep(0)
    client.cancel()
    with pytest.raises(asyncio.CancelledError):
        await client

    assert stream._watchers == {}
    stream.committed("asm_1")


async def test_a_watcher_can_leave_while_the_others_are_being_woken(stream: Stream) -> None:
    async def follow() -> bool:
        with stream.watch("asm_1") as watch:
            return await watch.wait(5)

    clients = [asyncio.create_task(follow()) for _ in range(20)]
    await asyncio.sleep(0)

    stream.committed("asm_1")

    assert await asyncio.gather(*clients) == [True] * 20
