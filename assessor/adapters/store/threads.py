"""Threads that each hold a connection, and the work that waits for one: so much of it, and so long."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

import structlog

from assessor.adapters.store.limits import ServerLimits
from assessor.adapters.store.outages import SOON
from assessor.domain.errors import StoreUnavailable

T = TypeVar("T")

log = structlog.get_logger()


class Threads:
    """Runs work on an executor, for callers in event loops."""

    def __init__(self, executor: Executor, count: int, limits: ServerLimits) -> None:
        self._executor = executor
        self._count = count
        self._limits = limits
        self._asked = 0

    @property
    def is_crowded(self) -> bool:
        """Whether more waits than half of what may."""
        return 2 * (self._asked - self._count) > self._limits.waiting

    async def run(self, work: Callable[..., T], *values: object) -> T:
        """Run work on a thread. Raises StoreUnavailable when too much waits, or when it waited too long.

        When the caller is cancelled, it either never begins or runs to its end.
        """
        if self._asked - self._count >= self._limits.waiting:
            log.warning("too much waits for the database", waiting=self._limits.waiting)
            raise StoreUnavailable(SOON)
        self._asked += 1
        try:
            return await self._soon(work, *values)
        finally:
            self._asked -= 1

    async def _soon(self, work: Callable[..., T], *values: object) -> T:
        future = self._executor.submit(work, *values)
        gave_up = False

        def give_up() -> None:
            nonlocal gave_up
            gave_up = future.cancel()  # what has begun is not

        timer = asyncio.get_running_loop().call_later(self._limits.wait_seconds, give_up)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if gave_up:
                log.warning("all connections to the database are in use", waited=self._limits.wait_seconds)
                raise StoreUnavailable(SOON) from None
            raise
        finally:
            timer.cancel()

    def shutdown(self) -> None:
        """Let what has begun end."""
        self._executor.shutdown()
