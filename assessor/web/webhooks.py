"""The API for webhook endpoints: where a platform wants to be told, and what it was told."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Body, Depends, Path, Query, Response
from pydantic import ConfigDict, Field

from assessor.domain import errors as e
from assessor.domain.notification import EventType
from assessor.domain.value import Value
from assessor.domain.webhook import Attempt, Delivery, DeliveryStatus, Endpoint, Outcome, Pause
from assessor.ports import EndpointChange
from assessor.services.admission import Scope
from assessor.services.idempotency import Answer
from assessor.services.subscribing import (
    MAX_DESCRIPTION_CHARS,
    NewEndpoint,
    NewSecret,
    OnceMade,
    Subscription,
)
from assessor.web.calling import Caller, calling
from assessor.web.dependencies import Running
from assessor.web.edits import IfMatch, IfMatchMissing, IfNoneMatch, known, matching
from assessor.web.once import OnceRoute, UnderWay
from assessor.web.openapi import refuses
from assessor.web.resources import etag

Url = Annotated[str, Field(min_length=1, max_length=2000, examples=["https://hooks.example.com/assessor"])]
Description = Annotated[str, Field(max_length=MAX_DESCRIPTION_CHARS)]
# Strict JSON has no enumerations, so their values are taken as the strings they are.
EventTypes = Annotated[
    tuple[Annotated[EventType, Field(strict=False)], ...], Field(max_length=len(EventType), strict=False)
]
Writer = Annotated[Caller, Depends(calling(Scope.WEBHOOKS_WRITE))]
Reader = Annotated[Caller, Depends(calling(Scope.WEBHOOKS_READ))]
EndpointId = Annotated[
    str, Path(description="Id of a webhook endpoint.", examples=["whe_0123456789abcdefghjkmnpqrs"])
]
DeliveryId = Annotated[
    str, Path(description="Id of a delivery.", examples=["whd_0123456789abcdefghjkmnpqrs"])
]
MAX_OVERLAP_HOURS: Final = 168
ENDPOINT_EXAMPLE: Final = {
    "url": "https://hooks.example.com/assessor",
    "event_types": ["assessor.verdict.issued", "assessor.verdict.superseded"],
}


class EndpointRequest(Value):
    """A new endpoint."""

    model_config = ConfigDict(strict=True)

    url: Url
    """Https, on the public internet. Redirects are not followed."""
    description: Description = ""
    event_types: EventTypes = ()
    """Which types are sent; an empty list stands for every type, also for those that are added later."""


class EndpointPatch(Value):
    """What changes; what is left out stays as it is."""

    model_config = ConfigDict(strict=True)

    url: Url | None = None
    description: Description | None = None
    event_types: EventTypes | None = None
    enabled: bool | None = None
    """False stops everything; true starts again, also after a pause."""


class EndpointResource(Value):
    """An endpoint. Its secret is shown once, when it is made."""

    id: str
    object: Literal["webhook_endpoint"] = "webhook_endpoint"
    livemode: bool
    url: str
    description: str
    event_types: tuple[EventType, ...]
    status: Literal["enabled", "disabled", "paused"]
    paused_because: Pause | None
    """`failing`: a delivery was given up and nothing was accepted since; `gone`: you answered 410."""
    created_at: datetime


class MadeEndpoint(EndpointResource):
    """A new endpoint with its secret."""

    secret: str
    """Verifies signatures. Shown here and never again."""


class EndpointList(Value):
    """Endpoints, the oldest first."""

    object: Literal["list"] = "list"
    data: tuple[EndpointResource, ...]


class AttemptResource(Value):
    """One try. Of your answer, nothing but its status is kept."""

    number: int
    at: datetime
    outcome: Outcome
    http_status: int | None
    latency_ms: int


class DeliveryResource(Value):
    """One event on its way to one endpoint."""

    id: str
    object: Literal["webhook_delivery"] = "webhook_delivery"
    endpoint_id: str
    event_id: str
    """Stands in `webhook-id`: the same over all retries and redeliveries."""
    type: EventType
    subject: str
    status: DeliveryStatus
    created_at: datetime
    next_attempt_at: datetime | None
    attempts: tuple[AttemptResource, ...]


class DeliveryList(Value):
    """Deliveries, newest first."""

    object: Literal["list"] = "list"
    data: tuple[DeliveryResource, ...]


class RotationRequest(Value):
    """How long the former secret goes on signing beside the new one."""

    model_config = ConfigDict(strict=True)

    overlap_hours: Annotated[int, Field(ge=0, le=MAX_OVERLAP_HOURS)] = 24
    """0 ends the former one at once, as you want it after a leak."""


class RotatedSecret(Value):
    """A new secret, shown here and never again."""

    object: Literal["webhook_secret"] = "webhook_secret"
    endpoint_id: str
    secret: str
    former_until: datetime
    """Until then everything is signed with the former one as well."""


class PublicKey(Value):
    """What verifies `v1a` signatures."""

    public_key: str
    """`whpk_` and the 32 bytes of an Ed25519 key in base64."""


class PublicKeyList(Value):
    """The newest first; two while a secret is being replaced."""

    object: Literal["list"] = "list"
    data: tuple[PublicKey, ...]


class Redelivered(Value):
    """How many are due again."""

    object: Literal["redelivery"] = "redelivery"
    count: int


router = APIRouter(
    prefix="/v1/webhook-endpoints",
    route_class=OnceRoute,
    tags=["webhooks"],
    responses=refuses(e.Unauthenticated, e.Forbidden, e.InvalidInput),
)


@router.post(
    "",
    status_code=201,
    summary="Add an endpoint",
    response_model=MadeEndpoint,
    responses=refuses(e.Conflict, e.TooLarge),
)
async def add(
    service: Running,
    caller: Writer,
    wanted: Annotated[EndpointRequest, Body(examples=[ENDPOINT_EXAMPLE])],
    under_way: UnderWay,
) -> Response:
    """Add an address, and get the secret that verifies what is sent there. Scope: `webhooks:write`.

    It is told of live assessments when the key is live, and of test ones when it is a test key.
    """
    once = OnceMade(under_way.key, under_way.request_hash, _written)
    subscription = Subscription(
        wanted.url, wanted.description, wanted.event_types, livemode=caller.key.livemode
    )
    answered = await service.subscribing.add_once(caller.tenant.id, subscription, once)
    headers = {"Location": answered.location} if answered.location else {}
    return Response(answered.body, answered.status, headers, "application/json")


@router.get("", summary="List the endpoints")
async def endpoints(service: Running, caller: Reader) -> EndpointList:
    """Return all of the key's mode, the oldest first. Scope: `webhooks:read`."""
    found = await service.subscribing.all(caller.tenant.id, livemode=caller.key.livemode)
    return EndpointList(data=tuple(map(_endpoint, found)))


