"""What processes on one PostgreSQL say to each other: notifications, and locks that end with who holds them.

Both go by connections of their own. A commit with a notification waits for a lock that all such commits
share, so none is ever part of a transaction that stores facts; and as nothing of it is stored, it does not
wait for the disk either.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from contextvars import Context
from hashlib import blake2b
from typing import Any, Final

import psycopg
import structlog

from assessor.adapters.store.engine import database_url
from assessor.adapters.store.limits import connecting
from assessor.adapters.store.patience import PatientAsyncConnection
from assessor.crash_points import CrashPoint, reach

NAME: Final = "assessor"
APPLICATION: Final = "assessor channel"
"""How its connections are called in `pg_stat_activity`."""
MOST_BYTES: Final = 7999
"""Of one notification: PostgreSQL refuses longer ones."""
_QUEUED: Final = 10_000
_AT_ONCE: Final = 100
_FIRST_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 5.0
_LAST_WORDS_SECONDS: Final = 2.0
QUIET_SECONDS: Final = 10.0
"""Who listens asks after so long without a word whether the server is there still."""
ANSWER_SECONDS: Final = 5.0
"""What is not answered by then never is: the connection is made anew."""
_SPENT_SECONDS: Final = 11
"""After so long without any sign of us the server takes us for dead, and frees what we have locked."""

_SESSION: Final = (
    "SET synchronous_commit = off; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2;"
    f" SET tcp_keepalives_count = 3; SET tcp_user_timeout = {_SPENT_SECONDS * 1000}"
)

log = structlog.get_logger()


class Channel:
    """One process's two connections, opened when they are first needed and again when they were lost."""

    def __init__(
        self, address: str, quiet_seconds: float = QUIET_SECONDS, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        self._quiet_seconds = quiet_seconds
        self._answer_seconds = answer_seconds
        url = database_url(address).set(drivername="postgresql")
        self._address = url.render_as_string(hide_password=False)
        self._how = connecting(url)
        self._speaking: psycopg.AsyncConnection[Any] | None = None
        self._connecting = asyncio.Lock()
        self._locks: set[int] = set()
        self._said: deque[str] = deque(maxlen=_QUEUED)
        self._something = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._is_closed = False

    def say(self, payload: str) -> None:
        """Notify everybody who listens, in the order of the calls. At most MOST_BYTES of ASCII.

        While the server is away, what is said waits; the oldest goes when too much does.
        """
        self._said.append(payload)
        self._something.set()
        self._keep_running("say", self._send)

    def listen(self, hear: Callable[[str], None], began: Callable[[], None]) -> None:
        """Pass on what is said from now on, to here also what this process said itself.

        `began` is called whenever listening begins, also after an interruption: what was said before may
        have been missed. Listening twice is listening once.
        """
        self._keep_running("listen", lambda: self._listen(hear, began))

    async def lock(self, name: str) -> bool:
        """Lock a name for this process, unless another has; it is free at once when that one dies."""
        number = _number(name)
        (locked,) = await self._ask("SELECT pg_try_advisory_lock(%s)", (number,))
        if locked:
            self._locks.add(number)
        return bool(locked)

    async def unlock(self, name: str) -> None:
        """Give a name back. Where the connection is lost, so is the lock."""
        number = _number(name)
        self._locks.discard(number)
        with suppress(psycopg.OperationalError):
            await self._ask("SELECT pg_advisory_unlock(%s)", (number,))

    async def close(self) -> None:
        """Say what is left to say, and hang up for good; every lock is free then."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        with suppress(TimeoutError, psycopg.Error):
            async with asyncio.timeout(_LAST_WORDS_SECONDS):
                if self._said:
                    await self._notify(self._said)
        self._is_closed = True
        if self._speaking is not None:
            await self._speaking.close()

    def _keep_running(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if name not in self._tasks and not self._is_closed:
            # In a context of its own: its log lines are not about whoever happened to speak or watch first.
            self._tasks[name] = asyncio.create_task(work(), name=f"channel: {name}", context=Context())

    async def _send(self) -> None:
        pauses = _Pauses()
        while True:
            await self._something.wait()
            self._something.clear()
            while self._said:
                batch = [self._said[place] for place in range(min(len(self._said), _AT_ONCE))]
                try:
                    await self._notify(batch)
                except psycopg.Error as fault:
                    log.warning("other processes cannot be told", fault=type(fault).__qualname__)
                    await pauses.longer()
                    continue
                pauses.begin_anew()
                for _ in range(min(len(self._said), len(batch))):
                    self._said.popleft()

    async def _notify(self, payloads: Iterable[str]) -> None:
        statement = "SELECT count(pg_notify(%s, payload)) FROM unnest(%s::text[]) AS payload"
        await self._ask(statement, (NAME, list(payloads)))

    async def _listen(self, hear: Callable[[str], None], began: Callable[[], None]) -> None:
        pauses = _Pauses()
        while True:
            try:
                async with await self._connected() as connection:
                    await connection.execute(f"LISTEN {NAME}")
                    reach(CrashPoint.LISTENING)
                    began()
                    pauses.begin_anew()
                    while True:
                        async for one in connection.notifies(timeout=self._quiet_seconds):
                            hear(one.payload)
                        await _answered(connection, "SELECT 1")
            except psycopg.Error as fault:
                log.warning("other processes cannot be heard", fault=type(fault).__qualname__)
            await pauses.longer()

    async def _ask(self, statement: str, values: Sequence[object]) -> Any:
        """Return the one row of the answer; ask once more when the connection turns out to be lost."""
        connection = await self._open()
        try:
            return await _answered(connection, statement, values)
        except psycopg.OperationalError:
            if not connection.closed:
                raise
        return await _answered(await self._open(), statement, values)

    async def _open(self) -> psycopg.AsyncConnection[Any]:
        async with self._connecting:
            if self._is_closed:
                raise psycopg.OperationalError("this process has hung up")
            if self._speaking is None or self._speaking.closed:
                self._speaking = await self._connected()
                # What was locked went with the connection; whoever took it meanwhile has it.
                for number in self._locks:
                    await self._speaking.execute("SELECT pg_try_advisory_lock(%s)", (number,))
            return self._speaking

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        connection = await PatientAsyncConnection.connect(
            self._address, autocommit=True, application_name=APPLICATION, **self._how
        )
        connection.answer_seconds = self._answer_seconds
        try:
            await connection.execute(_SESSION)
        except BaseException:
            await connection.close()
            raise
        return connection


async def _answered(
    connection: psycopg.AsyncConnection[Any], statement: str, values: Sequence[object] = ()
) -> Any:
    return await (await connection.execute(statement.encode(), values)).fetchone()


class _Pauses:
    """Between attempts, each longer than the one before; by chance, so that not all come at once."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        self._seconds = _FIRST_PAUSE_SECONDS

    async def longer(self) -> None:
        await asyncio.sleep(self._seconds * random.uniform(0.5, 1))  # noqa: S311 - not a secret
        self._seconds = min(2 * self._seconds, _LONGEST_PAUSE_SECONDS)


def _number(name: str) -> int:
    """Return the number by which PostgreSQL knows a lock."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)
