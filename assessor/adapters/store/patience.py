"""Connections to a server that do not wait for ever: what never answers is given up.

The server ends a statement that takes too long, and the system notices a network that is gone. Neither helps
where something between takes what is sent and passes nothing on, or the server's processes are stopped: then
TCP finds everything in order.
"""

import os
import socket
from functools import partial
from typing import Any, Final

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event

NAMED: Final = "assessor %@%"
"""The names of processes, as a pattern of SQL."""
_LONGEST_NAME: Final = 63


class PatientConnection(psycopg.Connection[Any]):
    """Waits for an answer for so long, and closes itself then: what the server did is not known any more."""

    answer_seconds: float | None = None

    def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait as psycopg does. Raises OperationalError."""
        try:
            return super().wait(gen, interval, self.answer_seconds if timeout is None else timeout)
        except psycopg.OperationalError:
            # Who listens asks for nothing, and may wait.
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise


class PatientAsyncConnection(psycopg.AsyncConnection[Any]):
    """The same in an event loop."""

    answer_seconds: float | None = None

    async def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:  # noqa: ASYNC109 - psycopg's own
        """Wait as psycopg does. Raises OperationalError."""
        try:
            return await super().wait(gen, interval, self.answer_seconds if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise


def be_patient(engine: Engine, answer_seconds: float) -> None:
    """Have an engine's connections wait for an answer for no longer."""
    event.listen(engine, "do_connect", partial(_connect, answer_seconds))


def process_name() -> str:
    """Return what the server calls connections of this process."""
    return f"assessor {os.getpid()}@{socket.gethostname()}"[:_LONGEST_NAME]


def _connect(
    answer_seconds: float, _dialect: object, _record: object, arguments: Any, options: Any
) -> PatientConnection:
    options.setdefault("application_name", process_name())
    connection = PatientConnection.connect(*arguments, **options)
    connection.answer_seconds = answer_seconds
    return connection
