"""Showing metrics and sending traces: the process counts as it goes, and what waits is looked up."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from typing import Final

from assessor.adapters.clock import SystemClock
from assessor.bootstrap.background import beside, each_time
from assessor.domain.errors import SettingProblem, SettingsInvalid
from assessor.ports import Clock, Store
from assessor.settings import Settings

BACKLOG_SECONDS: Final = 15


@asynccontextmanager
async def measured(settings: Settings, store: Store, clock: Clock) -> AsyncIterator[None]:
    """Serve metrics while this lasts. Raises SettingsInvalid where their port cannot be had."""
    from assessor.adapters.metrics import CLOCK_JUMP, REPLICA_LAG, show_backlog

    async def look() -> None:
        now = clock.now()
        show_backlog(await store.backlog(now), now)

    CLOCK_JUMP.set_function(_jump_seconds)
    REPLICA_LAG.set_function(lambda: standing.lag_seconds if (standing := store.replica) else 0)
    await look()  # so that the first answer is whole
    with _served(settings):
        async with beside(each_time(look, BACKLOG_SECONDS), "backlog"):
            yield


@asynccontextmanager
async def traced(settings: Settings) -> AsyncIterator[None]:
    """Send traces while this lasts, where they are wanted. Raises SettingsInvalid without the extra."""
    if settings.traces == "off":
        yield
        return
    from assessor.adapters.traces import traces_sent

    with ExitStack() as stack:
        await asyncio.to_thread(stack.enter_context, traces_sent(settings.executor_id))
        try:
            yield
        finally:
            await asyncio.to_thread(stack.close)  # what waits is sent, and that may take a while


def _jump_seconds() -> float:
    return SystemClock().jump.total_seconds()


@contextmanager
def _served(settings: Settings) -> Iterator[None]:
    from assessor.adapters.metrics import metrics_served

    with ExitStack() as stack:
        try:
            stack.enter_context(metrics_served(settings.metrics_host, settings.metrics_port or 0))
        except OSError as taken:
            problem = (
                f"{settings.metrics_host}:{settings.metrics_port} cannot be listened on: {taken.strerror}"
            )
            remedy = "Give each process of this machine a port of its own"
            raise SettingsInvalid([SettingProblem("ASSESSOR_METRICS_PORT", problem, remedy)]) from None
        yield
