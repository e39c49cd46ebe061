"""Which worker processes live, and what keeps two of them from working under one name.

A worker adds to its count on the roster again and again. A count that stands still is a dead worker's.
Only this process's own monotonic clock measures for how long, so no two clocks have to agree.
"""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol
from uuid import uuid4

import structlog

from assessor.crash_points import CrashPoint, reach
from assessor.domain.errors import Conflict
from assessor.ports import Worker, Workers

BEATS_IN_SILENCE: Final = 5
"""How often a worker shows that it lives in the time after which it would count as dead."""

PROOF_BEATS: Final = 2.5
"""For how many beats a newcomer watches a count before it takes the place of who seems dead."""

log = structlog.get_logger()


class Work(Protocol):
    """Work that executors have begun. Its methods block, and are called on threads."""

    def begun_by_others(self, living: frozenset[str]) -> Sequence[str]:
        """Return ids of unfinished work that none of these executors is at."""
        ...

    def resume(self, ids: Sequence[str]) -> None:
        """Let a living worker go on with it."""
        ...


@dataclass
class Liveness:
    """Who lives, judged by counts that grow. `silence` is in seconds."""

    silence: float
    _looked: float | None = None
    _seen: dict[str, tuple[str, int, float]] = field(default_factory=dict)

    def living(self, roster: Sequence[Worker], now: float) -> frozenset[str]:
        """Return the executor ids of those whose count grew within the silence, or who are new.

        Who could not look for a while, because the database was away or the machine slept, knows
        nothing about others, who may have been unable to count: everyone is new then.
        """
        if self._looked is None or now - self._looked > self.silence / 2:
            self._seen.clear()
        self._looked = now
        self._seen = {worker.executor_id: self._growth(worker, now) for worker in roster}
        return frozenset(name for name, (*_, grew) in self._seen.items() if now - grew < self.silence)

    def _growth(self, worker: Worker, now: float) -> tuple[str, int, float]:
        incarnation, beats, grew = self._seen.get(worker.executor_id, ("", 0, now))
        stands_still = (incarnation, beats) == (worker.incarnation, worker.beats)
        return worker.incarnation, worker.beats, grew if stands_still else now


class Roster:
    """This process's place among the workers. `silence` is how long, in seconds, the dead are waited for."""

    def __init__(
        self,
        workers: Workers,
        executor_id: str,
        silence: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workers = workers
        self._me = Worker(executor_id, uuid4().hex, socket.gethostname(), os.getpid())
        self._liveness = Liveness(silence)
        self._pause = silence / BEATS_IN_SILENCE
        self._now = now

    @asynccontextmanager
    async def joined(self) -> AsyncIterator[None]:
        """Take the place of this executor id, and give it back in the end.

        Raises Conflict when another process works under it.
        """
        await self._take_place()
        try:
            yield
        finally:
            await self._workers.dismiss(self._me)

    async def keep(self, work: Work) -> None:
        """Beat for ever, and adopt what no living worker is at.

        Raises Conflict when another process has taken this one's place.
        """
        while True:
            await asyncio.sleep(self._pause)
            try:
                await self._workers.beat(self._me)
                await self._adopt(work)
            except Conflict:
                raise
            except Exception:
                # The database may be back at the next beat, and others judge only what they could see.
                log.exception("a worker could not show that it lives", executor=self._me.executor_id)

    async def _take_place(self) -> None:
        holder = await self._holder()
        if holder is not None:
            if not _is_gone(holder) and await self._grows(holder):
                raise Conflict(
                    f"Process {holder.pid} on {holder.host} works as {holder.executor_id}",
                    "Give each worker an ASSESSOR_EXECUTOR_ID of its own, or stop the other one.",
                )
            await self._workers.dismiss(holder)
        await self._workers.beat(self._me)

    async def _holder(self) -> Worker | None:
        mine = self._me.executor_id
        return next((one for one in await self._workers.workers() if one.executor_id == mine), None)

    async def _grows(self, holder: Worker) -> bool:
        """Watch the count of who has this place for a few beats."""
        until = self._now() + PROOF_BEATS * self._pause
        while self._now() < until:
            await asyncio.sleep(self._pause / 4)
            seen = await self._holder()
            if seen != holder:
                return seen is not None
        return False

    async def _adopt(self, work: Work) -> None:
        roster = await self._workers.workers()
        living = self._living(roster)
        if await asyncio.to_thread(work.begun_by_others, living):
            await self._workers.with_roster(lambda there: self._adopt_alone(work, there))
        for worker in roster:
            if worker.executor_id not in living:
                await self._workers.dismiss(worker)

    def _adopt_alone(self, work: Work, roster: Sequence[Worker]) -> None:
        """Look again, now that nobody else adopts: what another has adopted is a living worker's."""
        orphans = work.begun_by_others(self._living(roster))
        reach(CrashPoint.IN_ADOPTION)
        if orphans:
            work.resume(orphans)
            log.warning("adopted a dead worker's work", work=list(orphans), by=self._me.executor_id)

    def _living(self, roster: Sequence[Worker]) -> frozenset[str]:
        return self._liveness.living(roster, self._now()) | {self._me.executor_id}


def _is_gone(holder: Worker) -> bool:
    """Whether that process surely runs no more: it ran on this machine, and there is none of its number.

    In a container the number is often that of this very process.
    """
    if holder.host != socket.gethostname():
        return False
    if holder.pid == os.getpid():
        return True
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _is_zombie(holder.pid)


def _is_zombie(pid: int) -> bool:
    """Whether the process has ended, and only its parent has not taken note yet. Linux only."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state == "Z"
