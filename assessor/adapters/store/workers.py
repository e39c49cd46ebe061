"""The roster of worker processes: who runs, and how often each has shown that it lives."""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from assessor.adapters.store.part import StorePart, unique_or
from assessor.adapters.store.tables import WORKER
from assessor.domain.errors import Conflict
from assessor.ports import Worker

_ROSTER_LOCK: Final = 0x6173736573736F72  # "assessor"; any number that no one else locks


class SqlWorkers(StorePart):
    """Fulfils `Workers`."""

    async def workers(self) -> tuple[Worker, ...]:
        """Return everyone on the roster, by id."""
        return await self._database.read(_everyone)

    async def beat(self, worker: Worker) -> None:
        """Add one to the worker's count; put it on the roster when it is not there.

        Raises Conflict when another process has this executor id.
        """

        def beat(connection: Connection) -> None:
            counted = connection.execute(
                update(WORKER).where(_row_of(worker)).values(beats=WORKER.c.beats + 1)
            )
            if counted.rowcount == 0:
                _lock(connection)
                with unique_or(_taken(worker)):
                    connection.execute(insert(WORKER).values(**vars(worker)))

        await self._database.write(beat)

    async def dismiss(self, worker: Worker) -> None:
        """Take a process off the roster, unless another has its place already."""
        await self._execute(delete(WORKER).where(_row_of(worker)))

    async def with_roster(self, work: Callable[[Sequence[Worker]], None]) -> None:
        """Run `work` on a thread, with the roster as it is then. Meanwhile nobody joins or does the same."""

        def alone(connection: Connection) -> None:
            _lock(connection)
            work(_everyone(connection))

        await self._database.write(alone)


def _lock(connection: Connection) -> None:
    """Let one transaction at a time pass. On SQLite the lock of every writer does that already."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_ROSTER_LOCK)))


def _everyone(connection: Connection) -> tuple[Worker, ...]:
    rows = connection.execute(select(WORKER).order_by(WORKER.c.executor_id))
    return tuple(Worker(*row) for row in rows)


def _row_of(worker: Worker) -> ColumnElement[bool]:
    return (WORKER.c.executor_id == worker.executor_id) & (WORKER.c.incarnation == worker.incarnation)


def _taken(worker: Worker) -> Conflict:
    return Conflict(
        f"Another process works as {worker.executor_id}",
        "Give each worker an ASSESSOR_EXECUTOR_ID of its own, or stop the other one.",
    )
