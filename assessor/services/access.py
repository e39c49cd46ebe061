"""Who is asking: platform backends by key, reviewers by password."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from assessor.domain.errors import Forbidden, NotFound, Unauthenticated, invalid
from assessor.domain.ids import make_id
from assessor.domain.policy import Policy
from assessor.ports import ApiKey, Clock, Passwords, Random, Reviewer, Session, Store, Tenant
from assessor.services.ordering import hash_token

REVIEWER_HOURS = 12
MIN_PASSWORD_CHARS = 12


class Scope(StrEnum):
    """What a key may do."""

    ASSESSMENTS_WRITE = "assessments:write"
    ASSESSMENTS_READ = "assessments:read"
    VERDICTS_READ = "verdicts:read"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    OUTCOMES_READ = "outcomes:read"
    OUTCOMES_WRITE = "outcomes:write"
    LIBRARY_READ = "library:read"
    LIBRARY_WRITE = "library:write"


@dataclass(frozen=True)
class NewKey:
    """A key as it is shown once. `secret` is `<key id>.<random>`, both of which are sent."""

    key: ApiKey
    secret: str


@dataclass(frozen=True)
class Presented:
    """What a caller presents as `Authorization: Bearer <key id>.<random>`."""

    scheme: str
    secret: str

    @classmethod
    def by(cls, authorization: str | None) -> "Presented":
        """Read the header's value."""
        scheme, _, secret = (authorization or "").partition(" ")
        return cls(scheme.lower(), secret)

    @property
    def key_id(self) -> str:
        """The part that names the key."""
        return self.secret.partition(".")[0]

    def admitted(self, key: ApiKey | None, secret_hash: str, scope: Scope) -> ApiKey:
        """Return the key that was looked up, None for one that there is not.

        Raises Unauthenticated, or Forbidden without the scope.
        """
        # The comparison also runs for an unknown key, so that timing tells nothing about which keys exist.
        matches = hmac.compare_digest(hash_token(self.secret), secret_hash)
        if self.scheme != "bearer" or key is None or not matches:
            raise Unauthenticated("Send a valid key as `Authorization: Bearer <key>`.")
        if scope.value not in key.scopes:
            raise Forbidden(f"a key with the scope {scope.value}")
        return key


class Access:
    """Tenants, keys and reviewers."""

    def __init__(self, store: Store, passwords: Passwords, clock: Clock, random: Random) -> None:
        self._store = store
        self._passwords = passwords
        self._clock = clock
        self._random = random

    async def add_tenant(self, tenant_id: str, name: str, policy: Policy) -> Tenant:
        """Add a platform. Raises InvalidInput when the id is taken."""
        if any(tenant.id == tenant_id for tenant in await self._store.tenants()):
            raise invalid("tenant", f"{tenant_id!r} exists already", "Choose another id.")
        tenant = Tenant(tenant_id, name, policy)
        await self._store.add_tenant(tenant, self._clock.now())
        return tenant

    async def add_key(self, tenant_id: str, scopes: tuple[Scope, ...], *, livemode: bool) -> NewKey:
        """Make a key. Its secret is shown once; only its hash is kept. Raises NotFound."""
        await self._store.tenant(tenant_id)
        key_id = make_id("ak_live" if livemode else "ak_test", self._random.bytes(16))
        secret = f"{key_id}.{self._random.bytes(24).hex()}"
        key = ApiKey(key_id, tenant_id, tuple(scope.value for scope in scopes), livemode)
        await self._store.add_key(key, hash_token(secret), self._clock.now())
        return NewKey(key, secret)

    async def revoke_key(self, key_id: str) -> None:
        """End a key at once. Raises NotFound."""
        await self._store.key(key_id)
        await self._store.revoke_key(key_id, self._clock.now())

    async def caller(self, authorization: str | None, scope: Scope) -> tuple[ApiKey, Tenant]:
        """Return who presents `Bearer <secret>`. Raises Unauthenticated, or Forbidden without the scope."""
        presented = Presented.by(authorization)
        try:
            key, secret_hash = await self._store.key(presented.key_id)
        except NotFound:
            key, secret_hash = None, ""
        key = presented.admitted(key, secret_hash, scope)
        return key, await self._store.tenant(key.tenant)

    async def add_reviewer(self, tenant_id: str, email: str, name: str, password: str) -> Reviewer:
        """Add a person who audits. Raises InvalidInput for a taken address or a short password."""
        await self._store.tenant(tenant_id)
        if len(password) < MIN_PASSWORD_CHARS:
            raise invalid("password", "is too short", f"Use at least {MIN_PASSWORD_CHARS} characters.")
        if await self._store.reviewer_by_email(email):
            raise invalid("email", f"{email!r} has an account already", "Use another address.")
        reviewer_id = make_id("rev", self._random.bytes(16))
        reviewer = Reviewer(reviewer_id, tenant_id, email, name, self._passwords.hash(password))
        await self._store.add_reviewer(reviewer, self._clock.now())
        return reviewer

    async def sign_in(self, email: str, password: str) -> str:
        """Return the secret of a new session. Raises Unauthenticated, the same for both mistakes."""
        reviewer = await self._store.reviewer_by_email(email)
        # An unknown address costs the same hash, so that timing does not tell which accounts exist.
        known = reviewer.password_hash if reviewer else self._passwords.decoy
        if not self._passwords.verify(known, password) or reviewer is None:
            raise Unauthenticated("The address or the password is wrong.")
        return await self.open_reviewer_session(reviewer)

    async def open_reviewer_session(self, reviewer: Reviewer) -> str:
        """Return the secret of a new session for somebody whose identity is established."""
        secret = self._random.bytes(24).hex()
        expires_at = self._clock.now() + timedelta(hours=REVIEWER_HOURS)
        await self._store.open_session(Session(hash_token(secret), "reviewer", reviewer.id, expires_at))
        return secret

    async def reviewer(self, secret: str | None) -> Reviewer:
        """Return the signed-in reviewer. Raises Unauthenticated."""
        session = await self._store.session(hash_token(secret), self._clock.now()) if secret else None
        if session is None or session.kind != "reviewer":
            raise Unauthenticated("Sign in first.")
        return await self._store.reviewer(session.subject)

    async def sign_out(self, reviewer: Reviewer) -> None:
        """End all sessions of a reviewer."""
        await self._store.close_sessions("reviewer", reviewer.id)