@router.get(
    "/{endpoint_id}",
    summary="Read an endpoint",
    response_model=EndpointResource,
    responses=refuses(e.NotFound) | {304: {"description": "Not changed since the `ETag` that you sent"}},
)
async def endpoint(
    service: Running, caller: Reader, endpoint_id: EndpointId, if_none_match: IfNoneMatch = None
) -> Response:
    """Return where it leads and how it stands, with its `ETag`. Scope: `webhooks:read`."""
    found = await service.subscribing.get(caller.tenant.id, endpoint_id)
    if known(if_none_match, _tag(found)):
        return Response(status_code=304, headers={"ETag": _tag(found)})
    return _told(found)


@router.patch(
    "/{endpoint_id}",
    summary="Change an endpoint",
    response_model=EndpointResource,
    responses=refuses(e.NotFound, e.StaleEdit, IfMatchMissing),
)
async def change(
    service: Running,
    caller: Writer,
    endpoint_id: EndpointId,
    wanted: EndpointPatch,
    if_match: IfMatch = None,
) -> Response:
    """Change what is given. What waited while it was paused is sent when it is enabled again.

    `If-Match` says which state you saw: without it there is 428. Scope: `webhooks:write`.
    """
    fits = matching(if_match)
    changes = EndpointChange(wanted.url, wanted.description, wanted.event_types, wanted.enabled)
    return _told(
        await service.subscribing.change(
            caller.tenant.id, endpoint_id, changes, lambda seen: fits(_tag(seen))
        )
    )


@router.delete("/{endpoint_id}", status_code=204, summary="Remove an endpoint", responses=refuses(e.NotFound))
async def remove(service: Running, caller: Writer, endpoint_id: EndpointId) -> None:
    """Remove it with its delivery log; what was not delivered yet is not sent. Scope: `webhooks:write`."""
    await service.subscribing.remove(caller.tenant.id, endpoint_id)


@router.post(
    "/{endpoint_id}/test",
    status_code=202,
    summary="Send a test event",
    responses=refuses(e.NotFound, e.Conflict),
)
async def test(service: Running, caller: Writer, endpoint_id: EndpointId) -> DeliveryResource:
    """Send `assessor.webhook.test`, whatever the filter says; the delivery log shows how it went.

    Scope: `webhooks:write`.
    """
    return _delivery(await service.subscribing.test(caller.tenant.id, endpoint_id))


