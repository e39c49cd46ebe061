"""B5: live sessions. Thousands of open candidate streams, with one turn a minute each."""

import asyncio
import resource
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from tests.bench import servers
from tests.bench.audience import REPLY_SECONDS, Audience, Damage
from tests.bench.postgresql import NoPostgres, postgres
from tests.bench.report import Report, Target, at_most
from tests.bench.servers import Fleet, Upstream

SESSIONS: Final = 2000
SMOKE_SESSIONS: Final = 12
MINUTES: Final = 3
PERIOD_SECONDS: Final = 60.0
QUIET_SECONDS: Final = 30.0
"""For so long nobody says anything, and what open streams cost by themselves is measured."""
FIRST_ONES: Final = 40
"""Come before memory is measured, so that what is loaded on first use is loaded."""
MOST_MINUTES: Final = 6
"""An interview has ten turns, and the warm-up is one of them."""


@dataclass(frozen=True)
class Pace:
    """How long everything takes: another one for a smoke test."""

    sessions: int = SESSIONS
    seconds: float = MINUTES * 60
    period: float = PERIOD_SECONDS
    quiet: float = QUIET_SECONDS
    first_ones: int = FIRST_ONES


SMOKE: Final = Pace(SMOKE_SESSIONS, seconds=2, period=1, quiet=0.5, first_ones=2)


@dataclass(frozen=True)
class Result:
    """What one way of serving came to."""

    turns: int
    waits_ms: Sequence[float]
    unanswered: int
    refused: int
    reconnected: int
    damage: Damage
    kilobytes: float
    """Of memory a session."""
    quiet_ms: float
    """CPU of an open stream in a minute in which nothing is said."""
    turn_ms: float
    """CPU a turn, with its share of the open streams."""
    database_ms: float
    """The same of the database server; 0 where it is in the process."""
    cores: float
    """Of all that the load took, without the candidates and the provider."""

    def percentile(self, hundredth: int) -> float:
        """Return the milliseconds within which so many of a hundred first words came."""
        return quantiles(self.waits_ms, n=100, method="inclusive")[hundredth - 1]


def measure(folder: Path, *, smoke: bool, sessions: int = SESSIONS, minutes: float = MINUTES) -> Report:
    """Measure the embedded default, and one and two processes on PostgreSQL; only the first for a smoke test.

    Raises ValueError for more minutes than an interview has turns.
    """
    if minutes > MOST_MINUTES:
        raise ValueError(f"after {MOST_MINUTES} minutes the first interviews would end; take fewer")
    pace = SMOKE if smoke else Pace(sessions, minutes * 60)
    _allow_files(2 * pace.sessions + 500)
    results: dict[str, Result] = {}
    notes: list[str] = []
    places = {"ASSESSOR_INTERVIEWS_AT_ONCE": str(max(5000, 2 * pace.sessions))}
    with servers.upstream(folder) as provider:
        with servers.fleet(folder / "sqlite", provider, places) as one:
            results[SQLITE] = asyncio.run(_measure(one, pace, lambda: 0.0))
        for name, count in () if smoke else ((ONE, 1), (TWO, 2)):
            try:
                results[name] = _on_postgres(folder / name, provider, places, count, pace)
            except NoPostgres as reason:
                notes.append(f"{name} was left out: {reason}")
    return _report(results, pace, notes)


SQLITE: Final = "SQLite, one process"
ONE: Final = "PostgreSQL, one process"
TWO: Final = "PostgreSQL, two processes"


def _on_postgres(
    folder: Path, provider: Upstream, places: Mapping[str, str], count: int, pace: Pace
) -> Result:
    with postgres() as server:
        settings = {**places, "ASSESSOR_DATABASE_URL": server.databases.empty()}
        with servers.fleet(folder, provider, settings, count) as fleet:
            return asyncio.run(_measure(fleet, pace, lambda: server.cpu_seconds))


