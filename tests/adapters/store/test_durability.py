"""What was acknowledged survives the process, and many processes share one database."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, text

from assessor.adapters.store import SqlStore
from assessor.adapters.store.engine import create_engine
from assessor.adapters.store.tables import EVENT
from assessor.adapters.vault import Vault
from assessor.domain import events as e
from tests.adapters.store.samples import begun, change, message

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]

WRITER = """
import asyncio, sys, time
from assessor.adapters.store import SqlStore
from assessor.adapters.vault import Vault
from assessor.domain.errors import SequenceTaken
from tests.adapters.store.conftest import MASTER_KEY
from tests.adapters.store.samples import change, message

async def main(address, name, count):
    store = SqlStore(address, Vault(MASTER_KEY))
    row = await store.projection("asm_1")
    for number in range(count):
        while True:
            last = (await store.events("asm_1"))[-1].seq
            try:
                await store.append(change(row, message(f"{name} {number}"), after=last))
                break
            except SequenceTaken:
                continue
        print(f"{name} {number}", flush=True)
    time.sleep(60 if name == "victim" else 0)
    await store.close()

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


def start_writer(address: str, name: str, count: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, address, name, str(count)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


async def texts(store: SqlStore) -> list[str]:
    log = await store.events("asm_1")
    return [event.fact.text for event in log if isinstance(event.fact, e.CandidateMessage)]


@pytest.mark.parametrize("acknowledged", [1, 25])
async def test_what_was_acknowledged_survives_a_sigkill(
    store: SqlStore, address: str, acknowledged: int
) -> None:
    await begun(store)

    with start_writer(address, "victim", 10_000) as writer:
        assert writer.stdout is not None
        seen = [(await asyncio.to_thread(writer.stdout.readline)).strip() for _ in range(acknowledged)]
        writer.kill()
        writer.wait()
        seen += [line.strip() for line in writer.stdout if line.endswith("\n")]

    kept = await texts(store)
    assert kept[: len(seen)] == seen
    assert len(kept) - len(seen) in {0, 1}, "at most one was committed and not yet acknowledged"
    assert await store.verify_chain("asm_1") == len(kept) + 1


async def test_two_processes_that_write_one_log_lose_nothing(store: SqlStore, address: str) -> None:
    await begun(store)

    with start_writer(address, "a", 40) as a, start_writer(address, "b", 40) as b:
        assert await asyncio.to_thread(a.wait, 60) == 0
        assert await asyncio.to_thread(b.wait, 60) == 0

    kept = await texts(store)
    assert sorted(kept) == sorted(f"{name} {number}" for name in "ab" for number in range(40))
    assert await store.verify_chain("asm_1") == 81


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
async def test_a_commit_to_a_file_waits_for_the_disk(store: SqlStore) -> None:
    def settings(connection: Connection) -> list[object]:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return [connection.execute(text(f"PRAGMA {name}")).scalar() for name in pragmas]

    full = 2
    assert await store._database.write(settings) == ["wal", full, 1, 10_000]


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
async def test_a_commit_to_a_server_waits_for_its_disk_whatever_the_database_says(
    address: str, vault: Vault
) -> None:
    engine = create_engine(address)
    with engine.begin() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar()
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit TO off"))
    engine.dispose()
    store = SqlStore(address, vault)

    answer = await store._database.write(lambda c: c.execute(text("SHOW synchronous_commit")).scalar())
    await store.close()

    assert answer == "on"


async def test_a_read_sees_one_state_while_others_write(store: SqlStore, address: str, vault: Vault) -> None:
    row = await begun(store)
    other = SqlStore(address, vault)

    def read_twice(connection: Connection) -> list[object]:
        count = select(func.count()).select_from(EVENT)
        before = connection.execute(count).scalar()
        asyncio.run(other.append(change(row, message(), after=1)))
        return [before, connection.execute(count).scalar()]

    assert await store._database.read(read_twice) == [1, 1]
    assert await store.verify_chain(row.id) == 2
    await other.close()


async def test_a_store_serves_several_event_loops(store: SqlStore) -> None:
    await begun(store)

    other_loop = await asyncio.to_thread(asyncio.run, store.verify_chain("asm_1"))

    assert other_loop == await store.verify_chain("asm_1") == 1
