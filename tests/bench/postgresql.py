"""A PostgreSQL to be measured on: as it is installed, not as tests have it."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import psycopg

from tests.bench.process import cpu_seconds
from tests.postgres import NO_WHEEL, WHEEL, Databases, running_server

_AS_INSTALLED: Final = ("fsync", "full_page_writes", "autovacuum")
"""Off where only processes are killed; here a commit waits for the disk."""


class NoPostgres(RuntimeError):
    """There is none for this platform."""


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    databases: Databases
    pid: int

    @property
    def cpu_seconds(self) -> float:
        """User and system time so far, of the server with all its connections."""
        return cpu_seconds(self.pid)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Run a server whose commits wait for the disk. Raises NoPostgres."""
    if importlib.util.find_spec(WHEEL) is None:
        raise NoPostgres(NO_WHEEL)
    with running_server() as server:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for name in _AS_INSTALLED:
                connection.execute(f"ALTER SYSTEM SET {name} = on".encode())
            connection.execute("ALTER SYSTEM SET shared_buffers = '128MB'")
            connection.execute("SELECT pg_reload_conf()")
        pid = server.get_pid()
        if pid is None:
            raise NoPostgres("it has ended already")
        yield Postgres(Databases(server), pid)
