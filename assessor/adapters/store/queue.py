"""What waits for a person, and who has it in hand."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError

from assessor.adapters.store.part import StorePart, unique_or
from assessor.adapters.store.rows import as_projection, select_projections
from assessor.adapters.store.tables import ACQUAINTANCE, ASSESSMENT, LEASE, QUEUE_ENTRY, in_utc
from assessor.domain.assessment import Projection, Status
from assessor.domain.errors import Conflict
from assessor.domain.queue import Lease, QueuePlace, Reason, reasons_of
from assessor.ports import QueueFilter, Taker

_EVERYTHING: Final = QueueFilter()
Q: Final = QUEUE_ENTRY.c
A: Final = ACQUAINTANCE.c
_ORDER: Final = (Q.rank, Q.since, Q.assessment_id)


class SqlQueue(StorePart):
    """Fulfils `Queue`."""

    async def waiting(
        self,
        tenant: str,
        wanted: QueueFilter = _EVERYTHING,
        after: QueuePlace | None = None,
        limit: int | None = None,
    ) -> tuple[Projection, ...]:
        """Return one page; the index is entered where the page before ended."""
        return await self._listed(page_of_queue(tenant, wanted, after, limit))

    async def free(
        self, tenant: str, taker: Taker, now: datetime, after: QueuePlace | None, limit: int
    ) -> tuple[Projection, ...]:
        """Return what nobody else has in hand, in the queue's order."""
        held = and_(
            LEASE.c.assessment_id == Q.assessment_id,
            LEASE.c.until > in_utc(now),
            LEASE.c.reviewer_id != taker.reviewer_id,
        )
        (track,) = taker.tracks if len(taker.tracks) == 1 else (None,)
        query = page_of_queue(tenant, QueueFilter(track=track), after, limit)
        known = (A.reviewer_id == taker.reviewer_id) & (A.candidate_id == ASSESSMENT.c.candidate_id)
        query = query.where(~select(LEASE.c.assessment_id).where(held).exists())
        query = query.where(~select(A.at).where(known).exists())
        for column, chosen in ((Q.track, taker.tracks), (Q.language, taker.languages)):
            if chosen:
                query = query.where(column.in_(sorted(chosen)))
        if taker.untrained:
            to_score = ASSESSMENT.c.needs_help.is_(None) & (ASSESSMENT.c.status != Status.TECHNICAL_HOLD)
            query = query.where(~(to_score & Q.track.in_(sorted(taker.untrained))))
        return await self._listed(query)

    async def in_hand(self, tenant: str, reviewer_id: str, now: datetime) -> tuple[Projection, ...]:
        """Return what somebody has in hand, what was taken last at the end."""
        query = select_projections().join(LEASE, LEASE.c.assessment_id == ASSESSMENT.c.id)
        query = query.where(LEASE.c.reviewer_id == reviewer_id, LEASE.c.until > in_utc(now))
        return await self._listed(query.where(ASSESSMENT.c.tenant_id == tenant).order_by(LEASE.c.until))

    async def waiting_counts(self, tenant: str, most: int) -> Mapping[Reason | None, int]:
        """Return how many wait; each count reads no more of its index than `most` rows."""
        counts = [
            select(func.count())
            .select_from(
                select(Q.assessment_id)
                .where(Q.tenant_id == tenant, Q.line == line_of(reason))
                .limit(most)
                .subquery()
            )
            .scalar_subquery()
            for reason in (None, *Reason)
        ]
        row = await self._first(select(*(count.label(f"c{n}") for n, count in enumerate(counts))))
        return dict(zip((None, *Reason), row or (), strict=True))

    async def take(self, lease: Lease, now: datetime) -> Lease:
        """Take a case, or go on with it, unless another has it in hand. Return who has it then."""

        def take(connection: Connection) -> Lease:
            mine = LEASE.c.assessment_id == lease.assessment_id
            free = (LEASE.c.reviewer_id == lease.holder) | (LEASE.c.until <= in_utc(now))
            values = {"reviewer_id": lease.holder, "until": in_utc(lease.until)}
            own = LEASE.c.reviewer_id == lease.holder
            longer = connection.execute(
                select(LEASE).where(mine, own, LEASE.c.until > in_utc(lease.until))
            ).first()
            if longer is not None:
                return _as_lease(longer)
            if connection.execute(update(LEASE).where(mine, free).values(**values)).rowcount:
                return lease
            row = connection.execute(select(LEASE).where(mine)).first()
            if row is not None:
                return _as_lease(row)
            connection.execute(insert(LEASE).values(assessment_id=lease.assessment_id, **values))
            return lease

        try:
            return await self._database.write(take)
        except IntegrityError:  # another took it at the same moment
            return await self._database.write(take)

    async def hand_over(self, lease: Lease) -> None:
        """Give a case to somebody, whoever had it."""
        values = {"reviewer_id": lease.holder, "until": in_utc(lease.until)}

        def hand_over(connection: Connection) -> None:
            connection.execute(delete(LEASE).where(LEASE.c.assessment_id == lease.assessment_id))
            connection.execute(insert(LEASE).values(assessment_id=lease.assessment_id, **values))

        with unique_or(Conflict("Somebody took this case at the same moment", "Hand it over again.")):
            await self._database.write(hand_over)

    async def know(self, reviewer_id: str, candidate_id: str, at: datetime) -> None:
        """Keep that a reviewer knows a candidate. Twice is once."""
        row = {"reviewer_id": reviewer_id, "candidate_id": candidate_id, "at": in_utc(at)}
        if not await self.knows(reviewer_id, candidate_id):
            with unique_or(Conflict("This was noted at the same moment", "Nothing is left to do.")):
                await self._execute(insert(ACQUAINTANCE).values(**row))

    async def knows(self, reviewer_id: str, candidate_id: str) -> bool:
        """Whether a reviewer said that they know a candidate."""
        both = (A.reviewer_id == reviewer_id) & (A.candidate_id == candidate_id)
        return await self._first(select(A.at).where(both)) is not None

    async def give_back(self, assessment_id: str, holder: str) -> None:
        """End a lease, if it is this holder's."""
        mine = (LEASE.c.assessment_id == assessment_id) & (LEASE.c.reviewer_id == holder)
        await self._execute(delete(LEASE).where(mine))

    async def leases(self, assessment_ids: Collection[str], now: datetime) -> Mapping[str, Lease]:
        """Return who has which in hand."""
        of_these = LEASE.c.assessment_id.in_(sorted(assessment_ids)) & (LEASE.c.until > in_utc(now))
        rows = await self._all(select(LEASE).where(of_these))
        return {row.assessment_id: _as_lease(row) for row in rows}

    async def _listed(self, query: Select[Any]) -> tuple[Projection, ...]:
        return tuple(map(as_projection, await self._all(query)))


