"""What an exception leaves half read keeps nobody in the past."""

import asyncio
from collections.abc import AsyncIterator
from threading import Barrier

import pytest
from sqlalchemy import Connection, text

from assessor.adapters.store.engine import Database

ROWS = 1000
AT_ONCE = 3
"""Connections: of one alone everything would see what it wrote itself."""
LOOKS = 20
"""More than there are connections for reading."""


@pytest.fixture
async def database(empty_address: str) -> AsyncIterator[Database]:
    database = Database(empty_address)
    yield database
    await database.close()


class RefusedError(Exception):
    """Raised between two rows."""


def _half_read(connection: Connection) -> None:
    rows = connection.execute(text("SELECT number FROM numbers"))
    rows.fetchone()
    raise RefusedError


def _count(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM numbers")).scalar_one())


async def test_after_an_exception_in_mid_read_everybody_reads_what_is_stored(database: Database) -> None:
    def begin(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE numbers (number INTEGER)"))
        connection.execute(text("INSERT INTO numbers VALUES (:n)"), [{"n": n} for n in range(ROWS)])

    await database.write(begin)
    met = Barrier(AT_ONCE)
    await asyncio.gather(*[database.read(lambda _: met.wait()) for _ in range(AT_ONCE)])
    for attempt in (database.read, database.write):
        with pytest.raises(RefusedError) as kept:  # and with it the frames in which it was raised
            await attempt(_half_read)

        await database.write(lambda connection: connection.execute(text("INSERT INTO numbers VALUES (0)")))

        counts = [await database.read(_count) for _ in range(LOOKS)]
        assert len(set(counts)) == 1, (kept.value, counts)
    assert await database.read(_count) == ROWS + 2
