"""The API for webhook endpoints: where a platform wants to be told, and what it was told."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Body, Depends, Path, Query, Response

from assessor.domain import errors as e
from assessor.domain.webhook import DeliveryStatus, Endpoint
from assessor.ports import EndpointChange
from assessor.services.admission import Scope
from assessor.services.idempotency import Answer
from assessor.services.subscribing import (
    NewEndpoint,
    NewSecret,
    OnceMade,
    Subscription,
)
from assessor.web.calling import Caller, calling
from assessor.web.dependencies import Running
from assessor.web.edits import IfMatch, IfMatchMissing, IfNoneMatch, etag, known, matching
from assessor.web.once import OnceRoute, UnderWay
from assessor.web.openapi import refuses
from assessor.web.resources.webhook import (
    DeliveryList,
    DeliveryResource,
    EndpointList,
    EndpointPatch,
    EndpointRequest,
    EndpointResource,
    MadeEndpoint,
    PublicKey,
    PublicKeyList,
    Redelivered,
    RotatedSecret,
    RotationRequest,
    delivery_resource,
    endpoint_resource,
    made_endpoint,
    rotated_secret,
)

Writer = Annotated[Caller, Depends(calling(Scope.WEBHOOKS_WRITE))]
Reader = Annotated[Caller, Depends(calling(Scope.WEBHOOKS_READ))]
EndpointId = Annotated[
    str, Path(description="Id of a webhook endpoint.", examples=["whe_0123456789abcdefghjkmnpqrs"])
]
DeliveryId = Annotated[
    str, Path(description="Id of a delivery.", examples=["whd_0123456789abcdefghjkmnpqrs"])
]
ENDPOINT_EXAMPLE: Final = {
    "url": "https://hooks.example.com/assessor",
    "event_types": ["assessor.verdict.issued", "assessor.verdict.superseded"],
}


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
    return EndpointList(data=tuple(map(endpoint_resource, found)))


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
    return delivery_resource(await service.subscribing.test(caller.tenant.id, endpoint_id))


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
    return DeliveryList(data=tuple(map(delivery_resource, found)))


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
    return delivery_resource(await service.subscribing.redeliver(caller.tenant.id, endpoint_id, delivery_id))


def _written(made: NewEndpoint) -> Answer:
    written = made_endpoint(made)
    return written.model_dump_json().encode(), f"{router.prefix}/{written.id}"


def _rotated(made: NewSecret) -> Answer:
    shown = rotated_secret(made)
    return shown.model_dump_json().encode(), f"{router.prefix}/{made.endpoint.id}"


def _told(found: Endpoint) -> Response:
    headers = {"ETag": _tag(found), "Cache-Control": "private, no-cache"}
    return Response(_body(found), media_type="application/json", headers=headers)


def _tag(found: Endpoint) -> str:
    return etag(_body(found))


def _body(found: Endpoint) -> bytes:
    return endpoint_resource(found).model_dump_json().encode()
