"""Connections: the one place that knows which database it is.

Transactions run as plain functions on threads of our own, not on an asynchronous driver. That was
tried first: with aiosqlite an append took 15 trips between threads instead of one, and a request that
was cancelled while its transaction began left a lock behind that nobody released, so that every later
write failed. A function on a thread always runs to its end.

A lookup, which reads one row by its key, goes without transaction, and on SQLite without a thread: there
the trip takes ten times as long as the read.
"""

import asyncio
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from traceback import clear_frames
from typing import Any, Final, Protocol, TypeVar

import sqlalchemy
from sqlalchemy import URL, Connection, Engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError

from assessor.adapters.store.limits import ASKING, SERVING, ServerLimits, connecting
from assessor.adapters.store.lookup import Lookup, LookupConnection
from assessor.adapters.store.outages import outages_told
from assessor.adapters.store.threads import Threads
from assessor.domain.errors import StoreUnavailable
from assessor.ports import ReplicaStanding

T = TypeVar("T")

_BUSY_MILLISECONDS: Final = 10_000
_PATIENCE_MILLISECONDS: Final = 500
"""For what may as well be done later."""
_READERS: Final = 4
_WRITES: Final = "assessor_writes"
_DEADLOCKS: Final = 3
"""How often a transaction is begun again after a deadlock. Its work is a function of the database alone."""
_STEP_ASIDE_SECONDS: Final = 0.02
"""The longest pause after the first deadlock."""
_DEADLOCK_DETECTED: Final = "40P01"

_PRAGMAS: Final = (
    f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}",  # first: the next one may already meet a lock
    "PRAGMA journal_mode = WAL",
    # An acknowledged message must survive a power cut, so every commit waits for the disk: measured
    # 2.0 ms an append, against 1.2 ms with NORMAL, which may lose the last commits.
    "PRAGMA synchronous = FULL",
    "PRAGMA fullfsync = ON",  # macOS: fsync alone leaves data in the drive's cache
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what was taken back or erased must not lie on in a free page
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


def database_file(address: str) -> Path:
    """Return the file of a SQLite database. Raises ValueError for another kind of database."""
    url = make_url(address)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise ValueError("the database is no SQLite file; use sqlite:///PATH")
    return Path(url.database)


def create_engine(address: str, *, durable: bool = True, limits: ServerLimits = SERVING) -> Engine:
    """Return an engine; it connects on first use.

    One that is not durable does not wait for the disk: only for what can be made again, as simulations.
    """
    url = database_url(address)
    if url.get_backend_name() == "sqlite":
        engine = sqlalchemy.create_engine(url)
        event.listen(engine, "connect", _set_up)
        if not durable:
            event.listen(engine, "connect", _trust_the_system)
        event.listen(engine, "begin", _begin)
        return engine
    engine = sqlalchemy.create_engine(
        url,
        pool_size=limits.transactions,
        max_overflow=0,
        pool_timeout=limits.wait_seconds,
        pool_pre_ping=True,
        connect_args=connecting(url),
    )
    _be_patient(engine, limits)
    event.listen(engine, "connect", partial(_bound, limits))
    if durable:
        event.listen(engine, "connect", _wait_for_the_disk)
    return engine


def _be_patient(engine: Engine, limits: ServerLimits) -> None:
    from assessor.adapters.store.patience import be_patient  # the driver is loaded where there is a server

    be_patient(engine, limits.answer_seconds)


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


