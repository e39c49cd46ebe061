"""The append-only log of each assessment, and what candidates have typed and not yet sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from assessor.domain.assessment import Projection
from assessor.domain.chain import Link
from assessor.domain.events import Event, Fact
from assessor.ports.mail import Enclosure


@dataclass(frozen=True)
class Append:
    """Facts to be appended to one log after sequence number `after`, in one transaction.

    `projection` is the row after all of them. The store derives its side tables (invites,
    verdicts) from the facts themselves.
    """

    assessment_id: str
    after: int
    at: datetime
    facts: Sequence[Fact]
    projection: Projection
    head: str | None = None
    """The hash of event `after`, which the log has to end with; None leaves that open."""
    enclosure: Enclosure | None = None
    """For the mails that follow from the facts."""


@dataclass(frozen=True)
class Answered:
    """A request that carried an idempotency key, with its answer. Status 0: it is under way."""

    tenant: str
    key: str
    request_hash: str
    status: int
    body: bytes
    livemode: bool
    """Of the API key: test and live keep their idempotency keys apart."""
    location: str | None = None
    """Where what was made is found."""


@dataclass(frozen=True)
class SealedEvent:
    """One event as it is stored. Its key opens it alone; both are None once its words were taken back."""

    link: Link
    hash: str
    ciphertext: bytes | None
    key: bytes | None


class OpenLog(Protocol):
    """The part of the logs by which one that exists is read and added to."""

    async def append(self, change: Append) -> tuple[Event, ...]:
        """Append; when it returns, the facts are on disk. Raises SequenceTaken."""
        ...

    async def events(self, assessment_id: str, after: int = 0) -> tuple[Event, ...]:
        """Return the facts after a sequence number, oldest first. Raises NotFound for an unknown id."""
        ...

    async def head(self, assessment_id: str) -> str | None:
        """Return the hash of the last event, by which the whole log is known; much cheaper than events.

        None where there is nothing to read: for an unknown id and for an erased candidate.
        """
        ...


class EventLog(OpenLog, Protocol):
    """The append-only logs, encrypted with each candidate's own key."""

    async def begin(
        self, change: Append, answered: Answered | None = None, *, earlier: int | None = None
    ) -> tuple[Event, ...]:
        """Create the assessment with its first facts, and store the answer with it, in one transaction.

        `earlier` is how many assessments the candidate has for the track; None leaves that open. Raises
        SequenceTaken when there are more by now, Conflict when the idempotency key was used meanwhile.
        """
        ...

    async def sealed_events(self, assessment_id: str) -> tuple[SealedEvent, ...]:
        """Return the whole log as it is stored, with what opens it. Raises NotFound, Erased."""
        ...

    async def verify_chain(self, assessment_id: str) -> int:
        """Check that the log is gapless and its hash chain intact. Return its length.

        Raises DocumentRefused naming the first bad event.
        """
        ...


@dataclass(frozen=True)
class Draft:
    """Work in progress on one task. Revision 0 is an empty draft that was never saved."""

    item_id: str
    revision: int
    payload: dict[str, Any] = field(default_factory=dict)
    saved_at: datetime | None = None


class Drafts(Protocol):
    """Work in progress, encrypted like the log."""

    async def draft(self, assessment_id: str, item_id: str) -> Draft: ...
    async def save_draft(
        self, assessment_id: str, item_id: str, payload: dict[str, Any], base_revision: int, at: datetime
    ) -> Draft:
        """Store the next revision. Raises StaleRevision when `base_revision` is not the stored one."""
        ...
