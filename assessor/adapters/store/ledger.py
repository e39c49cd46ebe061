"""The cost ledger: one row for each attempt at a model, with numbers and no text."""

from sqlalchemy import case, func, insert, select

from assessor.adapters.store.part import StorePart
from assessor.adapters.store.tables import MODEL_CALL
from assessor.ports import ModelCall, Usage

_ADD = insert(MODEL_CALL)  # built once: building a statement takes longer than running it


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
        call = MODEL_CALL.c
        key = (call.model, call.purpose, call.assessment_id)
        query = (
            select(
                *key,
                func.count(),
                func.sum(case((call.outcome == "ok", 0), else_=1)),
                *(
                    func.coalesce(func.sum(column), 0)
                    for column in (call.prompt_tokens, call.cached_tokens, call.completion_tokens, call.cost)
                ),
                func.sum(case((call.cost.is_(None), 1), else_=0)),
            )
            .group_by(*key)
            .order_by(*key)
        )
        # PostgreSQL sums to numeric, which would come back as Decimal.
        return tuple(
            Usage(row.model, row.purpose, row.assessment_id, *map(int, row[len(key) :]))
            for row in await self._all(query)
        )
