"""Reading an assessment from its log, and adding to it."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import structlog

from assessor.domain.assessment import Assessment, advanced
from assessor.domain.errors import AssessorError, Conflict, Erased, NotFound, SequenceTaken
from assessor.domain.events import Fact
from assessor.ports import Append, Clock, Enclosure, OpenLog
from assessor.services.states import States

MAX_ATTEMPTS = 8

log = structlog.get_logger()

Decide = Callable[[Assessment, datetime], Sequence[Fact]]
"""From the state and the time to the facts that follow. May be asked again; must not have effects."""


class AssessmentLog:
    """The one way in which services read and change an assessment."""

    def __init__(self, store: OpenLog, clock: Clock) -> None:
        self._store = store
        self._states = States(store)
        self._clock = clock

    async def load(self, assessment_id: str) -> Assessment:
        """Return the state that the log adds up to at this moment. Raises NotFound."""
        return await self._states.load(assessment_id)

    async def again(self, assessment: Assessment) -> Assessment:
        """Return the state as the log has it now, which costs little where nothing was added.

        Raises NotFound, Erased.
        """
        if assessment.head and await self._store.head(assessment.id) == assessment.head:
            return assessment
        return await self.load(assessment.id)

    async def load_for(self, tenant: str, assessment_id: str) -> Assessment:
        """Load for one tenant. Another tenant's assessment is NotFound, as one that does not exist.

        Raises Erased for one of their own.
        """
        try:
            assessment = await self.load(assessment_id)
        except Erased as erased:
            if erased.tenant != tenant:
                raise NotFound("assessment", assessment_id) from None
            raise
        if assessment.ordered.tenant != tenant:
            raise NotFound("assessment", assessment_id)
        return assessment

    async def latest(self, assessment_id: str) -> Assessment:
        """Return the state as this process wrote or read it last; load it when it has not.

        For whoever was told of a change by who wrote it. Raises NotFound.
        """
        return self._states.known(assessment_id) or await self.load(assessment_id)

    def forget(self, assessment_id: str) -> None:
        """Drop what this process knows of an assessment that was erased."""
        self._states.forget(assessment_id)

    async def change(
        self, assessment_id: str, decide: Decide, enclosure: Enclosure | None = None
    ) -> Assessment:
        """Append what `decide` says, and return the new state once it is on disk.

        When another writer was first, the log is read and `decide` asked again: its answer always
        rests on the state that it is appended to. `enclosure` is for the mails that follow.
        """
        if after := await self._continued(assessment_id, decide, enclosure):
            return after
        for _ in range(MAX_ATTEMPTS):
            assessment = await self.load(assessment_id)
            now = self._clock.now()
            facts = decide(assessment, now)
            if not facts:
                return assessment
            with suppress(SequenceTaken):
                return await self._append(assessment, facts, now, enclosure)
        raise Conflict("Too many writers at once", "Try again in a moment; nothing was lost.")

    async def _continued(
        self, assessment_id: str, decide: Decide, enclosure: Enclosure | None
    ) -> Assessment | None:
        """Append to the state that is known without reading it first, which saves a trip to the disk.

        None when that did not work out: only a state that was read may refuse, or have nothing to add.
        """
        known, now = self._states.known(assessment_id), self._clock.now()
        if known is None:
            return None
        try:
            facts = decide(known, now)
            return await self._append(known, facts, now, enclosure) if facts else None
        except AssessorError:
            return None

    async def _append(
        self, assessment: Assessment, facts: Sequence[Fact], now: datetime, enclosure: Enclosure | None
    ) -> Assessment:
        after = following(assessment, facts, now)
        row, head = after.projection(), assessment.head
        events = await self._store.append(
            Append(assessment.id, assessment.seq, now, facts, row, head=head, enclosure=enclosure)
        )
        after = replace(after, head=events[-1].hash)
        self._states.wrote(after)
        return after


async def each_overdue(
    what: str, assessment_ids: Iterable[str], work: Callable[[str], Awaitable[bool]]
) -> int:
    """Do overdue work on each assessment, and return on how many there was something to do.

    One that cannot be read (its candidate was erased, its bytes were changed) must not hold up all
    others, nor the start of the service: it is logged, and tried again at the next sweep.
    """
    done = 0
    for assessment_id in assessment_ids:
        try:
            done += await work(assessment_id)
        except Exception:
            log.exception("sweep failed", what=what, assessment=assessment_id)
    return done


def following(assessment: Assessment, facts: Sequence[Fact], at: datetime) -> Assessment:
    """Return the state after the facts. Raises IllegalTransition."""
    for fact in facts:
        assessment = advanced(assessment, assessment.seq + 1, at, fact)
    return assessment
