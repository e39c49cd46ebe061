"""What platforms are told."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, LargeBinary, Text
from sqlmodel import Field

from assessor.adapters.store.tables.row import Instant, Row, table_of


class WebhookEndpointRow(Row, table=True):
    """Where a platform wants to be told. The secret is sealed, since it has to be used again."""

    __tablename__ = "webhook_endpoint"
    id: str = Field(primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    url: str = Field(sa_type=Text)
    description: str
    event_types: list[str] = Field(sa_type=JSON)
    enabled: bool
    paused: str | None
    secret: bytes = Field(sa_type=LargeBinary)
    former_secret: bytes | None = Field(sa_type=LargeBinary)
    """The one before, sealed; signs as well until `former_until`."""
    former_until: datetime | None = Field(sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    accepted_at: datetime | None = Field(sa_type=Instant)
    """When it last accepted something."""
    livemode: bool


class NoticeRow(Row, table=True):
    """A public event, for those who poll. A tenant's have places without gaps, in the order of commits."""

    __tablename__ = "notice"
    __table_args__ = (Index(None, "tenant_id", "type", "position"),)
    tenant_id: str = Field(foreign_key="tenant.id", primary_key=True)
    position: int = Field(primary_key=True, sa_type=BigInteger)
    livemode: bool
    id: str
    type: str
    subject: str
    at: datetime = Field(sa_type=Instant, index=True)
    data: dict[str, Any] = Field(sa_type=JSON)


class WebhookDeliveryRow(Row, table=True):
    """One event for one endpoint: the outbox, written in the transaction of the fact."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index(None, "status", "next_at"),
        Index(None, "endpoint_id", "created_at"),
        Index(None, "endpoint_id", "status", "created_at"),
    )
    id: str = Field(primary_key=True)
    endpoint_id: str = Field(foreign_key="webhook_endpoint.id")
    event_id: str
    type: str
    subject: str
    at: datetime = Field(sa_type=Instant)
    data: dict[str, Any] = Field(sa_type=JSON)
    status: str
    retries: int
    next_at: datetime | None = Field(sa_type=Instant)
    """When it is due; while somebody is at it, when somebody else may take it up."""
    holder: str | None
    """The worker that is at it."""
    created_at: datetime = Field(sa_type=Instant)


class WebhookAttemptRow(Row, table=True):
    """One try. What the receiver wrote is not here."""

    __tablename__ = "webhook_attempt"
    delivery_id: str = Field(foreign_key="webhook_delivery.id", primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    outcome: str
    http_status: int | None
    latency_ms: int


WEBHOOK_ENDPOINT = table_of(WebhookEndpointRow)
NOTICE = table_of(NoticeRow)
WEBHOOK_DELIVERY = table_of(WebhookDeliveryRow)
WEBHOOK_ATTEMPT = table_of(WebhookAttemptRow)
