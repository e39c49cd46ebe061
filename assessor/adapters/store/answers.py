"""Stored answers to requests that carried an idempotency key."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from assessor.adapters.store.part import StorePart, unique_or
from assessor.adapters.store.tables import IDEMPOTENCY
from assessor.adapters.vault import open_sealed, place, seal
from assessor.domain.errors import RequestUnderWay, invalid
from assessor.ports import Answered

_PURPOSE = "idempotency"
UNDER_WAY: Final = 0
"""The status of a request that has no answer yet."""


class SqlAnswers(StorePart):
    """Keeps answers sealed, since some of them hold a secret link or key."""

    def _keep_answer(self, connection: Connection, at: datetime, answered: Answered) -> None:
        """Store an answer in the transaction of what it tells, in place of its claim where there is one.

        Raises Conflict when the key is taken.
        """
        if connection.execute(self._settled(answered)).rowcount == 1:
            return
        with unique_or(_taken(answered)):
            connection.execute(
                insert(IDEMPOTENCY).values(**_columns(answered), **self._answer(answered), at=at)
            )

    async def claim_answer(self, request: Answered, at: datetime, stale: datetime) -> Answered | None:
        """Note that a request is under way, and return None; or return the answer that its key got before.

        Raises Conflict while another one is under way, InvalidInput for a key that was used for another.
        """

        def claim(connection: Connection) -> Row[Any] | None:
            row = connection.execute(select(IDEMPOTENCY).where(_one(request)).with_for_update()).first()
            if row is None:
                with unique_or(_taken(request)):
                    connection.execute(insert(IDEMPOTENCY).values(**_columns(request), **_NO_ANSWER, at=at))
                return None
            if row.request_hash != request.request_hash:
                raise invalid(
                    "Idempotency-Key",
                    "was used before for another request",
                    "Use a new key for a new request.",
                )
            if row.status != UNDER_WAY:
                return row
            if row.at >= stale:
                raise _taken(request)
            connection.execute(update(IDEMPOTENCY).where(_one(request)).values(at=at))
            return None

        row = await self._database.write(claim)
        return None if row is None else self._opened(request, row)

    async def settle_answer(self, answered: Answered) -> None:
        """Keep the answer to a claimed request, unless it was kept together with what it tells."""
        await self._execute(self._settled(answered))

    async def release_answer(self, request: Answered) -> None:
        """Forget a claim that got no answer."""
        await self._execute(delete(IDEMPOTENCY).where(_one(request), IDEMPOTENCY.c.status == UNDER_WAY))

    async def forget_answers(self, before: datetime) -> int:
        """Remove what was asked before a time. Returns how many."""
        return await self._execute(delete(IDEMPOTENCY).where(IDEMPOTENCY.c.at < before))

    async def answered(self, tenant: str, key: str, *, livemode: bool) -> Answered | None:
        """Return the answer that a tenant's request with this key got, or None."""
        asked = Answered(tenant, key, "", UNDER_WAY, b"", livemode)
        row = await self._first(select(IDEMPOTENCY).where(_one(asked), IDEMPOTENCY.c.status != UNDER_WAY))
        return None if row is None else self._opened(asked, row)

    def _settled(self, answered: Answered) -> Any:
        claimed = (
            _one(answered),
            IDEMPOTENCY.c.status == UNDER_WAY,
            IDEMPOTENCY.c.request_hash == answered.request_hash,
        )
        return update(IDEMPOTENCY).where(*claimed).values(**self._answer(answered))

    def _answer(self, answered: Answered) -> dict[str, Any]:
        sealed = seal(self._derived(_PURPOSE), answered.body, _place(answered))
        return {"status": answered.status, "location": answered.location, "body": sealed}

    def _opened(self, asked: Answered, row: Row[Any]) -> Answered:
        told = replace(asked, request_hash=row.request_hash, status=row.status, location=row.location)
        body = open_sealed(self._derived(_PURPOSE), row.body, _place(told), "A stored answer")
        return replace(told, body=body)


_NO_ANSWER: Final[dict[str, Any]] = {"status": UNDER_WAY, "location": None, "body": b""}


def _columns(answered: Answered) -> dict[str, Any]:
    return {
        "tenant_id": answered.tenant,
        "livemode": answered.livemode,
        "key": answered.key,
        "request_hash": answered.request_hash,
    }


def _one(answered: Answered) -> ColumnElement[bool]:
    row = IDEMPOTENCY.c
    return (
        (row.tenant_id == answered.tenant) & (row.livemode == answered.livemode) & (row.key == answered.key)
    )


def _taken(answered: Answered) -> RequestUnderWay:
    return RequestUnderWay(
        f"A request with the idempotency key {answered.key!r} is under way",
        "Send the request again in a moment to get its answer.",
    )


def _place(answered: Answered) -> bytes:
    return place(answered.tenant, answered.livemode, answered.key, answered.request_hash, answered.status)
