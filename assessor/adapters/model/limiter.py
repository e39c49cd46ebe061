"""One queue for all model calls of the process: so many at once, and so many tokens a minute.

aiolimiter was looked at: it serves the smallest request first, and knows neither priorities nor
giving back what was reserved and not used.
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from assessor.domain.errors import ModelFault
from assessor.ports import Purpose

_FIRST: dict[Purpose, int] = {"turn": 0, "judge": 1, "observation": 2}
_KEPT_TOKENS = 0.5
"""Share of a minute's tokens that no observation touches."""
_MINUTE = 60.0
MOST_WAITING = 1000
"""Calls that wait. What comes beyond would wait longer than anybody waits for it."""


@dataclass(order=True)
class _Waiter:
    """One call that waits; compared by priority, then by arrival."""

    priority: int
    order: int
    tokens: float = field(compare=False)
    admitted: asyncio.Future[None] = field(compare=False)
    kept_places: int = field(compare=False, default=0)
    kept_tokens: float = field(compare=False, default=0.0)
    since: float = field(compare=False, default=0.0)
    """What has to be free besides, for calls that matter more and may come any moment."""


@dataclass
class Lease:
    """A place among the calls that run, with the tokens that were set aside for it."""

    reserved: float
    used: int | None = None
    """Set by the caller when it knows; the difference is given back."""


class Limiter:
    """Admits calls in order of arrival, turns before judges before observations.

    Nobody overtakes the first in line. An observation never takes the last place, nor the second half
    of a minute's tokens: a turn that comes a moment later must not wait for it. So with one place
    nothing is observed.

    Tokens are set aside by estimate and corrected afterwards. They flow back evenly over the minute.
    """

    def __init__(
        self,
        concurrency: int,
        tokens_per_minute: int | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._free = concurrency
        self._capacity = float(tokens_per_minute) if tokens_per_minute else None
        self._tokens = self._capacity or 0.0
        self._now = now
        self._counted_at = now()
        self._waiting: list[_Waiter] = []
        self._orders = itertools.count()
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def seconds_waited(self) -> float:
        """For how long the turn that came first has waited; 0 when none waits."""
        turns = [one.since for one in self._waiting if one.priority == _FIRST["turn"]]
        return self._now() - min(turns) if turns else 0.0

    @asynccontextmanager
    async def place(self, tokens: int, purpose: Purpose) -> AsyncIterator[Lease]:
        """Wait for a place and for this many tokens, and keep the place while the context lasts.

        More tokens than a minute has count as a whole minute's. Raises ModelFault when too many wait.
        """
        if len(self._waiting) >= MOST_WAITING:
            raise ModelFault("timeout", "too many model calls wait")
        waiter = self._waiter(tokens, purpose)
        heapq.heappush(self._waiting, waiter)
        self._admit()
        try:
            await waiter.admitted
        except asyncio.CancelledError:
            self._leave(waiter)
            raise
        lease = Lease(waiter.tokens)
        try:
            yield lease
        finally:
            self._settle(lease)

    def _waiter(self, tokens: int, purpose: Purpose) -> _Waiter:
        is_dispensable = purpose == "observation"
        capacity = self._capacity or 0.0
        kept = capacity * _KEPT_TOKENS if is_dispensable else 0.0
        return _Waiter(
            _FIRST[purpose],
            next(self._orders),
            min(float(tokens), capacity - kept),
            asyncio.get_running_loop().create_future(),
            kept_places=int(is_dispensable),
            kept_tokens=kept,
            since=self._now(),
        )

    def _leave(self, waiter: _Waiter) -> None:
        """Give up waiting; who was admitted in the same moment gives everything back."""
        if waiter.admitted.done() and not waiter.admitted.cancelled():
            self._settle(Lease(waiter.tokens, used=0))
        elif waiter in self._waiting:
            self._waiting.remove(waiter)
            heapq.heapify(self._waiting)
            self._admit()

    def _settle(self, lease: Lease) -> None:
        self._free += 1
        if self._capacity and lease.used is not None:
            self._tokens = min(self._capacity, self._tokens + lease.reserved - lease.used)
        self._admit()

    def _admit(self) -> None:
        """Admit from the front of the line as long as there is room for the first."""
        self._refill()
        while self._waiting and self._has_place(self._waiting[0]) and self._missing(self._waiting[0]) <= 0:
            waiter = heapq.heappop(self._waiting)
            if waiter.admitted.cancelled():
                continue
            self._free -= 1
            self._tokens -= waiter.tokens
            waiter.admitted.set_result(None)
        self._set_alarm()

    def _has_place(self, waiter: _Waiter) -> bool:
        return self._free > waiter.kept_places

    def _missing(self, waiter: _Waiter) -> float:
        """Return the tokens that have to flow back before this one can be admitted."""
        return waiter.tokens + waiter.kept_tokens - self._tokens

    def _refill(self) -> None:
        now = self._now()
        if self._capacity:
            flowed_back = (now - self._counted_at) * self._capacity / _MINUTE
            self._tokens = min(self._capacity, self._tokens + flowed_back)
        self._counted_at = now

    def _set_alarm(self) -> None:
        """Wake when the first in line can have its tokens; a free place wakes by itself."""
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        if not (self._capacity and self._waiting and self._has_place(self._waiting[0])):
            return
        seconds = max(self._missing(self._waiting[0]) * _MINUTE / self._capacity, 0.001)
        self._alarm = asyncio.get_running_loop().call_later(seconds, self._admit)
