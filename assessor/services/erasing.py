"""Erasure: what a candidate or an operator asks for, what holds it back, and what goes by itself.

Erasing is destroying a candidate's data key. First it is noted in the ledger outside the database, then done
in the database: whoever is cut off between the two finishes at the next start.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import structlog

from assessor.domain import events as e
from assessor.domain.assessment import OPEN, Assessment
from assessor.domain.errors import Conflict, invalid
from assessor.domain.ids import make_id
from assessor.domain.retention import (
    MAX_DAYS,
    ErasedBy,
    LegalHold,
    Retention,
    Schedule,
    held_back,
    schedule,
)
from assessor.domain.text import accept_text
from assessor.ports import Clock, Destroyed, DestroyedKeys, JobRecords, KeptAssessment, Person, Random, Store
from assessor.services.log import AssessmentLog, each_overdue

MIN_REASON_CHARS = 10
MAX_REASON_CHARS = 500

log = structlog.get_logger()


@dataclass(frozen=True)
class Holding:
    """What is kept of one candidate, why, and until when."""

    person: Person
    assessments: tuple[KeptAssessment, ...]
    retention: Retention
    holds: tuple[LegalHold, ...]
    """Those in force."""
    schedule: Schedule


@dataclass(frozen=True)
class Due:
    """Something whose time has come, or a deletion that nothing holds back any more."""

    person: Person
    what: Literal["work", "result"]
    since: datetime
    by: ErasedBy


class Erasing:
    """Erases, and keeps the terms."""

    def __init__(
        self,
        store: Store,
        assessments: AssessmentLog,
        jobs: JobRecords,
        ledger: DestroyedKeys,
        clock: Clock,
        random: Random,
    ) -> None:
        self._store = store
        self._assessments = assessments
        self._jobs = jobs
        self._ledger = ledger
        self._clock = clock
        self._random = random

    async def holding_in(self, assessment_id: str) -> Holding:
        """Return what is kept of the candidate of an assessment. Raises NotFound."""
        return await self._holding(await self._store.person_in(assessment_id))

    async def holding_of(self, tenant: str, named: str) -> Holding:
        """Return what is kept of a candidate by reference or id. Raises NotFound."""
        return await self._holding(await self._store.person(tenant, named))

    async def ask(self, assessment_id: str) -> datetime | None:
        """Erase the candidate of an assessment at their wish.

        Where something holds that back, the wish is kept, and the time returned from which it can be done.
        """
        found = await self.holding_in(assessment_id)
        now, may_go = self._clock.now(), found.schedule.work_may_go
        if may_go > now:
            await self._store.ask_erasure(found.person.id, now)
            return may_go
        await self._erase(found, "candidate")
        return None

    async def withdraw(self, assessment_id: str) -> None:
        """Take back the wish while it is still to come."""
        await self._store.withdraw_erasure((await self._store.person_in(assessment_id)).id)

    async def erase(self, found: Holding, *, before_term: bool = False) -> None:
        """Erase on behalf of the operator; twice is once.

        Raises Conflict for what is held: a legal hold always, the platform's least term unless `before_term`.
        """
        until = found.schedule.work_may_go
        if until > self._clock.now() and (found.holds or not before_term):
            raise held_back(until, by_law=bool(found.holds))
        await self._erase(found, "operator")

    async def erase_again(self, found: Holding) -> None:
        """Delete once more what a restored backup may have brought back of somebody who was erased.

        Raises Conflict for somebody who was not.
        """
        person = found.person
        if person.erased_at is None or person.erased_by is None:
            raise Conflict("This candidate was not erased", "Erase them first.")
        destroyed = Destroyed(person.erased_at, person.erased_by)
        if person.id not in await asyncio.to_thread(self._ledger.noted):
            await asyncio.to_thread(self._ledger.note, {person.id: destroyed})
        await self._destroy(found, destroyed)

    async def hold(self, found: Holding, reason: str, by: str, until: datetime | None) -> LegalHold:
        """Hold everything of a candidate. Raises InvalidInput for the reason or a time that is over."""
        reason = accept_text("reason", reason, limit=MAX_REASON_CHARS, required=True).strip()
        if len(reason) < MIN_REASON_CHARS:
            raise invalid("--reason", "is too short", "Say in a sentence what the hold is for.")
        now = self._clock.now()
        if until is not None and until <= now:
            raise invalid("--until", "is over already", "Give a day to come, or leave it out.")
        if found.person.erased_at:
            raise Conflict("This candidate was erased", "There is nothing left to hold.")
        placed = LegalHold(make_id("hld", self._random.bytes(16)), reason, by, now, until)
        await self._store.place_hold(found.person.id, placed)
        return placed

    async def lift(self, tenant: str, hold_id: str) -> None:
        """Lift a hold. Raises NotFound."""
        await self._store.lift_hold(tenant, hold_id, self._clock.now())

    async def terms(self, tenant: str) -> Retention:
        """Return a platform's terms. Raises NotFound."""
        return await self._store.retention(tenant)

    async def set_terms(self, tenant: str, retention: Retention) -> None:
        """Choose a platform's terms; they hold for what is kept already, too. Raises NotFound."""
        await self._store.set_retention(tenant, retention)

    async def due(self, tenants: Sequence[str] = ()) -> tuple[Due, ...]:
        """Return what would go now, of these tenants or of all."""
        wanted = tenants or [one.id for one in await self._store.tenants()]
        return tuple([one for tenant in wanted for one in await self._due_of(tenant)])

    async def erase_due(self) -> int:
        """Erase what is due. Returns how many candidates something of was erased."""
        due = {one.person.id: one for one in await self.due()}

        async def work(candidate_id: str) -> bool:
            await self._let_go(due[candidate_id])
            return True

        return await each_overdue("retention", tuple(due), work)

    async def _due_of(self, tenant: str) -> list[Due]:
        retention, now = await self._store.retention(tenant), self._clock.now()
        days = min(retention.work.most_days, retention.result.least_days, MAX_DAYS)
        found = []
        for person in await self._store.aging(tenant, now - timedelta(days=days)):
            due = _due(await self._holding(person, retention), now)
            found += [due] if due else []
        return found

    async def _let_go(self, due: Due) -> None:
        if due.what == "work":
            await self._erase(await self._holding(due.person), due.by)
        else:
            await self._store.forget_results(due.person.id, self._clock.now())

    async def _holding(self, person: Person, retention: Retention | None = None) -> Holding:
        kept = await self._store.kept(person.id)
        terms = retention or await self._store.retention(person.tenant)
        now = self._clock.now()
        holds = tuple(one for one in await self._store.legal_holds(person.id) if one.holds(now))
        when = schedule(terms, [one.ended_at for one in kept], holds, now)
        return Holding(person, kept, terms, holds, when)

    async def _erase(self, found: Holding, by: ErasedBy) -> None:
        if found.person.erased_at:
            return
        for one in found.assessments:
            if one.status in OPEN:
                await self._assessments.change(one.id, _withdrawn)
        destroyed = Destroyed(self._clock.now(), by)
        await asyncio.to_thread(self._ledger.note, {found.person.id: destroyed})
        await self._destroy(found, destroyed)
        log.info("candidate erased", candidate=found.person.id, by=by)

    async def _destroy(self, found: Holding, destroyed: Destroyed) -> None:
        for one in found.assessments:
            await self._jobs.forget(one.id)
        await self._store.erase(found.person.id, destroyed)
        for one in found.assessments:
            self._assessments.forget(one.id)