def _allow_files(wanted: int) -> None:
    """Let this process and those that it starts open so many files. Raises RuntimeError."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard not in {-1, resource.RLIM_INFINITY} and hard < wanted:
        raise RuntimeError(f"{wanted} open files are needed, and {hard} are allowed: raise `ulimit -Hn`")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


async def _measure(fleet: Fleet, pace: Pace, database: Callable[[], float]) -> Result:
    """Let everybody in, be quiet, warm up, and measure."""
    await _let_come_and_go(fleet, pace)
    audience, empty = Audience(), fleet.memory_mb
    await audience.let_in(pace.sessions, fleet.places[0], fleet.places, fleet.key)
    try:
        before = fleet.cpu_seconds
        await asyncio.sleep(pace.quiet)
        quiet = fleet.cpu_seconds - before
        await audience.talk(pace.period, pace.period)
        before, of_database = fleet.cpu_seconds, database()
        began = asyncio.get_running_loop().time()
        waits = await audience.talk(pace.seconds, pace.period)
        took = asyncio.get_running_loop().time() - began
        spent, of_database = fleet.cpu_seconds - before, database() - of_database
        grown = fleet.memory_mb - empty
        damage = await audience.count_damage()
    finally:
        await audience.leave()
    came = [wait * 1000 for wait in waits if wait is not None]
    return Result(
        turns=len(waits),
        waits_ms=came,
        unanswered=len(waits) - len(came),
        refused=sum(one.refused for one in audience.candidates),
        reconnected=sum(one.reconnected for one in audience.candidates),
        damage=damage,
        kilobytes=grown * 2**20 / 1000 / pace.sessions,
        quiet_ms=quiet * 1000 / pace.sessions * 60 / pace.quiet,
        turn_ms=spent * 1000 / len(waits),
        database_ms=of_database * 1000 / len(waits),
        cores=(spent + of_database) / took,
    )


async def _let_come_and_go(fleet: Fleet, pace: Pace) -> None:
    """Have a few interviews begin that are left again."""
    early = Audience()
    await early.let_in(pace.first_ones, fleet.places[0], fleet.places, fleet.key)
    try:
        await early.talk(2 * pace.period / 10, pace.period / 10)
    finally:
        await early.leave()


COLUMNS: Final = (
    "served by",
    "turns",
    "first words ms p50",
    "p95",
    "p99",
    f"none in {REPLY_SECONDS:.0f} s",
    "lost",
    "doubled",
    "garbled",
    "kB a session",
    "CPU ms a turn",
    "of it open streams",
    "CPU ms a turn, database",
    "cores",
)


def _report(results: dict[str, Result], pace: Pace, notes: list[str]) -> Report:
    rows: list[list[str | float]] = [
        [
            f"**ours**, {name}",
            result.turns,
            result.percentile(50),
            result.percentile(95),
            result.percentile(99),
            result.unanswered,
            result.damage.lost,
            result.damage.doubled,
            result.damage.garbled,
            result.kilobytes,
            result.turn_ms,
            result.quiet_ms * pace.period / 60,
            result.database_ms,
            result.cores,
        ]
        for name, result in results.items()
    ]
    streams = sum(result.reconnected for result in results.values())
    refused = sum(result.refused for result in results.values())
    return Report(
        "live",
        f"B5: {pace.sessions:,} live sessions, one turn every {pace.period:.0f} seconds each",
        COLUMNS,
        rows,
        [target for name, result in results.items() for target in _targets(name, result)],
        [
            (
                "Every candidate has a session, an open event stream, and sends a message each period, at "
                f"moments spread by chance, for {pace.seconds / 60:.1g} minutes after a period to warm up. "
                "With two processes every second message goes to the one that does not hold the stream."
            ),
            (
                "First words: from sending a message to the first words of the reply, as the candidates' "
                "process sees it, of all turns: two in three are worded by the provider, which answers at "
                "once, so that all of it is added by the service."
            ),
            (
                f"Where none came in {REPLY_SECONDS:.0f} s, the candidate went on waiting. Lost are messages "
                "and replies that did not come at all, by the stream or when everything was read again "
                "from the beginning; doubled came twice; garbled differ, as they were streamed, from what "
                "was kept and is shown when the reply was complete. Streams that had to be taken up again: "
                f"{streams}; messages refused: {refused}."
            ),
            (
                "kB a session: what the resident memory of the serving processes grew by. Cores: theirs and "
                "the database's, of two that the candidates and the provider use as well."
            ),
            *notes,
        ],
        figures={name: _figures(result) for name, result in results.items()},
    )


def _figures(result: Result) -> dict[str, float]:
    return {
        "turns": result.turns,
        "first_ms_p50": result.percentile(50),
        "first_ms_p95": result.percentile(95),
        "first_ms_p99": result.percentile(99),
        "first_ms_median": median(result.waits_ms),
        "unanswered": result.unanswered,
        "lost": result.damage.lost,
        "doubled": result.damage.doubled,
        "garbled": result.damage.garbled,
        "reconnected": result.reconnected,
        "refused": result.refused,
        "kb_a_session": result.kilobytes,
        "cpu_ms_a_turn": result.turn_ms,
        "cpu_ms_a_quiet_minute": result.quiet_ms,
        "database_cpu_ms_a_turn": result.database_ms,
        "cores": result.cores,
    }


def _targets(name: str, result: Result) -> list[Target]:
    return [
        at_most(f"{name}: first words ms, p95", result.percentile(95), 100),
        at_most(f"{name}: messages not replied to in time", result.unanswered, 0),
        at_most(f"{name}: messages lost", result.damage.lost, 0),
        at_most(f"{name}: messages doubled", result.damage.doubled, 0),
        at_most(f"{name}: replies garbled", result.damage.garbled, 0),
        at_most(f"{name}: kB a session", result.kilobytes, 250),
    ]
