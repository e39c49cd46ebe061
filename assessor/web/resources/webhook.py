"""Where a platform is told, and what it was told."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field

from assessor.domain.notification import EventType
from assessor.domain.value import Value
from assessor.domain.webhook import Attempt, Delivery, DeliveryStatus, Endpoint, Outcome, Pause
from assessor.services.subscribing import MAX_DESCRIPTION_CHARS, NewEndpoint, NewSecret

Url = Annotated[str, Field(min_length=1, max_length=2000, examples=["https://hooks.example.com/assessor"])]
Description = Annotated[str, Field(max_length=MAX_DESCRIPTION_CHARS)]

# Strict JSON has no enumerations, so their values are taken as the strings they are.
EventTypes = Annotated[
    tuple[Annotated[EventType, Field(strict=False)], ...], Field(max_length=len(EventType), strict=False)
]
MAX_OVERLAP_HOURS: Final = 168


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


def endpoint_resource(found: Endpoint) -> EndpointResource:
    """Write down an address as it stands."""
    return EndpointResource(**_fields(found))


def made_endpoint(made: NewEndpoint) -> MadeEndpoint:
    """Write down a new address, with the secret that is shown once."""
    return MadeEndpoint(**_fields(made.endpoint), secret=made.secret)


def rotated_secret(made: NewSecret) -> RotatedSecret:
    """Write down a new secret, which is shown once."""
    return RotatedSecret(endpoint_id=made.endpoint.id, secret=made.secret, former_until=made.former_until)


def delivery_resource(found: Delivery) -> DeliveryResource:
    """Write down what was sent, and each attempt."""
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


def _attempt(found: Attempt) -> AttemptResource:
    return AttemptResource.model_validate(vars(found))
