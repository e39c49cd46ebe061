"""Erasure: destroying data keys, deleting what lies beside the log, and how long everything stays."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, func, insert, or_, select, update

from assessor.adapters.store.audit_log import forget_words, place_acts
from assessor.adapters.store.part import StorePart, unique_or
from assessor.adapters.store.tables import (
    ACQUAINTANCE,
    ANSWER_BAND,
    ASSESSMENT,
    CANDIDATE,
    DEMOGRAPHICS,
    DRAFT,
    ERASURE_REQUEST,
    FEEDBACK,
    IDEMPOTENCY,
    INTERVIEW_PLACE,
    INVITE,
    LEASE,
    LEGAL_HOLD,
    MAIL,
    MAIL_ADDRESS,
    MOVE_CODE,
    NOTICE,
    QUEUE_ENTRY,
    REMINDER_REFUSAL,
    SESSION,
    SHADOW_CASE,
    SHARE,
    TENANT,
    VERDICT,
    WEBHOOK_ATTEMPT,
    WEBHOOK_DELIVERY,
    in_utc,
)
from assessor.domain.audit_log import Act, Action
from assessor.domain.errors import Conflict, NotFound
from assessor.domain.retention import LegalHold, Retention
from assessor.ports import Destroyed, KeptAssessment, Person

_AT_ONCE: Final = 500
"""Ids in one statement; SQLite takes a thousand."""

_PERSON: Final = (
    select(
        CANDIDATE.c.id,
        CANDIDATE.c.tenant_id,
        CANDIDATE.c.candidate_ref,
        CANDIDATE.c.erased_at,
        CANDIDATE.c.erased_by,
        ERASURE_REQUEST.c.asked_at,
    )
    .select_from(CANDIDATE)
    .outerjoin(ERASURE_REQUEST, ERASURE_REQUEST.c.candidate_id == CANDIDATE.c.id)
)
"""In the order of the fields of `Person`."""

_ENDED: Final = func.coalesce(
    func.max(VERDICT.c.issued_at), ASSESSMENT.c.submitted_at, ASSESSMENT.c.ordered_at
)
_HOLD: Final = select(
    LEGAL_HOLD.c.id,
    LEGAL_HOLD.c.reason,
    LEGAL_HOLD.c.by,
    LEGAL_HOLD.c.placed_at,
    LEGAL_HOLD.c.until,
    LEGAL_HOLD.c.lifted_at,
)
"""In the order of the fields of `LegalHold`."""


class SqlErasures(StorePart):
    """Fulfils `Erasures`, but for the drafts."""

    async def person(self, tenant: str, named: str) -> Person:
        """Return a tenant's candidate by the platform's reference, or by our id. Raises NotFound."""
        mine = CANDIDATE.c.tenant_id == tenant
        is_named = or_(CANDIDATE.c.candidate_ref == named, CANDIDATE.c.id == named)
        return await self._person(_PERSON.where(mine, is_named), named)

    async def person_in(self, assessment_id: str) -> Person:
        """Return whose assessment it is. Raises NotFound."""
        theirs = select(ASSESSMENT.c.candidate_id).where(ASSESSMENT.c.id == assessment_id)
        return await self._person(_PERSON.where(CANDIDATE.c.id == theirs.scalar_subquery()), assessment_id)

    async def kept(self, candidate_id: str) -> tuple[KeptAssessment, ...]:
        """Return a candidate's assessments, the oldest first."""
        row = ASSESSMENT.c
        columns = (row.id, row.track, row.livemode, row.status, row.ordered_at)
        query = (
            select(*columns, _ENDED.label("ended_at"))
            .select_from(ASSESSMENT)
            .outerjoin(VERDICT, VERDICT.c.assessment_id == row.id)
            .where(row.candidate_id == candidate_id)
            .group_by(*columns, row.submitted_at)
            .order_by(row.ordered_at, row.id)
        )
        return tuple(KeptAssessment(*tuple(one)) for one in await self._all(query))

    async def ask_erasure(self, candidate_id: str, at: datetime) -> None:
        """Keep that a candidate asked for deletion; the first time counts."""

        def ask(connection: Connection) -> None:
            locked = select(CANDIDATE.c.id).where(CANDIDATE.c.id == candidate_id).with_for_update()
            connection.execute(locked)  # keeps two first requests apart, which have no row yet to lock
            mine = ERASURE_REQUEST.c.candidate_id == candidate_id
            if connection.execute(select(ERASURE_REQUEST).where(mine)).first() is None:
                connection.execute(insert(ERASURE_REQUEST).values(candidate_id=candidate_id, asked_at=at))

        await self._database.write(ask)

    async def withdraw_erasure(self, candidate_id: str) -> None:
        """Forget that a candidate asked for deletion."""
        await self._execute(delete(ERASURE_REQUEST).where(ERASURE_REQUEST.c.candidate_id == candidate_id))

    async def legal_holds(self, candidate_id: str) -> tuple[LegalHold, ...]:
        """Return all, also those that ended, the oldest first."""
        query = _HOLD.where(LEGAL_HOLD.c.candidate_id == candidate_id)
        rows = await self._all(query.order_by(LEGAL_HOLD.c.placed_at, LEGAL_HOLD.c.id))
        return tuple(LegalHold(*tuple(row)) for row in rows)

    async def place_hold(self, candidate_id: str, hold: LegalHold) -> None:
        """Raises Conflict when there is one of that id."""
        with unique_or(Conflict(f"There is a hold {hold.id} already", "Try again.")):
            await self._execute(insert(LEGAL_HOLD).values(candidate_id=candidate_id, **vars(hold)))

    async def lift_hold(self, tenant: str, hold_id: str, at: datetime) -> None:
        """Raises NotFound, also when it was lifted before."""
        theirs = select(CANDIDATE.c.id).where(CANDIDATE.c.tenant_id == tenant)
        mine = (LEGAL_HOLD.c.id == hold_id) & LEGAL_HOLD.c.candidate_id.in_(theirs)
        lifted = update(LEGAL_HOLD).where(mine, LEGAL_HOLD.c.lifted_at.is_(None)).values(lifted_at=at)
        if await self._execute(lifted) != 1:
            raise NotFound("hold", hold_id)

    async def retention(self, tenant: str) -> Retention:
        """Return a tenant's terms; the defaults where none were set. Raises NotFound."""
        row = await self._first(select(TENANT.c.retention).where(TENANT.c.id == tenant))
        if row is None:
            raise NotFound("tenant", tenant)
        return Retention.model_validate(row.retention or {})

    async def set_retention(self, tenant: str, retention: Retention) -> None:
        """Raises NotFound."""
        terms = retention.model_dump(mode="json")
        if await self._execute(update(TENANT).where(TENANT.c.id == tenant).values(retention=terms)) != 1:
            raise NotFound("tenant", tenant)

    async def aging(self, tenant: str, ended_before: datetime) -> tuple[Person, ...]:
        """Return those whose assessments ended before a time, or who asked for deletion."""
        last = func.max(
            func.coalesce(VERDICT.c.issued_at, ASSESSMENT.c.submitted_at, ASSESSMENT.c.ordered_at)
        )
        query = (
            _PERSON.join(ASSESSMENT, ASSESSMENT.c.candidate_id == CANDIDATE.c.id)
            .outerjoin(VERDICT, VERDICT.c.assessment_id == ASSESSMENT.c.id)
            .where(CANDIDATE.c.tenant_id == tenant, CANDIDATE.c.forgotten_at.is_(None))
            .group_by(*_PERSON.selected_columns)
            .having(or_(last < ended_before, ERASURE_REQUEST.c.asked_at.is_not(None)))
            .order_by(CANDIDATE.c.id)
        )
        return tuple(Person(*tuple(row)) for row in await self._all(query))

    async def erase(self, candidate_id: str, destroyed: Destroyed) -> None:
        """Destroy a candidate's data key, and delete what their words were kept in beside the log."""
        at = in_utc(destroyed.at)

        def erase(connection: Connection) -> None:
            one = CANDIDATE.c.id == candidate_id
            had_key = one & CANDIDATE.c.wrapped_key.is_not(None)
            lost = update(CANDIDATE).where(had_key).values(wrapped_key=None)
            tenant = connection.execute(lost.returning(CANDIDATE.c.tenant_id)).scalar()
            new = one & CANDIDATE.c.erased_at.is_(None)
            connection.execute(update(CANDIDATE).where(new).values(erased_at=at, erased_by=destroyed.by))
            _delete_beside(connection, candidate_id)
            _close(connection, candidate_id, at)
            if tenant is not None:
                act = Act(tenant, destroyed.by, Action.CANDIDATE_ERASED, candidate_id)
                place_acts(connection, [act], at)

        await self._database.write(erase)
        await self._database.forget_overwritten()

    async def forget_results(self, candidate_id: str, at: datetime) -> None:
        """Delete the verdicts of somebody who was erased, and their reference wherever it stands."""

        def forget(connection: Connection) -> None:
            row = connection.execute(
                select(CANDIDATE.c.erased_at, CANDIDATE.c.tenant_id)
                .where(CANDIDATE.c.id == candidate_id)
                .with_for_update()
            ).first()
            if row is None or row.erased_at is None:
                raise Conflict("This candidate was not erased", "Erase them first.")
            _delete_results(connection, candidate_id)
            nobody = {"candidate_ref": f"erased-{candidate_id}"}
            theirs = CANDIDATE.c.id == candidate_id
            connection.execute(update(CANDIDATE).where(theirs).values(**nobody, forgotten_at=in_utc(at)))
            mine = ASSESSMENT.c.candidate_id == candidate_id
            connection.execute(update(ASSESSMENT).where(mine).values(**nobody, decision=None))
            act = Act(row.tenant_id, "term", Action.RESULTS_FORGOTTEN, candidate_id)
            place_acts(connection, [act], at)

        await self._database.write(forget)
        await self._database.forget_overwritten()

    async def readable(self, candidate_ids: Collection[str]) -> frozenset[str]:
        """Return those of whom there is a data key."""
        has_key = select(CANDIDATE.c.id).where(CANDIDATE.c.wrapped_key.is_not(None))
        ids, found = sorted(candidate_ids), set()
        for start in range(0, len(ids), _AT_ONCE):
            rows = await self._all(has_key.where(CANDIDATE.c.id.in_(ids[start : start + _AT_ONCE])))
            found |= {row.id for row in rows}
        return frozenset(found)

    async def erased(self) -> Mapping[str, Destroyed]:
        """Return everybody whose data key was destroyed."""
        columns = (CANDIDATE.c.id, CANDIDATE.c.erased_at, CANDIDATE.c.erased_by)
        rows = await self._all(select(*columns).where(CANDIDATE.c.erased_at.is_not(None)))
        return {row.id: Destroyed(row.erased_at, row.erased_by) for row in rows}

    async def rows_left(self, candidate_id: str) -> Mapping[str, int]:
        """Return how many rows stand beside the log of what an erasure deletes, by table."""
        key = (CANDIDATE.c.id == candidate_id) & CANDIDATE.c.wrapped_key.is_not(None)
        counted = {}
        for table, condition in ((CANDIDATE, key), *_beside(candidate_id)):
            (row,) = await self._all(select(func.count()).select_from(table).where(condition))
            counted[table.name] = int(row[0])
        return {name: count for name, count in counted.items() if count}

    async def sealed_key(self, candidate_id: str) -> bytes | None:
        """Return the data key in its wrapped form; nobody opens it with this alone."""
        row = await self._first(select(CANDIDATE.c.wrapped_key).where(CANDIDATE.c.id == candidate_id))
        return None if row is None else row.wrapped_key

    async def _person(self, query: Select[Any], named: str) -> Person:
        row = await self._first(query)
        if row is None:
            raise NotFound("candidate", named)
        return Person(*tuple(row))


