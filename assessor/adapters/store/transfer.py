"""Moving what an installation keeps from SQLite to PostgreSQL.

All of it is one transaction of the server: it is there as a whole, and compared row by row, or not at all.
A run that was cut off leaves nothing behind, and the next one begins anew.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

import psycopg
from sqlalchemy import JSON, Column, Connection, String, Table, Text, cast, func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel.sql.sqltypes import AutoString

from assessor.adapters.store.alone import opened_alone
from assessor.adapters.store.engine import create_engine, database_url
from assessor.adapters.store.limits import UNHURRIED
from assessor.adapters.store.schema import check_revision, has_own_schema, is_migrated, migrate
from assessor.adapters.store.tables import WORKER, Row
from assessor.domain.errors import Conflict

MOVED: Final = tuple(table for table in Row.metadata.sorted_tables if table is not WORKER)
"""In the order in which one refers to the other. Who works is of the processes, and not of the database."""

_BLOCK: Final = 1_000
_FAULTS: Final = (SQLAlchemyError, psycopg.Error)
_AGAIN: Final = "Nothing was kept, and the source is as it was: see to it, and run this again."

Progress = Callable[[int, int], None]
"""Is told how many of how many rows are done."""


@dataclass(frozen=True)
class Transfer:
    """A move under way: the source, which nobody else has open, and the target, which nobody writes to."""

    source: Connection
    target: Connection

    def copy(self, progress: Progress = lambda _done, _total: None) -> int:
        """Return how many rows were copied: none where the target holds something already."""
        if any(self.target.execute(select(table).limit(1)).first() for table in MOVED):
            return 0
        counted = _Counted(progress, self._count())
        for table in MOVED:
            self._copy(table, counted)
            self._number_on(table)
        return counted.done

    def compare(self, progress: Progress = lambda _done, _total: None) -> dict[str, int]:
        """Return how many rows each table has, in both. Raises Conflict where they are not the same."""
        counted = _Counted(progress, self._count())
        return {table.name: self._compared(table, counted) for table in MOVED}

    def _count(self) -> int:
        return sum(self.source.scalar(select(func.count()).select_from(table)) or 0 for table in MOVED)

    def _copy(self, table: Table, counted: "_Counted") -> None:
        quote = self.target.dialect.identifier_preparer.quote
        columns = ", ".join(quote(column.name) for column in table.columns)
        into = f"COPY {quote(table.name)} ({columns}) FROM STDIN"
        server: Any = self.target.connection.driver_connection  # psycopg's: SQLAlchemy knows no COPY
        with (
            _told(f"Table {table.name} cannot be written"),
            server.cursor() as cursor,
            cursor.copy(into) as copy,
        ):
            for row in counted.through(_rows(self.source, table)):
                copy.write_row(row)

    def _number_on(self, table: Table) -> None:
        """Let numbers that the database gives out go on after those that were copied."""
        column = table.autoincrement_column
        if column is None:
            return
        highest = select(func.max(column)).scalar_subquery()
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        self.target.execute(select(func.setval(sequence, func.coalesce(highest, 1), highest.is_not(None))))

    def _compared(self, table: Table, counted: "_Counted") -> int:
        number = 0
        with (
            _told(f"Table {table.name} cannot be compared"),
            closing(_rows(self.source, table)) as here,
            closing(_rows(self.target, table)) as there,
        ):
            for number, (mine, theirs) in enumerate(zip_longest(counted.through(here), there), 1):
                if mine != theirs:
                    raise _holds_something_else(table, number)
        return number


@contextmanager
def transferring(source: str, target: str) -> Iterator[Transfer]:
    """Begin a move from a SQLite file to PostgreSQL, by their addresses; at the end the target keeps it.

    Nothing is changed in the source. The target gets our tables where it has none.

    Raises Conflict for a source that is in use or of another version, and a target that holds what is not
    ours.
    """
    with opened_alone(source) as here:
        _require_own_schema(here)
        _require_readable(target)
        with _told("The target cannot be used"):
            _require_ours(target)
            migrate(target)
        engine = create_engine(target, limits=UNHURRIED)
        try:
            with engine.begin() as there:
                with _told("The target cannot be used"):
                    _keep_writers_out(there)
                _require_own_schema(there)
                yield Transfer(here, there)
        finally:
            engine.dispose()


def _require_readable(target: str) -> None:
    try:
        database_url(target)
    except (ValueError, SQLAlchemyError):  # the address has a password in it: it is not repeated
        example = "Write postgresql://USER:PASSWORD@HOST/NAME."
        raise Conflict("The target's address cannot be read", example) from None


def _require_own_schema(connection: Connection) -> None:
    """A later schema may have columns that this code does not know, and would leave behind."""
    check_revision(connection)
    if not has_own_schema(connection):
        raise Conflict("The database has a later schema than this program", "Use the version it is of.")


def _require_ours(target: str) -> None:
    engine = create_engine(target)
    try:
        with engine.connect() as connection:
            others = set() if is_migrated(connection) else set(inspect(connection).get_table_names())
    finally:
        engine.dispose()
    if others:
        raise Conflict(
            f"The target holds tables that are not ours: {', '.join(sorted(others)[:3])}",
            "Name an empty database.",
        )


def _keep_writers_out(connection: Connection) -> None:
    """Let nobody write until the end, and so one move at a time begin."""
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(table.name) for table in MOVED)
    connection.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))


def _rows(connection: Connection, table: Table) -> Generator[tuple[Any, ...], None, None]:
    """Yield rows in the order of their key, which is that of bytes for texts on both sides."""
    key = [_in_order_of_bytes(connection, column) for column in table.primary_key]
    query = select(*map(_as_stored, table.columns)).order_by(*key)
    with connection.execute(query, execution_options={"yield_per": _BLOCK}) as found:
        yield from map(tuple, found)


def _as_stored(column: Column[Any]) -> Any:
    """Return JSON in the text that was stored: reading and writing it again would not keep every byte."""
    return cast(column, Text) if isinstance(column.type, JSON) else column


def _in_order_of_bytes(connection: Connection, column: Column[Any]) -> Any:
    is_text = isinstance(column.type, String | AutoString)
    return column.collate("C") if is_text and connection.dialect.name == "postgresql" else column


class _Counted:
    """Tells how far a pass over all rows is, a block at a time."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._total = total
        self.done = 0

    def through(self, rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        for row in rows:
            yield row
            self.done += 1
            if self.done % _BLOCK == 0 or self.done == self._total:
                self._progress(self.done, self._total)


@contextmanager
def _told(problem: str) -> Iterator[None]:
    """Raise Conflict in place of a database's complaint, which may quote what people wrote."""
    try:
        yield
    except _FAULTS as fault:
        cause = getattr(fault, "orig", None) or fault
        raise Conflict(f"{problem} ({type(cause).__name__})", _AGAIN) from None


def _holds_something_else(table: Table, number: int) -> Conflict:
    return Conflict(
        f"The target holds something else than the source: table {table.name}, from row {number} on",
        "Name an empty database. What is there was left as it is.",
    )
