"""Rows for lists, queues and reads."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from assessor.adapters.store.derived import ISSUED
from assessor.adapters.store.part import StorePart
from assessor.adapters.store.rows import as_projection, select_projections
from assessor.adapters.store.tables import ASSESSMENT, VERDICT
from assessor.domain.assessment import Projection, Status
from assessor.domain.errors import NotFound
from assessor.ports import StoredVerdict

_BEFORE_START = (Status.ORDERED, Status.OPENED, Status.IDENTITY)
_UNSCORED = (Status.SUBMITTED, Status.SCORING)


class SqlProjections(StorePart):
    """Fulfils `Projections`."""

    async def projection(self, assessment_id: str) -> Projection:
        """Return the row of one assessment. Raises NotFound."""
        found = await self._projections(select_projections().where(ASSESSMENT.c.id == assessment_id))
        if not found:
            raise NotFound("assessment", assessment_id)
        return found[0]

    async def waiting(self, tenant: str) -> tuple[Projection, ...]:
        """Return what waits for a person, what was submitted first at the front."""
        since = func.coalesce(ASSESSMENT.c.submitted_at, ASSESSMENT.c.ordered_at)
        mine = (ASSESSMENT.c.tenant_id == tenant) & ASSESSMENT.c.needs_person
        return await self._projections(select_projections().where(mine).order_by(since, ASSESSMENT.c.id))

    async def assessments(self, tenant: str, limit: int = 100) -> tuple[Projection, ...]:
        """Return a tenant's assessments, newest first."""
        newest = (ASSESSMENT.c.ordered_at.desc(), ASSESSMENT.c.id.desc())
        query = select_projections().where(ASSESSMENT.c.tenant_id == tenant).order_by(*newest).limit(limit)
        return await self._projections(query)

    async def unscored(self) -> tuple[str, ...]:
        """Return ids that were submitted or are being scored, oldest first."""
        query = select(ASSESSMENT.c.id).where(ASSESSMENT.c.status.in_(_UNSCORED))
        return await self._ids(query.order_by(ASSESSMENT.c.submitted_at, ASSESSMENT.c.id))

    async def overdue(self, now: datetime) -> tuple[str, ...]:
        """Return ids whose invitation or working time has run out and whose status does not say so yet."""
        not_begun = and_(ASSESSMENT.c.status.in_(_BEFORE_START), ASSESSMENT.c.expires_at <= now)
        not_handed_in = and_(ASSESSMENT.c.status == Status.IN_PROGRESS, ASSESSMENT.c.deadline <= now)
        query = select(ASSESSMENT.c.id).where(or_(not_begun, not_handed_in))
        return await self._ids(query.order_by(ASSESSMENT.c.ordered_at, ASSESSMENT.c.id))

    async def live_verdict(self, assessment_id: str) -> StoredVerdict | None:
        """Return the verdict that holds now, or None."""
        query = _select_verdicts(assessment_id).where(VERDICT.c.status == ISSUED)
        return next(iter(await self._verdicts(query)), None)

    async def verdicts(self, assessment_id: str) -> tuple[StoredVerdict, ...]:
        """Return all verdicts of an assessment, oldest first."""
        return await self._verdicts(_select_verdicts(assessment_id).order_by(VERDICT.c.seq))

    async def _projections(self, query: Select[Any]) -> tuple[Projection, ...]:
        return tuple(map(as_projection, await self._all(query)))

    async def _ids(self, query: Select[tuple[str]]) -> tuple[str, ...]:
        return tuple(row.id for row in await self._all(query))

    async def _verdicts(self, query: Select[Any]) -> tuple[StoredVerdict, ...]:
        return tuple(StoredVerdict(*tuple(row)) for row in await self._all(query))


def _select_verdicts(assessment_id: str) -> Select[Any]:
    """Columns in the order of StoredVerdict's fields."""
    return select(
        VERDICT.c.id,
        VERDICT.c.assessment_id,
        VERDICT.c.tenant_id,
        VERDICT.c.document,
        VERDICT.c.jws,
        VERDICT.c.status,
        VERDICT.c.superseded_by,
    ).where(VERDICT.c.assessment_id == assessment_id)
