"""Public events in their order, for those who poll.

A place is given out under a lock on the tenant's row, which is held to the end of the transaction: whoever
has read up to a place has read everything that will ever stand before it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from assessor.adapters.store.part import StorePart
from assessor.adapters.store.tables import NOTICE, TENANT
from assessor.domain.notification import EventType, Notice

N: Final = NOTICE.c


def place_notices(
    connection: Connection, tenant_id: str, notices: Sequence[Notice], *, livemode: bool
) -> None:
    """Write public events at the end of a tenant's, in the transaction of what they tell."""
    if not notices:
        return
    counted = update(TENANT).where(TENANT.c.id == tenant_id).values(notices=TENANT.c.notices + len(notices))
    last = connection.execute(counted.returning(TENANT.c.notices)).scalar_one()
    first = last - len(notices) + 1
    rows = [
        {
            "tenant_id": tenant_id,
            "position": position,
            "livemode": livemode,
            "id": notice.id,
            "type": notice.type.value,
            "subject": notice.subject,
            "at": notice.at,
            "data": dict(notice.data),
        }
        for position, notice in enumerate(notices, first)
    ]
    connection.execute(insert(NOTICE), rows)


class SqlNotices(StorePart):
    """Fulfils `Notices`."""

    async def notices(
        self, tenant: str, after: int, types: Sequence[EventType], limit: int, *, livemode: bool
    ) -> tuple[tuple[int, Notice], ...]:
        """Return a tenant's public events of one mode after a place, each with its own.

        No types stand for every type.
        """
        query = select(NOTICE).where(N.tenant_id == tenant, N.livemode == livemode, N.position > after)
        if types:
            query = query.where(N.type.in_([one.value for one in types]))
        rows = await self._all(query.order_by(N.position).limit(limit))
        return tuple(
            (row.position, Notice(row.id, EventType(row.type), row.subject, row.at, row.data)) for row in rows
        )

    async def forget_notices(self, before: datetime) -> int:
        """Remove what happened before a time. Returns how many."""
        return await self._execute(delete(NOTICE).where(N.at < before))
