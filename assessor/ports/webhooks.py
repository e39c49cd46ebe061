"""Endpoints of platforms, the outbox, and the way out to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assessor.domain.notification import EventType, Notice
from assessor.domain.webhook import Delivery, Endpoint, Pause, Reception, Settled
from assessor.ports.log import Answered


@dataclass(frozen=True)
class EndpointChange:
    """What of an endpoint a platform changes; None leaves it as it is."""

    url: str | None = None
    description: str | None = None
    event_types: tuple[EventType, ...] | None = None
    enabled: bool | None = None
    """True also ends a pause."""


@dataclass(frozen=True)
class Claimed:
    """A delivery that one worker has taken up, with what it needs to send it."""

    delivery: Delivery
    tenant: str
    url: str
    secret: str
    until: datetime
    """From then on another worker may take it up."""


class Webhooks(Protocol):
    """Endpoints, and the outbox that `EventLog` writes for them in the transaction of the facts."""

    async def add_endpoint(
        self, endpoint: Endpoint, secret: str, limit: int, answered: Answered | None = None
    ) -> None:
        """Store it with its secret sealed, and the answer with it, in one transaction.

        Raises Conflict when the tenant has `limit` of them, or the idempotency key was used meanwhile.
        """
        ...

    async def endpoint(self, tenant: str, endpoint_id: str) -> Endpoint:
        """Raises NotFound, also for another tenant's."""
        ...

    async def endpoints(self, tenant: str) -> tuple[Endpoint, ...]: ...
    async def change_endpoint(self, tenant: str, endpoint_id: str, change: EndpointChange) -> Endpoint:
        """Raises NotFound."""
        ...

    async def remove_endpoint(self, tenant: str, endpoint_id: str) -> None:
        """Remove it with its deliveries. Raises NotFound."""
        ...

    async def enqueue(self, endpoint: Endpoint, notice: Notice, at: datetime) -> Delivery:
        """Put one event into the outbox, due at once, whatever the filter says."""
        ...

    async def deliveries(self, tenant: str, endpoint_id: str, limit: int = 100) -> tuple[Delivery, ...]:
        """Return the delivery log of an endpoint, newest first. Raises NotFound."""
        ...

    async def redeliver(self, tenant: str, endpoint_id: str, delivery_id: str, at: datetime) -> Delivery:
        """Make a delivery due again, with the whole schedule before it. Raises NotFound."""
        ...

    async def claim(
        self, holder: str, now: datetime, until: datetime, limit: int, busy: Sequence[str] = ()
    ) -> tuple[Claimed, ...]:
        """Take up what is due, a few of each endpoint, none of those that are `busy`.

        Nobody else gets the same before `until`.
        """
        ...

    async def release_claims(self, holder: str, now: datetime) -> int:
        """Make due again what a worker had taken up before it ended. Returns how many."""
        ...

    async def record_attempt(
        self, claimed: Claimed, reception: Reception, settled: Settled, at: datetime
    ) -> Pause | None:
        """Note an attempt and what follows from it. Return why the endpoint was paused by it, if it was."""
        ...

    async def forget_deliveries(self, before: datetime) -> int:
        """Remove what was made before a time. Returns how many."""
        ...


class Receivers(Protocol):
    """The servers of platforms, which are not to be trusted with our network."""

    async def check(self, url: str) -> None:
        """Raise InvalidInput, for the field `url`, unless it leads to an address that may be sent to."""
        ...

    async def send(self, url: str, secret: str, message_id: str, at: datetime, body: bytes) -> Reception:
        """Sign and send once. Whatever goes wrong is a Reception, never an exception."""
        ...
