"""Candidates who take their time, and whose requests are timed."""

import asyncio
import random
import time
from dataclasses import dataclass, field

import httpx

from tests.torture.people import Person


@dataclass
class Stopwatch:
    """How long requests took, since it was last asked."""

    pause_seconds: float
    """That somebody takes before a request, on average."""
    _seconds: list[float] = field(default_factory=list)

    def note(self, seconds: float) -> None:
        """Add one."""
        self._seconds.append(seconds)

    def taken(self) -> list[float]:
        """Return the seconds of every request since the last time, in order of their length."""
        taken, self._seconds = sorted(self._seconds), []
        return taken


@dataclass
class TimedPerson(Person):
    """A candidate behind a stopwatch."""

    stopwatch: Stopwatch = field(default_factory=lambda: Stopwatch(0))

    def transport(self) -> httpx.AsyncBaseTransport:
        """Return the way to the service, by way of the stopwatch."""
        return _Timed(super().transport(), self.stopwatch)


class _Timed(httpx.AsyncBaseTransport):
    def __init__(self, way: httpx.AsyncBaseTransport, stopwatch: Stopwatch) -> None:
        self._way = way
        self._stopwatch = stopwatch

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(random.expovariate(1 / self._stopwatch.pause_seconds))
        began = time.perf_counter()
        answer = await self._way.handle_async_request(request)
        self._stopwatch.note(time.perf_counter() - began)
        return answer

    async def aclose(self) -> None:
        await self._way.aclose()
