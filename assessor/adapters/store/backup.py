"""Copies of a database, made while it is in use, and put back elsewhere.

SQLite copies itself. PostgreSQL is copied by its own programs, `pg_dump` and `pg_restore`, which the machine
has to have in the server's version or a newer one.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import func, make_url, select

from assessor.adapters.store.engine import create_engine, database_file
from assessor.adapters.store.limits import UNHURRIED
from assessor.adapters.store.schema import is_migrated
from assessor.adapters.store.tables import EVENT
from assessor.domain.errors import Conflict

SUFFIXES: Final = {"sqlite": ".db", "postgresql": ".dump"}
_PIECE_BYTES: Final = 1 << 20
_INSTALL: Final = (
    "Install PostgreSQL's client programs in the server's version, or run them where they are: "
    "pg_dump --format=custom --file=FILE DATABASE, and pg_restore --no-owner --dbname=DATABASE FILE."
)


@dataclass(frozen=True)
class Extent:
    """How far the logs of a database go; `later` counts the events after a moment that was asked for."""

    newest: datetime | None
    later: int


def suffix_of(address: str) -> str:
    """Return how the name of a copy ends."""
    return SUFFIXES[make_url(address).get_backend_name()]


def copy_out(address: str, target: Path, environment: Mapping[str, str]) -> None:
    """Copy a database into a new file that nobody else can read. Raises Conflict."""
    part = target.with_name(f"{target.name}.part")
    os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    try:
        if target.suffix == SUFFIXES["sqlite"]:
            _copy_file(database_file(address), part)
        else:
            _run("pg_dump", ["--format=custom", f"--file={part}"], address, environment)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def put_back(copy: Path, address: str, environment: Mapping[str, str]) -> None:
    """Restore a copy into a database that is empty, or a file that is not there. Raises Conflict."""
    if copy.suffix == SUFFIXES["sqlite"]:
        shutil.copyfile(copy, database_file(address))
        _require_sound(database_file(address))
        return
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            if is_migrated(connection):
                raise Conflict("The database to restore into is not empty", "Name an empty one.")
    finally:
        engine.dispose()
    _run("pg_restore", ["--no-owner", "--exit-on-error", str(copy)], address, environment)


def rows_of(copy: Path, environment: Mapping[str, str]) -> Iterator[bytes]:
    """Yield what a copy of a PostgreSQL database holds, as SQL. Raises Conflict."""
    command = [_program("pg_restore", environment), "--file=-", str(copy)]
    with subprocess.Popen(  # noqa: S603 - a program of the machine, with a file of the operator's
        command, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as running:
        assert running.stdout is not None  # noqa: S101 - for the types: it is a pipe
        while piece := running.stdout.read(_PIECE_BYTES):
            yield piece
    if running.returncode:
        raise Conflict(f"{copy} cannot be read by pg_restore", _INSTALL)


def extent_of(address: str, after: datetime | None = None) -> Extent:
    """Return how far the logs of a database go. Raises SQLAlchemyError."""
    engine = create_engine(address, limits=UNHURRIED)
    try:
        with engine.connect() as connection:
            newest = connection.execute(select(func.max(EVENT.c.at))).scalar()
            count = select(func.count()).select_from(EVENT)
            since = count if after is None else count.where(EVENT.c.at > after)
            return Extent(newest, connection.execute(since).scalar_one())
    finally:
        engine.dispose()


def _copy_file(source: Path, target: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy)
    except sqlite3.Error as fault:
        raise Conflict(f"{source} cannot be copied ({fault})", "See ASSESSOR_DATABASE_URL.") from None


def _require_sound(file: Path) -> None:
    try:
        with closing(sqlite3.connect(file)) as database:
            (found,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as fault:
        found = str(fault)
    if found != "ok":
        raise Conflict(f"The backup is damaged ({found})", "Use another one.")


def _run(program: str, options: list[str], address: str, environment: Mapping[str, str]) -> None:
    """Run one of the server's programs. The password travels in its environment, which others cannot see."""
    found = _program(program, environment)
    url = make_url(address).set(drivername="postgresql")
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    plain = url._replace(password=None).render_as_string(hide_password=False)
    done = subprocess.run(  # noqa: S603 - a program of the machine, with an address of the operator's
        [found, *options, f"--dbname={plain}"],
        env={**environment, **secret},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise Conflict(f"{program} failed: {said}", _INSTALL)


def _program(name: str, environment: Mapping[str, str]) -> str:
    found = shutil.which(name, path=environment.get("PATH"))
    if found is None:
        raise Conflict(f"{name} is not on this machine", _INSTALL)
    return found