def _theirs(candidate_id: str) -> Select[Any]:
    return select(ASSESSMENT.c.id).where(ASSESSMENT.c.candidate_id == candidate_id)


def _beside(candidate_id: str) -> tuple[tuple[Table, ColumnElement[bool]], ...]:
    """Return the rows that hold words, or let somebody in to them, by table."""
    theirs = _theirs(candidate_id)
    of_assessments = (
        DRAFT,
        MAIL,
        MAIL_ADDRESS,
        INTERVIEW_PLACE,
        MOVE_CODE,
        SHADOW_CASE,
        ANSWER_BAND,
        FEEDBACK,
    )
    of_candidates = (DEMOGRAPHICS, ERASURE_REQUEST, REMINDER_REFUSAL, ACQUAINTANCE)
    return (
        *((table, table.c.assessment_id.in_(theirs)) for table in of_assessments),
        *((table, table.c.candidate_id == candidate_id) for table in of_candidates),
        (SESSION, (SESSION.c.kind == "candidate") & SESSION.c.subject.in_(theirs)),
    )


def _delete_beside(connection: Connection, candidate_id: str) -> None:
    """Delete them, and words in the audit log, and stored answers that tell of orders."""
    for table, condition in _beside(candidate_id):
        connection.execute(delete(table).where(condition))
    theirs = _theirs(candidate_id)
    forget_words(connection, theirs.union(select(CANDIDATE.c.id).where(CANDIDATE.c.id == candidate_id)))
    for assessment_id in connection.execute(theirs).scalars().all():
        told = IDEMPOTENCY.c.location.endswith(f"/{assessment_id}", autoescape=True)
        connection.execute(delete(IDEMPOTENCY).where(told))


