"""Faults of the network between us and PostgreSQL: noticed in time, told as a pause, and over in the end."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, bindparam, select, text

from assessor.adapters import jobs
from assessor.adapters.shared_stream import shared_stream
from assessor.adapters.store.engine import Database, create_engine
from assessor.adapters.store.limits import ServerLimits
from assessor.adapters.store.lookup import Lookup
from assessor.adapters.store.tables import TENANT
from assessor.domain.errors import StoreUnavailable
from assessor.ports import TurnBuffer
from tests.faulty_wire import Wire, wired_database
from tests.patience import PATIENCE_SECONDS

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("kind", ["postgresql"], indirect=True)]

QUICK = ServerLimits(connections=4, statement_seconds=0.5)
"""Given up after a second."""
KEY = bytes(range(32))
ONE_TENANT = Lookup(select(TENANT.c.name).where(TENANT.c.id == bindparam("id")))
SILENT = pytest.mark.parametrize("fault", [Wire.stall, Wire.half_open], ids=lambda fault: fault.__name__)
FAULTS = pytest.mark.parametrize(
    "fault", [Wire.stall, Wire.half_open, Wire.reset, Wire.drop_in_answer], ids=lambda fault: fault.__name__
)

Fault = Callable[[Wire], None]


@pytest.fixture
def wired(address: str) -> Iterator[tuple[Wire, str]]:
    with wired_database(address) as wired:
        yield wired


@asynccontextmanager
async def opened(address: str) -> AsyncIterator[Database]:
    database = Database(address, limits=QUICK)
    yield database
    await database.close()


def one(connection: Connection) -> Any:
    return connection.execute(text("SELECT 1")).scalar()


async def settled(ask: Callable[[], Any]) -> Any:
    """Ask until it is answered; what refuses meanwhile has to be a pause, and nothing else."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                return await ask()
            except StoreUnavailable:
                continue


@FAULTS
async def test_a_fault_of_the_network_is_a_pause_and_is_over_when_it_is(
    wired: tuple[Wire, str], fault: Fault
) -> None:
    wire, near = wired
    async with opened(near) as database:
        assert (await database.read(one), await database.ask(one)) == (1, 1)
        await database.look_up(ONE_TENANT, {"id": "acme"})

        fault(wire)
        asked = [database.read(one), database.write(one), database.look_up(ONE_TENANT, {"id": "acme"})]
        async with asyncio.timeout(PATIENCE_SECONDS):
            answers = await asyncio.gather(*asked, database.ask(one), return_exceptions=True)
        wire.mend()

        # After a reset the pool connects anew by itself; the others are refused.
        assert all(isinstance(answer, StoreUnavailable) or fault is Wire.reset for answer in answers)
        for ask in (database.read, database.write, database.ask):
            assert await settled(partial(ask, one)) == 1
        assert await settled(lambda: database.look_up(ONE_TENANT, {"id": "acme"})) is None


@FAULTS
async def test_a_row_that_was_written_while_the_network_failed_is_there_once_or_not_at_all(
    wired: tuple[Wire, str], address: str, fault: Fault
) -> None:
    wire, near = wired
    with psycopg.connect(address, autocommit=True) as direct:
        direct.execute("CREATE TABLE written (number int PRIMARY KEY)")
        async with opened(near) as database:
            await database.read(one)

            def write(connection: Connection) -> str:
                insert = text("INSERT INTO written VALUES (1) ON CONFLICT DO NOTHING")
                connection.execute(insert)
                fault(wire)  # between the row and the commit
                return "kept"

            async with asyncio.timeout(PATIENCE_SECONDS):
                first = await asyncio.gather(database.write(write), return_exceptions=True)
            wire.mend()
            rewrite = text("INSERT INTO written VALUES (1) ON CONFLICT DO NOTHING")
            await settled(partial(database.write, lambda connection: connection.execute(rewrite).rowcount))

            assert isinstance(first[0], StoreUnavailable)
        assert direct.execute("SELECT count(*) FROM written").fetchone() == (1,)


@SILENT
async def test_who_listens_notices_that_nothing_can_be_heard_and_listens_anew(
    wired: tuple[Wire, str], address: str, fault: Fault
) -> None:
    wire, near = wired
    async with (
        shared_stream(address, KEY) as (here, _),
        shared_stream(near, KEY, quiet_seconds=0.3) as (there, floor),
    ):
        with there.watch("asm_1") as watch:
            assert await watch.wait(PATIENCE_SECONDS)  # it listens
            assert await floor.take("asm_1")
            watch.others_wrote()

            fault(wire)
            # Long enough for the listener to have asked, and to have been told nothing.
            with pytest.raises(psycopg.OperationalError):
                await floor.take("asm_2")
            wire.mend()
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not (await watch.wait(1) and watch.others_wrote()):
                    pass
            here.begin("asm_1", "run_1")
            here.write("asm_1", "run_1", "Hello.")

            async with asyncio.timeout(PATIENCE_SECONDS):
                while there.buffer("asm_1") != TurnBuffer("run_1", "Hello."):
                    await watch.wait(1)


async def test_every_connection_notices_a_network_that_is_gone(wired: tuple[Wire, str]) -> None:
    _, near = wired
    engines = [create_engine(near), jobs._engine(near, 6, 30)]

    for engine in engines:
        connection = engine.raw_connection()
        driver: Any = connection.driver_connection
        with socket.socket(fileno=driver.fileno()) as tcp:
            assert tcp.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                assert tcp.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 20_000
            assert tcp.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 10
            tcp.detach()
        connection.close()
        engine.dispose()
