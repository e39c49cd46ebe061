"""Reads that may be seconds old, by a streaming replica, and by the primary whenever that one will not do.

How old what a replica shows is, is measured by one clock of ours: the primary is asked how far its log is
flushed, and the replica, after that, how far it has replayed. Once it is past a mark, whatever was committed
before the mark was asked for is seen. `pg_last_xact_replay_timestamp` would not say it: its age grows while
nothing is written, and it compares the clocks of two machines.

No read that comes here touches sealed words or a key: a replica is behind, so a key that was destroyed
a second ago is still in it.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from assessor.adapters.metrics import STALE_READS
from assessor.adapters.store.engine import Database
from assessor.adapters.store.limits import SERVING, ServerLimits
from assessor.adapters.store.outages import SOON
from assessor.adapters.store.schema import check_revision
from assessor.domain.errors import Conflict, StoreUnavailable
from assessor.ports import ReplicaStanding

T = TypeVar("T")

LOOK_SECONDS: Final = 1.0
SILENT_SECONDS: Final = 5.0
"""After which a replica that does not answer has lost those who wait for it: they ask the primary."""
MOST_LAG_SECONDS: Final = 300
_COMES_UP_SECONDS: Final = 0.1
_MARKS: Final = 2 * MOST_LAG_SECONDS

_IDENTITY: Final = "(SELECT system_identifier FROM pg_control_system()), current_database()"
_FLUSHED: Final = text(f"SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0'), {_IDENTITY}")
_REPLAYED: Final = text(
    f"SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0'), {_IDENTITY}, pg_is_in_recovery()"
)

log = structlog.get_logger()


@dataclass(frozen=True)
class Replica:
    """Where it is, and how far behind it may be to be read."""

    address: str = field(repr=False)  # may carry a password
    most_lag_seconds: float


class Watch:
    """Knows how far a replica is behind. Its times are of the monotonic clock, which is never set."""

    def __init__(self, primary: Database, replica: Database, most_lag_seconds: float) -> None:
        self._primary, self._replica = primary, replica
        self._most = most_lag_seconds
        self._marks: deque[tuple[float, int]] = deque(maxlen=_MARKS)
        self._sees_until = self._answered_at = time.monotonic() - MOST_LAG_SECONDS
        self.fault = "was not asked yet"
        """Why it could not be read however far it is."""
        self._told = ""

    @property
    def standing(self) -> ReplicaStanding:
        """What is known of it at this moment."""
        lag = time.monotonic() - self._sees_until
        if self.fault:
            return ReplicaStanding(lag, self.fault)
        if lag > self._most:
            return ReplicaStanding(lag, f"is behind by more than {self._most:g} s")
        return ReplicaStanding(lag)

    @property
    def is_silent(self) -> bool:
        """Whether it has not answered for so long that nobody should wait for it."""
        return time.monotonic() - self._answered_at > SILENT_SECONDS

    def look(self) -> ReplicaStanding:
        """Ask both, and tell the log when it is left out, or read again."""
        try:
            self._compare()
        except StoreUnavailable as away:
            self.fault = f"cannot be reached ({type(away.__cause__ or away).__name__})"
        except Conflict as other:
            self.fault = str(other)
        except DBAPIError as refused:
            self.fault = f"does not say how far it is ({type(refused.orig).__name__})"
        standing = self.standing
        self._tell(standing.problem)
        return standing

    def _compare(self) -> None:
        asked_at = time.monotonic()
        flushed, *original = self._primary.ask_here(_only(_FLUSHED))
        self._mark(asked_at, int(flushed))
        replayed, *copy, follows = self._replica.ask_here(_replayed)
        self._answered_at = time.monotonic()
        if not follows or copy != original or replayed is None:
            self.fault = "is no streaming replica of the database"
            return
        self._saw(int(replayed))
        self.fault = ""

    def _mark(self, at: float, flushed: int) -> None:
        if self._marks and flushed < self._marks[-1][1]:
            self._marks.clear()  # another server took over, and its log ended earlier
        self._marks.append((at, flushed))

    def _saw(self, replayed: int) -> None:
        while self._marks and self._marks[0][1] <= replayed:
            self._sees_until = self._marks.popleft()[0]

    def _tell(self, problem: str) -> None:
        if problem == self._told:
            return
        self._told = problem
        if problem:
            log.warning("the replica of the database is left out", reason=problem)
        else:
            log.info("the replica of the database is read")


class ReplicatedDatabase(Database):
    """A database on PostgreSQL with a replica, which it watches from a thread of its own."""

    def __init__(self, address: str, replica: Replica, *, limits: ServerLimits = SERVING) -> None:
        super().__init__(address, limits=limits)
        self._replica = Database(replica.address, limits=limits)
        self._watch = Watch(self, self._replica, replica.most_lag_seconds)
        self._ends = threading.Event()
        self._watching = threading.Thread(target=self._go_on_watching, name="store-replica", daemon=True)
        self._watching.start()

    @property
    def replica(self) -> ReplicaStanding:
        """How the replica stands."""
        return self._watch.standing

    async def read_stale(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on the replica; on the primary while that one is away, silent or too far behind.

        It may run on both, and changes nothing. Raises StoreUnavailable, of the primary.
        """
        if not self._watch.standing.problem:
            try:
                found = await self._on_replica(work)
            except StoreUnavailable:
                pass  # it went away, or it had to choose between this read and following
            else:
                STALE_READS.labels("replica").inc()
                return found
        STALE_READS.labels("primary").inc()
        return await self.read(work)

    async def _on_replica(self, work: Callable[[Connection], T]) -> T:
        reading = asyncio.ensure_future(self._replica.read(work))
        try:
            while not (await asyncio.wait({reading}, timeout=LOOK_SECONDS))[0]:
                if self._watch.is_silent:
                    raise StoreUnavailable(SOON)
            return reading.result()
        finally:
            reading.cancel()

    def _go_on_watching(self) -> None:
        while not self._ends.is_set():
            self._watch.look()
            self._ends.wait(LOOK_SECONDS)

    def close_here(self) -> None:
        """End the watch, and close every connection to both."""
        self._ends.set()
        self._watching.join()
        self._replica.close_here()
        super().close_here()


def examine_replica(address: str, replica: Replica) -> ReplicaStanding:
    """Look at a replica once, and give it as long as it may be behind to come up to a mark."""
    primary, copy = Database(address), Database(replica.address)
    try:
        watch = Watch(primary, copy, replica.most_lag_seconds)
        until = time.monotonic() + replica.most_lag_seconds
        while watch.look().problem and not watch.fault and time.monotonic() < until:
            time.sleep(_COMES_UP_SECONDS)
        return watch.standing
    finally:
        for one in (copy, primary):
            one.close_here()


def _only(query: Any) -> Callable[[Connection], Any]:
    return lambda connection: tuple(connection.execute(query).one())


def _replayed(connection: Connection) -> Any:
    """Return how far it is. Raises Conflict while the tables that this code reads are not there yet."""
    found = _only(_REPLAYED)(connection)
    if found[-1]:
        check_revision(connection)
    return found
