"""A whole run: a service, the crowd that it serves, how it is ended, and what came of it."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from assessor.adapters.content import shipped_content
from assessor.bootstrap import stored
from assessor.crash_points import CrashPoint
from assessor.settings import Settings
from tests.faulty_wire import wired_database
from tests.postgres import running_server
from tests.receiver import receiving
from tests.torture.counting import EVERY, Damage, all_promised, count_damage
from tests.torture.crowd import TENANT, Crowd, add_endpoint, add_platform
from tests.torture.database import Database
from tests.torture.hearing import Hearing, Notification
from tests.torture.killing import Killing
from tests.torture.machines import HERE, listening, machines
from tests.torture.service import Fleet
from tests.torture.severing import CUT_OFF, FAULTS, Severing

REPORT_EVERY = 25
WATCH_SECONDS = 0.1
LAST_WEBHOOK_SECONDS = 90.0
"""Longer than a claim of an attempt that nobody recorded takes to run out."""

ONE_PROCESS: Mapping[str, str] = {"all": "all"}
SEVERAL: Mapping[str, str] = {
    "web-1": "web",
    "web-2": "web",
    "worker-1": "worker",
    "worker-2": "worker",
}

Tell = Callable[[str], None]


class Trouble(Protocol):
    """What befalls a service that is under load."""

    wanted: int
    count: int
    places: Counter[str]

    def start(self) -> None:
        """Start the service."""
        ...

    async def once(self) -> None:
        """Let it happen once."""
        ...

    async def look_after(self) -> None:
        """Start what has ended."""
        ...


@dataclass(frozen=True)
class Result:
    """What a run came to."""

    what: str
    count: int
    places: Mapping[str, int]
    finished: int
    notifications: int
    attempts: int
    damage: Damage
    longest_wait: float
    """Of anybody for anything, in seconds."""

    @property
    def at_points(self) -> int:
        """How many processes ended at named points."""
        return sum(times for place, times in self.places.items() if place in list(CrashPoint))

    def __str__(self) -> str:
        places = ", ".join(f"{place} {times}" for place, times in sorted(self.places.items()))
        return (
            f"{places}\n"
            f"{self.what} {self.count}: {self.damage} ({self.at_points} processes at named points, "
            f"{self.finished} assessments finished, "
            f"{self.notifications} webhooks in {self.attempts} attempts, "
            f"longest wait {self.longest_wait:.0f} s)"
        )


async def torture_one_process(folder: Path, *, kills: int, people: int, seed: int, tell: Tell) -> Result:
    """Torture web and worker in one process on SQLite."""
    fleet = Fleet(folder, ONE_PROCESS, _settings(folder))
    return await _run(fleet, "kills", Killing(fleet, random.Random(seed), kills), people, tell)


async def torture_several(folder: Path, *, kills: int, people: int, seed: int, tell: Tell) -> Result:
    """Torture two web and two worker processes, and the PostgreSQL that they share."""
    with running_server() as server:
        settings = _settings_of_several(folder, server.get_uri())
        fleet = Fleet(folder, SEVERAL, settings)
        killing = Killing(fleet, random.Random(seed), kills, Database(server))
        return await _run(fleet, "kills", killing, people, tell)


async def torture_network(folder: Path, *, faults: int, people: int, seed: int, tell: Tell) -> Result:
    """Kill nothing, and spoil the network between two machines and PostgreSQL: of one, or of both at once.

    Each has a web and a worker process. What one is at, the other adopts while it hears nothing of it.
    """
    with running_server() as server, ExitStack() as stack:
        settings = _settings_of_several(folder, server.get_uri()) | {"database_statement_seconds": 2}
        wires = [stack.enter_context(wired_database(server.get_uri())) for _ in range(2)]
        addresses = {name: {"database_url": wires[name.endswith("2")][1]} for name in SEVERAL}
        fleet = Fleet(folder, SEVERAL, settings, addresses)
        severing = Severing(fleet, [wire for wire, _ in wires], FAULTS, random.Random(seed), faults)
        return await _run(fleet, "faults", severing, people, tell)


async def torture_cables(folder: Path, *, partitions: int, people: int, seed: int, tell: Tell) -> Result:
    """Pull the cable of one machine, or of both, to PostgreSQL, candidates and whoever hears webhooks.

    This process is in a network of its own from then on. Raises NoMachines.
    """
    with machines(2) as two, running_server() as server:
        database_url = listening(server)
        settings = _settings_of_several(folder, server.get_uri()) | {"database_statement_seconds": 2}
        place = {name: two[name.endswith("2")] for name in SEVERAL}
        own = {name: {"database_url": database_url, "host": place[name].address} for name in SEVERAL}
        networks = {name: place[name].network for name in SEVERAL}
        fleet = Fleet(folder, SEVERAL, settings, own, networks)
        severing = Severing(fleet, two, CUT_OFF, random.Random(seed), partitions)
        return await _run(fleet, "partitions", severing, people, tell, HERE)


def _settings(folder: Path) -> dict[str, object]:
    return {
        "data_dir": str(folder),
        "log_level": "ERROR",
        "webhook_allow_loopback": True,
        "webhook_retry_seconds": "1,1,1,1,1,1,1,1,1,1",
    }


def _settings_of_several(folder: Path, database_url: str) -> dict[str, object]:
    return _settings(folder) | {"database_url": database_url, "adopt_after_seconds": 2}


async def _run(
    fleet: Fleet, what: str, trouble: Trouble, people: int, tell: Tell, heard_at: str = "127.0.0.1"
) -> Result:
    """Make trouble under the load of candidates, let everybody finish, and count the damage."""
    settings = Settings(**fleet.settings)
    key = await add_platform(settings)
    library = await shipped_content().library()
    crowd = Crowd(fleet.urls, key, library)
    async with receiving(host=heard_at) as receiver, stored(settings) as store:
        with _opened(fleet):
            trouble.start()
            hearing = Hearing(receiver, await add_endpoint(fleet.urls[0], key, receiver.url))
            load = [asyncio.create_task(crowd.keep_coming()) for _ in range(people)]
            await _happen(what, trouble, hearing, tell)
            crowd.patience.calm_since = asyncio.get_running_loop().time()
            await _watch(trouble, hearing, asyncio.gather(*load))
            promised = await all_promised(store, TENANT)
            await _watch(trouble, hearing, asyncio.create_task(heard_all(hearing, promised)))
        for row in await store.assessments(TENANT, EVERY):
            if row.candidate_ref in crowd.gave_up:
                tell(f"{row.candidate_ref} gave up; their assessment stands at {row.status.value}")
        damage = await count_damage(store, TENANT, crowd.acknowledged, hearing)
    damage.stuck = len(crowd.gave_up)
    told = len(hearing.notifications)
    return Result(
        what,
        trouble.count,
        trouble.places,
        crowd.finished,
        told,
        hearing.attempts,
        damage,
        crowd.patience.longest,
    )


async def _happen(what: str, trouble: Trouble, hearing: Hearing, tell: Tell) -> None:
    told = 0
    while trouble.count < trouble.wanted:
        await trouble.once()
        hearing.take_in()
        if trouble.count // REPORT_EVERY > told:
            told = trouble.count // REPORT_EVERY
            tell(f"{trouble.count} of {trouble.wanted} {what} ...")


async def _watch(trouble: Trouble, hearing: Hearing, work: "asyncio.Future[Any]") -> None:
    """Keep the service going until some work is done."""
    while not work.done():
        await trouble.look_after()
        hearing.take_in()
        await asyncio.wait({work}, timeout=WATCH_SECONDS)
    await work


async def heard_all(hearing: Hearing, promised: frozenset[Notification]) -> None:
    """Wait until all was heard, or until it is too late. Somebody else takes it in."""
    loop = asyncio.get_running_loop()
    until = loop.time() + LAST_WEBHOOK_SECONDS
    while promised - hearing.notifications and loop.time() < until:  # noqa: ASYNC110 - `take_in` is asked
        await asyncio.sleep(WATCH_SECONDS)


@contextmanager
def _opened(fleet: Fleet) -> Iterator[None]:
    fleet.open()
    try:
        yield
    finally:
        fleet.close()
