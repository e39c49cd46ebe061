"""What candidates said of assessments: numbers that name nobody, apart from everything that scores."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from assessor.adapters.store.part import StorePart, unique_or
from assessor.adapters.store.tables import ASSESSMENT, FEEDBACK, in_utc
from assessor.domain.errors import Conflict
from assessor.domain.feedback import Feedback

_COLUMNS: Final = tuple(FEEDBACK.c[name] for name in Feedback.model_fields)


class SqlFeedback(StorePart):
    """Fulfils `Feedbacks`."""

    async def keep_feedback(self, assessment_id: str, feedback: Feedback, at: datetime) -> None:
        """Keep it in place of what was said before. Raises Conflict when two came at once."""
        values = {**dict(feedback), "at": in_utc(at)}

        def keep(connection: Connection) -> None:
            mine = FEEDBACK.c.assessment_id == assessment_id
            if connection.execute(update(FEEDBACK).where(mine).values(**values)).rowcount == 0:
                with unique_or(Conflict("This was answered at the same moment", "Send it again.")):
                    connection.execute(insert(FEEDBACK).values(assessment_id=assessment_id, **values))

        await self._database.write(keep)

    async def feedback_of(self, assessment_id: str) -> Feedback | None:
        """Return what was said of one assessment, None when nothing was."""
        row = await self._first(select(*_COLUMNS).where(FEEDBACK.c.assessment_id == assessment_id))
        return None if row is None else _feedback(row)

    async def feedback(
        self, tenant: str, *, livemode: bool, track: str | None = None
    ) -> tuple[Feedback, ...]:
        """Return what was said of a tenant's assessments, simulated ones left out."""
        query = (
            select(*_COLUMNS)
            .join(ASSESSMENT, ASSESSMENT.c.id == FEEDBACK.c.assessment_id)
            .where(ASSESSMENT.c.tenant_id == tenant, ASSESSMENT.c.livemode == livemode)
            .where(ASSESSMENT.c.simulated.is_(False))
        )
        if track is not None:
            query = query.where(ASSESSMENT.c.track == track)
        return tuple(map(_feedback, await self._all(query)))


def _feedback(row: Row[Any]) -> Feedback:
    return Feedback(**dict(zip(Feedback.model_fields, row, strict=True)))
