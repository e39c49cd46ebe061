"""Who is asking: platform backends by key, reviewers by password."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from assessor.domain.audit_log import SERVICE, Action
from assessor.domain.errors import AccountDisabled, AccountLocked, NotFound, Unauthenticated, invalid
from assessor.domain.ids import make_id
from assessor.domain.policy import Policy
from assessor.domain.roles import Role
from assessor.ports import ApiKey, Clock, Owned, Passwords, Random, Reviewer, Session, Store, Tenant
from assessor.services.admission import Admission, Presented, Scope
from assessor.services.auditing import Auditing
from assessor.services.tokens import hash_token

__all__ = ["Access", "NewKey", "Presented", "Scope"]

REVIEWER_HOURS = 12
MIN_PASSWORD_CHARS = 12
LOCK_AFTER: Final = 5
"""Wrong passwords in a row."""
LOCK: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class NewKey:
    """A key as it is shown once. `secret` is `<key id>.<random>`, both of which are sent."""

    key: ApiKey
    secret: str


class Access:
    """Tenants, keys and reviewers."""

    def __init__(self, store: Store, passwords: Passwords, clock: Clock, random: Random) -> None:
        self._store = store
        self._passwords = passwords
        self._clock = clock
        self._random = random
        self._auditing = Auditing(store, clock)
        self._admission = Admission(store, clock)

    async def add_tenant(self, tenant_id: str, name: str, policy: Policy) -> Tenant:
        """Add a platform. Raises InvalidInput when the id is taken."""
        if any(tenant.id == tenant_id for tenant in await self._store.tenants()):
            raise invalid("tenant", f"{tenant_id!r} exists already", "Choose another id.")
        tenant = Tenant(tenant_id, name, policy)
        await self._store.add_tenant(tenant, self._clock.now())
        return tenant

    async def add_key(
        self,
        tenant_id: str,
        scopes: tuple[Scope, ...],
        *,
        livemode: bool,
        days: int | None = None,
        by: str = SERVICE,
    ) -> NewKey:
        """Make a key that ends after so many days, or never. Raises NotFound.

        Its secret is shown once; only its hash is kept. The audit log knows of it before anybody has it.
        """
        await self._store.tenant(tenant_id)
        expires_at = None if days is None else self._clock.now() + timedelta(days=days)
        made = self._new_key(
            tenant_id, tuple(scope.value for scope in scopes), livemode=livemode, expires_at=expires_at
        )
        await self._store.add_key(made.key, hash_token(made.secret), self._clock.now())
        await self._key_made(by, made.key)
        return made

    async def rotate_key(
        self, key_id: str, overlap_hours: int, days: int | None = None, *, by: str = SERVICE
    ) -> tuple[NewKey, datetime]:
        """Make a key of the same scopes and mode, and let the old one end after the overlap.

        The new key ends after so many days, or never. Returns it with when the old one ends, which is never
        later than it would have been. Raises NotFound.
        """
        old, _ = await self._store.key(key_id)
        now = self._clock.now()
        ends_at = min(filter(None, (old.expires_at, now + timedelta(hours=overlap_hours))))
        expires_at = None if days is None else now + timedelta(days=days)
        made = self._new_key(old.tenant, old.scopes, livemode=old.livemode, expires_at=expires_at)
        await self._store.replace_key(key_id, made.key, hash_token(made.secret), now, ends_at)
        await self._key_made(by, made.key, replaces=key_id, until=ends_at.isoformat())
        return made, ends_at

    async def _key_made(self, by: str, key: ApiKey, **detail: str) -> None:
        scopes = " ".join(key.scopes)
        await self._auditing.record(
            by, Action.KEY_MADE, key.id, tenant=key.tenant, scopes=scopes, livemode=key.livemode, **detail
        )

    def _new_key(
        self, tenant_id: str, scopes: tuple[str, ...], *, livemode: bool, expires_at: datetime | None
    ) -> NewKey:
        key_id = make_id("ak_live" if livemode else "ak_test", self._random.bytes(16))
        key = ApiKey(key_id, tenant_id, scopes, livemode, expires_at)
        return NewKey(key, f"{key_id}.{self._random.bytes(24).hex()}")

    async def revoke_key(self, key_id: str, *, by: str = SERVICE) -> None:
        """End a key at once. Raises NotFound."""
        key, _ = await self._store.key(key_id)
        await self._store.revoke_key(key_id, self._clock.now())
        await self._auditing.record(by, Action.KEY_REVOKED, key_id, tenant=key.tenant)

    async def caller(self, authorization: str | None, scope: Scope) -> tuple[ApiKey, Tenant]:
        """Return who presents `Bearer <secret>`. Raises Unauthenticated, or Forbidden without the scope."""
        presented = Presented.by(authorization)
        try:
            key, secret_hash = await self._store.key(presented.key_id)
        except NotFound:
            key, secret_hash = None, ""
        key = await self._admission.admit(presented, key, secret_hash, scope)
        return key, await self._store.tenant(key.tenant)

    async def require_own(self, key: ApiKey, kind: Owned, thing_id: str) -> None:
        """Raise NotFound for what is another tenant's, or of the other mode, test or live."""
        if not await self._store.owns(key, kind, thing_id):
            raise NotFound(_NAMES[kind], thing_id)

    async def add_reviewer(
        self,
        tenant_id: str,
        email: str,
        name: str,
        password: str,
        roles: Sequence[Role] = (Role.REVIEWER,),
    ) -> Reviewer:
        """Add a person who audits. Raises InvalidInput for a taken address or a short password."""
        await self._store.tenant(tenant_id)
        require_long(password)
        if await self._store.reviewer_by_email(email):
            raise invalid("email", f"{email!r} has an account already", "Use another address.")
        reviewer_id = make_id("rev", self._random.bytes(16))
        reviewer = Reviewer(reviewer_id, tenant_id, email, name, self._passwords.hash(password), tuple(roles))
        await self._store.add_reviewer(reviewer, self._clock.now())
        return reviewer

    async def sign_in(self, email: str, password: str) -> str:
        """Return the secret of a new session.

        Raises Unauthenticated, the same for both mistakes; AccountLocked after `LOCK_AFTER` of them in a row,
        whether there is an account or not; AccountDisabled.
        """
        account, now = account_of(email), self._clock.now()
        if locked := await self._store.locked_until(account, now):
            raise AccountLocked(locked)
        reviewer = await self._store.reviewer_by_email(email)
        # An unknown address, or one without a password, costs the same hash, so that timing does not tell
        # which accounts exist.
        known = (reviewer.password_hash if reviewer else "") or self._passwords.decoy
        if not self._passwords.verify(known, password) or reviewer is None:
            tries = await self._store.count_wrong_try(account, now, limit=LOCK_AFTER, lock=LOCK)
            await self._refused(reviewer)
            if tries >= LOCK_AFTER:
                raise AccountLocked(now + LOCK)
            raise Unauthenticated("The address or the password is wrong.")
        await self._store.unlock(account)
        return await self.open_reviewer_session(reviewer)

    async def _refused(self, reviewer: Reviewer | None) -> None:
        """Record a wrong password; of an address without an account in the log of the service itself."""
        tenant, who = (reviewer.tenant, reviewer.id) if reviewer else (None, "")
        await self._auditing.record(who or "unknown", Action.SIGN_IN_REFUSED, who, tenant=tenant)

    async def open_reviewer_session(self, reviewer: Reviewer) -> str:
        """Return the secret of a new session for somebody who has shown who they are.

        Raises AccountDisabled.
        """
        if reviewer.disabled_at:
            raise AccountDisabled
        secret = self._random.bytes(24).hex()
        expires_at = self._clock.now() + timedelta(hours=REVIEWER_HOURS)
        await self._store.open_session(Session(hash_token(secret), "reviewer", reviewer.id, expires_at))
        await self._auditing.record(reviewer.id, Action.SIGNED_IN, reviewer.id, tenant=reviewer.tenant)
        return secret

    async def reviewer(self, secret: str | None) -> Reviewer:
        """Return the signed-in reviewer. Raises Unauthenticated."""
        session = await self._store.session(hash_token(secret), self._clock.now()) if secret else None
        if session is None or session.kind != "reviewer":
            raise Unauthenticated("Sign in first.")
        reviewer = await self._store.reviewer(session.subject)
        if reviewer.disabled_at:
            raise AccountDisabled
        return reviewer

    async def signed_in_within(self, secret: str | None, span: timedelta) -> bool:
        """Whether somebody showed who they are so short a time ago."""
        now = self._clock.now()
        session = await self._store.session(hash_token(secret), now) if secret else None
        return session is not None and session.expires_at - timedelta(hours=REVIEWER_HOURS) >= now - span

    async def sign_out(self, reviewer: Reviewer) -> None:
        """End all sessions of a reviewer."""
        await self._store.close_sessions("reviewer", reviewer.id)
        await self._auditing.record(reviewer.id, Action.SIGNED_OUT, reviewer.id, tenant=reviewer.tenant)


def require_long(password: str) -> None:
    """Raise InvalidInput for a password that is too short."""
    if len(password) < MIN_PASSWORD_CHARS:
        raise invalid("password", "is too short", f"Use at least {MIN_PASSWORD_CHARS} characters.")


def account_of(email: str) -> str:
    """Return what wrong passwords for an address are counted under."""
    return hash_token(email.strip().lower())


_NAMES: Final[dict[Owned, str]] = {
    "assessment_id": "assessment",
    "endpoint_id": "webhook endpoint",
    "verdict_id": "verdict",
}
