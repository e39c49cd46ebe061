"""Who counts as a living worker, who may work under a name, and what becomes of a dead one's work."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.adapters.roster import Liveness, Roster
from assessor.adapters.store import SqlStore
from assessor.adapters.vault import Vault
from assessor.domain.errors import Conflict
from assessor.ports import Worker
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.anyio

SILENCE = 1.0
B = Worker("b", "first", "elsewhere", 1)


@pytest.fixture
async def store(address: str) -> AsyncIterator[SqlStore]:
    store = SqlStore(address, Vault(bytes(32)))
    yield store
    await store.close()


@dataclass
class Begun:
    """Work, by its id, with the executor that is at it."""

    executors: dict[str, str]
    resumed: list[str] = field(default_factory=list)

    def begun_by_others(self, living: frozenset[str]) -> Sequence[str]:
        return [id_ for id_, executor in self.executors.items() if executor not in living]

    def resume(self, ids: Sequence[str]) -> None:
        self.resumed += ids
        self.executors |= dict.fromkeys(ids, "a")


@asynccontextmanager
async def kept(roster: Roster, work: Begun) -> AsyncIterator["asyncio.Task[None]"]:
    async with roster.joined():
        task = asyncio.create_task(roster.keep(work))
        yield task
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until_resumed(work: Begun, count: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(work.resumed) < count:  # noqa: ASYNC110 - a thread resumes, and tells no event
            await asyncio.sleep(0.01)


def ended_process() -> "subprocess.Popen[bytes]":
    """A process that has come to its end, of which its parent has not taken note."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    return ended


def test_who_is_new_lives_for_the_whole_silence() -> None:
    liveness = Liveness(silence=10)

    told = [liveness.living([B], now) for now in (0, 4, 8, 9.9, 10)]

    assert told == [{"b"}, {"b"}, {"b"}, {"b"}, set()]


def test_a_count_that_grows_or_begins_anew_is_a_sign_of_life() -> None:
    liveness = Liveness(silence=10)
    liveness.living([B], 0)
    liveness.living([B], 4)

    assert liveness.living([replace(B, beats=1)], 8) == {"b"}
    assert liveness.living([replace(B, beats=1)], 12) == {"b"}
    assert liveness.living([replace(B, beats=1)], 16) == {"b"}
    assert liveness.living([replace(B, beats=1, incarnation="second")], 20) == {"b"}
    assert liveness.living([replace(B, beats=1, incarnation="second")], 24) == {"b"}


def test_who_could_not_look_for_a_while_judges_nobody_by_it() -> None:
    liveness = Liveness(silence=10)
    liveness.living([B], 0)

    after_an_outage = liveness.living([B], 60)

    assert after_an_outage == {"b"}


@given(st.lists(st.tuples(st.floats(0.1, 4.9), st.booleans()), min_size=1, max_size=40))
def test_who_beats_at_every_look_never_counts_as_dead_and_who_does_not_always_will(
    looks: list[tuple[float, bool]],
) -> None:
    liveness, now, beats, grew = Liveness(silence=10), 0.0, 0, 0.0
    liveness.living([B], now)

    for pause, beat in looks:
        now, beats = now + pause, beats + beat
        grew = now if beat else grew
        assert liveness.living([replace(B, beats=beats)], now) == ({"b"} if now - grew < 10 else set())


async def test_a_second_process_of_the_same_name_is_refused_and_told_who_has_it(store: SqlStore) -> None:
    elsewhere = Worker("a", "other", "machine-7", 4711)
    await store.beat(elsewhere)

    async def beats() -> None:
        while True:
            await asyncio.sleep(SILENCE / 10)
            await store.beat(elsewhere)

    beating = asyncio.create_task(beats())
    with pytest.raises(Conflict, match="Process 4711 on machine-7 works as a"):
        async with Roster(store, "a", SILENCE).joined():
            pass
    beating.cancel()

    assert [worker.incarnation for worker in await store.workers()] == ["other"]


async def test_the_place_of_a_silent_process_is_taken(store: SqlStore) -> None:
    await store.beat(Worker("a", "other", "machine-7", 4711))

    async with Roster(store, "a", SILENCE).joined():
        there = await store.workers()

    assert [(worker.host, worker.pid) for worker in there] == [(socket.gethostname(), os.getpid())]
    assert await store.workers() == ()


@pytest.mark.parametrize("reaped", [True, False])
async def test_the_place_of_a_process_that_ended_on_this_machine_is_taken_at_once(
    store: SqlStore, *, reaped: bool
) -> None:
    ended = await asyncio.to_thread(ended_process)
    if reaped:
        ended.wait()
    await store.beat(Worker("a", "other", socket.gethostname(), ended.pid))

    async with asyncio.timeout(PATIENCE_SECONDS), Roster(store, "a", silence=3600).joined():
        there = await store.workers()

    ended.wait()
    assert [worker.pid for worker in there] == [os.getpid()]


async def test_a_displaced_worker_learns_it_at_its_next_beat(store: SqlStore) -> None:
    async with kept(Roster(store, "a", SILENCE), Begun({})) as keeping:
        (mine,) = await store.workers()
        await store.dismiss(mine)
        await store.beat(replace(mine, incarnation="another"))

        with pytest.raises(Conflict, match="Another process works as a"):
            await asyncio.wait_for(asyncio.shield(keeping), PATIENCE_SECONDS)


async def test_a_worker_that_was_dismissed_while_it_hung_is_back_with_its_next_beat(store: SqlStore) -> None:
    async with kept(Roster(store, "a", SILENCE), Begun({})) as keeping:
        (mine,) = await store.workers()
        await store.dismiss(mine)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await store.workers():  # noqa: ASYNC110 - a database tells no event
                await asyncio.sleep(0.01)

        assert not keeping.done()


async def test_the_work_of_who_left_or_was_never_there_is_adopted_at_once(store: SqlStore) -> None:
    work = Begun({"mine": "a", "theirs": "left"})

    async with asyncio.timeout(PATIENCE_SECONDS), kept(Roster(store, "a", silence=2), work):
        await until_resumed(work, 1)

    assert work.resumed == ["theirs"]


async def test_the_work_of_a_dead_worker_is_adopted_by_exactly_one(store: SqlStore, address: str) -> None:
    await store.beat(Worker("dead", "x", "machine-7", 1))
    work = Begun({f"work-{number}": "dead" for number in range(5)})
    other_process = SqlStore(address, Vault(bytes(32)))

    async with (
        kept(Roster(store, "a", SILENCE), work),
        kept(Roster(other_process, "b", SILENCE), work),
    ):
        await until_resumed(work, 5)
        await asyncio.sleep(SILENCE)

    await other_process.close()
    assert sorted(work.resumed) == [f"work-{number}" for number in range(5)]
    assert await store.workers() == ()


async def test_the_work_of_a_living_worker_is_left_to_it(store: SqlStore, address: str) -> None:
    work = Begun({"mine": "a", "theirs": "b"})
    other_process = SqlStore(address, Vault(bytes(32)))

    async with kept(Roster(store, "a", SILENCE), work), kept(Roster(other_process, "b", SILENCE), work):
        await asyncio.sleep(2 * SILENCE)

    await other_process.close()
    assert work.resumed == []
