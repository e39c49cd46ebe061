"""Endpoints of platforms. Their secrets are sealed, and leave the store with a claimed delivery only."""

import hmac
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from assessor.adapters.standard_webhooks import is_private_key, private_key, public_key
from assessor.adapters.store.answers import SqlAnswers
from assessor.adapters.store.tables import TENANT, WEBHOOK_ATTEMPT, WEBHOOK_DELIVERY, WEBHOOK_ENDPOINT
from assessor.adapters.vault import open_sealed, place, seal
from assessor.domain.errors import Conflict, NotFound, StaleEdit
from assessor.domain.notification import EventType
from assessor.domain.webhook import Endpoint, Pause
from assessor.ports import Answered, EndpointChange

SECRETS: Final = "webhook-secrets"
_KEYS = "webhook-keys"


class SqlWebhooks(SqlAnswers):
    """Endpoints: the first half of `Webhooks`."""

    async def add_endpoint(
        self, endpoint: Endpoint, secret: str, limit: int, answered: Answered | None = None
    ) -> None:
        """Store it with its secret sealed, and the answer with it, in one transaction.

        Raises Conflict when the tenant has `limit` of them, or the idempotency key was used meanwhile.
        """

        def add(connection: Connection) -> None:
            if answered is not None:
                self._keep_answer(connection, endpoint.created_at, answered)
            _require_room(connection, endpoint.tenant, limit)
            sealed = self._sealed_secret(endpoint.id, secret)
            connection.execute(insert(WEBHOOK_ENDPOINT).values(**_columns(endpoint), secret=sealed))

        await self._database.write(add)

    async def endpoint(self, tenant: str, endpoint_id: str) -> Endpoint:
        """Return one. Raises NotFound, also for another tenant's."""
        row = await self._first(_one(tenant, endpoint_id))
        if row is None:
            raise _unknown(endpoint_id)
        return as_endpoint(row)

    async def endpoints(self, tenant: str, *, livemode: bool) -> tuple[Endpoint, ...]:
        """Return all of one mode, the oldest first."""
        mine = select(WEBHOOK_ENDPOINT).where(
            WEBHOOK_ENDPOINT.c.tenant_id == tenant, WEBHOOK_ENDPOINT.c.livemode == livemode
        )
        rows = await self._all(mine.order_by(WEBHOOK_ENDPOINT.c.created_at, WEBHOOK_ENDPOINT.c.id))
        return tuple(map(as_endpoint, rows))

    async def change_endpoint(
        self,
        tenant: str,
        endpoint_id: str,
        change: EndpointChange,
        is_known: Callable[[Endpoint], bool] = lambda _endpoint: True,
    ) -> Endpoint:
        """Change what is given; enabling ends a pause. Raises NotFound, StaleEdit."""
        values: dict[str, Any] = {name: value for name, value in vars(change).items() if value is not None}
        if change.event_types is not None:
            values["event_types"] = list(change.event_types)
        if change.enabled:
            values["paused"] = None

        def save(connection: Connection) -> Endpoint:
            if not is_known(locked_endpoint(connection, tenant, endpoint_id)):
                raise StaleEdit("The endpoint has changed", "Read it again, and send its new `ETag`.")
            if values:
                one = (WEBHOOK_ENDPOINT.c.id == endpoint_id) & (WEBHOOK_ENDPOINT.c.tenant_id == tenant)
                connection.execute(update(WEBHOOK_ENDPOINT).where(one).values(**values))
            return locked_endpoint(connection, tenant, endpoint_id)

        return await self._database.write(save)

    async def remove_endpoint(self, tenant: str, endpoint_id: str) -> None:
        """Remove it with its deliveries. Raises NotFound."""

        def remove(connection: Connection) -> None:
            locked_endpoint(connection, tenant, endpoint_id)
            mine = select(WEBHOOK_DELIVERY.c.id).where(WEBHOOK_DELIVERY.c.endpoint_id == endpoint_id)
            connection.execute(delete(WEBHOOK_ATTEMPT).where(WEBHOOK_ATTEMPT.c.delivery_id.in_(mine)))
            connection.execute(delete(WEBHOOK_DELIVERY).where(WEBHOOK_DELIVERY.c.endpoint_id == endpoint_id))
            connection.execute(delete(WEBHOOK_ENDPOINT).where(WEBHOOK_ENDPOINT.c.id == endpoint_id))

        await self._database.write(remove)

    async def rotate_secret(
        self,
        tenant: str,
        endpoint_id: str,
        secret: str,
        former_until: datetime,
        answered: Answered,
        at: datetime,
    ) -> None:
        """Sign with another secret from now on, and with the one before as well until a time.

        The answer is stored in the same transaction. Raises NotFound, and Conflict when the idempotency key
        was used meanwhile.
        """

        def rotate(connection: Connection) -> None:
            self._keep_answer(connection, at, answered)
            locked_endpoint(connection, tenant, endpoint_id)
            one = WEBHOOK_ENDPOINT.c.id == endpoint_id
            connection.execute(
                update(WEBHOOK_ENDPOINT)
                .where(one)
                .values(
                    former_secret=WEBHOOK_ENDPOINT.c.secret,
                    former_until=former_until,
                    secret=self._sealed_secret(endpoint_id, secret),
                )
            )

        await self._database.write(rotate)

    async def endpoint_keys(self, tenant: str, endpoint_id: str, now: datetime) -> tuple[str, ...]:
        """Return the public keys that verify what is sent, the newest first. Raises NotFound."""
        row = await self._first(_one(tenant, endpoint_id))
        if row is None:
            raise _unknown(endpoint_id)
        secrets = self._secrets_at(now, row.id, row.secret, row.former_secret, row.former_until)
        return tuple(public_key(secret) for secret in secrets if is_private_key(secret))

    def _secrets_at(
        self,
        now: datetime,
        endpoint_id: str,
        sealed: bytes,
        former: bytes | None,
        former_until: datetime | None,
    ) -> tuple[str, ...]:
        """Return what signs at a time: each secret, and the private key that goes with it."""
        held = [sealed]
        if former is not None and former_until is not None and now < former_until:
            held.append(former)
        opened = [self._opened_secret(endpoint_id, one) for one in held]
        return tuple(one for secret in opened for one in (secret, self._private_key(endpoint_id, secret)))

    def _private_key(self, endpoint_id: str, secret: str) -> str:
        """Derive an endpoint's own private key, which changes with its secret and cannot be told from it."""
        return private_key(hmac.digest(self._derived(_KEYS), place(endpoint_id) + secret.encode(), "sha256"))

    def _sealed_secret(self, endpoint_id: str, secret: str) -> bytes:
        return seal(self._derived(SECRETS), secret.encode(), place(endpoint_id))

    def _opened_secret(self, endpoint_id: str, sealed: bytes) -> str:
        what = f"The secret of {endpoint_id}"
        return open_sealed(self._derived(SECRETS), sealed, place(endpoint_id), what).decode()


