"""Candidates: their keys, and what they declared or said."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from assessor.adapters.store.tables.row import Instant, Row, table_of


class CandidateRow(Row, table=True):
    """A person, under the platform's reference. No key means that they were erased."""

    __tablename__ = "candidate"
    __table_args__ = (UniqueConstraint("tenant_id", "candidate_ref"),)
    id: str = Field(primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id")
    candidate_ref: str
    wrapped_key: bytes | None = Field(sa_type=LargeBinary)
    erased_at: datetime | None = Field(sa_type=Instant)
    erased_by: str | None
    forgotten_at: datetime | None = Field(sa_type=Instant)
    """When the results went too. From then on the reference stands for nobody."""


class ErasureRequestRow(Row, table=True):
    """A deletion that a candidate asked for and that something still holds back."""

    __tablename__ = "erasure_request"
    candidate_id: str = Field(foreign_key="candidate.id", primary_key=True)
    asked_at: datetime = Field(sa_type=Instant)


class LegalHoldRow(Row, table=True):
    """Why nothing of a candidate may go for now. Rows stay when they are lifted."""

    __tablename__ = "legal_hold"
    id: str = Field(primary_key=True)
    candidate_id: str = Field(foreign_key="candidate.id", index=True)
    reason: str = Field(sa_type=Text)
    by: str
    placed_at: datetime = Field(sa_type=Instant)
    until: datetime | None = Field(sa_type=Instant)
    lifted_at: datetime | None = Field(sa_type=Instant)


class OutcomeRow(Row, table=True):
    """How good later work was, as the platform saw it. The unique columns make it one, however often sent."""

    __tablename__ = "outcome"
    __table_args__ = (
        UniqueConstraint("assessment_id", "metric", "work", "observed_at"),
        Index(None, "tenant_id", "recorded_at", "id"),
    )
    id: str = Field(primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id")
    assessment_id: str = Field(foreign_key="assessment.id")
    metric: str
    value: float
    work: str
    observed_at: datetime = Field(sa_type=Instant)
    recorded_at: datetime = Field(sa_type=Instant)


class DemographicsRow(Row, table=True):
    """What somebody declared of themselves, sealed with their key; apart from the log and from all else."""

    __tablename__ = "demographics"
    candidate_id: str = Field(foreign_key="candidate.id", primary_key=True)
    livemode: bool = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    ciphertext: bytes = Field(sa_type=LargeBinary)


class FeedbackRow(Row, table=True):
    """What a candidate said of an assessment: three numbers from 1 to 5, and nothing else."""

    __tablename__ = "feedback"
    assessment_id: str = Field(foreign_key="assessment.id", primary_key=True)
    at: datetime = Field(sa_type=Instant)
    clear: int | None
    shown: int | None
    time: int | None


CANDIDATE = table_of(CandidateRow)
ERASURE_REQUEST = table_of(ErasureRequestRow)
LEGAL_HOLD = table_of(LegalHoldRow)
OUTCOME = table_of(OutcomeRow)
DEMOGRAPHICS = table_of(DemographicsRow)
FEEDBACK = table_of(FeedbackRow)
