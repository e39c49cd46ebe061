"""B6: the start. CPU and memory of `assessor serve` until it can serve, with the embedded default."""

import compileall
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median
from typing import Final

from tests.bench import servers
from tests.bench.environments import PeerUnavailable
from tests.bench.process import ROOT
from tests.bench.report import Report, at_most
from tests.bench.servers import Server

TIMES: Final = 5
FIRST: Final = "**ours**, first start (makes its keys and database)"
LATER: Final = "**ours**"
HEAVY: Final = frozenset({"litellm", "langgraph", "langchain_core", "numpy", "alembic"})
"""Libraries that are loaded when they are first needed."""


def measure(folder: Path, *, smoke: bool) -> Report:
    """Start each server several times; the median counts, for the first start the only one."""
    compileall.compile_dir(ROOT / "assessor", quiet=1)
    rows: list[list[str | float]] = []
    notes = [
        (
            f"Median of {TIMES} starts; bytecode is compiled. CPU seconds and resident memory when the first "
            "request for readiness was answered, which for ours asks the database and the question library."
        ),
        (
            "What importing takes, in this order: FastAPI with pydantic 33 MB, SQLAlchemy with SQLModel 18, "
            "psycopg 9, the job engine 10, cryptography with JOSE 9, the service's own modules 22 (schemas "
            "of items, events and routes, mostly). None of it can wait until after the start: readiness, "
            "as measured, asks the database, and a sweep starts what was left undone."
        ),
    ]
    with servers.upstream(folder) as provider:
        first = _started(servers.ours(folder, None))
        later = [_started(servers.ours(folder, None)) for _ in range(1 if smoke else TIMES)]
        rows += [[FIRST, *first], [LATER, *(mine := _middle(later))]]
        for name, peer in (
            () if smoke else ((servers.STAND_IN, servers.stand_in), (servers.CHAINLIT, servers.chainlit))
        ):
            try:
                rows.append([name, *_middle([_started(peer(folder, provider)) for _ in range(TIMES)])])
            except PeerUnavailable as reason:
                notes.append(f"{name} was left out: {reason}")
    targets = [at_most("CPU seconds until ready", mine[0], 2.0), at_most("MB when ready", mine[1], 120)]
    return Report(
        "start",
        "B6: the start, without a model",
        ("server", "CPU s until ready", "MB", "CPU to ours", "MB to ours"),
        [[*row, float(row[1]) / mine[0], float(row[2]) / mine[1]] for row in rows],
        targets,
        notes,
    )


def loaded_early(folder: Path) -> frozenset[str]:
    """Return which of `HEAVY` a start imports that is not the first one."""
    with servers.ours(folder, None):
        pass
    with servers.ours(folder, None, PYTHONPROFILEIMPORTTIME="1") as server:
        log = (server.folder / "process.log").read_text()
    return HEAVY & {line.rpartition("|")[2].strip() for line in log.splitlines() if "|" in line}


def _started(server: AbstractContextManager[Server]) -> tuple[float, float]:
    with server as running:
        return running.process.ready_cpu_seconds, running.process.ready_memory_mb


def _middle(starts: list[tuple[float, float]]) -> tuple[float, float]:
    return median(cpu for cpu, _ in starts), median(memory for _, memory in starts)
