"""What waits, over all platforms."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select

from assessor.adapters.store.part import StorePart
from assessor.adapters.store.places import has_place, is_there
from assessor.adapters.store.queue import line_of
from assessor.adapters.store.tables import (
    ASSESSMENT,
    INTERVIEW_PLACE,
    MAIL,
    PROVIDER,
    PROVIDER_CALL,
    QUEUE_ENTRY,
    WEBHOOK_DELIVERY,
)
from assessor.domain.assessment import Status
from assessor.domain.mail import MailStatus
from assessor.domain.webhook import DeliveryStatus
from assessor.ports import Backlog, Line, Waiting


class SqlBacklog(StorePart):
    """Fulfils `Backlogs`."""

    async def backlog(self, now: datetime) -> Backlog:
        """Return what waits at a moment; what is to be tried later does not wait yet."""
        at_work = select(func.count()).where(
            ASSESSMENT.c.status == Status.IN_PROGRESS, ASSESSMENT.c.erased_at.is_(None)
        )
        interviews = select(func.count()).select_from(INTERVIEW_PLACE).where(has_place(now))
        lines = {line: await self._waiting(query) for line, query in _queries(now).items()}
        calls = {row.name: (row.running, row.waiting) for row in await self._all_stale(_calls())}
        return Backlog(
            lines, (await self._all_stale(at_work))[0][0], (await self._all_stale(interviews))[0][0], calls
        )

    async def _waiting(self, query: Select[int, datetime | None]) -> Waiting:
        row = (await self._all_stale(query))[0]
        return Waiting(row.many, row.since)


def _queries(now: datetime) -> dict[Line, Select[int, datetime | None]]:
    unscored = ASSESSMENT.c.status.in_((Status.SUBMITTED, Status.SCORING)), ASSESSMENT.c.erased_at.is_(None)
    undelivered = WEBHOOK_DELIVERY.c.status == DeliveryStatus.PENDING, WEBHOOK_DELIVERY.c.next_at <= now
    unsent = MAIL.c.status == MailStatus.PENDING, MAIL.c.next_at <= now
    return {
        "begin": _counted(INTERVIEW_PLACE.c.asked_at, is_there(now)),
        "scoring": _counted(ASSESSMENT.c.submitted_at, *unscored),
        "review": _counted(QUEUE_ENTRY.c.since, QUEUE_ENTRY.c.line == line_of()),
        "webhooks": _counted(WEBHOOK_DELIVERY.c.next_at, *undelivered),
        "mail": _counted(MAIL.c.next_at, *unsent),
    }


def _calls() -> Select[str, int, int]:
    """Return the query for calls by provider. Those of a dead process count until the next call is made."""
    running, is_known = PROVIDER_CALL.c.is_running, PROVIDER_CALL.c.id.is_not(None)
    return (
        select(
            PROVIDER.c.name,
            func.count().filter(is_known, running).label("running"),
            func.count().filter(is_known, ~running).label("waiting"),
        )
        .outerjoin(PROVIDER_CALL, PROVIDER_CALL.c.provider == PROVIDER.c.name)
        .group_by(PROVIDER.c.name)
    )


def _counted(
    since: ColumnElement[datetime | None], *which: ColumnElement[bool]
) -> Select[int, datetime | None]:
    return select(func.count().label("many"), func.min(since).label("since")).where(*which)
