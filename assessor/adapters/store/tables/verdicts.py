"""Verdicts, and the links by which they are shown."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field

from assessor.adapters.store.tables.row import Instant, Row, table_of


class VerdictRow(Row, table=True):
    """A verdict in the bytes that were signed, with what lists ask for.

    The partial index allows one that no other has followed: it holds, or it was revoked. Each filter of the
    list has an index that is in the list's order, so that a page costs the same however many rows there are.
    """

    __tablename__ = "verdict"
    __table_args__ = (
        Index(
            "uq_verdict_current",
            "assessment_id",
            unique=True,
            sqlite_where=text("superseded_by IS NULL"),
            postgresql_where=text("superseded_by IS NULL"),
        ),
        UniqueConstraint("assessment_id", "seq"),
        Index("ix_verdict_listed", "tenant_id", "livemode", "issued_at", "id"),
        Index("ix_verdict_listed_by_track", "tenant_id", "livemode", "track", "issued_at", "id"),
        Index("ix_verdict_listed_by_decision", "tenant_id", "livemode", "decision", "issued_at", "id"),
        Index(
            "ix_verdict_listed_by_track_and_decision",
            *("tenant_id", "livemode", "track", "decision", "issued_at", "id"),
        ),
        Index("ix_verdict_of_candidate", "tenant_id", "livemode", "candidate_ref", "issued_at", "id"),
    )
    id: str = Field(primary_key=True)
    assessment_id: str = Field(foreign_key="assessment.id")
    tenant_id: str = Field(foreign_key="tenant.id")
    livemode: bool
    candidate_ref: str
    track: str
    decision: str
    level: str | None
    issued_at: datetime = Field(sa_type=Instant)
    valid_until: datetime = Field(sa_type=Instant)
    seq: int
    """The event that issued it."""
    document: bytes = Field(sa_type=LargeBinary)
    jws: str = Field(sa_type=Text)
    status: str
    superseded_by: str | None
    revoked_at: datetime | None = Field(sa_type=Instant)
    revoked_because: str | None = Field(sa_type=Text)


class ShareRow(Row, table=True):
    """A link by which a candidate shows their result, until a time or until they take it back."""

    __tablename__ = "share"
    token_hash: str = Field(primary_key=True)
    id: str = Field(unique=True)
    assessment_id: str = Field(foreign_key="assessment.id", index=True)
    until: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(sa_type=Instant)


VERDICT = table_of(VerdictRow)
SHARE = table_of(ShareRow)
