"""Writes the cost ledger beside the calls, so that a slow disk holds up no conversation."""

import asyncio
from dataclasses import dataclass

import structlog

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


class Books:
    """Enters attempts into the ledger under the assessment that is being worked on."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._writing: set[asyncio.Task[None]] = set()

    def enter(self, entry: Entry) -> None:
        """Start writing one entry."""
        task = asyncio.create_task(self._write(self._call(entry)), name="write ledger")
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def close(self) -> None:
        """Wait until everything is written."""
        if self._writing:
            await asyncio.wait(self._writing)

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

    async def _write(self, call: ModelCall) -> None:
        try:
            await self._ledger.record(call)
        except Exception:
            # The call was made and its reply is in use; a ledger that cannot be written must not undo that.
            log.exception("ledger entry lost", model=call.model, outcome=call.outcome)
