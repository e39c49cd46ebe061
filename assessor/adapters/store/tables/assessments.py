"""Assessments: their logs, and what is drawn from them."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Index, LargeBinary, Text
from sqlmodel import Field

from assessor.adapters.store.tables.row import Instant, Row, table_of


class AssessmentRow(Row, table=True):
    """What a log adds up to, as far as lists and queues ask for it, and where the log ends.

    Each filter of the list has an index that is in the list's order, so that a page costs the same however
    many rows there are.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        Index("ix_assessment_listed", "tenant_id", "livemode", "ordered_at", "id"),
        Index("ix_assessment_listed_by_track", "tenant_id", "livemode", "track", "ordered_at", "id"),
        Index("ix_assessment_listed_by_status", "tenant_id", "livemode", "status", "ordered_at", "id"),
        Index(
            "ix_assessment_listed_by_track_and_status",
            *("tenant_id", "livemode", "track", "status", "ordered_at", "id"),
        ),
        Index("ix_assessment_of_candidate", "tenant_id", "livemode", "candidate_ref", "ordered_at", "id"),
        Index(None, "tenant_id", "needs_person"),
        Index(None, "compared_at", "submitted_at"),
    )
    id: str = Field(primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id")
    candidate_id: str = Field(foreign_key="candidate.id", index=True)
    candidate_ref: str
    track: str
    livemode: bool
    simulated: bool
    status: str = Field(index=True)
    ordered_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    deadline: datetime | None = Field(sa_type=Instant)
    submitted_at: datetime | None = Field(sa_type=Instant)
    decision: str | None
    open_criteria: int
    needs_person: bool
    paused_until: datetime | None = Field(sa_type=Instant)
    needs_help: str | None
    quality: str | None
    appeal_due: datetime | None = Field(sa_type=Instant)
    callback_endpoint: str | None
    """No foreign key: an endpoint that is removed leaves the others to be told."""
    language: str | None
    noted: list[str] | None = Field(sa_type=JSON)
    overrides: list[str] | None = Field(sa_type=JSON)
    alike_reply_until: datetime | None = Field(sa_type=Instant, index=True)
    queued: str | None
    """Its reasons and rank in the queue as they were written there; none where it does not wait."""
    compared_at: datetime | None = Field(sa_type=Instant)
    """When its answers were compared with those of others."""
    seq: int
    head: str
    """The hash of the last event."""
    erased_at: datetime | None = Field(sa_type=Instant)
    """When its candidate was erased: nothing opens its log any more, so nothing is left to do about it."""


class EventRow(Row, table=True):
    """One fact, sealed with its candidate's key, or what is left of one that was destroyed."""

    __tablename__ = "event"
    assessment_id: str = Field(foreign_key="assessment.id", primary_key=True)
    seq: int = Field(primary_key=True)
    type: str
    at: datetime = Field(sa_type=Instant)
    ciphertext: bytes | None = Field(sa_type=LargeBinary)
    hash: str
    digest: str | None
    """Of a ciphertext that was destroyed: the chain runs over it still."""
    redacted_by: int | None
    """The later event of this log that destroyed it, and says what is left."""


class InviteRow(Row, table=True):
    """A single-use link. Closed when it was used or replaced."""

    __tablename__ = "invite"
    token_hash: str = Field(primary_key=True)
    assessment_id: str = Field(foreign_key="assessment.id", index=True)
    expires_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(sa_type=Instant)


class FormItemRow(Row, table=True):
    """An item that stood on a form, also one that gave way to another. Ids alone: no words of anyone."""

    __tablename__ = "form_item"
    assessment_id: str = Field(foreign_key="assessment.id", primary_key=True)
    item_id: str = Field(primary_key=True, index=True)


class AnswerBandRow(Row, table=True):
    """A part of the signature of an answer: a keyed hash, with platform, mode and item hashed into it."""

    __tablename__ = "answer_band"
    band: int = Field(sa_type=BigInteger, primary_key=True)
    assessment_id: str = Field(foreign_key="assessment.id", primary_key=True, index=True)


class RetirementRow(Row, table=True):
    """An item that was found to be faulty. Rows are added, and never changed."""

    __tablename__ = "retirement"
    track: str = Field(primary_key=True)
    item_id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    by: str
    reason: str = Field(sa_type=Text)


class DraftRow(Row, table=True):
    """Work in progress, sealed like events."""

    __tablename__ = "draft"
    assessment_id: str = Field(foreign_key="assessment.id", primary_key=True)
    item_id: str = Field(primary_key=True)
    revision: int
    saved_at: datetime = Field(sa_type=Instant)
    ciphertext: bytes = Field(sa_type=LargeBinary)


ASSESSMENT = table_of(AssessmentRow)
EVENT = table_of(EventRow)
INVITE = table_of(InviteRow)
ANSWER_BAND = table_of(AnswerBandRow)
FORM_ITEM = table_of(FormItemRow)
RETIREMENT = table_of(RetirementRow)
DRAFT = table_of(DraftRow)
