"""Stored answers to requests that carried an idempotency key."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from assessor.adapters.store.part import StorePart, unique_or
from assessor.adapters.store.tables import IDEMPOTENCY
from assessor.adapters.vault import open_sealed, place, seal
from assessor.domain.errors import Conflict
from assessor.ports import Answered

_PURPOSE = "idempotency"


class SqlAnswers(StorePart):
    """Keeps answers sealed, since some of them hold a secret link or key."""

    def _keep_answer(self, connection: Connection, at: datetime, answered: Answered) -> None:
        """Store an answer in the transaction of what it tells. Raises Conflict when the key is taken."""
        sealed = seal(self._vault.derived(_PURPOSE), answered.body, _place(answered))
        refusal = Conflict(
            f"The idempotency key {answered.key!r} was used meanwhile",
            "Send the request again to get its answer.",
        )
        with unique_or(refusal):
            connection.execute(
                insert(IDEMPOTENCY).values(
                    tenant_id=answered.tenant,
                    key=answered.key,
                    request_hash=answered.request_hash,
                    status=answered.status,
                    at=at,
                    body=sealed,
                )
            )

    async def answered(self, tenant: str, key: str) -> Answered | None:
        """Return the answer that a tenant's request with this key got, or None."""
        query = select(IDEMPOTENCY.c.request_hash, IDEMPOTENCY.c.status, IDEMPOTENCY.c.body).where(
            IDEMPOTENCY.c.tenant_id == tenant, IDEMPOTENCY.c.key == key
        )
        row = await self._first(query)
        if row is None:
            return None
        answered = Answered(tenant, key, row.request_hash, row.status, b"")
        body = open_sealed(self._vault.derived(_PURPOSE), row.body, _place(answered), "A stored answer")
        return Answered(tenant, key, row.request_hash, row.status, body)


def _place(answered: Answered) -> bytes:
    return place(answered.tenant, answered.key, answered.request_hash, answered.status)
