"""B2: the turn. A reply of sixty tokens, streamed through the whole service to a client."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from tests.bench import servers
from tests.bench.clients import Talk, Timing
from tests.bench.environments import PeerUnavailable
from tests.bench.report import Report, Target, at_least, at_most
from tests.bench.servers import Server, Upstream
from tests.bench.upstream import TOKENS

AT_ONCE: Final = 10
QUESTIONS: Final = 3
"""On the form that the candidates get."""
WORDED: Final = 2
"""Turns in a row that the provider words; the authored question that ours asks then is not measured."""
WORDS_BEFORE_RELEASE: Final = 9
"""How many pieces the provider sends before the first sentence is whole."""


@dataclass(frozen=True)
class Result:
    """What the turns of one server came to."""

    turns: int
    calls: int
    per_second: float
    first_ms: float
    cpu_ms: float
    memory_mb: float
    prompt_chars: int
    connections: int


def measure(folder: Path, *, smoke: bool) -> Report:
    """Measure every server in turn, with the same provider; without peers for a smoke test."""
    kinds: dict[str, Callable[[Path, Upstream], AbstractContextManager[Server]]] = {
        servers.BARE: servers.ours,
        servers.WITH_LITELLM: lambda folder, provider: servers.ours(folder, provider, bare=False),
        servers.STAND_IN: servers.stand_in,
        servers.CHAINLIT: servers.chainlit,
        servers.LANGGRAPH: servers.langgraph,
    }
    results: dict[str, Result] = {}
    missing: dict[str, str] = {}
    with servers.upstream(folder) as provider:
        for name in list(kinds)[:1] if smoke else kinds:
            try:
                with kinds[name](folder, provider) as server:
                    results[name] = asyncio.run(_measure(server, provider, groups=1 if smoke else 3))
            except PeerUnavailable as reason:
                missing[name] = str(reason)
        waited = provider.stats().sent_after_ms[WORDS_BEFORE_RELEASE]
    return _report(results, missing, waited)


@dataclass
class _Spent:
    """What the measured turns took; what lies between them is left out."""

    turns: int = 0
    seconds: float = 0
    cpu: float = 0


async def _measure(server: Server, provider: Upstream, *, groups: int) -> Result:
    async with _talking(server, 1) as talks:
        await one_round(talks)  # what is loaded on first use is loaded now
    provider.reset()
    spent = _Spent()
    for _ in range(groups):
        async with _talking(server, AT_ONCE) as talks:
            await _rounds(server, talks, spent)
    stats = provider.stats()
    if stats.requests != spent.turns:
        raise RuntimeError(f"{server.name}: {spent.turns} turns made {stats.requests} model calls")
    alone: list[Timing] = []
    for _ in range(groups):
        async with _talking(server, 1) as talks:
            alone += await _rounds(server, talks, _Spent())
    return Result(
        turns=spent.turns,
        calls=stats.requests,
        connections=stats.connections,
        prompt_chars=stats.prompt_chars // stats.requests,
        per_second=spent.turns / spent.seconds,
        first_ms=median(timing.first for timing in alone) * 1000,
        cpu_ms=spent.cpu / spent.turns * 1000,
        memory_mb=server.process.memory_mb,
    )


@asynccontextmanager
async def _talking(server: Server, count: int) -> AsyncIterator[list[Talk]]:
    """Begin conversations."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(server.talk()) for _ in range(count)]


async def _rounds(server: Server, talks: Sequence[Talk], spent: _Spent) -> list[Timing]:
    """Measure the worded turns of a whole interview: two after each question."""
    timings: list[Timing] = []
    for _ in range(QUESTIONS):
        began, cpu = asyncio.get_running_loop().time(), server.process.cpu_seconds
        timings += await one_round(talks)
        spent.seconds += asyncio.get_running_loop().time() - began
        spent.cpu += server.process.cpu_seconds - cpu
        await asyncio.gather(*(talk.go_on() for talk in talks))
    spent.turns += len(timings)
    return timings


