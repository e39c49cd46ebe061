"""Writes the cost ledger beside the calls, so that a slow disk holds up no conversation."""

import asyncio
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass

import structlog

from assessor.adapters.metrics import MODEL_CALLS, MODEL_DOLLARS, MODEL_SECONDS, MODEL_TOKENS
from assessor.adapters.model.provider import Tally
from assessor.ports import SUBJECT, Clock, Ledger, ModelCall, Purpose, Subject

log = structlog.get_logger()


@dataclass(frozen=True)
class Entry:
    """One attempt, before it is known whose it was and when."""

    purpose: Purpose
    model: str
    outcome: str
    tally: Tally
    latency_ms: int
    attempt: int


GATHERING_SECONDS = 0.1
"""How long entries wait for others, so that a busy service writes several by one transaction."""


class Books:
    """Enters attempts into the ledger under the assessment that is being worked on."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._gathered: list[ModelCall] = []
        self._closing = asyncio.Event()
        self._writing: asyncio.Task[None] | None = None

    def enter(self, entry: Entry) -> None:
        """Count one entry, and have it written soon."""
        _count(entry)
        self._gathered.append(self._call(entry))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write(), name="write ledger", context=Context())

    async def close(self) -> None:
        """Wait until everything is written."""
        self._closing.set()
        if self._writing:
            await self._writing

    def _call(self, entry: Entry) -> ModelCall:
        subject = SUBJECT.get() or Subject("", "")
        return ModelCall(
            at=self._clock.now(),
            assessment_id=subject.assessment_id or None,
            tenant=subject.tenant or None,
            purpose=entry.purpose,
            model=entry.model,
            outcome=entry.outcome,
            prompt_tokens=entry.tally.prompt_tokens,
            cached_tokens=entry.tally.cached_tokens,
            completion_tokens=entry.tally.completion_tokens,
            cost=entry.tally.cost,
            latency_ms=entry.latency_ms,
            attempt=entry.attempt,
        )

    async def _write(self) -> None:
        """Write until there is nothing more to write."""
        try:
            while self._gathered:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), GATHERING_SECONDS)
                calls, self._gathered = self._gathered, []
                await self._record(calls)
        finally:
            self._writing = None

    async def _record(self, calls: list[ModelCall]) -> None:
        try:
            await self._ledger.record(*calls)
        except Exception:
            # The calls were made and their replies are in use; a ledger that cannot be written must not
            # undo that.
            log.exception("ledger entries lost", calls=[(call.model, call.outcome) for call in calls])


def _count(entry: Entry) -> None:
    tally = entry.tally
    MODEL_CALLS.labels(entry.model, entry.purpose, entry.outcome).inc()
    MODEL_SECONDS.labels(entry.model, entry.purpose).observe(entry.latency_ms / 1000)
    MODEL_TOKENS.labels(entry.model, "prompt").inc(tally.prompt_tokens or 0)
    MODEL_TOKENS.labels(entry.model, "completion").inc(tally.completion_tokens or 0)
    MODEL_DOLLARS.labels(entry.model).inc((tally.cost or 0) / 1_000_000)