@router.post(
    "/{endpoint_id}/rotate-secret",
    summary="Replace the secret",
    response_model=RotatedSecret,
    responses=refuses(e.NotFound, e.Conflict),
)
async def rotate(
    service: Running,
    caller: Writer,
    endpoint_id: EndpointId,
    wanted: Annotated[RotationRequest, Body(examples=[{"overlap_hours": 24}])],
    under_way: UnderWay,
) -> Response:
    """Get a new secret; for `overlap_hours` the former one signs as well. Scope: `webhooks:write`.

    The key pair of `v1a` signatures is replaced with it.
    """
    once = OnceMade(under_way.key, under_way.request_hash, _rotated)
    endpoint = await service.subscribing.get(caller.tenant.id, endpoint_id)
    overlap = timedelta(hours=wanted.overlap_hours)
    answered = await service.subscribing.rotate_once(endpoint, overlap, once)
    return Response(answered.body, answered.status, {"Cache-Control": "no-store"}, "application/json")


@router.get("/{endpoint_id}/keys", summary="Read the public keys", responses=refuses(e.NotFound))
async def keys(service: Running, caller: Reader, endpoint_id: EndpointId) -> PublicKeyList:
    """Return what verifies the `v1a` signatures of this endpoint. Scope: `webhooks:read`.

    Whoever verifies with a public key holds nothing that could sign in our name.
    """
    found = await service.subscribing.keys(caller.tenant.id, endpoint_id)
    return PublicKeyList(data=tuple(PublicKey(public_key=one) for one in found))


@router.get("/{endpoint_id}/deliveries", summary="Read the delivery log", responses=refuses(e.NotFound))
async def deliveries(
    service: Running,
    caller: Reader,
    endpoint_id: EndpointId,
    status: Annotated[
        DeliveryStatus | None, Query(description="`dead` lists what was given up.", examples=["dead"])
    ] = None,
) -> DeliveryList:
    """Return the newest 100 deliveries with every attempt; kept for 30 days. Scope: `webhooks:read`."""
    found = await service.subscribing.deliveries(caller.tenant.id, endpoint_id, status)
    return DeliveryList(data=tuple(map(_delivery, found)))


@router.post(
    "/{endpoint_id}/deliveries/redeliver-dead",
    status_code=202,
    summary="Send again all that was given up",
    responses=refuses(e.NotFound, e.Conflict),
)
async def redeliver_dead(service: Running, caller: Writer, endpoint_id: EndpointId) -> Redelivered:
    """Send every dead delivery now, each under its old `webhook-id`. Scope: `webhooks:write`."""
    return Redelivered(count=await service.subscribing.redeliver_dead(caller.tenant.id, endpoint_id))


@router.post(
    "/{endpoint_id}/deliveries/{delivery_id}/redeliver",
    status_code=202,
    summary="Send a delivery again",
    responses=refuses(e.NotFound, e.Conflict),
)
async def redeliver(
    service: Running, caller: Writer, endpoint_id: EndpointId, delivery_id: DeliveryId
) -> DeliveryResource:
    """Send it now, under its old `webhook-id`, with all retries before it. Scope: `webhooks:write`."""
    return _delivery(await service.subscribing.redeliver(caller.tenant.id, endpoint_id, delivery_id))


def _written(made: NewEndpoint) -> Answer:
    written = MadeEndpoint(**_fields(made.endpoint), secret=made.secret)
    return written.model_dump_json().encode(), f"{router.prefix}/{written.id}"


def _rotated(made: NewSecret) -> Answer:
    shown = RotatedSecret(endpoint_id=made.endpoint.id, secret=made.secret, former_until=made.former_until)
    return shown.model_dump_json().encode(), f"{router.prefix}/{made.endpoint.id}"


def _told(found: Endpoint) -> Response:
    headers = {"ETag": _tag(found), "Cache-Control": "private, no-cache"}
    return Response(_body(found), media_type="application/json", headers=headers)


def _tag(found: Endpoint) -> str:
    return etag(_body(found))


def _body(found: Endpoint) -> bytes:
    return _endpoint(found).model_dump_json().encode()


def _endpoint(found: Endpoint) -> EndpointResource:
    return EndpointResource(**_fields(found))


def _fields(found: Endpoint) -> dict[str, Any]:
    return {
        "id": found.id,
        "livemode": found.livemode,
        "url": found.url,
        "description": found.description,
        "event_types": found.event_types,
        "status": "disabled" if not found.enabled else "paused" if found.paused else "enabled",
        "paused_because": found.paused,
        "created_at": found.created_at,
    }


def _delivery(found: Delivery) -> DeliveryResource:
    return DeliveryResource(
        id=found.id,
        endpoint_id=found.endpoint_id,
        event_id=found.notice.id,
        type=found.notice.type,
        subject=found.notice.subject,
        status=found.status,
        created_at=found.created_at,
        next_attempt_at=found.next_at,
        attempts=tuple(map(_attempt, found.attempts)),
    )


def _attempt(found: Attempt) -> AttemptResource:
    return AttemptResource.model_validate(vars(found))
