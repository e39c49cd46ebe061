"""What the databases still hold: giving up what was deleted in them, and reading all of it."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, text

from assessor.adapters.store.engine import create_engine

_OTHERS_SECONDS: Final = 10.0
"""How long a reader may hold up the end of SQLite's write-ahead log."""
_PAUSE_SECONDS: Final = 0.1

_TABLES: Final = text(
    "SELECT schemaname, tablename FROM pg_tables "
    "WHERE schemaname NOT IN ('pg_catalog', 'information_schema') "
    "AND has_table_privilege(quote_ident(schemaname) || '.' || quote_ident(tablename), 'SELECT') "
    "ORDER BY schemaname, tablename"
)


def compact(address: str) -> None:
    """Let a database give up what was deleted in it: no free page, no log and no dead row keeps it."""
    engine = create_engine(address)
    try:
        if engine.dialect.name == "sqlite":
            _rewrite_file(engine)
        else:
            _vacuum(engine)
    finally:
        engine.dispose()


def _rewrite_file(engine: Engine) -> None:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        until = time.monotonic() + _OTHERS_SECONDS
        # The first column tells whether somebody was in the way.
        while cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] and time.monotonic() < until:
            time.sleep(_PAUSE_SECONDS)
        cursor.close()
    finally:
        connection.close()


def _vacuum(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for schema, table in connection.execute(_TABLES).all():
            connection.execute(text(f"VACUUM {_quoted(engine, schema, table)}"))


def files_of(address: str) -> tuple[Path, ...]:
    """Return the files of an embedded database, its logs among them; none for a server's."""
    engine = create_engine(address)
    database = engine.url.database
    engine.dispose()
    if engine.dialect.name != "sqlite" or not database:
        return ()
    file = Path(database)
    return tuple(sorted(file.parent.glob(f"{file.name}*")))


def tables_of(address: str) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield every table of a server's database with all that is in it, in the bytes that it is kept in.

    Nothing for an embedded one: its files are all of it.
    """
    engine = create_engine(address)
    try:
        if engine.dialect.name != "sqlite":
            with engine.connect() as connection:
                named = connection.execute(_TABLES).all()
            for schema, table in named:
                yield f"table {schema}.{table}", _rows(engine, schema, table)
    finally:
        engine.dispose()


def _rows(engine: Engine, schema: str, table: str) -> Iterator[bytes]:
    """Yield a table in the binary form of COPY, in which text and bytes stand as they are."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        with cursor.copy(f"COPY {_quoted(engine, schema, table)} TO STDOUT (FORMAT binary)") as copied:
            yield from map(bytes, copied)
    finally:
        connection.close()


def _quoted(engine: Engine, schema: str, table: str) -> str:
    quote = engine.dialect.identifier_preparer.quote_identifier
    return f"{quote(schema)}.{quote(table)}"


def has_key(copy: Path, candidate_id: str) -> bool:
    """Whether a copy of an embedded database has a candidate's data key. Raises sqlite3.Error."""
    query = "SELECT 1 FROM candidate WHERE id = ? AND wrapped_key IS NOT NULL"
    # As it lies there: a lock, a log or a journal beside it would change the folder that is looked at.
    with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        named = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'candidate'").fetchone()
        return bool(named) and database.execute(query, [candidate_id]).fetchone() is not None
