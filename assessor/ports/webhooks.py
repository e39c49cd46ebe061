"""Endpoints of platforms, the outbox, and the way out to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assessor.domain.notification import EventType, Notice
from assessor.domain.webhook import Delivery, DeliveryStatus, Endpoint, Pause, Reception, Settled
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
    secrets: tuple[str, ...]
    """What signs it: `whsec_...` and `whsk_...`, the newest first."""
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

    async def endpoints(self, tenant: str, *, livemode: bool) -> tuple[Endpoint, ...]: ...
    async def change_endpoint(
        self,
        tenant: str,
        endpoint_id: str,
        change: EndpointChange,
        is_known: Callable[[Endpoint], bool] = lambda _endpoint: True,
    ) -> Endpoint:
        """Raises NotFound; StaleEdit when `is_known` says no of what stands there, in one transaction."""
        ...

    async def remove_endpoint(self, tenant: str, endpoint_id: str) -> None:
        """Remove it with its deliveries. Raises NotFound."""
        ...

    async def enqueue(self, endpoint: Endpoint, notice: Notice, at: datetime) -> Delivery:
        """Put one event into the outbox, due at once, whatever the filter says."""
        ...

    async def rotate_secret(
        self,
        tenant: str,
        endpoint_id: str,
        secret: str,
        former_until: datetime,
        answered: Answered,
        at: datetime,
    ) -> None:
        """Sign with another secret from now on, and with the one before as well until a time.

        The answer is stored in the same transaction. Raises NotFound, and Conflict when the idempotency key
        was used meanwhile.
        """
        ...

    async def endpoint_keys(self, tenant: str, endpoint_id: str, now: datetime) -> tuple[str, ...]:
        """Return the public keys (`whpk_...`) that verify what is sent, the newest first. Raises NotFound."""
        ...

    async def deliveries(
        self, tenant: str, endpoint_id: str, status: DeliveryStatus | None = None, limit: int = 100
    ) -> tuple[Delivery, ...]:
        """Return the delivery log of an endpoint, newest first; of one status alone, if given.

        Raises NotFound.
        """
        ...

    async def redeliver_dead(self, tenant: str, endpoint_id: str, at: datetime) -> int:
        """Make due again all that was given up for an endpoint. Return how many. Raises NotFound."""
        ...

    async def redeliver(self, tenant: str, endpoint_id: str, delivery_id: str, at: datetime) -> Delivery:
        """Make a delivery due again, with the whole schedule before it. Raises NotFound."""
        ...

    async def claim(
        self, holder: str, now: datetime, until: datetime, limit: int, busy: Sequence[str] = ()
    ) -> tuple[Claimed, ...]:
        """Take up what is due, platforms in turn, a few of each endpoint, none of those that are `busy`.

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


class Notices(Protocol):
    """Public events, for those who poll."""

    async def notices(
        self, tenant: str, after: int, types: Sequence[EventType], limit: int, *, livemode: bool
    ) -> tuple[tuple[int, Notice], ...]:
        """Return a tenant's public events of one mode after a place, each with its own.

        No types stand for every type.

        What is committed later has a later place, so whoever asks after the last one misses nothing.
        """
        ...

    async def forget_notices(self, before: datetime) -> int:
        """Remove what happened before a time. Returns how many."""
        ...


class Receivers(Protocol):
    """The servers of platforms, which are not to be trusted with our network."""

    async def check(self, url: str) -> None:
        """Raise InvalidInput, for the field `url`, unless it leads to an address that may be sent to."""
        ...

    async def send(
        self, url: str, secrets: Sequence[str], message_id: str, at: datetime, body: bytes
    ) -> Reception:
        """Sign with each secret and send once. Whatever goes wrong is a Reception, never an exception."""
        ...
