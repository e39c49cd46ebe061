"""Calls to providers of models, over all processes: ids and numbers, never any text."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from assessor.adapters.store.tables.row import Instant, Row, table_of


class ProviderRow(Row, table=True):
    """What is left of a provider's limits for the moment."""

    __tablename__ = "provider"
    name: str = Field(primary_key=True)
    tokens: float
    """Left of a minute's; below zero when calls used more than was set aside."""
    requests: float
    counted_at: datetime = Field(sa_type=Instant)
    """Since then both have flowed back."""
    paused_until: datetime | None = Field(sa_type=Instant)


class ProviderCallRow(Row, table=True):
    """A call that a process makes, or waits to make."""

    __tablename__ = "provider_call"
    __table_args__ = (Index(None, "provider", "is_running", "rank", "asked_at"),)
    id: str = Field(primary_key=True)
    provider: str = Field(foreign_key="provider.name")
    process: str
    rank: int
    """By purpose; the lowest goes first."""
    tokens: int
    asked_at: datetime = Field(sa_type=Instant)
    is_running: bool
    expires_at: datetime = Field(sa_type=Instant)
    """Unless its process shows before then that it lives."""


PROVIDER = table_of(ProviderRow)
PROVIDER_CALL = table_of(ProviderCallRow)
