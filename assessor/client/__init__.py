"""The client for platform backends.

    from assessor.client import Client

    with Client("https://assess.example.org", key) as assessor:
        ordered = assessor.order_assessment("applicant-4711", "python")
        verdict = assessor.wait_for_verdict(ordered.id)

`AsyncClient` has the same calls, to be awaited. It stands alone: it knows nothing of the service but its
documented API.
"""

from assessor.client.clients import AsyncClient, Client
from assessor.client.documents import (
    Accommodations,
    Assessment,
    Delivery,
    Event,
    EventPage,
    Invite,
    NewWebhookEndpoint,
    OrderedAssessment,
    Qualification,
    ServedVerdict,
    Track,
    Verdict,
    VerdictLine,
    WebhookEndpoint,
)
from assessor.client.errors import (
    AssessorError,
    Conflict,
    FieldProblem,
    Forbidden,
    Gone,
    InvalidRequest,
    NotFound,
    Problem,
    RateLimited,
    Refused,
    ServiceFault,
    Unauthenticated,
    UnexpectedAnswer,
    Unreachable,
    VerdictNotReady,
    VerdictRefused,
    WaitedTooLong,
    WebhookRefused,
)
from assessor.client.exchange import Retries
from assessor.client.signatures import verify_verdict
from assessor.client.webhooks import verify_webhook

__all__ = [
    "Accommodations",
    "Assessment",
    "AssessorError",
    "AsyncClient",
    "Client",
    "Conflict",
    "Delivery",
    "Event",
    "EventPage",
    "FieldProblem",
    "Forbidden",
    "Gone",
    "InvalidRequest",
    "Invite",
    "NewWebhookEndpoint",
    "NotFound",
    "OrderedAssessment",
    "Problem",
    "Qualification",
    "RateLimited",
    "Refused",
    "Retries",
    "ServedVerdict",
    "ServiceFault",
    "Track",
    "Unauthenticated",
    "UnexpectedAnswer",
    "Unreachable",
    "Verdict",
    "VerdictLine",
    "VerdictNotReady",
    "VerdictRefused",
    "WaitedTooLong",
    "WebhookEndpoint",
    "WebhookRefused",
    "verify_verdict",
    "verify_webhook",
]