def _withdrawn(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
    """End what the candidate could still work on: nobody could ever score it."""
    return [e.AssessmentWithdrawn()] if assessment.status in OPEN else []


def _due(found: Holding, now: datetime) -> Due | None:
    person, when = found.person, found.schedule
    if person.erased_at:
        ends = when.result_ends(person.erased_by)
        return Due(person, "result", ends, person.erased_by or "term") if ends <= now else None
    if person.asked_at and when.work_may_go <= now:
        return Due(person, "work", max(person.asked_at, when.work_may_go), "candidate")
    return Due(person, "work", when.work_goes, "term") if when.work_goes <= now else None


async def destroy_again(store: Store, ledger: DestroyedKeys) -> int:
    """Destroy again every key that the ledger names, as after an older backup was restored.

    A key that the database knows as destroyed and the ledger does not is added there. Returns how many keys
    were destroyed. Raises DocumentRefused for a damaged ledger.
    """
    noted, erased = await asyncio.to_thread(ledger.noted), await store.erased()
    if missing := {name: one for name, one in erased.items() if name not in noted}:
        await asyncio.to_thread(ledger.note, missing)
    back = await store.readable(noted.keys())
    for candidate_id in sorted(back):
        await store.erase(candidate_id, noted[candidate_id])
    if back:
        log.warning("erased candidates had come back with an older backup", erased_again=len(back))
    return len(back)
