"""A platform's webhook endpoints: where it wants to be told, and what it was told."""

import base64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from assessor.domain.errors import Conflict, invalid
from assessor.domain.ids import make_id
from assessor.domain.notification import EventType, Notice
from assessor.domain.text import accept_text
from assessor.domain.webhook import Delivery, DeliveryStatus, Endpoint
from assessor.ports import Answered, Clock, EndpointChange, Random, Receivers, Store
from assessor.services.idempotency import Answer, same_request

MAX_ENDPOINTS = 20
MAX_DESCRIPTION_CHARS = 200
SECRET_BYTES = 24


@dataclass(frozen=True)
class NewEndpoint:
    """An endpoint as it was made, with its secret, which is shown once."""

    endpoint: Endpoint
    secret: str


@dataclass(frozen=True)
class Subscription:
    """What a platform asks for. No types stand for every type."""

    url: str
    description: str = ""
    event_types: tuple[EventType, ...] = ()
    livemode: bool = True


@dataclass(frozen=True)
class NewSecret:
    """A secret as it replaced another, shown once."""

    endpoint: Endpoint
    secret: str
    former_until: datetime
    """Until then the one before signs as well."""


Made = TypeVar("Made")


@dataclass(frozen=True)
class OnceMade(Generic[Made]):
    """An idempotency key with the hash of the request, and how the answer is written."""

    key: str
    request_hash: str
    write: Callable[[Made], Answer]


