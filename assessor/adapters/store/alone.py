"""A SQLite database that nobody else has open: what stopped being served, and is not served meanwhile."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import sqlalchemy
from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from assessor.adapters.store.engine import database_file
from assessor.domain.errors import Conflict

_PRAGMAS: Final = (
    "PRAGMA busy_timeout = 500",
    # Set before the first read, this takes the file for as long as the connection is open, and is refused
    # while any other process has it open: each holds a lock for as long as it is connected.
    "PRAGMA locking_mode = EXCLUSIVE",
)


@contextmanager
def opened_alone(address: str) -> Iterator[Connection]:
    """Open a database that exists, and keep every other process out of it. Nothing that is done is kept.

    Raises Conflict when there is no such file, or another process has it open.
    """
    file = database_file(address)
    if not file.is_file():
        raise Conflict(f"There is no database {file}", "Name the one of the installation, or set its folder.")
    there = f"{file.absolute().as_uri()}?mode=rw"  # never makes a file
    engine = sqlalchemy.create_engine(
        "sqlite+pysqlite://", creator=lambda: sqlite3.connect(there, uri=True), poolclass=NullPool
    )
    event.listen(engine, "connect", _take)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.connect() as connection:
            with _refused(f"{file} is in use"):
                connection.begin()
            yield connection
            connection.rollback()
    finally:
        engine.dispose()


def _take(connection: DBAPIConnection, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


@contextmanager
def _refused(problem: str) -> Iterator[None]:
    try:
        yield
    except OperationalError as fault:
        remedy = "Stop every `assessor` that serves or works on it, and run this again."
        raise Conflict(f"{problem} ({fault.orig})", remedy) from None
