"""What lists, queues and platforms read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assessor.domain.assessment import Projection, Status
from assessor.domain.verdict import VerdictStatus
from assessor.ports.access import ApiKey


@dataclass(frozen=True)
class StoredVerdict:
    """A verdict in its canonical bytes, with what changes later beside it."""

    id: str
    assessment_id: str
    tenant: str
    document: bytes
    jws: str
    status: VerdictStatus
    superseded_by: str | None
    revoked_at: datetime | None = None
    revoked_because: str | None = None


@dataclass(frozen=True)
class AskedVerdict:
    """All that one read of a verdict by a platform's key needs."""

    key: ApiKey
    secret_hash: str
    status: Status | None
    """Of the assessment; None when the key's tenant has none of that id."""
    verdict: StoredVerdict | None


@dataclass(frozen=True)
class Page:
    """Which of a tenant's assessments are listed: those of one mode that pass every filter that is set."""

    tenant: str
    livemode: bool
    limit: int
    before: tuple[datetime, str] | None = None
    """When the last one of the page before was ordered, and its id."""
    candidate_ref: str | None = None
    track: str | None = None
    status: Status | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None


class Projections(Protocol):
    """Rows for lists, queues and reads. All are derived from the logs."""

    async def projection(self, assessment_id: str) -> Projection:
        """Raises NotFound."""
        ...

    async def assessments(self, tenant: str, limit: int = 100) -> tuple[Projection, ...]:
        """Return a tenant's assessments, newest first."""
        ...

    async def earlier(self, candidate_id: str, track: str) -> tuple[str, ...]:
        """Return the ids of a candidate's assessments for one track, the oldest first."""
        ...

    async def page(self, page: Page) -> tuple[Projection, ...]:
        """Return one page, newest first."""
        ...

    async def unscored(self, *, begun: bool = False) -> Mapping[str, int]:
        """Return where the logs end of what was submitted or is being scored, by id, oldest first.

        `begun`: only of that whose scoring has begun.
        """
        ...

    async def overdue(self, now: datetime) -> tuple[str, ...]:
        """Return ids whose invitation, break or working time has run out, and no status says so yet."""
        ...

    async def live_verdict(self, assessment_id: str) -> StoredVerdict | None:
        """Return the verdict that no other has followed: it holds, or it was revoked."""
        ...

    async def asked_verdict(self, key_id: str, assessment_id: str) -> AskedVerdict:
        """Return what a read of the live verdict needs. Raises NotFound for an unknown or revoked key."""
        ...

    async def asked_verdict_of_id(self, key_id: str, verdict_id: str) -> AskedVerdict:
        """Return what a read of one verdict, live or not, needs. Raises NotFound as above."""
        ...

    async def verdict_of_id(self, verdict_id: str) -> StoredVerdict:
        """Return one verdict of any tenant, live or not. Raises NotFound."""
        ...

    async def verdicts(self, assessment_id: str) -> tuple[StoredVerdict, ...]:
        """Return all verdicts of an assessment, oldest first."""
        ...
