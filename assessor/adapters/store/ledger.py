"""The cost ledger: one row for each attempt at a model, with numbers and no text."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, case, func, insert, literal_column, select

from assessor.adapters.store.part import StorePart
from assessor.adapters.store.tables import ASSESSMENT, MODEL_CALL
from assessor.ports import ModelCall, Usage, UsageOf, UsageSum

_ADD = insert(MODEL_CALL)  # built once: building a statement takes longer than running it
CALL: Final = MODEL_CALL.c
_SUMS: Final = (
    func.count(),
    func.sum(case((CALL.outcome == "ok", 0), else_=1)),
    *(
        func.coalesce(func.sum(column), 0)
        for column in (CALL.prompt_tokens, CALL.cached_tokens, CALL.completion_tokens, CALL.cost)
    ),
    func.sum(case((CALL.cost.is_(None), 1), else_=0)),
)
"""In the order of the fields of `Usage` and `UsageSum`."""


class SqlLedger(StorePart):
    """Fulfils `Ledger`."""

    async def record(self, *calls: ModelCall) -> None:
        """Add attempts, in one transaction."""
        rows = [dict(vars(call)) for call in calls]
        for row in rows:
            row["tenant_id"] = row.pop("tenant")
        await self._database.write(lambda connection: connection.execute(_ADD, rows))

    async def usage(self) -> tuple[Usage, ...]:
        """Return the sums, by model, purpose and assessment."""
        key = (CALL.model, CALL.purpose, CALL.assessment_id)
        query = select(*key, *_SUMS).group_by(*key).order_by(*key)
        # PostgreSQL sums to numeric, which would come back as Decimal.
        return tuple(
            Usage(row.model, row.purpose, row.assessment_id, *map(int, row[len(key) :]))
            for row in await self._all_stale(query)
        )

    async def usage_of(self, asked: UsageOf) -> tuple[UsageSum, ...]:
        """Return the sums for one tenant, by day or month and purpose, the oldest first."""
        since = datetime.combine(asked.since, time.min, UTC)
        until = datetime.combine(asked.until + timedelta(days=1), time.min, UTC)

        def read(connection: Connection) -> Sequence[Row[Any]]:
            period = _period(connection.dialect.name, by_month=asked.by_month)
            query = (
                select(period.label("period"), CALL.purpose, *_SUMS)
                .join(ASSESSMENT, ASSESSMENT.c.id == CALL.assessment_id)
                .where(CALL.tenant_id == asked.tenant, ASSESSMENT.c.livemode == asked.livemode)
                .where(CALL.at >= since, CALL.at < until)
            )
            key: tuple[ColumnElement[str], ...] = (literal_column("period"), CALL.purpose)
            return connection.execute(query.group_by(*key).order_by(*key)).all()

        return tuple(
            UsageSum(row.period, row.purpose, *map(int, row[2:]))
            for row in await self._database.read_stale(read)
        )


def _period(dialect: str, *, by_month: bool) -> ColumnElement[str]:
    if dialect == "postgresql":
        return func.to_char(func.timezone("UTC", CALL.at), "YYYY-MM" if by_month else "YYYY-MM-DD")
    return func.strftime("%Y-%m" if by_month else "%Y-%m-%d", CALL.at)
