"""What waits for a person, and who has it in hand."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assessor.domain.assessment import Projection
from assessor.domain.queue import Lease, QueuePlace, Reason


@dataclass(frozen=True)
class QueueFilter:
    """Which of a tenant's waiting assessments are listed."""

    reason: Reason | None = None
    track: str | None = None


@dataclass(frozen=True)
class Taker:
    """Who looks for the next case, and which ones they take; none stands for all."""

    reviewer_id: str
    tracks: Collection[str] = ()
    languages: Collection[str] = ()
    untrained: Collection[str] = ()
    """Tracks in which they score nobody yet. Help and faults of ours ask for no training."""


class Queue(Protocol):
    """Rows are derived from the logs; leases stand beside them."""

    async def waiting(
        self,
        tenant: str,
        wanted: QueueFilter = QueueFilter(),
        after: QueuePlace | None = None,
        limit: int | None = None,
    ) -> tuple[Projection, ...]:
        """Return one page: who needs help first, the most urgent at the front, then by age."""
        ...

    async def free(
        self, tenant: str, taker: Taker, now: datetime, after: QueuePlace | None, limit: int
    ) -> tuple[Projection, ...]:
        """Return what the taker could take next: nobody else has it in hand."""
        ...

    async def in_hand(self, tenant: str, reviewer_id: str, now: datetime) -> tuple[Projection, ...]:
        """Return what somebody has in hand, whether it still waits or not."""
        ...

    async def waiting_counts(self, tenant: str, most: int) -> Mapping[Reason | None, int]:
        """Return how many wait for each reason, and for any (None); counting stops at `most`."""
        ...

    async def take(self, lease: Lease, now: datetime) -> Lease:
        """Take a case, or go on with it, unless another has it in hand. Return who has it then.

        Whoever has it keeps it no shorter than they did.
        """
        ...

    async def hand_over(self, lease: Lease) -> None:
        """Give a case to somebody, whoever had it."""
        ...

    async def know(self, reviewer_id: str, candidate_id: str, at: datetime) -> None:
        """Keep that a reviewer knows a candidate. Twice is once."""
        ...

    async def knows(self, reviewer_id: str, candidate_id: str) -> bool: ...

    async def give_back(self, assessment_id: str, holder: str) -> None: ...
    async def leases(self, assessment_ids: Collection[str], now: datetime) -> Mapping[str, Lease]:
        """Return who has which in hand."""
        ...