def _close(connection: Connection, candidate_id: str, at: datetime) -> None:
    """End links that lead to what is no more, and mark assessments for lists and queues."""
    theirs = _theirs(candidate_id)
    connection.execute(
        update(INVITE)
        .where(INVITE.c.assessment_id.in_(theirs), INVITE.c.closed_at.is_(None))
        .values(closed_at=at)
    )
    connection.execute(
        update(SHARE).where(SHARE.c.assessment_id.in_(theirs), SHARE.c.ended_at.is_(None)).values(ended_at=at)
    )
    mine = (ASSESSMENT.c.candidate_id == candidate_id) & ASSESSMENT.c.erased_at.is_(None)
    connection.execute(update(ASSESSMENT).where(mine).values(erased_at=at, queued=None))
    connection.execute(delete(QUEUE_ENTRY).where(QUEUE_ENTRY.c.assessment_id.in_(theirs)))
    connection.execute(delete(LEASE).where(LEASE.c.assessment_id.in_(theirs)))


def _delete_results(connection: Connection, candidate_id: str) -> None:
    theirs = _theirs(candidate_id)
    connection.execute(delete(VERDICT).where(VERDICT.c.assessment_id.in_(theirs)))
    connection.execute(delete(SHARE).where(SHARE.c.assessment_id.in_(theirs)))
    deliveries = select(WEBHOOK_DELIVERY.c.id).where(WEBHOOK_DELIVERY.c.subject.in_(theirs))
    connection.execute(delete(WEBHOOK_ATTEMPT).where(WEBHOOK_ATTEMPT.c.delivery_id.in_(deliveries)))
    connection.execute(delete(WEBHOOK_DELIVERY).where(WEBHOOK_DELIVERY.c.subject.in_(theirs)))
    connection.execute(delete(NOTICE).where(NOTICE.c.subject.in_(theirs)))
