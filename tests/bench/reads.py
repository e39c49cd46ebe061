"""B4: reads. A verdict by our API, beside a bare route that reads the same row with the raw driver."""

import asyncio
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

from assessor.bootstrap import running
from assessor.domain.assessment import Status
from assessor.simulation.demonstration import KEY_FILE, TENANT, prepare
from assessor.web.serving import free_port
from tests.bench import servers
from tests.bench.process import ROOT, Measured, module
from tests.bench.report import Report, Target, at_least
from tests.bench.servers import HOST
from tests.postgres import NO_WHEEL, WHEEL, Databases, running_server

CONNECTIONS: Final = 8
WARM: Final = 200
ROUNDS: Final = 3
"""The two servers take turns, so that a neighbour's load falls on both."""


@dataclass
class Reads:
    """What one way of reading came to."""

    requests: int = 0
    cpu: float = 0
    bytes: int = 0

    @property
    def per_cpu_second(self) -> float:
        return self.requests / self.cpu


def measure(folder: Path, *, smoke: bool) -> Report:
    """Measure on SQLite, and on PostgreSQL where the test server can be had."""
    count = 100 if smoke else 2000
    rows: list[list[str | float]] = []
    targets: list[Target] = []
    notes = [
        (
            "`GET /v1/assessments/{id}/verdict` and `GET /v1/verdicts/{id}` with a key, over "
            f"{CONNECTIONS} connections. The bare route asks for no key, checks no scope and sets no header; "
            "it reads the same row."
        ),
        (
            "Ours reads key, scope, tenant and verdict by one query at each request and keeps none of them: "
            "on SQLite within the event loop, on PostgreSQL on a thread, a trip that the bare route's one "
            "asynchronous connection does not make."
        ),
        "CPU of the database server is in neither.",
    ]
    for kind, address in _databases(folder, notes, smoke=smoke):
        found = _compare(folder / kind, address, count)
        bare = found["bare route, raw driver"]
        for name, reads in found.items():
            share = reads.per_cpu_second / bare.per_cpu_second
            rows.append([kind, name, reads.requests, reads.bytes, reads.per_cpu_second, f"{share:.0%}"])
            if name in TARGETS and not smoke:
                targets.append(
                    at_least(f"{kind}: {TARGETS[name]}, requests per CPU second to bare", share, 0.6)
                )
    columns = ("database", "route", "requests", "bytes", "requests per CPU second", "to bare")
    return Report("reads", "B4: reading a verdict", columns, rows, targets, notes)


OURS: Final = "**ours**"
BY_ID: Final = "**ours**, by the verdict's id"
NOT_CHANGED: Final = "**ours**, 304 by ETag"
TARGETS: Final = {OURS: "by assessment", BY_ID: "by id"}


def _compare(folder: Path, address: str, count: int) -> dict[str, Reads]:
    assessment_id, key = asyncio.run(decided(folder, address))
    path = f"/v1/assessments/{assessment_id}/verdict"
    found = {"bare route, raw driver": Reads(), OURS: Reads(), BY_ID: Reads(), NOT_CHANGED: Reads()}
    with (
        _bare(folder, address) as (bare, origin),
        servers.ours(folder, None, ASSESSOR_DATABASE_URL=address, ASSESSOR_DATA_DIR=str(folder)) as mine,
    ):
        ours = str(mine.process.ready).removesuffix("/readyz")
        authorized = {"Authorization": f"Bearer {key}"}
        answer = httpx.get(f"{ours}{path}", headers=authorized).raise_for_status()
        known = authorized | {"If-None-Match": answer.headers["etag"]}
        by_id = f"{ours}/v1/verdicts/{answer.json()['document']['id']}"
        ways: tuple[tuple[str, Measured, str, dict[str, str]], ...] = (
            ("bare route, raw driver", bare, f"{origin}{path}", {}),
            (OURS, mine.process, f"{ours}{path}", authorized),
            (BY_ID, mine.process, by_id, authorized),
            (NOT_CHANGED, mine.process, f"{ours}{path}", known),
        )
        for _ in range(ROUNDS):
            for name, process, url, headers in ways:
                _read(found[name], process, url, headers, count)
    return found


def _read(reads: Reads, process: Measured, url: str, headers: dict[str, str], count: int) -> None:
    asyncio.run(load(url, headers, WARM))
    before = process.cpu_seconds
    reads.bytes = asyncio.run(load(url, headers, count))
    reads.cpu += process.cpu_seconds - before
    reads.requests += count


async def load(url: str, headers: dict[str, str], count: int) -> int:
    """Ask so many times over a few connections; return the bytes of one answer's body.

    Bare streams: a client library would take more of the machine than what is measured.
    """
    parts = urlsplit(url)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{lines}\r\n".encode()

    async def one(times: int) -> int:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        size = 0
        for _ in range(times):
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            if not head.startswith((b"http/1.1 200", b"http/1.1 304")):
                raise RuntimeError(head.decode())
            size = int(head.partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
            await reader.readexactly(size)
        writer.close()
        return size

    return (await asyncio.gather(*(one(count // CONNECTIONS) for _ in range(CONNECTIONS))))[0]


async def decided(folder: Path, address: str) -> tuple[str, str]:
    """Play the demonstration's cases into a database; return one that has a verdict, and a key."""
    from assessor.adapters.store import migrate
    from assessor.settings import Settings

    settings = Settings(
        data_dir=folder, database_url=address, demonstration=True, log_level="ERROR", executor_id="bench"
    )
    await asyncio.to_thread(migrate, address)
    async with running(settings) as services:
        await prepare(services, lambda _: None)
        rows = await services.ordering.recent(TENANT)
        decided = next(row.id for row in rows if row.status is Status.DECIDED)
    return decided, (folder / KEY_FILE).read_text("ascii").strip()


@contextmanager
def _bare(folder: Path, address: str) -> Iterator[tuple[Measured, str]]:
    origin = f"http://{HOST}:{(port := free_port(HOST))}"
    command = module("tests.bench.bare_reads", address, str(port))
    with Measured(command, folder / "bare", f"{origin}/readyz", {"PYTHONPATH": str(ROOT)}) as process:
        yield process, origin


def _databases(folder: Path, notes: list[str], *, smoke: bool) -> Iterator[tuple[str, str]]:
    yield "SQLite", f"sqlite:///{folder / 'SQLite' / 'assessor.db'}"
    if smoke:
        return
    if importlib.util.find_spec(WHEEL) is None:
        notes.append(f"PostgreSQL was left out: {NO_WHEEL}")
        return
    with running_server() as server:
        yield "PostgreSQL", Databases(server).empty()
