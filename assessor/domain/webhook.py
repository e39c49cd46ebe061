"""Webhooks: where a platform wants to be told, what was sent there, and when to try again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from assessor.domain.ids import make_id
from assessor.domain.notification import EventType, Notice

RETRY_SECONDS: Final = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 72_000)
"""The pauses between attempts: ten attempts within just under three days."""

LONGEST_RETRY_AFTER: Final = 86_400
"""Seconds; a receiver may ask for patience, and not for oblivion."""


class Outcome(StrEnum):
    """How one attempt went."""

    ACCEPTED = "accepted"
    """A status from 200 to 299 came back."""
    REJECTED = "rejected"
    """Another status came back."""
    REDIRECTED = "redirected"
    """A redirect, which is never followed."""
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    """No connection, no valid certificate, or no HTTP."""
    TARGET_REFUSED = "target_refused"
    """The name leads to an address that is not on the public internet; nothing was sent."""


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Given up; it can be sent again by hand."""


class Pause(StrEnum):
    """Why we stopped sending to an endpoint."""

    FAILING = "failing"
    """A delivery was given up, and nothing was accepted since it was made."""
    GONE = "gone"
    """The receiver answered 410."""


@dataclass(frozen=True)
class Endpoint:
    """An address of a platform. Its secret is not part of it: that is shown once."""

    id: str
    tenant: str
    url: str
    description: str
    event_types: tuple[EventType, ...]
    """Which types are sent; none stands for every type."""
    enabled: bool
    paused: Pause | None
    created_at: datetime
    livemode: bool = True
    """Of the key that made it: it is told of live assessments only, or of test ones only."""

    def wants(self, public: EventType) -> bool:
        """Whether events of a type are for this endpoint. A pause collects them; disabling does not."""
        return self.enabled and (not self.event_types or public in self.event_types)


@dataclass(frozen=True)
class Attempt:
    """One try. Of the answer, nothing but its status is kept."""

    number: int
    at: datetime
    outcome: Outcome
    http_status: int | None
    latency_ms: int


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one endpoint."""

    id: str
    endpoint_id: str
    notice: Notice
    status: DeliveryStatus
    retries: int
    """Tries since it was made, or since it was last asked for by hand."""
    next_at: datetime | None
    created_at: datetime
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True)
class Reception:
    """What came back from a receiver."""

    outcome: Outcome
    http_status: int | None
    latency_ms: int
    retry_after: int | None = None
    """Seconds that the receiver asked for."""


@dataclass(frozen=True)
class Settled:
    """What follows from an attempt."""

    status: DeliveryStatus
    next_at: datetime | None = None
    gone: bool = False


def delivery_id(event_id: str, endpoint_id: str) -> str:
    """Derive the id of an event's one delivery to an endpoint."""
    return make_id("whd", hashlib.sha256(f"{event_id}\n{endpoint_id}".encode()).digest()[:16])


def paused_notice(delivery: Delivery, pause: Pause, at: datetime) -> Notice:
    """Return the event that tells a platform, by all other ways, that an endpoint takes nothing any more."""
    entropy = hashlib.sha256(f"{delivery.id}\n{at.isoformat()}\npaused".encode()).digest()[:16]
    data = {"endpoint_id": delivery.endpoint_id, "delivery_id": delivery.id, "why": pause.value}
    return Notice(make_id("evt", entropy), EventType.ENDPOINT_PAUSED, delivery.endpoint_id, at, data)


def settle(reception: Reception, retries: int, schedule: Sequence[float], now: datetime) -> Settled:
    """Decide what follows from an attempt that was preceded by `retries` others.

    A receiver that answers 410 wants nothing more; every other failure is tried again by the schedule,
    in seconds, or later when the receiver asks for it.
    """
    if reception.outcome is Outcome.ACCEPTED:
        return Settled(DeliveryStatus.DELIVERED)
    if reception.http_status == HTTPStatus.GONE:
        return Settled(DeliveryStatus.DEAD, gone=True)
    if retries >= len(schedule):
        return Settled(DeliveryStatus.DEAD)
    pause = max(schedule[retries], min(reception.retry_after or 0, LONGEST_RETRY_AFTER))
    return Settled(DeliveryStatus.PENDING, now + timedelta(seconds=pause))
