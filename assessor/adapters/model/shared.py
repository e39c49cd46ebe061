"""A provider's limits over all processes: one line in the database, and who stands in it from here.

The process says in one transaction what it wants, what runs, and what has ended. It does so when something
changes, a few times a second while something waits, and every few seconds while something runs, so that its
share does not come free. When it dies it says nothing more, and its share comes back by itself.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from typing import Final

import structlog

from assessor.adapters.model.limiter import Lease
from assessor.adapters.model.pause import Pause
from assessor.domain.errors import ModelFault
from assessor.ports import Exchange, Granted, ProviderCalls, ProviderLimits, Purpose, WantedCall

POLL_SECONDS: Final = 0.1
"""How often is asked while something waits."""
RENEW_SECONDS: Final = 5.0
"""How often is said that calls still run: three times before the database takes them for dead."""
AFTER_FAULT_SECONDS: Final = 1.0
"""After how long is said again what the database did not hear."""
MOST_WAITING: Final = 1000
"""Calls of this process that wait. What comes beyond would wait longer than anybody waits for it."""

log = structlog.get_logger()


class SharedLimits:
    """Lets calls through when the whole installation has room for them."""

    def __init__(self, calls: ProviderCalls, limits: ProviderLimits) -> None:
        self._calls = calls
        self._limits = limits
        self._process = uuid.uuid4().hex
        self._lines: dict[str, _Line] = {}

    @asynccontextmanager
    async def place(self, provider: str, pause: Pause, tokens: int, purpose: Purpose) -> AsyncIterator[Lease]:
        """Wait for a place among the calls of all processes, and keep it while the context lasts.

        Raises ModelFault when too many wait.
        """
        line = self._lines.setdefault(
            provider, _Line(provider, self._process, pause, self._calls, self._limits)
        )
        call = WantedCall(uuid.uuid4().hex, purpose, self._limits.set_aside(tokens, purpose))
        lease = Lease(call.tokens)
        await line.wait(call)
        try:
            yield lease
        finally:
            line.leave(call, 0.0 if lease.used is None else lease.reserved - lease.used)

    @property
    def seconds_waited(self) -> float:
        """For how long the turn that came first has waited; 0 when none waits."""
        return max((line.seconds_waited for line in self._lines.values()), default=0.0)

    async def close(self) -> None:
        """Say a last time what has ended."""
        await asyncio.gather(*(line.close() for line in self._lines.values()))


class _Line:
    """The calls of this process to one provider."""

    def __init__(
        self, provider: str, process: str, pause: Pause, calls: ProviderCalls, limits: ProviderLimits
    ) -> None:
        self._provider, self._process, self._pause = provider, process, pause
        self._calls, self._limits = calls, limits
        self._wanted: dict[str, tuple[WantedCall, asyncio.Future[None], float]] = {}
        self._running: set[str] = set()
        self._unused = 0.0
        self._changed = asyncio.Event()
        self._talking: asyncio.Task[None] | None = None

    @property
    def seconds_waited(self) -> float:
        turns = [since for call, _, since in self._wanted.values() if call.purpose == "turn"]
        return _now() - min(turns) if turns else 0.0

    async def wait(self, call: WantedCall) -> None:
        """Wait until a call may be made."""
        if len(self._wanted) >= MOST_WAITING:
            raise ModelFault("timeout", "too many model calls wait")
        admitted = asyncio.get_running_loop().create_future()
        self._wanted[call.id] = call, admitted, _now()
        self._say()
        try:
            await admitted
        except asyncio.CancelledError:
            self.leave(call, float(call.tokens) if call.id in self._running else 0.0)
            raise

    def leave(self, call: WantedCall, unused_tokens: float) -> None:
        """Note that a call is over, or not wanted any more."""
        self._wanted.pop(call.id, None)
        self._running.discard(call.id)
        self._unused += unused_tokens
        self._say()

    async def close(self) -> None:
        if self._talking:
            self._changed.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._talking, RENEW_SECONDS)

    def _say(self) -> None:
        self._changed.set()
        if self._talking is None:
            # In a context of its own: it goes on for others than the one who happened to begin it.
            self._talking = asyncio.create_task(
                self._talk(), name=f"calls to {self._provider}", context=Context()
            )

    async def _talk(self) -> None:
        """Exchange with the database for as long as there is something to say."""
        try:
            while self._changed.is_set() or self._wanted or self._running:
                self._changed.clear()
                try:
                    await self._exchange()
                except Exception:
                    # Whoever waits has a time of their own; the database may be there again before that.
                    log.exception("calls to a provider could not be counted", provider=self._provider)
                    self._changed.set()
                    await asyncio.sleep(AFTER_FAULT_SECONDS)
                else:
                    await self._pause_a_moment()
        finally:
            self._talking = None

    async def _pause_a_moment(self) -> None:
        """Wait for news; while something waits in vain, not for long, and not without any pause."""
        if self._wanted:
            await asyncio.sleep(POLL_SECONDS)
            return
        if self._running:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), RENEW_SECONDS)

    async def _exchange(self) -> None:
        unused, self._unused = self._unused, 0.0
        asked = self._pause.untold()
        said = Exchange([one for one, _, _ in self._wanted.values()], set(self._running), unused, asked)
        try:
            granted = await self._calls.exchange_calls(self._provider, self._process, said, self._limits)
        except BaseException:
            self._unused += unused
            self._pause.not_told(asked)
            raise
        self._take(granted, said.wanted)

    def _take(self, granted: Granted, asked: Iterable[WantedCall]) -> None:
        self._pause.heard(granted.pause_seconds)
        for call in asked:
            if call.id not in granted.ids:
                continue
            _, admitted, _ = self._wanted.pop(call.id, (call, None, 0.0))
            if admitted is None or admitted.done():
                # Nobody waits for it any more; it was let through while that was being asked.
                self._unused += call.tokens
                self._changed.set()
                continue
            self._running.add(call.id)
            admitted.set_result(None)


def _now() -> float:
    return asyncio.get_running_loop().time()
