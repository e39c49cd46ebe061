"""Keys of platforms, and what belongs to them."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, bindparam, func, insert, or_, select, update

from assessor.adapters.store.lookup import Lookup
from assessor.adapters.store.part import StorePart, unique_or
from assessor.adapters.store.tables import API_KEY, ASSESSMENT, TENANT, VERDICT, WEBHOOK_ENDPOINT
from assessor.domain.errors import Conflict, NotFound
from assessor.ports import ApiKey, Owned

# Every request asks these.
_KEY = Lookup(select(API_KEY).where(API_KEY.c.id == bindparam("key_id"), API_KEY.c.revoked_at.is_(None)))


def _owned(table: Table) -> Lookup:
    return Lookup(
        select(table.c.id).where(
            table.c.id == bindparam("thing_id"),
            table.c.tenant_id == bindparam("tenant_id"),
            table.c.livemode == bindparam("livemode"),
        )
    )


_OWNED: Final[dict[Owned, Lookup]] = {
    "assessment_id": _owned(ASSESSMENT),
    "endpoint_id": _owned(WEBHOOK_ENDPOINT),
    "verdict_id": _owned(VERDICT),
}


class SqlKeys(StorePart):
    """Keys: a part of `Access`."""

    async def add_key(self, key: ApiKey, secret_hash: str, at: datetime) -> None:
        """Raises NotFound for an unknown tenant, Conflict when there is a key of that id."""
        await self._database.write(lambda connection: _add(connection, key, secret_hash, at))

    async def key(self, key_id: str) -> tuple[ApiKey, str]:
        """Return the key and the hash of its secret. Raises NotFound, also when it was revoked."""
        row = await self._look_up(_KEY, key_id=key_id)
        if row is None:
            raise NotFound("key", key_id)
        return _as_key(row), row.secret_hash

    async def keys(self, tenant_id: str) -> tuple[ApiKey, ...]:
        """Return the keys that were not revoked, the oldest first."""
        mine = select(API_KEY).where(API_KEY.c.tenant_id == tenant_id, API_KEY.c.revoked_at.is_(None))
        rows = await self._all(mine.order_by(API_KEY.c.created_at, API_KEY.c.id))
        return tuple(map(_as_key, rows))

    async def revoke_key(self, key_id: str, at: datetime) -> None:
        """Raises NotFound, also when it was revoked before."""
        working = (API_KEY.c.id == key_id) & API_KEY.c.revoked_at.is_(None)
        if await self._execute(update(API_KEY).where(working).values(revoked_at=at)) != 1:
            raise NotFound("key", key_id)

    async def replace_key(
        self, old_id: str, new: ApiKey, secret_hash: str, at: datetime, ends_at: datetime
    ) -> None:
        """Add a key, and let the old one end, never later than it would have. Raises NotFound."""
        working = (API_KEY.c.id == old_id) & API_KEY.c.revoked_at.is_(None)
        sooner = or_(API_KEY.c.expires_at.is_(None), API_KEY.c.expires_at > ends_at)

        def replace(connection: Connection) -> None:
            if connection.execute(select(func.count()).where(working)).scalar_one() != 1:
                raise NotFound("key", old_id)
            _add(connection, new, secret_hash, at)
            connection.execute(update(API_KEY).where(working, sooner).values(expires_at=ends_at))

        await self._database.write(replace)

    async def note_use(self, key_id: str, at: datetime) -> None:
        """Note that a key was used."""
        await self._execute(update(API_KEY).where(API_KEY.c.id == key_id).values(last_used_at=at))

    async def owns(self, key: ApiKey, kind: Owned, thing_id: str) -> bool:
        """Whether a thing belongs to the key's tenant and to its mode, test or live."""
        values = {"thing_id": thing_id, "tenant_id": key.tenant, "livemode": key.livemode}
        return await self._look_up(_OWNED[kind], **values) is not None


def _add(connection: Connection, key: ApiKey, secret_hash: str, at: datetime) -> None:
    if connection.execute(select(TENANT.c.id).where(TENANT.c.id == key.tenant)).first() is None:
        raise NotFound("tenant", key.tenant)
    with unique_or(Conflict(f"There is a key {key.id} already", "Choose another id.")):
        connection.execute(
            insert(API_KEY).values(
                id=key.id,
                tenant_id=key.tenant,
                scopes=list(key.scopes),
                livemode=key.livemode,
                secret_hash=secret_hash,
                created_at=at,
                expires_at=key.expires_at,
            )
        )


def _as_key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        row.id,
        row.tenant_id,
        tuple(row.scopes),
        row.livemode,
        row.expires_at,
        row.last_used_at,
        row.created_at,
    )
