"""B2 to B4 with one, two and four processes on one PostgreSQL: what a core does must stay the same."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from tests.bench import growth, reads, servers, turn
from tests.bench.clients import OurTalk
from tests.bench.postgresql import NoPostgres, Postgres, postgres
from tests.bench.report import Report, Target, at_least, at_most
from tests.bench.servers import Fleet, Upstream

COUNTS: Final = (1, 2, 4)
ROUNDS: Final = 3
"""Every number of processes is measured so often, in turn; of each figure the cheapest round counts, since a
neighbour's load only ever adds."""
GROUPS: Final = 2
CONNECTIONS: Final = {"ASSESSOR_DATABASE_CONNECTIONS": "8", "ASSESSOR_JOBS_DATABASE_CONNECTIONS": "8"}
"""Of each process, so that four fit into a server as it is installed."""


@dataclass
class Work:
    """Units of work, and the CPU seconds that they took."""

    units: int = 0
    served: float = 0
    database: float = 0

    @property
    def ms(self) -> float:
        """CPU milliseconds a unit, of the serving processes."""
        return self.served / self.units * 1000

    @property
    def database_ms(self) -> float:
        """The same of the database server."""
        return self.database / self.units * 1000

    @property
    def per_cpu_second(self) -> float:
        """Units for each second of a core, theirs and the database's."""
        return self.units / (self.served + self.database)


@dataclass
class Measures:
    """What so many processes came to."""

    turns: Work = field(default_factory=Work)
    by_turn: dict[int, Work] = field(default_factory=lambda: {place: Work() for place in growth.PLACES})
    reads: Work = field(default_factory=Work)


@dataclass(frozen=True)
class Meter:
    """Reads the processor's clocks of who serves and of the database."""

    fleet: Fleet
    server: Postgres

    @contextmanager
    def counting(self, work: Work, units: int) -> Iterator[None]:
        """Add what is spent meanwhile."""
        served, database = self.fleet.cpu_seconds, self.server.cpu_seconds
        yield
        work.served += self.fleet.cpu_seconds - served
        work.database += self.server.cpu_seconds - database
        work.units += units


def measure(folder: Path, *, smoke: bool) -> Report:
    """Measure each number of processes; one process once for a smoke test. Raises NoPostgres for that."""
    counts, rounds = (COUNTS[:1], 1) if smoke else (COUNTS, ROUNDS)
    found: dict[int, list[Measures]] = {count: [] for count in counts}
    try:
        with postgres() as server, servers.upstream(folder) as provider:
            for number in range(rounds):
                for count in counts:
                    place, measures = folder / f"{number}-{count}", Measures()
                    _conversations(place, server, provider, count, measures, smoke=smoke)
                    _reads(place / "reads", server, count, measures, smoke=smoke)
                    found[count].append(measures)
    except NoPostgres as reason:
        return Report("processes", TITLE, COLUMNS, [], [], [f"Left out: {reason}"])
    return _report(found, smoke=smoke)


def _conversations(
    folder: Path, server: Postgres, provider: Upstream, count: int, found: Measures, *, smoke: bool
) -> None:
    settings = {"ASSESSOR_DATABASE_URL": server.databases.empty(), **CONNECTIONS}
    with servers.fleet(folder, provider, settings, count, long=True) as fleet:
        meter = Meter(fleet, server)
        asyncio.run(_turns(meter, found.turns, groups=1 if smoke else GROUPS))
        asyncio.run(_growth(meter, found.by_turn, growth.PLACES[:1] if smoke else growth.PLACES))


async def _turns(meter: Meter, work: Work, *, groups: int) -> None:
    for number in range(groups + 1):
        # In the first group everything is loaded that is loaded on first use.
        counted = work if number else Work()
        async with AsyncExitStack() as stack:
            talks = [await stack.enter_async_context(talk) for talk in _talks(meter.fleet, turn.AT_ONCE)]
            for _ in range(turn.QUESTIONS):
                with meter.counting(counted, turn.AT_ONCE * turn.WORDED):
                    await turn.one_round(talks)
                await asyncio.gather(*(talk.go_on() for talk in talks))


