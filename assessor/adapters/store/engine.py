"""Connections: the one place that knows which database it is.

Transactions run as plain functions on threads of our own, not on an asynchronous driver. That was
tried first: with aiosqlite an append took 15 trips between threads instead of one, and a request that
was cancelled while its transaction began left a lock behind that nobody released, so that every later
write failed. A function on a thread always runs to its end.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlalchemy
from sqlalchemy import URL, Connection, Engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection

T = TypeVar("T")

_BUSY_MILLISECONDS: Final = 10_000
_READERS: Final = 4
_SERVER_CONNECTIONS: Final = 10
_WRITES: Final = "assessor_writes"

_PRAGMAS: Final = (
    f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}",  # first: the next one may already meet a lock
    "PRAGMA journal_mode = WAL",
    # An acknowledged message must survive a power cut, so every commit waits for the disk: measured
    # 2.0 ms an append, against 1.2 ms with NORMAL, which may lose the last commits.
    "PRAGMA synchronous = FULL",
    "PRAGMA fullfsync = ON",  # macOS: fsync alone leaves data in the drive's cache
    "PRAGMA foreign_keys = ON",
)


def database_url(address: str) -> URL:
    """Return the address with the driver that we use. Makes the folder of a SQLite file.

    Raises ValueError for another kind of database, and for one in memory.
    """
    url = make_url(address)
    kind = url.get_backend_name()
    if kind == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise ValueError(f"the database is {kind}; use sqlite:///PATH or postgresql://...")
    if not url.database or ":memory:" in url.database:
        raise ValueError("a database in memory would lose what it acknowledged; give a path")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    return url.set(drivername="sqlite+pysqlite")


def create_engine(address: str) -> Engine:
    """Return an engine; it connects on first use."""
    url = database_url(address)
    if url.get_backend_name() == "sqlite":
        engine = sqlalchemy.create_engine(url)
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
        return engine
    engine = sqlalchemy.create_engine(url, pool_size=_SERVER_CONNECTIONS, pool_pre_ping=True)
    event.listen(engine, "connect", _wait_for_the_disk)
    return engine


def reading(engine: Engine) -> Engine:
    """Return the same engine, on the same pool, for transactions that see one state of the database."""
    if engine.dialect.name == "sqlite":
        return engine  # every transaction there does
    return engine.execution_options(isolation_level="REPEATABLE READ")


def writing(engine: Engine) -> Engine:
    """Return the same engine, on the same pool, for transactions that write."""
    return engine.execution_options(**{_WRITES: True})


def _set_up(connection: DBAPIConnection, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin in `_begin`, not when sqlite3 thinks best
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _wait_for_the_disk(connection: DBAPIConnection, _record: Any) -> None:
    """Let every commit wait for the disk, also where the database or the role says otherwise."""
    cursor = connection.cursor()
    cursor.execute("SET synchronous_commit TO ON")
    cursor.close()
    connection.commit()  # a rollback would undo the setting


def _begin(connection: Connection) -> None:
    """Begin; a transaction that will write takes the lock at once.

    One that reads first and then writes has to upgrade, which fails without any waiting when
    another has written in between.
    """
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Database:
    """Runs transactions. Usable from any event loop."""

    def __init__(self, address: str) -> None:
        self.engine = create_engine(address)
        self._for_reading, self._for_writing = reading(self.engine), writing(self.engine)
        if self.engine.dialect.name == "sqlite":
            # SQLite has one writer at a time and makes others poll with growing pauses. Within the
            # process they queue for one thread instead, in order; its timeout is left for other processes.
            self._writers = ThreadPoolExecutor(1, "store-writer")
            self._readers = ThreadPoolExecutor(_READERS, "store-reader")
        else:
            self._writers = self._readers = ThreadPoolExecutor(_SERVER_CONNECTIONS, "store")

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that sees one state of the database and changes nothing."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that is on disk when this returns, and undone when it raises.

        When the caller is cancelled, it either never begins or runs to its end.
        """
        return await asyncio.get_running_loop().run_in_executor(self._writers, self._write, work)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._for_reading.connect() as connection:
            return work(connection)

    def _write(self, work: Callable[[Connection], T]) -> T:
        with self._for_writing.begin() as connection:
            return work(connection)

    async def close(self) -> None:
        """Let what has begun end, then close every connection."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writers.shutdown()
        self._readers.shutdown()
        self.engine.dispose()
