"""The API for public events, for platforms that poll instead of running a receiver."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from assessor.domain import errors as e
from assessor.domain.notification import EventType
from assessor.domain.value import Value
from assessor.web.cursors import DEFAULT_LIMIT, MAX_LIMIT
from assessor.web.dependencies import Running
from assessor.web.once import OnceRoute
from assessor.web.openapi import refuses
from assessor.web.webhooks import Reader

Types = Annotated[
    list[EventType],
    Query(
        alias="type",
        default_factory=list,
        max_length=len(EventType),
        description="Of these types alone; may stand repeatedly.",
    ),
]


class CloudEvent(Value):
    """A CloudEvent 1.0, byte for byte as webhooks carry it."""

    specversion: Literal["1.0"]
    id: str
    """The same here, in `webhook-id`, and over all deliveries: do each event once."""
    source: str
    type: EventType
    subject: str
    time: datetime
    datacontenttype: Literal["application/json"]
    data: dict[str, Any]


class EventPage(Value):
    """Events, oldest first."""

    object: Literal["list"] = "list"
    data: tuple[CloudEvent, ...]
    has_more: bool
    """Whether there are more already; ask again at once."""
    next_cursor: str
    """Send it as `cursor` the next time, also when `data` was empty."""


router = APIRouter(
    route_class=OnceRoute,
    tags=["webhooks"],
    responses=refuses(e.Unauthenticated, e.Forbidden, e.InvalidInput),
)


@router.get("/v1/events", summary="Ask what happened", response_model=EventPage)
async def events(
    service: Running,
    caller: Reader,
    types: Types,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many a page.")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str, Query(pattern=r"^[0-9]{1,18}$", description="`next_cursor` of the page before.")
    ] = "0",
) -> Response:
    """Return what webhooks tell, oldest first, kept for 30 days; no endpoint is needed.

    Keep `next_cursor` in the transaction of what you do with the page, and nothing is missed or done twice:
    an event that is committed later always stands later. A live key is told of
    live assessments, a test key of test ones. Scope: `webhooks:read`.
    """
    found = await service.polling.after(
        caller.tenant.id, int(cursor), types, limit, livemode=caller.key.livemode
    )
    more = b"true" if found.has_more else b"false"
    body = b'{"object": "list", "data": [%s], "has_more": %s, "next_cursor": "%d"}'
    return Response(
        body % (b", ".join(found.bodies), more, found.place),
        media_type="application/json",
    )
