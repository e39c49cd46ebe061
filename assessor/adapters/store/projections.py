"""Rows for lists, queues and reads."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal, or_, select, tuple_

from assessor.adapters.store.lookup import Lookup
from assessor.adapters.store.part import StorePart
from assessor.adapters.store.rows import as_projection, select_projections
from assessor.adapters.store.tables import API_KEY, ASSESSMENT, VERDICT
from assessor.domain.assessment import Projection, Status
from assessor.domain.errors import NotFound
from assessor.ports import ApiKey, AskedVerdict, Page, StoredVerdict

_BEFORE_START = (Status.ORDERED, Status.OPENED, Status.IDENTITY)
_UNSCORED = (Status.SUBMITTED, Status.SCORING)
_READABLE = ASSESSMENT.c.erased_at.is_(None)
"""Of what was erased nothing can be read, so there is nothing to do either."""


class SqlProjections(StorePart):
    """Fulfils `Projections`."""

    async def projection(self, assessment_id: str) -> Projection:
        """Return the row of one assessment. Raises NotFound."""
        found = await self._projections(select_projections().where(ASSESSMENT.c.id == assessment_id))
        if not found:
            raise NotFound("assessment", assessment_id)
        return found[0]

    async def assessments(self, tenant: str, limit: int = 100) -> tuple[Projection, ...]:
        """Return a tenant's assessments, newest first."""
        newest = (ASSESSMENT.c.ordered_at.desc(), ASSESSMENT.c.id.desc())
        query = select_projections().where(ASSESSMENT.c.tenant_id == tenant).order_by(*newest).limit(limit)
        return await self._projections(query)

    async def earlier(self, candidate_id: str, track: str) -> tuple[str, ...]:
        """Return the ids of a candidate's assessments for one track, the oldest first."""
        mine = (ASSESSMENT.c.candidate_id == candidate_id) & (ASSESSMENT.c.track == track)
        query = select(ASSESSMENT.c.id).where(mine)
        return await self._ids(query.order_by(ASSESSMENT.c.ordered_at, ASSESSMENT.c.id))

    async def page(self, page: Page) -> tuple[Projection, ...]:
        """Return one page, newest first; the index is entered where the page before ended."""
        rows = await self._all_stale(page_of_assessments(page))
        return tuple(map(as_projection, rows))

    async def unscored(self, *, begun: bool = False) -> Mapping[str, int]:
        """Return where the logs end of what was submitted or is being scored, by id, oldest first.

        `begun`: only of that whose scoring has begun.
        """
        statuses = (Status.SCORING,) if begun else _UNSCORED
        query = select(ASSESSMENT.c.id, ASSESSMENT.c.seq).where(ASSESSMENT.c.status.in_(statuses), _READABLE)
        rows = await self._all(query.order_by(ASSESSMENT.c.submitted_at, ASSESSMENT.c.id))
        return {row.id: row.seq for row in rows}

    async def overdue(self, now: datetime) -> tuple[str, ...]:
        """Return ids whose invitation, break or working time has run out, and no status says so yet."""
        not_begun = and_(ASSESSMENT.c.status.in_(_BEFORE_START), ASSESSMENT.c.expires_at <= now)
        not_handed_in = and_(ASSESSMENT.c.status == Status.IN_PROGRESS, ASSESSMENT.c.deadline <= now)
        not_back = and_(ASSESSMENT.c.status == Status.PAUSED, ASSESSMENT.c.paused_until <= now)
        query = select(ASSESSMENT.c.id).where(or_(not_begun, not_handed_in, not_back), _READABLE)
        return await self._ids(query.order_by(ASSESSMENT.c.ordered_at, ASSESSMENT.c.id))

    async def live_verdict(self, assessment_id: str) -> StoredVerdict | None:
        """Return the verdict that no other has followed, or None: it holds, or it was revoked."""
        query = _select_verdicts(assessment_id).where(VERDICT.c.superseded_by.is_(None))
        return next(iter(await self._verdicts(query)), None)

    async def asked_verdict(self, key_id: str, assessment_id: str) -> AskedVerdict:
        """Return what a read of the live verdict needs, by one query. Raises NotFound for the key."""
        return _asked(key_id, await self._look_up(_LIVE, key_id=key_id, assessment_id=assessment_id))

    async def asked_verdict_of_id(self, key_id: str, verdict_id: str) -> AskedVerdict:
        """Return what a read of any verdict by its id needs, by one query. Raises NotFound for the key."""
        return _asked(key_id, await self._look_up(_BY_ID, key_id=key_id, verdict_id=verdict_id))

    async def verdict_of_id(self, verdict_id: str) -> StoredVerdict:
        """Return one verdict of any tenant, live or not. Raises NotFound."""
        found = await self._verdicts(select(*_VERDICT_COLUMNS).where(VERDICT.c.id == verdict_id))
        if not found:
            raise NotFound("verdict", verdict_id)
        return found[0]

    async def verdicts(self, assessment_id: str) -> tuple[StoredVerdict, ...]:
        """Return all verdicts of an assessment, oldest first."""
        return await self._verdicts(_select_verdicts(assessment_id).order_by(VERDICT.c.seq))

    async def _projections(self, query: Select[Any]) -> tuple[Projection, ...]:
        return tuple(map(as_projection, await self._all(query)))

    async def _ids(self, query: Select[tuple[str]]) -> tuple[str, ...]:
        return tuple(row.id for row in await self._all(query))

    async def _verdicts(self, query: Select[Any]) -> tuple[StoredVerdict, ...]:
        return tuple(StoredVerdict(*tuple(row)) for row in await self._all(query))