async def one_round(talks: Sequence[Talk]) -> list[Timing]:
    """Let every conversation have its next worded turns, all at once."""
    return [timing for timings in await asyncio.gather(*map(_worded, talks)) for timing in timings]


async def _worded(talk: Talk) -> list[Timing]:
    return [await talk.turn() for _ in range(WORDED)]


COLUMNS: Final = (
    "server",
    "turns",
    "model calls",
    "turns/s",
    "first words ms",
    "CPU ms a turn",
    "CPU to chainlit",
    "MB after",
)


def _report(results: dict[str, Result], missing: dict[str, str], waited_ms: float) -> Report:
    peer = results.get(servers.CHAINLIT)
    rows: list[list[str | float]] = [
        [
            _shown(name),
            result.turns,
            result.calls,
            result.per_second,
            result.first_ms,
            result.cpu_ms,
            result.cpu_ms / peer.cpu_ms if peer else "-",
            result.memory_mb,
        ]
        for name, result in results.items()
    ]
    rows += [[_shown(name), *["-"] * (len(COLUMNS) - 1)] for name in missing]
    return Report(
        "turn",
        f"B2: the turn, {TOKENS} tokens streamed through the whole service, {AT_ONCE} conversations at once",
        COLUMNS,
        rows,
        _targets(results),
        [
            (
                "Ours has message and reply on disk before it acknowledges them, and checks every sentence. "
                "Beside every second turn it observes the answer, in a model call of its own: the time for "
                "that is counted, too."
            ),
            (
                "First words: median, one conversation at a time. Ours releases whole sentences; the "
                f"provider had sent the first one after {waited_ms:.1f} ms."
            ),
            "The stand-in commits through LangGraph's SQLite checkpointer; chainlit keeps nothing on disk.",
            "langgraph dev is a development server (Elastic License 2.0) that keeps its threads in memory.",
            (
                "All peers run the same four-step graph and read the provider with bare httpx, as ours does "
                "in the first row; ours with litellm adds the cost of that client."
            ),
            (
                "Every turn pays for reading sixty chunks by httpx and for four steps of LangGraph: the "
                "stand-in is little else beside its checkpointer, and shows about where ours starts from."
            ),
            (
                "Ours adds two transactions that wait for the disk, one read of the session, encryption, the "
                "hash chain, the check of every sentence, and a message and its reply on two connections."
            ),
            (
                "With litellm the call is made by it, and the stream is read beneath its wrapper where the "
                "provider speaks OpenAI's protocol; what is left is mostly how it prepares a call."
            ),
            "Memory: importing LangGraph takes 30 MB, the job engine with its PostgreSQL driver 13 MB.",
            *(f"{name} was left out: {reason}" for name, reason in missing.items()),
        ],
    )


def _shown(name: str) -> str:
    return {
        servers.BARE: "**ours**, httpx in place of litellm",
        servers.WITH_LITELLM: "**ours**, with litellm",
        servers.LANGGRAPH: "langgraph dev (a development server)",
    }.get(name, name)


def _targets(results: dict[str, Result]) -> list[Target]:
    mine = results[servers.BARE]
    targets = [
        at_most("CPU ms a turn", mine.cpu_ms, 9),
        at_most("first words ms", mine.first_ms, 14),
        at_most("MB after", mine.memory_mb, 130),
    ]
    if peer := results.get(servers.CHAINLIT):
        targets.append(at_least("turns/s to chainlit's", mine.per_second / peer.per_second, 2))
        targets.append(at_most("CPU a turn to chainlit's", mine.cpu_ms / peer.cpu_ms, 0.4))
    if client := results.get(servers.WITH_LITELLM):
        targets.append(at_most("CPU ms a turn that litellm adds", client.cpu_ms - mine.cpu_ms, 25))
    return targets
