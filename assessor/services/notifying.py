"""Sending what is in the outbox, as a worker does.

What is due is taken up every second, and as soon as an attempt has ended. The outbox itself is the durable
state: an attempt that a crash cut off is taken up again, by the same worker when it starts, or by another
when the claim has run out. So every event arrives at least once, always under the same id.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from assessor.crash_points import CrashPoint, reach
from assessor.domain.notification import cloud_event
from assessor.domain.webhook import RETRY_SECONDS, settle
from assessor.ports import Claimed, Clock, Receivers, Webhooks
from assessor.tracing import span

AT_ONCE = 16
PER_ENDPOINT = 2
PUMP_SECONDS = 1.0
CLAIM = timedelta(seconds=30)
"""Longer than an attempt may take, with the time to record it."""
GRACE_SECONDS = 5
KEPT_DAYS = 30

log = structlog.get_logger()


class Notifying:
    """Delivers webhooks."""

    def __init__(
        self,
        outbox: Webhooks,
        receivers: Receivers,
        clock: Clock,
        *,
        source: str,
        worker: str,
        schedule: Sequence[float] = RETRY_SECONDS,
    ) -> None:
        self._outbox = outbox
        self._receivers = receivers
        self._clock = clock
        self._source = source
        self._worker = worker
        self._schedule = schedule
        self._running: dict[asyncio.Task[None], Claimed] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Deliver until the context ends; what is on its way then gets a moment to arrive.

        What this worker had taken up before it was killed is due again at once.
        """
        await self._outbox.release_claims(self._worker, self._clock.now())
        stop = asyncio.Event()
        pump = asyncio.create_task(self._pump(stop), name="webhooks")
        try:
            yield
        finally:
            # Not cancelled: that could leave claims behind that nobody works on until they run out.
            stop.set()
            await pump
            await self._settle_down()

    async def start_due(self) -> int:
        """Take up what is due and begin to send it. Returns how many."""
        now = self._clock.now()
        free = AT_ONCE - len(self._running)
        if free <= 0:
            return 0
        load = Counter(claimed.delivery.endpoint_id for claimed in self._running.values())
        busy = [endpoint for endpoint, count in load.items() if count >= PER_ENDPOINT]
        claims = await self._outbox.claim(self._worker, now, now + CLAIM, free, busy)
        for claimed in claims:
            task = asyncio.create_task(self._deliver(claimed), name=f"deliver {claimed.delivery.id}")
            self._running[task] = claimed
            task.add_done_callback(self._running.pop)
        return len(claims)

    async def deliver_due(self) -> int:
        """Send everything that is due at this moment, and wait for it. Returns how many attempts."""
        attempts = 0
        while started := await self.start_due():
            attempts += started
            await asyncio.gather(*self._running)
        return attempts

    async def forget_old(self) -> int:
        """Remove the delivery log of more than a month ago. Returns how many."""
        return await self._outbox.forget_deliveries(self._clock.now() - timedelta(days=KEPT_DAYS))

    async def _pump(self, stop: asyncio.Event) -> None:
        """Look for what is due every second, and at once when an attempt has ended and more may wait."""
        stopped = asyncio.create_task(stop.wait(), name="webhooks stop")
        while not stop.is_set():
            try:
                await self.start_due()
            except Exception:
                # A database that is away for a while must not end the deliveries for good.
                log.exception("webhooks could not be taken up")
            await asyncio.wait(
                {stopped, *self._running}, timeout=PUMP_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )

    async def _settle_down(self) -> None:
        """Wait for a moment, then cut off what is left: its claim runs out, and it is sent again."""
        if self._running:
            await asyncio.wait(self._running, timeout=GRACE_SECONDS)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _deliver(self, claimed: Claimed) -> None:
        """Make one attempt. A fault of ours leaves the claim to run out."""
        try:
            with span("webhook attempt", {"assessor.tenant": claimed.tenant}):
                await self._attempt(claimed)
        except Exception:
            log.exception("webhook attempt failed", delivery=claimed.delivery.id)

    async def _attempt(self, claimed: Claimed) -> None:
        delivery, begun = claimed.delivery, self._clock.now()
        body = cloud_event(delivery.notice, self._source)
        reach(CrashPoint.BEFORE_DELIVERY)
        reception = await self._receivers.send(claimed.url, claimed.secrets, delivery.notice.id, begun, body)
        reach(CrashPoint.AFTER_DELIVERY)
        settled = settle(reception, delivery.retries, self._schedule, self._clock.now())
        pause = await self._outbox.record_attempt(claimed, reception, settled, begun)
        if pause is not None:
            log.warning(
                "webhook endpoint paused",
                endpoint=delivery.endpoint_id,
                tenant=claimed.tenant,
                why=pause.value,
            )
