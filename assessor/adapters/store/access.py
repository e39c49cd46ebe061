"""Tenants, people, sessions and invites."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from assessor.adapters.store.lookup import Lookup
from assessor.adapters.store.part import StorePart, unique_or
from assessor.adapters.store.tables import CANDIDATE, INVITE, MOVE_CODE, SESSION, TENANT
from assessor.domain.errors import Conflict, NotFound
from assessor.domain.ids import make_id
from assessor.domain.new_york import BiasAudit
from assessor.domain.policy import Policy
from assessor.ports import Session, Tenant

_OTHER_ID = "Choose another id."

# Every request asks one of these.
_TENANT = Lookup(select(TENANT).where(TENANT.c.id == bindparam("tenant_id")))
_SESSION = Lookup(
    select(SESSION).where(
        SESSION.c.token_hash == bindparam("token_hash"), SESSION.c.expires_at > bindparam("now")
    )
)


class SqlTenants(StorePart):
    """Platforms and the people they send."""

    async def add_tenant(self, tenant: Tenant, at: datetime) -> None:
        """Raises Conflict when there is one of that id."""
        values = {"id": tenant.id, "name": tenant.name, "policy": tenant.policy.model_dump(mode="json")}

        def add(connection: Connection) -> None:
            self._make_installation_key(connection)
            connection.execute(insert(TENANT).values(**values, created_at=at))

        with unique_or(Conflict(f"There is a tenant {tenant.id} already", _OTHER_ID)):
            await self._database.write(add)

    async def tenant(self, tenant_id: str) -> Tenant:
        """Raises NotFound."""
        row = await self._look_up(_TENANT, tenant_id=tenant_id)
        if row is None:
            raise NotFound("tenant", tenant_id)
        return _as_tenant(row)

    async def tenants(self) -> tuple[Tenant, ...]:
        """Return all, the oldest first."""
        rows = await self._all(select(TENANT).order_by(TENANT.c.created_at, TENANT.c.id))
        return tuple(map(_as_tenant, rows))

    async def keep_bias_audit(self, tenant_id: str, audit: BiasAudit) -> None:
        """Keep a track's latest bias audit in place of the one before. Raises NotFound."""

        def keep(connection: Connection) -> None:
            mine = select(TENANT.c.bias_audits).where(TENANT.c.id == tenant_id).with_for_update()
            row = connection.execute(mine).first()
            if row is None:
                raise NotFound("tenant", tenant_id)
            others = [one for one in row.bias_audits or () if one["track"] != audit.track]
            kept = [*others, audit.model_dump(mode="json")]
            connection.execute(update(TENANT).where(TENANT.c.id == tenant_id).values(bias_audits=kept))

        await self._database.write(keep)

    async def candidate(self, tenant: str, candidate_ref: str) -> str:
        """Return the id of a platform's person, made with a data key on first use. Raises NotFound."""
        mine = select(CANDIDATE.c.id).where(
            CANDIDATE.c.tenant_id == tenant, CANDIDATE.c.candidate_ref == candidate_ref
        )
        if known := await self._first(mine):
            return str(known.id)
        new = make_id("cnd", self._random.bytes(16))
        row = insert(CANDIDATE).values(
            id=new, tenant_id=tenant, candidate_ref=candidate_ref, wrapped_key=self._vault.new_key(new)
        )
        try:
            await self._execute(row)
        except IntegrityError:
            made_meanwhile = await self._first(mine)
            if made_meanwhile is None:
                raise NotFound("tenant", tenant) from None
            return str(made_meanwhile.id)
        return new


class SqlSessions(StorePart):
    """Signed-in browsers, and the links that let candidates in."""

    async def open_session(self, session: Session) -> None:
        """Let a browser in until the session expires."""
        await self._execute(insert(SESSION).values(**vars(session)))

    async def session(self, token_hash: str, now: datetime) -> Session | None:
        """Return the session, or None when there is none or it has expired."""
        row = await self._look_up(_SESSION, token_hash=token_hash, now=now)
        return None if row is None else Session(row.token_hash, row.kind, row.subject, row.expires_at)

    async def close_sessions(self, kind: str, subject: str) -> None:
        """End all sessions of one assessment's candidate, or of one reviewer."""
        await self._execute(delete(SESSION).where(SESSION.c.kind == kind, SESSION.c.subject == subject))

    async def move_sessions(self, assessment_id: str, to: str) -> None:
        """End a candidate's sessions but one, by the hash of its token: they went on there."""
        own = (SESSION.c.kind == "candidate") & (SESSION.c.subject == assessment_id)
        left = update(SESSION).where(own, SESSION.c.token_hash != to)
        await self._execute(left.values(kind="moved"))

    async def keep_code(self, code_hash: str, assessment_id: str, until: datetime, now: datetime) -> None:
        """Keep a code to go on elsewhere, in place of an earlier one; forget those that ran out."""
        row = {"code_hash": code_hash, "assessment_id": assessment_id, "expires_at": until}

        def keep(connection: Connection) -> None:
            old = (MOVE_CODE.c.assessment_id == assessment_id) | (MOVE_CODE.c.expires_at <= now)
            connection.execute(delete(MOVE_CODE).where(old))
            connection.execute(insert(MOVE_CODE).values(**row))

        await self._database.write(keep)

    async def take_code(self, code_hash: str, now: datetime) -> str | None:
        """Use a code up and return its assessment; None for one that is not, or no longer, good."""
        good = (MOVE_CODE.c.code_hash == code_hash) & (MOVE_CODE.c.expires_at > now)

        def take(connection: Connection) -> str | None:
            # One statement, so that of two at once one gets it.
            return connection.scalar(delete(MOVE_CODE).where(good).returning(MOVE_CODE.c.assessment_id))

        return await self._database.write(take)

    async def invite(self, token_hash: str) -> tuple[str, datetime, bool]:
        """Return assessment id, expiry and whether it was used or replaced. Raises NotFound."""
        query = select(INVITE.c.assessment_id, INVITE.c.expires_at, INVITE.c.closed_at)
        row = await self._first(query.where(INVITE.c.token_hash == token_hash))
        if row is None:
            raise NotFound("invitation", "of this link")
        return row.assessment_id, row.expires_at, row.closed_at is not None


def _as_tenant(row: Row[Any]) -> Tenant:
    audits = tuple(map(BiasAudit.model_validate, row.bias_audits or ()))
    return Tenant(row.id, row.name, Policy.model_validate(row.policy), audits)