async def _growth(meter: Meter, by_turn: Mapping[int, Work], places: tuple[int, ...]) -> None:
    async with AsyncExitStack() as stack:
        talks = [await stack.enter_async_context(talk) for talk in _talks(meter.fleet, growth.CONVERSATIONS)]
        done = 0
        for place in places:
            start = place - growth.WINDOW // 2
            await growth.take_turns(talks, done, start)
            with meter.counting(by_turn[place], growth.WINDOW * len(talks)):
                await growth.take_turns(talks, start, start + growth.WINDOW)
            done = start + growth.WINDOW


def _talks(fleet: Fleet, count: int) -> list[OurTalk]:
    """Return conversations, spread over the processes."""
    places = fleet.places
    return [OurTalk(places[0], fleet.key, places[number % len(places)]) for number in range(count)]


def _reads(folder: Path, server: Postgres, count: int, found: Measures, *, smoke: bool) -> None:
    address = server.databases.empty()
    assessment_id, key = asyncio.run(reads.decided(folder, address))
    settings = {"ASSESSOR_DATABASE_URL": address, "ASSESSOR_DATA_DIR": str(folder), **CONNECTIONS}
    with servers.fleet(folder, None, settings, count) as fleet:
        headers = {"Authorization": f"Bearer {key}"}
        read = httpx.get(f"{fleet.places[0]}/v1/assessments/{assessment_id}/verdict", headers=headers)
        path = f"/v1/verdicts/{read.raise_for_status().json()['document']['id']}"
        asyncio.run(_read(fleet, path, headers, reads.WARM))
        times = 200 if smoke else 6000
        with Meter(fleet, server).counting(found.reads, times):
            asyncio.run(_read(fleet, path, headers, times))


async def _read(fleet: Fleet, path: str, headers: dict[str, str], times: int) -> None:
    share = times // len(fleet.places)
    await asyncio.gather(*(reads.load(f"{place}{path}", headers, share) for place in fleet.places))


TITLE: Final = "B2 to B4 on PostgreSQL, with one, two and four processes"
COLUMNS: Final = (
    "what",
    "processes",
    "units",
    "CPU ms a unit",
    "CPU ms a unit, database",
    "units per CPU second",
    "to one process",
)
MOST_GROWTH: Final = 1.2
LEAST_LEFT: Final = 0.85


def _works(rounds: Sequence[Measures]) -> dict[str, Work]:
    last = max(place for place, work in rounds[0].by_turn.items() if work.units)
    return {
        "turn (B2)": _cheapest(one.turns for one in rounds),
        f"turn {last} of a conversation (B3)": _cheapest(one.by_turn[last] for one in rounds),
        "read of a verdict (B4)": _cheapest(one.reads for one in rounds),
    }


def _cheapest(works: Iterable[Work]) -> Work:
    return max(works, key=lambda work: work.per_cpu_second)


def _report(found: Mapping[int, Sequence[Measures]], *, smoke: bool) -> Report:
    alone = _works(found[COUNTS[0]])
    rows: list[list[str | float]] = []
    targets: list[Target] = []
    for what, one in alone.items():
        for count, rounds in found.items():
            work = _works(rounds)[what]
            ratio = work.per_cpu_second / one.per_cpu_second
            rows.append([what, count, work.units, work.ms, work.database_ms, work.per_cpu_second, ratio])
            if count > 1:
                targets.append(at_least(f"{what}: {count} processes to one, per core", ratio, LEAST_LEFT))
    if not smoke:
        first, *_, last = growth.PLACES
        for count, rounds in found.items():
            at_last, at_first = (_cheapest(one.by_turn[place] for one in rounds) for place in (last, first))
            grown = at_last.ms / at_first.ms
            targets.append(
                at_most(f"{count} processes: CPU of turn {last} to turn {first}", grown, MOST_GROWTH)
            )
    return Report(
        "processes",
        TITLE,
        COLUMNS,
        rows,
        targets,
        [
            f"Of {ROUNDS} rounds in turn, each figure's cheapest." if not smoke else "One round.",
            (
                "Units per CPU second: of the serving processes and the database together, which commits to "
                "the disk. All share two cores with clients and provider, so the time that passes says "
                "nothing, and the CPU does."
            ),
            (
                "Conversations and connections are spread evenly over the processes; of a conversation one "
                "process has stream and messages (B5 has them apart). What processes do while nobody asks "
                "is counted, too."
            ),
        ],
    )