def page_of_queue(
    tenant: str, wanted: QueueFilter, after: QueuePlace | None, limit: int | None
) -> Select[Any]:
    """Return the query for one page. Its order is that of an index, whichever filters are set."""
    query = select_projections().join(QUEUE_ENTRY, Q.assessment_id == ASSESSMENT.c.id)
    query = query.where(Q.tenant_id == tenant, Q.line == line_of(wanted.reason, wanted.track))
    if after is not None:
        query = query.where(_later(after))
    return query.order_by(*_ORDER).limit(limit)


def _later(place: QueuePlace) -> ColumnElement[bool]:
    values = (literal(place.rank), literal(in_utc(place.since), Q.since.type), literal(place.id))
    return tuple_(*_ORDER) > tuple_(*values)


def place_in_queue(connection: Connection, before: str | None, row: Projection) -> None:
    """Bring the entries of one assessment up to date, when they have changed since `before`."""
    reasons, place = reasons_of(row), row.queue_place
    now = f"{place.rank} {place.since.isoformat()} {' '.join(reasons)}" if reasons else None
    if now == before:
        return
    connection.execute(delete(QUEUE_ENTRY).where(Q.assessment_id == row.id))
    connection.execute(update(ASSESSMENT).where(ASSESSMENT.c.id == row.id).values(queued=now))
    if not reasons:
        return
    entry = {
        "assessment_id": row.id,
        "tenant_id": row.tenant,
        "track": row.track,
        "language": row.language,
        "rank": place.rank,
        "since": in_utc(place.since),
    }
    lines = [line_of(reason, track) for reason in (None, *reasons) for track in (None, row.track)]
    connection.execute(insert(QUEUE_ENTRY), [{**entry, "line": line} for line in lines])


def line_of(reason: Reason | None = None, track: str | None = None) -> str:
    """Name a line of the queue; without reason and track, that of everything."""
    return f"{reason or ''}/{track or ''}"


def _as_lease(row: Any) -> Lease:
    return Lease(row.assessment_id, row.reviewer_id, row.until)
