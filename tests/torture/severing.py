"""The loop that spoils the network: wires are late, silent, half open, reset, cut off; cables are pulled."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Generic, Protocol, TypeVar

from tests.faulty_wire import Wire
from tests.torture.machines import Machine
from tests.torture.service import Fleet

DELAY_SECONDS: Final = 0.2
CUT_OFF: Final[Mapping[str, Callable[[Machine], None]]] = {"cable pulled": Machine.pull}
FAULTS: Final[Mapping[str, Callable[[Wire], None]]] = {
    "late": partial(Wire.delay, seconds=DELAY_SECONDS),
    "silent": Wire.stall,
    "half open": Wire.half_open,
    "reset": Wire.reset,
    "cut off in an answer": Wire.drop_in_answer,
}
LONGEST_SECONDS: Final = 8.0
"""Twice what the processes wait for an answer here, so that some faults are noticed and some are not."""
BETWEEN_SECONDS: Final = 3.0


class Mendable(Protocol):
    """What faults befall."""

    def mend(self) -> None:
        """Let it work from now on."""
        ...


Link = TypeVar("Link", bound=Mendable)


@dataclass
class Severing(Generic[Link]):
    """Spoils links `wanted` times, one or all, each time for a while; each fault comes in turn."""

    fleet: Fleet
    links: Sequence[Link]
    faults: Mapping[str, Callable[[Link], None]]
    chance: random.Random
    wanted: int
    count: int = 0
    places: Counter[str] = field(default_factory=Counter)
    _deck: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Start the processes."""
        for name in self.fleet.roles:
            self.fleet.start(name)

    async def once(self) -> None:
        """Let one fault come and go."""
        await self._wait(self.chance.uniform(0, BETWEEN_SECONDS))
        if not self._deck:
            self._deck = self.chance.sample(list(self.faults), len(self.faults))
        fault = self._deck.pop()
        struck = self.chance.sample(self.links, self.chance.randint(1, len(self.links)))
        for link in struck:
            await asyncio.to_thread(self.faults[fault], link)
        await self._wait(self.chance.uniform(0, LONGEST_SECONDS))
        for link in struck:
            await asyncio.to_thread(link.mend)
        self.count += 1
        self.places[f"{fault}, {'both' if len(struck) > 1 else 'one'}"] += 1

    async def look_after(self) -> None:
        """Start what has ended, as whoever watches over processes does."""
        for name in self.fleet.roles:
            if self.fleet.exit_code(name) is not None:
                self.places[f"{name} by itself"] += 1
                self.fleet.start(name)

    async def _wait(self, seconds: float) -> None:
        await self.look_after()
        await asyncio.sleep(seconds)
