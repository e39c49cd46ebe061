"""How those who score did, and changes of what scores."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from assessor.adapters.store.tables.row import Instant, Row, table_of


class CalibrationRow(Row, table=True):
    """The measured agreement of one judge with people for one rubric family: numbers, never any text."""

    __tablename__ = "calibration"
    id: str = Field(primary_key=True)
    measured_at: datetime = Field(sa_type=Instant, index=True)
    document: dict[str, Any] = Field(sa_type=JSON)
    standing: dict[str, Any] = Field(sa_type=JSON)
    """What verdicts need of it: they do not read the whole."""
    stopped_at: datetime | None = Field(sa_type=Instant)
    """Since when it holds no more."""
    stopped_as: str | None
    stopped_after: int | None


class GoldErrorRow(Row, table=True):
    """How far a judge was off on a gold response, since its calibration."""

    __tablename__ = "gold_error"
    calibration_id: str = Field(foreign_key="calibration.id", primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    error: float


class GoldRunRow(Row, table=True):
    """One day's replay of gold responses. The worker that adds the row does it."""

    __tablename__ = "gold_run"
    day: date = Field(primary_key=True, sa_type=Date)
    worker: str
    began_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(sa_type=Instant)
    wanted: int
    compared: int
    stopped: int
    failure: str | None = Field(sa_type=Text)


class QualityLevelRow(Row, table=True):
    """What a judge and a person who had not seen it came to, for one response: numbers, never any text."""

    __tablename__ = "quality_level"
    __table_args__ = (UniqueConstraint("assessment_id", "item_id", "competency"),)
    id: int | None = Field(default=None, primary_key=True)
    assessment_id: str = Field(foreign_key="assessment.id")
    item_id: str
    competency: str
    category: str
    model: str
    calibration_id: str | None = Field(foreign_key="calibration.id", index=True)
    person: int
    judge: int
    reviewer: str
    rubric: str
    language: str
    marks: dict[str, Any] = Field(sa_type=JSON)
    at: datetime = Field(sa_type=Instant)


class GradingChangeRow(Row, table=True):
    """A change of the grading that was proposed; the report is added once, and nothing else changes."""

    __tablename__ = "grading_change"
    __table_args__ = (Index(None, "tenant_id", "at"),)
    id: str = Field(primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id")
    track: str | None
    proposed: dict[str, Any] = Field(sa_type=JSON)
    by: str
    reason: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)
    sample: int
    population: str
    models: list[str] = Field(sa_type=JSON)
    prompts_hash: str
    base: list[str] = Field(sa_type=JSON)
    worker: str | None
    """The process that grades, and until when it is taken to be at it."""
    held_until: datetime | None = Field(sa_type=Instant)
    report: dict[str, Any] | None = Field(sa_type=JSON)
    reported_at: datetime | None = Field(sa_type=Instant)


class GradingStepRow(Row, table=True):
    """What somebody did about a change. Rows are only added; the number keeps two at once apart."""

    __tablename__ = "grading_step"
    change_id: str = Field(foreign_key="grading_change.id", primary_key=True)
    number: int = Field(primary_key=True)
    kind: str
    by: str
    reason: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)
    report: str | None


class ShadowCaseRow(Row, table=True):
    """One assessment of a shadow run: what models said of it, sealed, until the numbers are there.

    The assessment's id is empty for the injection suite, whose texts are our own.
    """

    __tablename__ = "shadow_case"
    __table_args__ = (Index(None, "assessment_id"),)
    change_id: str = Field(foreign_key="grading_change.id", primary_key=True)
    assessment_id: str = Field(primary_key=True)
    place: int
    result: dict[str, Any] | None = Field(sa_type=JSON)
    replies: bytes | None = Field(sa_type=LargeBinary)


CALIBRATION = table_of(CalibrationRow)
GOLD_ERROR = table_of(GoldErrorRow)
GOLD_RUN = table_of(GoldRunRow)
QUALITY_LEVEL = table_of(QualityLevelRow)
GRADING_CHANGE = table_of(GradingChangeRow)
GRADING_STEP = table_of(GradingStepRow)
SHADOW_CASE = table_of(ShadowCaseRow)
