"""Bands of answers, by which near-duplicates are found: each look is a read of an index."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from assessor.adapters.store.part import StorePart, log_end
from assessor.adapters.store.tables import ANSWER_BAND, ASSESSMENT, in_utc
from assessor.domain.errors import Erased

_BAND = ANSWER_BAND.c


class SqlSignatures(StorePart):
    """Fulfils `Signatures`."""

    async def keep_bands(self, assessment_id: str, bands: Sequence[int]) -> None:
        """Keep the bands of an assessment in place of those it had. Raises NotFound, Erased."""
        rows = [{"band": band, "assessment_id": assessment_id} for band in sorted(set(bands))]

        def keep(connection: Connection) -> None:
            end = log_end(connection, assessment_id, lock=True)
            if end.wrapped_key is None:
                raise Erased(tenant=end.tenant_id)
            connection.execute(delete(ANSWER_BAND).where(_BAND.assessment_id == assessment_id))
            if rows:
                connection.execute(insert(ANSWER_BAND), rows)

        await self._database.write(keep)

    async def sharing_bands(self, assessment_id: str, bands: Sequence[int], limit: int) -> tuple[str, ...]:
        """Return the assessments of other candidates that have some of these, those with most first."""
        mine, other = ASSESSMENT.alias("mine"), ASSESSMENT.alias("other")
        query = (
            select(_BAND.assessment_id)
            .join(other, other.c.id == _BAND.assessment_id)
            .join(mine, (mine.c.tenant_id == other.c.tenant_id) & (mine.c.livemode == other.c.livemode))
            .where(_BAND.band.in_(bands), mine.c.id == assessment_id)
            .where(other.c.candidate_id != mine.c.candidate_id)
            .where(other.c.erased_at.is_(None), other.c.simulated.is_(False))
            .group_by(_BAND.assessment_id)
            .order_by(func.count().desc(), _BAND.assessment_id)
            .limit(limit)
        )
        return tuple(row.assessment_id for row in await self._all(query))

    async def was_compared(self, assessment_id: str, at: datetime) -> None:
        """Keep that nothing is left to compare."""
        row = update(ASSESSMENT).where(ASSESSMENT.c.id == assessment_id)
        await self._execute(row.values(compared_at=in_utc(at)))

    async def unanswered(self, now: datetime, limit: int) -> tuple[str, ...]:
        """Return ids in which the time for a reply ran out and no fact says so yet, the oldest first."""
        row = ASSESSMENT.c
        query = select(row.id).where(row.alike_reply_until <= in_utc(now), row.erased_at.is_(None))
        return tuple(one.id for one in await self._all(query.order_by(row.alike_reply_until).limit(limit)))

    async def uncompared(self, submitted_before: datetime, limit: int) -> tuple[str, ...]:
        """Return ids that were submitted before a time and not compared, the oldest first."""
        row = ASSESSMENT.c
        query = select(row.id).where(
            row.compared_at.is_(None), row.submitted_at < in_utc(submitted_before), row.erased_at.is_(None)
        )
        rows = await self._all(query.order_by(row.submitted_at, row.id).limit(limit))
        return tuple(one.id for one in rows)
