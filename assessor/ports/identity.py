"""Who checks identities on behalf of this service: a hosted service with a page of its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assessor.domain.identity import Level, Report


@dataclass(frozen=True)
class OpenedCheck:
    """A check at the service, and where the candidate does it. The address is shown once and never kept."""

    reference: str
    level: Level
    url: str


@dataclass(frozen=True)
class LookedUp:
    """How a check stands when the service is asked."""

    report: Report | None
    """None while there is nothing to tell."""
    url: str | None
    """Where the candidate does it, or does it again; None when there is nothing to do."""


class IdentityService(Protocol):
    """Checks a government ID and says what came of it, never what stands in the document."""

    @property
    def name(self) -> str:
        """Who checks, as candidates are told."""
        ...

    @property
    def level(self) -> Level:
        """How sure a successful check makes it."""
        ...

    @property
    def livemode(self) -> bool:
        """Whether it looks at real documents. What it finds in test mode vouches for nobody."""
        ...

    async def begin(self, assessment_id: str, return_url: str) -> OpenedCheck:
        """Open a check, after which the candidate comes back to `return_url`. Raises IdentityFault."""
        ...

    async def look(self, assessment_id: str, reference: str) -> LookedUp:
        """Ask how a check stands. Raises IdentityFault."""
        ...

    def read(self, body: bytes, signature: str, now: datetime) -> Report | None:
        """Return what a webhook reports; None for what says nothing about a check of ours.

        Raises Unauthenticated unless the service signed exactly these bytes, less than five minutes ago.
        """
        ...