class Subscribing:
    """What platforms do with their endpoints. Each call is within one tenant."""

    def __init__(self, store: Store, receivers: Receivers, clock: Clock, random: Random) -> None:
        self._store = store
        self._receivers = receivers
        self._clock = clock
        self._random = random

    async def add_once(self, tenant: str, wanted: Subscription, once: OnceMade[NewEndpoint]) -> Answered:
        """Make an endpoint, or return the stored answer when the key was used before for the same request.

        Raises InvalidInput for an address that is not sent to and for
        a key that was used for another request, Conflict when there are too many.
        """
        if stored := await self._store.answered(tenant, once.key, livemode=wanted.livemode):
            return same_request(stored, once.request_hash)
        await self._check(wanted.url, wanted.description)
        made = self._new(tenant, wanted)
        body, location = once.write(made)
        answered = Answered(tenant, once.key, once.request_hash, 201, body, wanted.livemode, location)
        return await self._done_once(
            answered, self._store.add_endpoint(made.endpoint, made.secret, MAX_ENDPOINTS, answered)
        )

    async def rotate_once(
        self, endpoint: Endpoint, overlap: timedelta, once: OnceMade[NewSecret]
    ) -> Answered:
        """Replace an endpoint's secret, or return the stored answer when the key was used before.

        Until the overlap has passed, both secrets sign. Raises NotFound, and InvalidInput for a key that was
        used for another request.
        """
        tenant, now = endpoint.tenant, self._clock.now()
        if stored := await self._store.answered(tenant, once.key, livemode=endpoint.livemode):
            return same_request(stored, once.request_hash)
        made = NewSecret(endpoint, self._secret(), now + overlap)
        body, location = once.write(made)
        answered = Answered(tenant, once.key, once.request_hash, 200, body, endpoint.livemode, location)
        return await self._done_once(
            answered,
            self._store.rotate_secret(tenant, endpoint.id, made.secret, made.former_until, answered, now),
        )

    async def _done_once(self, answered: Answered, work: Awaitable[None]) -> Answered:
        """Do what stores its own answer, or return the answer of who was first with the same key."""
        try:
            await work
        except Conflict:
            stored = await self._store.answered(answered.tenant, answered.key, livemode=answered.livemode)
            if stored is None:
                raise
            return same_request(stored, answered.request_hash)
        return answered

    async def keys(self, tenant: str, endpoint_id: str) -> Sequence[str]:
        """Return the public keys that verify what is sent, the newest first. Raises NotFound."""
        return await self._store.endpoint_keys(tenant, endpoint_id, self._clock.now())

    async def all(self, tenant: str, *, livemode: bool) -> Sequence[Endpoint]:
        """Return a tenant's endpoints of one mode, the oldest first."""
        return await self._store.endpoints(tenant, livemode=livemode)

    async def get(self, tenant: str, endpoint_id: str) -> Endpoint:
        """Raises NotFound, also for another tenant's."""
        return await self._store.endpoint(tenant, endpoint_id)

    async def change(
        self,
        tenant: str,
        endpoint_id: str,
        change: EndpointChange,
        is_known: Callable[[Endpoint], bool] = lambda _endpoint: True,
    ) -> Endpoint:
        """Change what is given. Raises NotFound, InvalidInput.

        Raises StaleEdit when the endpoint, as it is at that moment, is not what the platform knew.
        """
        await self._store.endpoint(tenant, endpoint_id)
        await self._check(change.url, change.description or "")
        return await self._store.change_endpoint(tenant, endpoint_id, change, is_known)

    async def remove(self, tenant: str, endpoint_id: str) -> None:
        """Remove an endpoint with its delivery log. Raises NotFound."""
        await self._store.remove_endpoint(tenant, endpoint_id)

    async def test(self, tenant: str, endpoint_id: str) -> Delivery:
        """Send a test event, whatever the filter says. Raises NotFound, Conflict when it is not active."""
        endpoint = await self._active(tenant, endpoint_id)
        now = self._clock.now()
        event_id = make_id("evt", self._random.bytes(16))
        data = {"endpoint_id": endpoint_id}
        notice = Notice(event_id, EventType.TEST, endpoint_id, now, data)
        return await self._store.enqueue(endpoint, notice, now)

    async def deliveries(
        self, tenant: str, endpoint_id: str, status: DeliveryStatus | None = None
    ) -> Sequence[Delivery]:
        """Return the delivery log, newest first; of one status alone, if given. Raises NotFound."""
        return await self._store.deliveries(tenant, endpoint_id, status)

    async def redeliver_dead(self, tenant: str, endpoint_id: str) -> int:
        """Send again all that was given up. Return how many. Raises NotFound, Conflict."""
        await self._active(tenant, endpoint_id)
        return await self._store.redeliver_dead(tenant, endpoint_id, self._clock.now())

    async def redeliver(self, tenant: str, endpoint_id: str, delivery_id: str) -> Delivery:
        """Send again what was sent or given up, under its old id. Raises NotFound, Conflict."""
        await self._active(tenant, endpoint_id)
        return await self._store.redeliver(tenant, endpoint_id, delivery_id, self._clock.now())

    async def _active(self, tenant: str, endpoint_id: str) -> Endpoint:
        endpoint = await self._store.endpoint(tenant, endpoint_id)
        if not endpoint.enabled or endpoint.paused:
            raise Conflict("This endpoint is disabled or paused", "Enable it first.")
        return endpoint

    async def _check(self, url: str | None, description: str) -> None:
        if len(description) > MAX_DESCRIPTION_CHARS:
            raise invalid("description", "is too long", f"Use at most {MAX_DESCRIPTION_CHARS} characters.")
        accept_text("description", description)
        if url is not None:
            await self._receivers.check(url)

    def _new(self, tenant: str, wanted: Subscription) -> NewEndpoint:
        endpoint = Endpoint(
            id=make_id("whe", self._random.bytes(16)),
            tenant=tenant,
            url=wanted.url,
            description=wanted.description,
            event_types=tuple(dict.fromkeys(wanted.event_types)),
            enabled=True,
            paused=None,
            created_at=self._clock.now(),
            livemode=wanted.livemode,
        )
        return NewEndpoint(endpoint, self._secret())

    def _secret(self) -> str:
        return "whsec_" + base64.b64encode(self._random.bytes(SECRET_BYTES)).decode("ascii")
