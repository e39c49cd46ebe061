"""The loop that ends processes: at named points, and at any moment."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from assessor.crash_points import CrashPoint
from tests.torture.database import Database
from tests.torture.points import Deck
from tests.torture.service import POLL_SECONDS, Fleet

LIFE_SECONDS = 4.0
"""How long a process that is ready is given to come to its appointed end before it is killed from outside.

That is on a quiet machine; on a busy one everything takes longer.
"""
ADOPTING_SECONDS = 10.0
"""The same for who adopts: it has to start, and to see the other be silent for long enough."""
MOST_BUSY = 4.0
START_SECONDS = 60.0
MOMENT_SECONDS = 1.0
AT_A_POINT = 0.8
SEVERAL_AT_ONCE = 0.15
"""Of all turns of the loop, how many end two or more processes, or all of them, at one moment."""
OF_THE_DATABASE = 0.1
"""Of the ends at a point, and of all kills at any moment, how many are the database's."""


@dataclass(frozen=True, eq=False)
class End:
    """What is appointed for one life: a point, which is passed a few times before, or any moment."""

    point: CrashPoint | None = None
    passes: int = 1
    strikes: bool = False
    """It is the database that ends there."""

    @property
    def crash_at(self) -> str | None:
        """As the setting of that name says it."""
        return f"{self.point}:{self.passes}" if self.point else None


@dataclass
class Killing:
    """Ends processes until `wanted` were, and starts them again.

    Each life has its end appointed when it begins, until so many are; the lives after that have none.
    """

    fleet: Fleet
    chance: random.Random
    wanted: int
    database: Database | None = None
    count: int = 0
    """Of processes and databases that were killed."""
    places: Counter[str] = field(default_factory=Counter)
    _appointed: int = 0
    _ends: dict[str, End | None] = field(default_factory=dict)
    _may_have_struck: tuple[End, float] | None = None
    """Of a life that was killed from outside, perhaps just after it ended the database; and when that was."""
    _deck: Deck = field(init=False)

    def __post_init__(self) -> None:
        """Shuffle the points."""
        self._deck = Deck(self.chance)

    def start(self) -> None:
        """Begin the first lives; nothing is appointed for them yet."""
        for name in self.fleet.roles:
            self._ends[name] = None
            self.fleet.start(name)

    async def once(self) -> None:
        """Bring one life to its end, and keep the others going meanwhile."""
        await self.look_after()
        if self.database and self._appointed < self.wanted and self.chance.random() < OF_THE_DATABASE:
            self._appointed += 1
            self.database.kill()
            await self._database_ended("database at any moment", self.database)
            return
        waiting = [name for name, end in self._ends.items() if end]
        if not waiting:
            return
        if len(waiting) > 1 and self.chance.random() < SEVERAL_AT_ONCE:
            await self._kill_at_once(self.chance.sample(waiting, self.chance.randint(2, len(waiting))))
            return
        name = self.chance.choice(waiting)
        end = self._ends[name]
        if end and end.point and await self._came_to(name, end):
            return
        if end and not end.point:
            await asyncio.sleep(self.chance.uniform(0, MOMENT_SECONDS))
        if self._ends[name] is end:
            await self.fleet.kill(name)
            self._ended(name, f"{name} at any moment")

    async def _kill_at_once(self, names: Collection[str]) -> None:
        await self.fleet.kill(*names)
        for name in names:
            self._ended(name, f"{name} with others")

    async def look_after(self, left: Collection[str] = ()) -> None:
        """Start what has ended, but those that are left dead."""
        if self.database and not self.database.is_alive:
            await self._struck(self.database)
        for name in self.fleet.roles:
            if self.fleet.exit_code(name) is not None:
                end = self._ends[name]
                self._ended(name, end.point if end and end.point else f"{name} at any moment")
                if name not in left:
                    self._begin(name)
            elif self._ends[name] is None and self._appointed < self.wanted:
                self._ends[name] = End()
                self._appointed += 1

    async def _came_to(self, name: str, end: End) -> bool:
        """Wait for a life to come to its end. False when its time is over and it still lives."""
        # Whoever shall end in adopting needs somebody whose work it can adopt, and who does not come back.
        adopts = end.point is CrashPoint.IN_ADOPTION
        left = {other for other in self.fleet.roles if adopts and self.fleet.roles[other] == "worker"}
        late, over = time.monotonic() + START_SECONDS, None
        while self._ends[name] is end:
            await asyncio.sleep(POLL_SECONDS)
            await self.look_after(left - {name})
            if over is None and await self.fleet.is_ready(name):
                if end.point is CrashPoint.LISTENING and self.database:
                    await asyncio.to_thread(self.database.cut_off_listeners)
                over = time.monotonic() + (ADOPTING_SECONDS if adopts else LIFE_SECONDS) * _business()
            if time.monotonic() > (over or late):
                return False
        return True

    def _begin(self, name: str) -> None:
        end = self._appoint(self.fleet.roles[name])
        self._ends[name] = end
        strikes = self.database.data if self.database and end and end.strikes else None
        self.fleet.start(name, end.crash_at if end else None, strikes)

    def _appoint(self, role: str) -> End | None:
        if self._appointed >= self.wanted:
            return None
        self._appointed += 1
        if self.chance.random() > AT_A_POINT:
            return End()
        strikes = self.database is not None and self.chance.random() < OF_THE_DATABASE
        taken = any(end and end.strikes for end in self._ends.values())
        point = self._deck.draw(role)
        passes = 1 if point is CrashPoint.IN_ADOPTION else self.chance.choice([1, 1, 2, 3])
        return End(point, passes, strikes and not taken)

    def _ended(self, name: str, place: str) -> None:
        """Note an end once. Who was not killed has an end appointed again: that was not the one."""
        end, self._ends[name] = self._ends[name], None
        if end and end.strikes:
            self._may_have_struck = end, time.monotonic()
        if self.fleet.exit_code(name) == -signal.SIGKILL and end:
            self.count += 1
            self.places[place] += 1
        elif end:
            self._appointed -= 1
            self.places[f"{name} by itself"] += 1

    async def _struck(self, database: Database) -> None:
        """A process has come to a point at which it ended the database."""
        striking = [name for name, end in self._ends.items() if end and end.strikes]
        end = self._ends[striking[0]] if striking else None
        if end is None and self._may_have_struck:
            last, at = self._may_have_struck
            end = last if time.monotonic() - at < MOMENT_SECONDS else None
        if end is None:
            raise RuntimeError("the database ended by itself")
        self._ends.update(dict.fromkeys(striking))
        self._may_have_struck = None
        await self._database_ended(f"database at {end.point}", database)

    async def _database_ended(self, place: str, database: Database) -> None:
        self.count += 1
        self.places[place] += 1
        await asyncio.to_thread(database.start_again)


def _business() -> float:
    """How much longer than alone a process takes, by what waits for each processor; at least 1."""
    waiting = os.getloadavg()[0] / (os.cpu_count() or 1)
    return min(max(1.0, waiting), MOST_BUSY)
