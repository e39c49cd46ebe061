"""Who may ask: tenants, keys, reviewers, sessions."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from assessor.domain.new_york import BiasAudit
from assessor.domain.policy import Policy
from assessor.domain.roles import Permission, Role, may


@dataclass(frozen=True)
class ApiKey:
    """Who is calling. The secret itself is never stored; `id` is its visible beginning."""

    id: str
    tenant: str
    scopes: tuple[str, ...]
    livemode: bool
    expires_at: datetime | None = None
    """From then on it opens nothing."""
    last_used_at: datetime | None = None
    """To the hour."""
    created_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Tenant:
    """A platform that orders assessments."""

    id: str
    name: str
    policy: Policy
    bias_audits: tuple[BiasAudit, ...] = ()
    """The latest of each track that has one recorded."""


@dataclass(frozen=True)
class Reviewer:
    """A person who audits for one tenant."""

    id: str
    tenant: str
    email: str
    name: str
    password_hash: str
    """Empty for somebody who signs in elsewhere, or has not joined yet."""
    roles: tuple[Role, ...] = (Role.REVIEWER,)
    tracks: tuple[str, ...] = ()
    """Whose cases they take; none stands for all."""
    languages: tuple[str, ...] = ()
    """As for tracks."""
    disabled_at: datetime | None = None
    issuer: str | None = None
    """Who vouches for them at sign-in, and by what name; both or neither."""
    subject: str | None = None

    @property
    def has_joined(self) -> bool:
        """Whether they have a way to sign in."""
        return bool(self.password_hash or self.subject)

    def may(self, permission: Permission | str) -> bool:
        """Whether one of their roles holds a permission."""
        return may(self.roles, permission)


@dataclass(frozen=True)
class Session:
    """A signed-in browser: a candidate in one assessment, or a reviewer."""

    token_hash: str
    kind: Literal["candidate", "reviewer", "moved", "joining"]
    """`moved`: a candidate's, who went on in another browser. It opens nothing, and can be told so.
    `joining`: of a link by which a reviewer sets a password."""
    subject: str
    """Assessment id or reviewer id."""
    expires_at: datetime


Owned = Literal["assessment_id", "endpoint_id", "verdict_id"]
"""What belongs to one tenant and one mode, by the name that it has in addresses."""


class Access(Protocol):
    """Tenants, keys, people and sessions."""

    async def add_tenant(self, tenant: Tenant, at: datetime) -> None: ...
    async def tenant(self, tenant_id: str) -> Tenant: ...
    async def keep_bias_audit(self, tenant_id: str, audit: BiasAudit) -> None:
        """Keep a track's latest bias audit in place of the one before. Raises NotFound."""
        ...

    async def tenants(self) -> tuple[Tenant, ...]: ...
    async def add_key(self, key: ApiKey, secret_hash: str, at: datetime) -> None: ...
    async def key(self, key_id: str) -> tuple[ApiKey, str]:
        """Return the key and the hash of its secret. Raises NotFound, also when it was revoked."""
        ...

    async def keys(self, tenant_id: str) -> tuple[ApiKey, ...]:
        """Return the keys that were not revoked, the expired ones too."""
        ...

    async def revoke_key(self, key_id: str, at: datetime) -> None: ...
    async def replace_key(
        self, old_id: str, new: ApiKey, secret_hash: str, at: datetime, ends_at: datetime
    ) -> None:
        """Add a key, and let the old one end at `ends_at` or before, in one transaction. Raises NotFound."""
        ...

    async def note_use(self, key_id: str, at: datetime) -> None: ...
    async def owns(self, key: ApiKey, kind: Owned, thing_id: str) -> bool:
        """Whether a thing belongs to the key's tenant and to its mode, test or live."""
        ...

    async def add_reviewer(self, reviewer: Reviewer, at: datetime) -> None: ...
    async def reviewer(self, reviewer_id: str) -> Reviewer: ...
    async def reviewer_by_email(self, email: str) -> Reviewer | None: ...
    async def reviewer_of_subject(self, issuer: str, subject: str) -> Reviewer | None: ...
    async def reviewers(self) -> tuple[Reviewer, ...]: ...
    async def change_reviewer(self, reviewer: Reviewer) -> None:
        """Keep everything but id, tenant and address anew. Raises NotFound."""
        ...

    async def count_wrong_try(self, account: str, at: datetime, *, limit: int, lock: timedelta) -> int:
        """Count a wrong password and return how many there were in a row; the `limit`th locks.

        `account` is the hash of an address, whether there is an account or not.
        """
        ...

    async def locked_until(self, account: str, now: datetime) -> datetime | None: ...
    async def unlock(self, account: str) -> None:
        """Forget wrong passwords, and the lock."""
        ...

    async def candidate(self, tenant: str, candidate_ref: str) -> str:
        """Return the id of a tenant's person; the first use makes it, with a data key of their own.

        Two at once get the same id. Raises NotFound for an unknown tenant.
        """
        ...

    async def open_session(self, session: Session) -> None: ...
    async def session(self, token_hash: str, now: datetime) -> Session | None: ...
    async def close_sessions(self, kind: str, subject: str) -> None: ...
    async def move_sessions(self, assessment_id: str, to: str) -> None:
        """End a candidate's sessions but one, by the hash of its token: they went on there."""
        ...

    async def keep_code(self, code_hash: str, assessment_id: str, until: datetime, now: datetime) -> None:
        """Keep a code to go on elsewhere, in place of an earlier one of the assessment."""
        ...

    async def take_code(self, code_hash: str, now: datetime) -> str | None:
        """Use a code up and return its assessment; None for one that is not, or no longer, good."""
        ...

    async def invite(self, token_hash: str) -> tuple[str, datetime, bool]:
        """Return assessment id, expiry and whether it was used or replaced. Raises NotFound."""
        ...
