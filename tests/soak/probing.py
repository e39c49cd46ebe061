"""What is read of the processes and of the database while they run (Linux)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg

from tests.bench.process import Measured

_PSS: Final = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)
_CONNECTIONS: Final = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"


@dataclass(frozen=True)
class Window:
    """What one stretch of time came to."""

    minute: float
    """At its end, since the load began."""
    lives: int
    requests: int
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    """Of all processes of the service, a request."""
    connections: int
    """To the database, of all processes."""
    yardstick_ms: float
    """What work that is always the same took, on average."""
    load: float
    """Of the machine: how many waited for a processor, on an average minute."""
    memory_mb: Mapping[str, float] = field(default_factory=dict)
    """By process. Pages that several share count in parts (PSS)."""
    files: Mapping[str, int] = field(default_factory=dict)
    """Open file descriptors by process."""


def memory_mb(process: Measured) -> float:
    """Return the proportional set size of a process."""
    found = _PSS.search(Path(f"/proc/{_pid(process)}/smaps_rollup").read_text())
    if found is None:
        raise RuntimeError("this system does not tell what memory a process has")
    return int(found[1]) / 1024


def open_files(process: Measured) -> int:
    """Return how many file descriptors a process has open."""
    return sum(1 for _ in Path(f"/proc/{_pid(process)}/fd").iterdir())


def connections(address: str) -> int:
    """Return how many connections a database has, but for the one that asks."""
    with psycopg.connect(address) as connection:
        found = connection.execute(_CONNECTIONS).fetchone()
    return int(found[0]) - 1 if found else 0


def _pid(process: Measured) -> int:
    if process.process is None or process.process.poll() is not None:
        raise RuntimeError("a process of the service has ended")
    return process.process.pid
