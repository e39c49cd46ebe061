"""The live stream of several processes, on a real PostgreSQL; each stream here is one process's."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import psycopg
import pytest

from assessor.adapters.shared_stream import SharedFloor, SharedStream, shared_stream
from assessor.adapters.store.channel import APPLICATION, NAME
from assessor.adapters.vault import place, seal
from assessor.ports import TurnBuffer, Watch
from tests.patience import PATIENCE_SECONDS

KEY = bytes(range(32))

pytestmark = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)


@pytest.fixture
async def two(empty_address: str) -> AsyncIterator[tuple[SharedStream, SharedStream]]:
    async with (
        shared_stream(empty_address, KEY) as (here, _),
        shared_stream(empty_address, KEY) as (there, _),
    ):
        yield here, there


@asynccontextmanager
async def listening(*streams: SharedStream) -> AsyncIterator[list[Watch]]:
    """Watch `asm_1` by each stream; each listens by then, as it says with a wake-up."""
    async with AsyncExitStack() as stack:
        watches: list[Watch] = [stack.enter_context(stream.watch("asm_1")) for stream in streams]
        for watch in watches:
            assert await watch.wait(PATIENCE_SECONDS)
            assert watch.others_wrote()
        yield watches


async def until(watch: Watch, is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_so():
            await watch.wait(1)


async def test_words_that_one_process_says_are_heard_by_the_other(
    two: tuple[SharedStream, SharedStream],
) -> None:
    here, there = two
    async with listening(here, there) as (_, watch):
        here.begin("asm_1", "run_1")
        here.write("asm_1", "run_1", "You said ")
        here.write("asm_1", "run_1", "«so» 🙂\x01.")

        await until(watch, lambda: there.buffer("asm_1") == TurnBuffer("run_1", "You said «so» 🙂\x01."))


@pytest.mark.parametrize("letter", ["a", "é", "界", "🙂", "\x01", '"'])
async def test_words_too_long_for_one_notification_come_in_pieces(
    two: tuple[SharedStream, SharedStream], letter: str
) -> None:
    here, there = two
    async with listening(there) as (watch,):
        here.begin("asm_1", "run_1")
        here.write("asm_1", "run_1", letter * 5000)

        await until(watch, lambda: there.buffer("asm_1") == TurnBuffer("run_1", letter * 5000))


async def test_a_commit_wakes_watchers_elsewhere_and_says_that_others_wrote(
    two: tuple[SharedStream, SharedStream],
) -> None:
    here, there = two
    async with listening(there) as (watch,):
        here.begin("asm_1", "run_1")
        await until(watch, lambda: there.buffer("asm_1") is not None)

        here.committed("asm_1")

        await until(watch, lambda: there.buffer("asm_1") is None)
        assert watch.others_wrote()
        assert not watch.others_wrote()


async def test_a_message_that_is_heard_of_late_does_not_end_the_reply_to_it(
    two: tuple[SharedStream, SharedStream],
) -> None:
    here, there = two
    async with listening(there) as (watch,):
        there.begin("asm_1", "run_1")
        while await watch.wait(0):
            pass

        here.committed("asm_1")  # the message; the reply was begun elsewhere before this came there
        assert await watch.wait(PATIENCE_SECONDS)
        there.write("asm_1", "run_1", "Why?")

        assert there.buffer("asm_1") == TurnBuffer("run_1", "Why?")


async def test_a_run_elsewhere_voids_the_words_of_a_run_here(two: tuple[SharedStream, SharedStream]) -> None:
    here, there = two
    async with listening(there) as (watch,):
        there.begin("asm_1", "run_1")
        here.begin("asm_1", "run_2")
        await until(watch, lambda: there.buffer("asm_1") == TurnBuffer("run_2", ""))

        there.write("asm_1", "run_1", "Late words")

        assert there.buffer("asm_1") == TurnBuffer("run_2", "")


async def test_a_process_that_comes_in_mid_sentence_waits_for_the_whole_one(
    two: tuple[SharedStream, SharedStream],
) -> None:
    here, there = two
    here.begin("asm_1", "run_1")
    here.write("asm_1", "run_1", "Before. ")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while here._channel._said:  # noqa: ASYNC110 - the channel tells no event
            await asyncio.sleep(0.01)
    async with listening(here, there) as (_, watch):
        here.write("asm_1", "run_1", "After.")
        assert there.buffer("asm_1") is None

        here.committed("asm_1")

        assert await watch.wait(PATIENCE_SECONDS)
        assert watch.others_wrote()


@pytest.mark.parametrize("told", [{"process": "p", "assessment_id": "asm_1", "mood": "calm"}, ["words"]])
async def test_what_a_later_version_says_is_passed_over_and_the_next_message_heard(
    two: tuple[SharedStream, SharedStream], told: object
) -> None:
    here, there = two
    async with listening(there) as (watch,):
        here._channel.say(b64encode(seal(KEY, json.dumps(told).encode(), place("stream"))).decode())
        here.begin("asm_1", "run_1")

        await until(watch, lambda: there.buffer("asm_1") == TurnBuffer("run_1", ""))


@pytest.mark.parametrize("sent", ["no base64", "AAAA", ""])
async def test_what_was_not_sealed_with_our_key_is_not_heard(
    two: tuple[SharedStream, SharedStream], empty_address: str, sent: str
) -> None:
    here, there = two
    async with listening(there) as (watch,):
        async with await psycopg.AsyncConnection.connect(empty_address, autocommit=True) as stranger:
            await stranger.execute("SELECT pg_notify(%s, %s)", (NAME, sent))
        here.begin("asm_1", "run_1")

        await until(watch, lambda: there.buffer("asm_1") is not None)


async def test_words_reach_the_server_sealed(
    two: tuple[SharedStream, SharedStream], empty_address: str
) -> None:
    here, there = two
    async with (
        listening(there) as (watch,),
        await psycopg.AsyncConnection.connect(empty_address, autocommit=True) as server,
    ):
        await server.execute(f"LISTEN {NAME}".encode())
        here.begin("asm_1", "run_1")
        here.write("asm_1", "run_1", "What would you tell the patient?")
        await until(watch, lambda: bool((buffer := there.buffer("asm_1")) and buffer.text))

        seen = [one.payload async for one in server.notifies(timeout=PATIENCE_SECONDS, stop_after=2)]

    assert len(seen) == 2
    assert not any("patient" in payload or "asm_1" in payload for payload in seen)


async def test_after_an_interruption_it_listens_and_speaks_again_and_watchers_look_into_the_log(
    two: tuple[SharedStream, SharedStream], empty_address: str
) -> None:
    here, there = two
    async with listening(there) as (watch,):
        here.begin("asm_1", "run_1")
        await until(watch, lambda: there.buffer("asm_1") is not None)

        await cut_off(empty_address)

        await until(watch, lambda: there.buffer("asm_1") is None)
        assert watch.others_wrote()
        here.begin("asm_1", "run_2")
        here.write("asm_1", "run_2", "Again.")
        await until(watch, lambda: there.buffer("asm_1") == TurnBuffer("run_2", "Again."))


async def test_one_process_has_the_floor_until_it_leaves_it(empty_address: str) -> None:
    async with (
        shared_stream(empty_address, KEY) as (_, here),
        shared_stream(empty_address, KEY) as (_, there),
    ):
        assert await here.take("asm_1")
        assert not await there.take("asm_1")
        assert await there.take("asm_2")

        await here.leave("asm_1")

        assert await there.take("asm_1")


async def test_the_floor_is_free_when_the_process_that_has_it_is_gone(empty_address: str) -> None:
    async with shared_stream(empty_address, KEY) as (_, there):
        async with shared_stream(empty_address, KEY) as (_, here):
            assert await here.take("asm_1")

        assert await taken(there)


async def test_who_lost_the_connection_in_mid_turn_takes_the_floor_again(empty_address: str) -> None:
    async with (
        shared_stream(empty_address, KEY) as (_, here),
        shared_stream(empty_address, KEY) as (_, there),
    ):
        assert await here.take("asm_1")
        await cut_off(empty_address)

        assert await here.take("asm_2")

        assert not await there.take("asm_1")
        await here.leave("asm_1")
        assert await there.take("asm_1")


async def taken(floor: SharedFloor) -> bool:
    """Wait until the server has seen that the other is gone."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await floor.take("asm_1"):  # noqa: ASYNC110 - the server tells no event
            await asyncio.sleep(0.01)
    return True


async def cut_off(address: str) -> None:
    """End every connection of the processes, as a restart of the server does, and wait until it is ended."""
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as operator:
        await operator.execute(
            "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = %s",
            (APPLICATION,),
        )
