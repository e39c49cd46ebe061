"""A whole run: a service, the crowd that it serves, how it is ended, and what came of it."""

import asyncio
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assessor.adapters.content import shipped_content
from assessor.bootstrap import stored
from assessor.crash_points import CrashPoint
from assessor.settings import Settings
from tests.postgres import running_server
from tests.receiver import receiving
from tests.torture.counting import Damage, all_promised, count_damage
from tests.torture.crowd import TENANT, Crowd, add_endpoint, add_platform
from tests.torture.database import Database
from tests.torture.hearing import Hearing, Notification
from tests.torture.killing import Killing
from tests.torture.service import Fleet

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


@dataclass(frozen=True)
class Result:
    """What a run came to."""

    kills: int
    places: Mapping[str, int]
    finished: int
    notifications: int
    attempts: int
    damage: Damage

    @property
    def at_points(self) -> int:
        """How many processes ended at named points."""
        return sum(times for place, times in self.places.items() if place in list(CrashPoint))

    def __str__(self) -> str:
        places = ", ".join(f"{place} {times}" for place, times in sorted(self.places.items()))
        return (
            f"{places}\n"
            f"kills {self.kills}: {self.damage} ({self.at_points} processes at named points, "
            f"{self.finished} assessments finished, "
            f"{self.notifications} webhooks in {self.attempts} attempts)"
        )


async def torture_one_process(folder: Path, *, kills: int, people: int, seed: int, tell: Tell) -> Result:
    """Torture web and worker in one process on SQLite."""
    fleet = Fleet(folder, ONE_PROCESS, _settings(folder))
    return await _run(fleet, Killing(fleet, random.Random(seed), kills), people, tell)


async def torture_several(folder: Path, *, kills: int, people: int, seed: int, tell: Tell) -> Result:
    """Torture two web and two worker processes, and the PostgreSQL that they share."""
    with running_server() as server:
        settings = {**_settings(folder), "database_url": server.get_uri(), "adopt_after_seconds": 2}
        fleet = Fleet(folder, SEVERAL, settings)
        killing = Killing(fleet, random.Random(seed), kills, Database(server))
        return await _run(fleet, killing, people, tell)


def _settings(folder: Path) -> dict[str, object]:
    return {
        "data_dir": str(folder),
        "log_level": "ERROR",
        "webhook_allow_loopback": True,
        "webhook_retry_seconds": "1,1,1,1,1,1,1,1,1,1",
    }


async def _run(fleet: Fleet, killing: Killing, people: int, tell: Tell) -> Result:
    """End processes under the load of candidates, let everybody finish, and count the damage."""
    settings = Settings(**fleet.settings)
    key = await add_platform(settings)
    library = await shipped_content().library()
    crowd = Crowd(fleet.urls, key, library)
    async with receiving() as receiver, stored(settings) as store:
        with _opened(fleet):
            killing.start()
            hearing = Hearing(receiver, await add_endpoint(fleet.urls[0], key, receiver.url))
            load = [asyncio.create_task(crowd.keep_coming()) for _ in range(people)]
            await _kill_all(killing, hearing, tell)
            crowd.is_closing = True
            await _watch(killing, hearing, asyncio.gather(*load))
            promised = await all_promised(store, TENANT)
            await _watch(killing, hearing, asyncio.create_task(_heard(hearing, promised)))
        damage = await count_damage(store, TENANT, crowd.acknowledged, hearing)
    damage.stuck = crowd.stuck
    told = len(hearing.notifications)
    return Result(killing.kills, killing.places, crowd.finished, told, hearing.attempts, damage)


async def _kill_all(killing: Killing, hearing: Hearing, tell: Tell) -> None:
    told = 0
    while killing.kills < killing.wanted:
        await killing.kill_once()
        hearing.take_in()
        if killing.kills // REPORT_EVERY > told:
            told = killing.kills // REPORT_EVERY
            tell(f"{killing.kills} of {killing.wanted} kills ...")


async def _watch(killing: Killing, hearing: Hearing, work: "asyncio.Future[Any]") -> None:
    """Keep the service going until some work is done."""
    while not work.done():
        await killing.look_after()
        hearing.take_in()
        await asyncio.wait({work}, timeout=WATCH_SECONDS)
    await work


async def _heard(hearing: Hearing, promised: frozenset[Notification]) -> None:
    """Wait until all was heard, or until it is too late."""
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
