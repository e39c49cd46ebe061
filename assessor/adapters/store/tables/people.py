"""People who review, and what they were trained by."""

from datetime import datetime

from sqlalchemy import JSON, Index, Text, UniqueConstraint
from sqlmodel import Field

from assessor.adapters.store.tables.row import Instant, Row, table_of


class ReviewerRow(Row, table=True):
    """A person who audits. The address is kept in lower case."""

    __tablename__ = "reviewer"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    id: str = Field(primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    email: str = Field(unique=True)
    name: str
    password_hash: str
    roles: list[str] = Field(sa_type=JSON)
    tracks: list[str] = Field(sa_type=JSON)
    languages: list[str] = Field(sa_type=JSON)
    disabled_at: datetime | None = Field(sa_type=Instant)
    issuer: str | None
    subject: str | None
    created_at: datetime = Field(sa_type=Instant)


class WrongTryRow(Row, table=True):
    """Wrong passwords in a row for one address, by its hash: also for addresses that have no account."""

    __tablename__ = "wrong_try"
    account: str = Field(primary_key=True)
    tries: int
    last_at: datetime = Field(sa_type=Instant, index=True)
    locked_until: datetime | None = Field(sa_type=Instant)


class AcquaintanceRow(Row, table=True):
    """That a reviewer knows a candidate, and so reviews nothing of theirs."""

    __tablename__ = "acquaintance"
    reviewer_id: str = Field(foreign_key="reviewer.id", primary_key=True)
    candidate_id: str = Field(foreign_key="candidate.id", primary_key=True, index=True)
    at: datetime = Field(sa_type=Instant)


class TrainingGrantRow(Row, table=True):
    """Why a reviewer may score people in a track. Rows are only added; the newest of a track counts."""

    __tablename__ = "training_grant"
    id: int | None = Field(default=None, primary_key=True)
    reviewer_id: str = Field(foreign_key="reviewer.id", index=True)
    track: str
    grounds: str
    rubrics: dict[str, int] = Field(sa_type=JSON)
    by: str
    reason: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)


class TrainingScoreRow(Row, table=True):
    """An answer of the library with a known score, as a reviewer scored it. No candidate wrote it."""

    __tablename__ = "training_score"
    __table_args__ = (UniqueConstraint("reviewer_id", "track", "series", "answer"),)
    id: int | None = Field(default=None, primary_key=True)
    reviewer_id: str = Field(foreign_key="reviewer.id")
    track: str
    series: str
    purpose: str
    answer: str
    marks: dict[str, str] = Field(sa_type=JSON)
    level: int
    known: int
    right: int
    criteria: int
    at: datetime = Field(sa_type=Instant)


class KnownCaseRow(Row, table=True):
    """A case of answers whose scores are known, for one reviewer. It is no assessment, and nobody's."""

    __tablename__ = "known_case"
    __table_args__ = (Index(None, "reviewer_id", "settled_at"),)
    id: str = Field(primary_key=True)
    reviewer_id: str = Field(foreign_key="reviewer.id")
    track: str
    answers: list[str] = Field(sa_type=JSON)
    drawn_at: datetime = Field(sa_type=Instant)
    settled_at: datetime | None = Field(sa_type=Instant)
    """When everything of it was scored."""


REVIEWER = table_of(ReviewerRow)
WRONG_TRY = table_of(WrongTryRow)
ACQUAINTANCE = table_of(AcquaintanceRow)
TRAINING_GRANT = table_of(TrainingGrantRow)
TRAINING_SCORE = table_of(TrainingScoreRow)
KNOWN_CASE = table_of(KnownCaseRow)
