"""When the database cannot be had, whoever asks is told so soon, and told when to come back."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psycopg
import pytest
from sqlalchemy import Connection, bindparam, select, text
from sqlalchemy.exc import ProgrammingError

from assessor.adapters.store.engine import Database
from assessor.adapters.store.limits import ServerLimits
from assessor.adapters.store.lookup import Lookup
from assessor.adapters.store.room import Room, room_on
from assessor.adapters.store.tables import TENANT
from assessor.domain.errors import StoreUnavailable
from tests.patience import PATIENCE_SECONDS
from tests.postgres import Databases

pytestmark = pytest.mark.anyio

FEW = ServerLimits(connections=3, wait_seconds=0.2)
ON_A_SERVER = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
ONE_TENANT = Lookup(select(TENANT.c.name).where(TENANT.c.id == bindparam("id")))
OF_THIS_DATABASE = "FROM pg_stat_activity WHERE datname = current_database()"


@asynccontextmanager
async def opened(address: str, limits: ServerLimits) -> AsyncIterator[Database]:
    database = Database(address, limits=limits)
    yield database
    await database.close()


def running(statement: str) -> Callable[[Connection], int | None]:
    return lambda connection: connection.execute(text(statement)).scalar()


async def test_what_a_transaction_asks_in_between_waits_for_no_other_transaction(address: str) -> None:
    async with opened(address, FEW) as database:
        at_once = 1 if database.engine.dialect.name == "sqlite" else FEW.transactions
        all_are_open = threading.Barrier(at_once)

        def work(_connection: Connection) -> int | None:
            all_are_open.wait(PATIENCE_SECONDS)  # now they hold every connection that there is for them
            return database.ask_here(running("SELECT 1"))

        assert await asyncio.gather(*(database.write(work) for _ in range(at_once))) == [1] * at_once


async def test_who_waits_for_a_connection_too_long_is_told_to_come_back(address: str) -> None:
    free = threading.Event()

    def hold(_connection: Connection) -> bool:
        return free.wait(60)

    async with opened(address, FEW) as database:
        held = [asyncio.create_task(database.write(hold)) for _ in range(FEW.transactions)]
        try:
            with pytest.raises(StoreUnavailable) as refused:
                await asyncio.gather(*held, database.write(running("SELECT 1")))
        finally:
            free.set()
        await asyncio.gather(*held, return_exceptions=True)

        assert refused.value.retry_after == 1
        assert await database.write(running("SELECT 1")) == 1


async def test_what_was_given_up_is_never_done(address: str) -> None:
    free = threading.Event()
    done: list[Connection] = []

    async with opened(address, FEW) as database:
        held = [asyncio.create_task(database.read(lambda _: free.wait(60))) for _ in range(4)]
        late = asyncio.create_task(database.read(done.append))
        await asyncio.wait([late])
        free.set()
        await asyncio.gather(*held, return_exceptions=True)

    assert isinstance(late.exception(), StoreUnavailable)
    assert done == []


async def test_beyond_what_may_wait_work_is_refused_at_once_and_machines_before(address: str) -> None:
    free = threading.Event()
    limits = ServerLimits(connections=3, wait_seconds=60, waiting=4)

    async with opened(address, limits) as database:
        threads = database._readers._count
        held = [asyncio.create_task(database.read(lambda _: free.wait(60))) for _ in range(threads + 2)]
        try:
            await asyncio.sleep(0)
            before = database.is_crowded
            held += [asyncio.create_task(database.read(lambda _: free.wait(60))) for _ in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(StoreUnavailable) as refused:
                await database.read(running("SELECT 1"))
            crowded = database.is_crowded
        finally:
            free.set()
        await asyncio.gather(*held)

        assert (before, crowded, database.is_crowded) == (False, True, False)
        assert refused.value.retry_after == 1
        assert await database.read(running("SELECT 1")) == 1


async def test_asking_whether_it_is_there_waits_behind_no_work(address: str) -> None:
    free = threading.Event()

    async with opened(address, FEW) as database:
        held = [asyncio.create_task(database.read(lambda _: free.wait(60))) for _ in range(4)]
        try:
            assert await database.ask(running("SELECT 1")) == 1
        finally:
            free.set()
        await asyncio.gather(*held, return_exceptions=True)


@ON_A_SERVER
async def test_the_server_knows_how_many_connections_and_processes_there_are(address: str) -> None:
    other = "import sys, psycopg; from assessor.adapters.store.engine import create_engine;"
    other += "create_engine(sys.argv[1]).connect(); print('here', flush=True); sys.stdin.read()"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", other, address, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        await process.stdout.readline()
        room = await asyncio.to_thread(room_on, address)
    finally:
        process.kill()
        await process.wait()

    assert room == Room(connections=197, processes=1)


@ON_A_SERVER
async def test_a_statement_that_takes_too_long_is_ended(address: str) -> None:
    async with opened(address, ServerLimits(statement_seconds=0.2)) as database:
        with pytest.raises(StoreUnavailable):
            await database.read(running("SELECT pg_sleep(60)"))

        assert await database.read(running("SELECT 1")) == 1


@ON_A_SERVER
async def test_a_transaction_that_does_nothing_is_ended(address: str) -> None:
    def idle(connection: Connection) -> None:
        connection.execute(text("SELECT 1"))
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar()
        with psycopg.connect(address, autocommit=True) as other:
            until = time.monotonic() + PATIENCE_SECONDS
            query = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
            while other.execute(query, [pid]).fetchone() != (0,) and time.monotonic() < until:
                time.sleep(0.02)
        connection.execute(text("SELECT 1"))

    async with opened(address, ServerLimits(idle_seconds=0.2)) as database:
        with pytest.raises(StoreUnavailable):
            await database.read(idle)

        assert await database.read(running("SELECT 1")) == 1


@ON_A_SERVER
async def test_a_process_opens_no_more_connections_than_it_may(address: str) -> None:
    limits = ServerLimits(connections=6)
    async with opened(address, limits) as database:
        reads = [database.read(running(f"SELECT count(*) {OF_THIS_DATABASE}")) for _ in range(60)]
        lookups = [database.look_up(ONE_TENANT, {"id": "acme"}) for _ in range(60)]

        looked = asyncio.gather(*lookups)
        found = await asyncio.gather(*reads)
        await looked
        last = await database.read(running(f"SELECT count(*) {OF_THIS_DATABASE}"))

    assert max(one or 0 for one in (*found, last)) <= limits.connections


@ON_A_SERVER
async def test_a_database_that_goes_and_comes_back_is_missed_and_found(
    address: str, postgres: Databases
) -> None:
    async with opened(address, FEW) as database:
        assert await database.look_up(ONE_TENANT, {"id": "acme"}) is None
        assert await database.read(running("SELECT 1")) == 1

        with postgres.away(address):
            for asked in (
                database.read(running("SELECT 1")),
                database.write(running("SELECT 1")),
                database.look_up(ONE_TENANT, {"id": "acme"}),
            ):
                with pytest.raises(StoreUnavailable) as refused:
                    await asked
                assert refused.value.retry_after == 5

        assert await database.look_up(ONE_TENANT, {"id": "acme"}) is None
        assert await database.write(running("SELECT 1")) == 1


async def test_a_server_that_was_never_there_is_said_to_be_away() -> None:
    async with opened("postgresql://nobody@127.0.0.1:1/nothing", FEW) as database:
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                await database.look_up(ONE_TENANT, {"id": "acme"})


@ON_A_SERVER
async def test_a_wrong_statement_is_a_fault_of_ours_and_no_outage(address: str) -> None:
    async with opened(address, FEW) as database:
        with pytest.raises(ProgrammingError):
            await database.read(running("SELECT * FROM nowhere"))