def page_of_assessments(page: Page) -> Select[Any]:
    """Return the query for one page. Its order is that of an index, whichever filters are set."""
    newest = (ASSESSMENT.c.ordered_at.desc(), ASSESSMENT.c.id.desc())
    return select_projections().where(*_on_page(page)).order_by(*newest).limit(page.limit)


def _on_page(page: Page) -> Iterator[ColumnElement[bool]]:
    row = ASSESSMENT.c
    yield row.tenant_id == page.tenant
    yield row.livemode == page.livemode
    if page.before is not None:
        at, id_ = page.before
        yield tuple_(row.ordered_at, row.id) < tuple_(literal(at, row.ordered_at.type), literal(id_))
    if page.candidate_ref is not None:
        yield row.candidate_ref == page.candidate_ref
    for column, value in ((row.track, page.track), (row.status, page.status)):
        if value is not None:
            # A candidate has few assessments, a track has most of them: as in `page_of_verdicts`.
            of_one = page.candidate_ref is not None
            yield (func.coalesce(column, "") if of_one else column) == value
    if page.created_from is not None:
        yield row.ordered_at >= page.created_from
    if page.created_before is not None:
        yield row.ordered_at < page.created_before


_VERDICT_COLUMNS = (
    VERDICT.c.id,
    VERDICT.c.assessment_id,
    VERDICT.c.tenant_id,
    VERDICT.c.document,
    VERDICT.c.jws,
    VERDICT.c.status,
    VERDICT.c.superseded_by,
    VERDICT.c.revoked_at,
    VERDICT.c.revoked_because,
)
"""In the order of StoredVerdict's fields."""

_ASKED_BY = (
    API_KEY.c.id.label("key_id"),
    API_KEY.c.tenant_id.label("key_tenant"),
    API_KEY.c.scopes,
    API_KEY.c.livemode,
    API_KEY.c.expires_at.label("key_expires_at"),
    API_KEY.c.last_used_at,
    API_KEY.c.secret_hash,
    ASSESSMENT.c.status.label("stands"),
)
_KEY_COLUMNS = len(_ASKED_BY)

# Platforms poll these, so each is one query. What another tenant has, or the key's own tenant in the other
# mode, is not joined.
_LIVE = Lookup(
    select(*_ASKED_BY, *_VERDICT_COLUMNS)
    .select_from(API_KEY)
    .outerjoin(
        ASSESSMENT,
        and_(
            ASSESSMENT.c.id == bindparam("assessment_id"),
            ASSESSMENT.c.tenant_id == API_KEY.c.tenant_id,
            ASSESSMENT.c.livemode == API_KEY.c.livemode,
        ),
    )
    .outerjoin(VERDICT, and_(VERDICT.c.assessment_id == ASSESSMENT.c.id, VERDICT.c.superseded_by.is_(None)))
    .where(API_KEY.c.id == bindparam("key_id"), API_KEY.c.revoked_at.is_(None))
)
_BY_ID = Lookup(
    select(*_ASKED_BY, *_VERDICT_COLUMNS)
    .select_from(API_KEY)
    .outerjoin(
        VERDICT, and_(VERDICT.c.id == bindparam("verdict_id"), VERDICT.c.tenant_id == API_KEY.c.tenant_id)
    )
    .outerjoin(
        ASSESSMENT,
        and_(ASSESSMENT.c.id == VERDICT.c.assessment_id, ASSESSMENT.c.livemode == API_KEY.c.livemode),
    )
    .where(API_KEY.c.id == bindparam("key_id"), API_KEY.c.revoked_at.is_(None))
)


def _asked(key_id: str, row: Any) -> AskedVerdict:
    """Return what a row of `_LIVE` or `_BY_ID` says. Raises NotFound when there is none."""
    if row is None:
        raise NotFound("key", key_id)
    # Without its assessment it is of the other mode.
    verdict = StoredVerdict(*row[_KEY_COLUMNS:]) if row[_KEY_COLUMNS] and row.stands else None
    key = ApiKey(
        row.key_id, row.key_tenant, tuple(row.scopes), row.livemode, row.key_expires_at, row.last_used_at
    )
    return AskedVerdict(key, row.secret_hash, Status(row.stands) if row.stands else None, verdict)


def _select_verdicts(assessment_id: str) -> Select[Any]:
    return select(*_VERDICT_COLUMNS).where(VERDICT.c.assessment_id == assessment_id)