def locked_endpoint(connection: Connection, tenant: str, endpoint_id: str) -> Endpoint:
    """Return an endpoint and hold off who would change it, as far as rows can be locked.

    Raises NotFound.
    """
    row = connection.execute(_one(tenant, endpoint_id).with_for_update()).first()
    if row is None:
        raise _unknown(endpoint_id)
    return as_endpoint(row)


def as_endpoint(row: Row[Any]) -> Endpoint:
    """Return what a row says; its secret stays behind."""
    return Endpoint(
        id=row.id,
        tenant=row.tenant_id,
        url=row.url,
        description=row.description,
        event_types=tuple(map(EventType, row.event_types)),
        enabled=row.enabled,
        paused=None if row.paused is None else Pause(row.paused),
        created_at=row.created_at,
        livemode=row.livemode,
    )


def _columns(endpoint: Endpoint) -> dict[str, Any]:
    values = {field.name: getattr(endpoint, field.name) for field in fields(endpoint)}
    return values | {"event_types": list(endpoint.event_types), "tenant_id": values.pop("tenant")}


def _one(tenant: str, endpoint_id: str) -> Select[Any]:
    return select(WEBHOOK_ENDPOINT).where(
        WEBHOOK_ENDPOINT.c.id == endpoint_id, WEBHOOK_ENDPOINT.c.tenant_id == tenant
    )


def _require_room(connection: Connection, tenant: str, limit: int) -> None:
    # The tenant's row is locked, so that two at once cannot both find the last place free.
    connection.execute(select(TENANT.c.id).where(TENANT.c.id == tenant).with_for_update())
    mine = select(func.count()).where(WEBHOOK_ENDPOINT.c.tenant_id == tenant)
    if connection.execute(mine).scalar_one() >= limit:
        raise Conflict(f"There are {limit} webhook endpoints already", "Remove one that is not needed.")


def _unknown(endpoint_id: str) -> NotFound:
    return NotFound("webhook endpoint", endpoint_id)
