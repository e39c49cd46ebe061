"""Items: the ledger of those that were retired, and on which forms each of them stood."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select

from assessor.adapters.store.part import StorePart, unique_or
from assessor.adapters.store.tables import ASSESSMENT, FORM_ITEM, RETIREMENT
from assessor.domain.assessment import Status
from assessor.domain.errors import Conflict
from assessor.ports import Retirement, Sample

_FIELDS = (RETIREMENT.c.track, RETIREMENT.c.item_id, RETIREMENT.c.at, RETIREMENT.c.by, RETIREMENT.c.reason)
"""In the order of Retirement's fields."""


class SqlItems(StorePart):
    """Fulfils `Items`."""

    async def retired(self, track: str) -> tuple[Retirement, ...]:
        """Return a track's retired items, the earliest first."""
        query = select(*_FIELDS).where(RETIREMENT.c.track == track)
        rows = await self._all(query.order_by(RETIREMENT.c.at, RETIREMENT.c.item_id))
        return tuple(Retirement(*tuple(row)) for row in rows)

    async def retire(self, retirement: Retirement) -> Retirement:
        """Add it to the ledger, and return what stands there: of two for one item, the first."""
        one = (RETIREMENT.c.track == retirement.track) & (RETIREMENT.c.item_id == retirement.item_id)

        def retire(connection: Connection) -> Retirement:
            there = connection.execute(select(*_FIELDS).where(one)).first()
            if there is not None:
                return Retirement(*there)
            with unique_or(_TWICE):
                connection.execute(insert(RETIREMENT).values(**vars(retirement)))
            return retirement

        return await self._database.write(retire)

    async def given(
        self, track: str, item_id: str, statuses: Collection[Status], *, after: str = "", limit: int = 200
    ) -> tuple[str, ...]:
        """Return ids of assessments on whose form the item was drawn or swapped in, in their order."""
        query = (
            select(ASSESSMENT.c.id)
            .join(FORM_ITEM, FORM_ITEM.c.assessment_id == ASSESSMENT.c.id)
            .where(FORM_ITEM.c.item_id == item_id, ASSESSMENT.c.track == track)
            .where(ASSESSMENT.c.status.in_(sorted(statuses)))
        )
        return await self._page(query, after, limit)

    async def forms(self, track: str, sample: Sample) -> int:
        """Return how many forms were drawn for a track."""
        (row,) = await self._all_stale(
            select(func.count()).select_from(ASSESSMENT).where(*_of(track, sample))
        )
        return int(row[0])

    async def exposures(self, track: str, sample: Sample) -> dict[str, int]:
        """Return on how many of these forms each item stood."""
        query = (
            select(FORM_ITEM.c.item_id, func.count().label("forms"))
            .join(ASSESSMENT, ASSESSMENT.c.id == FORM_ITEM.c.assessment_id)
            .where(*_of(track, sample))
            .group_by(FORM_ITEM.c.item_id)
        )
        return {row.item_id: int(row.forms) for row in await self._all_stale(query)}

    async def decided(
        self, track: str, sample: Sample, *, after: str = "", limit: int = 200
    ) -> tuple[str, ...]:
        """Return ids of decided assessments, in their order."""
        query = select(ASSESSMENT.c.id).where(
            *_of(track, sample), ASSESSMENT.c.status == Status.DECIDED.value
        )
        return await self._page(query, after, limit)

    async def _page(self, query: Select[tuple[str]], after: str, limit: int) -> tuple[str, ...]:
        page = query.where(ASSESSMENT.c.id > after).order_by(ASSESSMENT.c.id).limit(limit)
        return tuple(row.id for row in await self._all(page))


_TWICE = Conflict("The item was retired by somebody else just now", "Run it again.")


def _of(track: str, sample: Sample) -> list[ColumnElement[Any]]:
    """Return what picks the assessments of a sample."""
    mine: list[ColumnElement[Any]] = [
        ASSESSMENT.c.track == track,
        ASSESSMENT.c.simulated.is_(sample.simulated),
    ]
    if not sample.simulated:
        mine.append(ASSESSMENT.c.livemode.is_(sample.livemode))
    return mine if sample.tenant is None else [*mine, ASSESSMENT.c.tenant_id == sample.tenant]
