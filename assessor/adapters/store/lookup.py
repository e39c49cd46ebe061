"""Lookups: one row by its key, read by the driver itself.

Every request asks for a key, a session or a verdict first. By SQLAlchemy, in a transaction on another
thread, such a read took 0.4 ms of CPU and more; the query itself takes a twentieth of that.
"""

import sqlite3
import threading
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Dialect, Engine, Select
from sqlalchemy.sql.compiler import SQLCompiler

Process = Callable[[Any], Any]


@dataclass(frozen=True)
class Statement:
    """A query as one database takes it."""

    text: str
    names: Sequence[str]
    """Of its parameters, in their order where the driver goes by places."""
    fixed: Mapping[str, object]
    """Parameters that the query brings along."""
    binding: Mapping[str, Process]
    """What turns a parameter into what the driver takes, where it is not taken as it is."""
    by_place: bool
    reading: Sequence[tuple[int, Process]]
    """What turns a column, by its place, into what the table says it is, where the driver does not."""
    row: Callable[[Sequence[Any]], Any]

    def parameters(self, values: Mapping[str, object]) -> Any:
        """Return the values as the driver takes them. Raises KeyError for one that is missing."""
        all_values = {**self.fixed, **values}
        if self.by_place:
            return tuple([self._bound(name, all_values[name]) for name in self.names])
        return {name: self._bound(name, all_values[name]) for name in self.names}

    def _bound(self, name: str, value: object) -> object:
        process = self.binding.get(name)
        return process(value) if process else value

    def read(self, found: Sequence[Any]) -> Any:
        """Return the row with its columns by name, as a named tuple."""
        if not self.reading:
            return self.row(found)
        values = list(found)
        for place, process in self.reading:
            values[place] = process(values[place])
        return self.row(values)


class Lookup:
    """A query for at most one row, compiled once for each kind of database. No parameter is a list."""

    def __init__(self, query: Select[Any]) -> None:
        self.query: Final = query
        self._statements: dict[str, Statement] = {}

    def on(self, dialect: Dialect) -> Statement:
        """Return the statement for a kind of database."""
        if dialect.name not in self._statements:
            self._statements[dialect.name] = _compiled(self.query, dialect)
        return self._statements[dialect.name]


def _compiled(query: Select[Any], dialect: Dialect) -> Statement:
    compiled = query.compile(dialect=dialect)
    if not isinstance(compiled, SQLCompiler):  # pragma: no cover - a select always is
        raise TypeError(query)
    named = {name: parameter for parameter, name in compiled.bind_names.items()}
    names = compiled.positiontup if compiled.positiontup is not None else list(named)
    binding = {
        name: process
        for name, parameter in named.items()
        if (process := parameter.type.dialect_impl(dialect).bind_processor(dialect))
    }
    reading = [
        (place, process)
        for place, column in enumerate(query.selected_columns)
        if (process := column.type.dialect_impl(dialect).result_processor(dialect, None))
    ]
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    columns = [str(column.key) for column in query.selected_columns]
    found: Any = namedtuple("Found", columns)  # type: ignore[misc]  # noqa: PYI024 - its fields are the query's
    by_place = compiled.positiontup is not None
    return Statement(compiled.string, names, fixed, binding, by_place, reading, found._make)


class LookupConnection:
    """A connection of its own for lookups. Usable from any thread, one at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._connection: Any = None

    @property
    def is_open(self) -> bool:
        """Whether the next lookup needs no connecting, which may take long."""
        return self._connection is not None

    def open(self) -> None:
        """Connect, unless it is connected."""
        with self._lock:
            self._open()

    def first(self, text: str, parameters: Any) -> Sequence[Any] | None:
        """Return the first row as the driver gives it. After the driver's error it connects anew."""
        with self._lock:
            self._open()
            try:
                cursor = self._connection.execute(text, parameters)
                try:
                    found: Sequence[Any] | None = cursor.fetchone()
                finally:
                    cursor.close()  # an open one would hold on to its state of the database
            except Exception:
                self._close()
                raise
            return found

    def close(self) -> None:
        """Close it, if it was opened."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> None:
        if self._connection is None:
            self._connection = self._connected()

    def _connected(self) -> Any:
        # Not the pool's any more: what is set here must not come back to it.
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        if isinstance(connection, sqlite3.Connection):
            # Asked from the event loop, which must not wait: who finds it busy asks on a thread.
            connection.execute("PRAGMA busy_timeout = 0")
            connection.execute("PRAGMA query_only = ON")
        else:
            # A single statement sees one state of the database without a transaction around it.
            connection.autocommit = True
        return connection
