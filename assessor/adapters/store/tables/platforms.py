"""Platforms, their keys, and what they brought along."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, LargeBinary, Text
from sqlmodel import Field

from assessor.adapters.store.tables.row import Instant, Row, table_of


class TenantRow(Row, table=True):
    """A platform."""

    __tablename__ = "tenant"
    id: str = Field(primary_key=True)
    name: str
    policy: dict[str, Any] = Field(sa_type=JSON)
    created_at: datetime = Field(sa_type=Instant)
    notices: int = Field(default=0, sa_type=BigInteger)
    """How many public events there have been, which is the place of the last one."""
    retention: dict[str, Any] | None = Field(sa_type=JSON)
    """The terms for which what is kept stays; none where the defaults hold."""
    bias_audits: list[Any] | None = Field(sa_type=JSON)
    """The latest bias audit of each track that has one."""


class InstallationKeyRow(Row, table=True):
    """The one key that belongs to no candidate, wrapped. What is sealed for platforms derives from it."""

    __tablename__ = "installation_key"
    id: str = Field(primary_key=True)
    wrapped_key: bytes = Field(sa_type=LargeBinary)


class ApiKeyRow(Row, table=True):
    """A key of a platform's backend; the secret itself is not here."""

    __tablename__ = "api_key"
    id: str = Field(primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    scopes: list[str] = Field(sa_type=JSON)
    livemode: bool
    secret_hash: str
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(sa_type=Instant)
    last_used_at: datetime | None = Field(sa_type=Instant)
    """To the hour: a write for every request would cost more than most requests."""
    revoked_at: datetime | None = Field(sa_type=Instant)


class IdempotencyRow(Row, table=True):
    """The answer to a request that carried a key. The body may hold a secret link, so it is sealed.

    Status 0 is a request that is under way.
    """

    __tablename__ = "idempotency"
    tenant_id: str = Field(foreign_key="tenant.id", primary_key=True)
    livemode: bool = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request_hash: str
    status: int
    at: datetime = Field(sa_type=Instant, index=True)
    location: str | None
    body: bytes = Field(sa_type=LargeBinary)


class PilotStageRow(Row, table=True):
    """One change of a pilot's stage. Rows are only added; the newest of a place holds."""

    __tablename__ = "pilot_stage"
    __table_args__ = (Index(None, "tenant_id", "track"),)
    id: int | None = Field(default=None, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id")
    track: str
    region: str | None
    stage: str
    by: str
    reason: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)


class TenantLibraryRow(Row, table=True):
    """A version of a platform's own track. Its files never change."""

    __tablename__ = "tenant_library"
    id: str = Field(primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    track: str
    track_id: str = Field(unique=True)
    hash: str
    files: dict[str, str] = Field(sa_type=JSON)
    created_at: datetime = Field(sa_type=Instant)
    activated_at: datetime | None = Field(sa_type=Instant)


TENANT = table_of(TenantRow)
INSTALLATION_KEY = table_of(InstallationKeyRow)
API_KEY = table_of(ApiKeyRow)
IDEMPOTENCY = table_of(IdempotencyRow)
PILOT_STAGE = table_of(PilotStageRow)
TENANT_LIBRARY = table_of(TenantLibraryRow)
