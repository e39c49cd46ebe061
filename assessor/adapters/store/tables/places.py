"""Places for interviews."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from assessor.adapters.store.tables.row import Instant, Row, table_of


class InterviewPlaceRow(Row, table=True):
    """Somebody who waits to begin (`waiting`), is to press the button (`called`), or interviews (`held`)."""

    __tablename__ = "interview_place"
    __table_args__ = (Index(None, "state", "asked_at", "assessment_id"), Index(None, "state", "seen_at"))
    assessment_id: str = Field(foreign_key="assessment.id", primary_key=True)
    state: str
    asked_at: datetime = Field(sa_type=Instant)
    """The place in the line."""
    seen_at: datetime = Field(sa_type=Instant)
    """When they were seen last; of a place that is kept, when it was given."""


INTERVIEW_PLACE = table_of(InterviewPlaceRow)
