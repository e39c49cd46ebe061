"""Work beside the rest, until the end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import structlog

from assessor.adapters.metrics import FAILURES

log = structlog.get_logger()


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, None], name: str) -> AsyncIterator[None]:
    """Run work beside the rest until the end."""
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def each_time(work: Callable[[], Awaitable[object]], seconds: float) -> None:
    """Ask again and again whether there is something to do, and wait for it as long as it takes.

    What fails is logged, and asked again.
    """
    while True:
        try:
            await work()
        except Exception:
            FAILURES.labels("repeated").inc()
            log.exception("background work failed")
        await asyncio.sleep(seconds)


@asynccontextmanager
async def repeating(sweep: Callable[[], Awaitable[None]], seconds: float) -> AsyncIterator[None]:
    """Run the sweep now, so that it is known to work, and then again and again."""
    await sweep()

    async def again() -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await sweep()
            except Exception:
                FAILURES.labels("sweep").inc()
                # One failed sweep must not end all later ones; the next finds the same work.
                log.exception("sweep failed")

    async with beside(again(), "sweep"):
        yield