def _trust_the_system(connection: DBAPIConnection, _record: Any) -> None:
    """Leave it to the system when commits reach the disk."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.close()


def _wait_for_the_disk(connection: DBAPIConnection, _record: Any) -> None:
    """Let every commit wait for the disk, also where the database or the role says otherwise."""
    cursor = connection.cursor()
    cursor.execute("SET synchronous_commit TO ON")
    cursor.close()
    connection.commit()  # a rollback would undo the setting


def _bound(limits: ServerLimits, connection: DBAPIConnection, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(limits.session())
    cursor.close()
    connection.commit()


def _begin(connection: Connection) -> None:
    """Begin; a transaction that will write takes the lock at once.

    One that reads first and then writes has to upgrade, which fails without any waiting when
    another has written in between.
    """
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _nothing_half_read() -> Iterator[None]:
    """Let go of the cursors that an exception leaves half read, before the connection goes to others.

    On SQLite such a cursor keeps its connection at the state that it began to read, even after the rollback:
    whoever has the connection next reads the past. It lives as long as the frames of the exception, and those
    until the garbage collector comes where whoever waits for the exception is part of a cycle with it.
    """
    try:
        yield
    except BaseException as fault:
        told: BaseException | None = fault
        while told is not None:
            clear_frames(told.__traceback__)
            told = told.__context__
        raise


class _DeadlockError(Exception):
    """The server chose this transaction to end a deadlock. Nothing of it was kept."""


class Database:
    """Runs transactions. Usable from any event loop."""

    def __init__(self, address: str, *, durable: bool = True, limits: ServerLimits = SERVING) -> None:
        self.engine = create_engine(address, durable=durable, limits=limits)
        self._for_reading, self._for_writing = reading(self.engine), writing(self.engine)
        self._fault: type[Exception] = self.engine.dialect.loaded_dbapi.Error
        self._for_asking = self.engine
        self._lookups: _Lookups
        if not durable and self.engine.dialect.name == "sqlite":
            self._writers = self._readers = Threads(_AtOnce(), 1, limits)
            self._lookups = _LookupsOnTheSpot(self.engine)
        elif self.engine.dialect.name == "sqlite":
            # SQLite has one writer at a time and makes others poll with growing pauses. Within the
            # process they queue for one thread instead, in order; its timeout is left for other processes.
            self._writers = _threads(1, "store-writer", limits)
            self._readers = _threads(_READERS, "store-reader", limits)
            self._lookups = _LookupsOnTheSpot(self.engine)
        else:
            self._writers = self._readers = _threads(limits.transactions, "store", limits)
            self._lookups = _LookupsOnThreads(create_engine(address, durable=durable, limits=limits), limits)
            self._for_asking = create_engine(address, durable=durable, limits=ASKING)
        self._askers = _threads(1, "store-asker", ASKING)

    @property
    def is_crowded(self) -> bool:
        """Whether so much waits that what can come again should."""
        return self._readers.is_crowded or self._writers.is_crowded

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that sees one state of the database and changes nothing.

        Raises StoreUnavailable.
        """
        return await self._readers.run(self._read, work)

    async def read_stale(self, work: Callable[[Connection], T]) -> T:
        """Read what may be seconds old, and touches no key and nothing sealed: here, what is there now.

        Raises StoreUnavailable.
        """
        return await self.read(work)

    @property
    def replica(self) -> ReplicaStanding | None:
        """How the replica stands; None where there is none."""
        return None

    async def ask(self, work: Callable[[Connection], T]) -> T:
        """Run `work`, which reads next to nothing, by a connection of its own: behind no other work.

        Raises StoreUnavailable.
        """
        return await self._askers.run(self.ask_here, work)

    def ask_here(self, work: Callable[[Connection], T]) -> T:
        """Run `work` as `ask` does, where it is called, which may be within a transaction.

        Not by a connection of the pool: all of those may wait for what the caller's transaction has locked.
        Raises StoreUnavailable.
        """
        with outages_told(), self._for_asking.connect() as connection, _nothing_half_read():
            return work(connection)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that is on disk when this returns, and undone when it raises.

        When the caller is cancelled, it either never begins or runs to its end. Raises StoreUnavailable:
        where the server went away in the very moment of the commit, nobody knows yet whether it was kept.
        """
        return await self._writers.run(self._write, work)

    async def look_up(self, lookup: Lookup, values: Mapping[str, object]) -> Any:
        """Return the row of a lookup as a named tuple, or None.

        Whatever goes wrong on the short way, a busy file or a server that was restarted, is left to the
        long one, which waits and connects anew.
        """
        statement = lookup.on(self.engine.dialect)
        parameters = statement.parameters(values)
        try:
            found = await self._lookups.first(statement.text, parameters)
        except (self._fault, OperationalError):
            return await self.read(lambda connection: connection.execute(lookup.query, values).first())
        return None if found is None else statement.read(found)

    async def forget_overwritten(self) -> None:
        """See to it that what was just overwritten is not in SQLite's write-ahead log any more.

        A reader that is at work may hold this off, or too much other work; then it goes with the next
        checkpoint. PostgreSQL does it by vacuuming and recycling its log, in its own time.
        """
        if self.engine.dialect.name == "sqlite":
            with suppress(StoreUnavailable):
                await self._writers.run(self._truncate_log)

    def _truncate_log(self) -> None:
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE_MILLISECONDS}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
            cursor.close()
        finally:
            connection.close()

    def _read(self, work: Callable[[Connection], T]) -> T:
        with outages_told(), self._for_reading.connect() as connection, _nothing_half_read():
            return work(connection)

    def _write(self, work: Callable[[Connection], T]) -> T:
        """Run a transaction; once more when the server rolled it back to free another from a deadlock.

        It steps aside for a random while, longer each time: two that begin again at once meet again.
        """
        for attempt in range(_DEADLOCKS):
            with suppress(_DeadlockError):
                return self._attempt(work)
            time.sleep(random.uniform(0, _STEP_ASIDE_SECONDS * 2**attempt))  # noqa: S311 - not a secret
        with outages_told(), self._for_writing.begin() as connection, _nothing_half_read():
            return work(connection)

    def _attempt(self, work: Callable[[Connection], T]) -> T:
        with outages_told():
            try:
                with self._for_writing.begin() as connection, _nothing_half_read():
                    return work(connection)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) == _DEADLOCK_DETECTED:
                    raise _DeadlockError from error
                raise

    async def close(self) -> None:
        """Let what has begun end, then close every connection."""
        await asyncio.to_thread(self.close_here)

    def close_here(self) -> None:
        """Do the same where it is called."""
        self._writers.shutdown()
        self._readers.shutdown()
        self._askers.shutdown()
        self._lookups.close()
        self._for_asking.dispose()
        self.engine.dispose()


def _threads(count: int, name: str, limits: ServerLimits) -> Threads:
    return Threads(ThreadPoolExecutor(count, name), count, limits)


class _AtOnce(Executor):
    """Runs work where it is handed in: a simulation has nobody who would wait meanwhile."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Return what is done already."""
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as fault:  # noqa: BLE001 - it belongs to whoever asks for the result
            done.set_exception(fault)
        return done


