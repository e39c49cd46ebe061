"""A whole soak: a service, the crowd that it serves, and what is read of it meanwhile."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any, ClassVar, Final

from assessor.adapters.content import shipped_content
from assessor.bootstrap import stored
from assessor.bootstrap.examining import OF_THE_STREAM
from assessor.services.states import KEPT_SECONDS
from assessor.settings import Settings
from assessor.web.serving import free_port
from tests.bench.postgresql import postgres
from tests.bench.process import ROOT, Measured, module
from tests.receiver import receiving
from tests.soak.judging import Course, judged
from tests.soak.pacing import Stopwatch, TimedPerson
from tests.soak.probing import Window, connections, memory_mb, open_files
from tests.soak.yardstick import yardstick_ms
from tests.torture.counting import Damage, all_promised, count_damage
from tests.torture.crowd import TENANT, Crowd, add_endpoint, add_platform
from tests.torture.hearing import Hearing
from tests.torture.people import Patience
from tests.torture.running import heard_all

HOST: Final = "127.0.0.1"
WARM_UP_MINUTES: Final = 2 * KEPT_SECONDS / 60 + 2
"""For as long as a state is kept that nobody asks for, states only become more. For as long again, new ones
come to lie where old ones were let go, and the allocator takes more where they do not fit. The rest is for
those who came first to be done."""
CONNECTIONS: Final = 8
"""Of each process, for our own work, and as many for jobs."""
LOOK_SECONDS: Final = 1.0

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Pace:
    """How long, in windows of which length, and how many come how fast."""

    minutes: float
    """After the warm-up."""
    window_seconds: float = 30
    people: int = 8
    pause_seconds: float = 0.5
    warm_up_minutes: float = WARM_UP_MINUTES
    LEAST_WINDOWS: ClassVar[int] = 8

    @property
    def windows(self) -> int:
        """How many are looked at."""
        return round(self.minutes * 60 / self.window_seconds)

    @property
    def warm_up(self) -> int:
        """How many come before them."""
        return round(self.warm_up_minutes * 60 / self.window_seconds)


@dataclass(frozen=True)
class Soaked:
    """What a soak came to."""

    pace: Pace
    windows: Sequence[Window]
    courses: Sequence[Course]
    finished: int
    connections_allowed: int
    """Of all processes, by their settings."""
    damage: Damage = field(default_factory=Damage)

    @property
    def connections(self) -> int:
        """How many there were at most.

        A pool opens one whenever more is asked at once than ever before, and keeps it. That ends where the
        settings say; the speed until then says nothing.
        """
        return max(one.connections for one in self.windows)

    @property
    def is_sound(self) -> bool:
        """Whether nothing grew, nothing was lost, and no more connections were open than may be."""
        bounded = self.connections <= self.connections_allowed
        return bounded and self.damage.is_none and not any(one.grows for one in self.courses)


@dataclass(frozen=True)
class _Service:
    settings: Settings
    processes: Mapping[str, Measured]
    urls: Sequence[str]

    @property
    def cpu_seconds(self) -> float:
        return sum(one.cpu_seconds for one in self.processes.values())


async def soak(folder: Path, pace: Pace, tell: Tell) -> Soaked:
    """Run a service and a crowd for so long. Raises NoPostgres."""
    with postgres() as server, _serving(folder, server.databases.owned()) as service:
        key = await add_platform(service.settings)
        stopwatch = Stopwatch(pace.pause_seconds)
        crowd = Crowd(
            service.urls,
            key,
            await shipped_content().library(),
            patience=Patience(calm_since=None),
            person=partial(TimedPerson, stopwatch=stopwatch),
        )
        async with receiving() as receiver, stored(service.settings) as store:
            hearing = Hearing(receiver, await add_endpoint(service.urls[0], key, receiver.url))
            load = [asyncio.create_task(crowd.keep_coming()) for _ in range(pace.people)]
            windows = [one async for one in _windows(service, crowd, stopwatch, hearing, pace, tell)]
            crowd.patience.calm_since = asyncio.get_running_loop().time()
            await asyncio.gather(*load)
            await _take_in(hearing, heard_all(hearing, await all_promised(store, TENANT)))
            damage = await count_damage(store, TENANT, crowd.acknowledged, hearing)
    damage.stuck = len(crowd.gave_up)
    allowed = len(service.processes) * (2 * CONNECTIONS + OF_THE_STREAM)
    return Soaked(pace, windows, judged(windows[pace.warm_up :]), crowd.finished, allowed, damage)


async def _take_in(hearing: Hearing, work: Coroutine[Any, Any, None]) -> None:
    """Take in what is heard until some work is done."""
    waiting = asyncio.create_task(work)
    while not (await asyncio.wait({waiting}, timeout=LOOK_SECONDS))[0]:
        hearing.take_in()
    waiting.result()


async def _windows(
    service: _Service, crowd: Crowd, stopwatch: Stopwatch, hearing: Hearing, pace: Pace, tell: Tell
) -> AsyncIterator[Window]:
    while not stopwatch.taken():  # noqa: ASYNC110 - the first one to be served tells no event
        await asyncio.sleep(LOOK_SECONDS)
    began = time.monotonic()
    for number in range(1, pace.warm_up + pace.windows + 1):
        cpu, lives, yardsticks = service.cpu_seconds, crowd.finished, []
        stopwatch.taken()
        while (left := began + number * pace.window_seconds - time.monotonic()) > 0:
            await asyncio.sleep(min(left, LOOK_SECONDS))
            hearing.take_in()  # a signature is good for minutes
            yardsticks.append(yardstick_ms())
        taken = stopwatch.taken()
        if not taken:
            raise RuntimeError("nobody was served for a whole window; see the logs of the processes")
        window = Window(
            minute=(time.monotonic() - began) / 60,
            lives=crowd.finished - lives,
            requests=len(taken),
            p50_ms=taken[len(taken) // 2] * 1000,
            p95_ms=taken[len(taken) * 95 // 100] * 1000,
            cpu_ms=(service.cpu_seconds - cpu) / len(taken) * 1000,
            connections=await asyncio.to_thread(connections, service.settings.database_url),
            yardstick_ms=mean(yardsticks),
            load=os.getloadavg()[0],
            memory_mb={name: memory_mb(one) for name, one in service.processes.items()},
            files={name: open_files(one) for name, one in service.processes.items()},
        )
        tell(
            f"minute {window.minute:.1f}: {window.requests} requests, p95 {window.p95_ms:.0f} ms, "
            f"yardstick {window.yardstick_ms:.1f} ms, {sum(window.memory_mb.values()):.0f} MB"
        )
        yield window


@contextmanager
def _serving(folder: Path, address: str) -> Iterator[_Service]:
    """Run two web and two worker processes as an installation does, each started by the command."""
    ports = {name: free_port(HOST) for name in ("web-1", "web-2", "worker-1", "worker-2")}
    urls = [f"http://{HOST}:{ports[name]}" for name in ("web-1", "web-2")]
    shared = {
        "ASSESSOR_DATA_DIR": str(folder / "data"),
        "ASSESSOR_DATABASE_URL": address,
        "ASSESSOR_DATABASE_CONNECTIONS": str(CONNECTIONS),
        "ASSESSOR_JOBS_DATABASE_CONNECTIONS": str(CONNECTIONS),
        "ASSESSOR_PUBLIC_URL": urls[0],
        "ASSESSOR_LOG_LEVEL": "WARNING",
        "ASSESSOR_WEBHOOK_ALLOW_LOOPBACK": "true",
        "ASSESSOR_API_REQUESTS_PER_MINUTE": "1000000000",
        "ASSESSOR_API_BURST": "1000000000",
        "PYTHONPATH": str(ROOT),
    }
    with ExitStack() as stack:
        processes = {
            name: stack.enter_context(_process(name, port, folder, shared)) for name, port in ports.items()
        }
        settings = Settings(
            data_dir=folder / "data", database_url=address, public_url=urls[0], log_level="WARNING"
        )
        yield _Service(settings, processes, urls)


def _process(name: str, port: int, folder: Path, shared: Mapping[str, str]) -> Measured:
    serves = name.startswith("web")
    command = module("assessor", "serve", "--no-worker") if serves else module("assessor", "worker")
    own, ready = ("ASSESSOR_PORT", "readyz") if serves else ("ASSESSOR_METRICS_PORT", "metrics")
    environment = {**shared, own: str(port), "ASSESSOR_EXECUTOR_ID": name}
    return Measured(command, folder / name, f"http://{HOST}:{port}/{ready}", environment)
