"""B3: growth. What the hundredth turn of one conversation costs beside the fifth."""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench import servers
from tests.bench.clients import Talk
from tests.bench.environments import PeerUnavailable
from tests.bench.report import Report, Target, at_most
from tests.bench.servers import Server, Upstream

CONVERSATIONS: Final = 10
WINDOW: Final = 6
"""Turns that are measured together: a multiple of three, since every third reply of ours is authored."""
PLACES: Final = (5, 30, 100)
"""Turns around which a window lies."""


@dataclass
class Growth:
    """By turn: CPU milliseconds a turn, and bytes that one conversation has come to."""

    cpu_ms: dict[int, float]
    kilobytes: dict[int, float]


def measure(folder: Path, *, smoke: bool) -> Report:
    """Measure ours and the plain stand-in; ours alone, up to turn 9, for a smoke test."""
    places = PLACES[:1] if smoke else PLACES
    results: dict[str, Growth] = {}
    notes: list[str] = []
    with servers.upstream(folder) as provider:
        with servers.ours(folder, provider, long=True) as server:
            results[server.name] = asyncio.run(_measure(server, places))
        if not smoke:
            results |= _peer(folder, provider, notes)
    return _report(results, places, notes)


def _peer(folder: Path, provider: Upstream, notes: list[str]) -> Mapping[str, Growth]:
    try:
        with servers.stand_in(folder, provider) as server:
            return {server.name: asyncio.run(_measure(server, PLACES))}
    except PeerUnavailable as reason:
        notes.append(f"{servers.STAND_IN} was left out: {reason}")
        return {}


async def _measure(server: Server, places: tuple[int, ...]) -> Growth:
    """Hold some conversations in step, and measure them together around each place."""
    growth, done = Growth({}, {}), 0
    async with AsyncExitStack() as stack:
        empty = _stored(server.folder)
        talks = [await stack.enter_async_context(server.talk()) for _ in range(CONVERSATIONS)]
        begun = _stored(server.folder)
        growth.kilobytes[0] = (begun - empty) / CONVERSATIONS / 1000
        for place in places:
            start = place - WINDOW // 2
            await take_turns(talks, done, start)
            before = server.process.cpu_seconds
            await take_turns(talks, start, start + WINDOW)
            spent, done = server.process.cpu_seconds - before, start + WINDOW
            growth.cpu_ms[place] = spent / (WINDOW * len(talks)) * 1000
            growth.kilobytes[place] = (_stored(server.folder) - begun) / len(talks) / 1000 * place / done
    return growth


async def take_turns(talks: Sequence[Talk], first: int, end: int) -> None:
    """Let each conversation have the turns from one number to another."""
    for _ in range(first, end):
        await asyncio.gather(*(talk.turn() for talk in talks))


def _stored(folder: Path) -> int:
    """Return the bytes in use in every SQLite database of a folder, with what is still in its journal."""
    total = 0
    for path in folder.glob("*.db"):
        with closing(sqlite3.connect(path)) as database:
            pages, free, size = (
                database.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
            total += (pages - free) * size
    return total


def _report(results: Mapping[str, Growth], places: tuple[int, ...], notes: list[str]) -> Report:
    columns = ["server"]
    columns += [f"CPU ms at turn {place}" for place in places] + ["last to first"]
    columns += [f"kB after {place}" for place in places]
    rows: list[list[str | float]] = []
    for name, growth in results.items():
        shown = f"**{name}**" if name == servers.BARE else name
        cpu = [growth.cpu_ms[place] for place in places]
        rows.append([shown, *cpu, cpu[-1] / cpu[0], *(growth.kilobytes[place] for place in places)])
    return Report(
        "growth",
        f"B3: growth of one conversation, the mean of {CONVERSATIONS}",
        columns,
        rows,
        _targets(results[servers.BARE], places),
        [
            f"CPU is the mean of {WINDOW} turns around the place; of ours the provider words two in three.",
            (
                "Bytes are those in use in the databases, without what the beginning of a conversation takes "
                f"(ours: {results[servers.BARE].kilobytes[0]:.0f} kB)."
            ),
            *notes,
        ],
    )


def _targets(mine: Growth, places: tuple[int, ...]) -> list[Target]:
    if len(places) < len(PLACES):
        return []
    first, middle, last = places
    per_turn = (mine.kilobytes[last] - mine.kilobytes[middle]) / (last - middle)
    return [
        at_most("CPU of turn 100 to turn 5", mine.cpu_ms[last] / mine.cpu_ms[first], 1.2),
        at_most("bytes a turn, 30 to 100 beside 0 to 30", per_turn / (mine.kilobytes[middle] / middle), 1.2),
        at_most("kB for 30 turns", mine.kilobytes[middle], 60),
    ]