class _Lookups(Protocol):
    async def first(self, text: str, parameters: Any) -> Sequence[Any] | None: ...
    def close(self) -> None: ...


class _LookupsOnTheSpot:
    """For SQLite, where a row by its key is in the process already, or in the system's cache."""

    def __init__(self, engine: Engine) -> None:
        self._connection = LookupConnection(engine)
        self.close = self._connection.close

    async def first(self, text: str, parameters: Any) -> Sequence[Any] | None:
        if not self._connection.is_open:
            await asyncio.to_thread(self._connection.open)
        return self._connection.first(text, parameters)


class _LookupsOnThreads:
    """For a server, which may be far away. The engine is theirs: of its pool only connecting is used."""

    def __init__(self, engine: Engine, limits: ServerLimits) -> None:
        self._engine = engine
        executor = ThreadPoolExecutor(limits.lookups, "store-lookup", initializer=self._begin)
        self._threads = Threads(executor, limits.lookups, limits)
        self._mine = threading.local()
        self._all: list[LookupConnection] = []

    def _begin(self) -> None:
        self._mine.connection = LookupConnection(self._engine)
        self._all.append(self._mine.connection)

    async def first(self, text: str, parameters: Any) -> Sequence[Any] | None:
        return await self._threads.run(self._first, text, parameters)

    def _first(self, text: str, parameters: Any) -> Sequence[Any] | None:
        connection: LookupConnection = self._mine.connection
        return connection.first(text, parameters)

    def close(self) -> None:
        self._threads.shutdown()
        for connection in self._all:
            connection.close()
        self._engine.dispose()
