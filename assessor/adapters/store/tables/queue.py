"""What waits for people."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from assessor.adapters.store.tables.row import Instant, Row, table_of


class QueueEntryRow(Row, table=True):
    """An assessment that waits for a person, once in each line that it stands in.

    There is a line for every reason, every track, both together, and one for everything, so that each page of
    each filter is one stretch of one index.
    """

    __tablename__ = "queue_entry"
    __table_args__ = (Index("ix_queue_entry_listed", "tenant_id", "line", "rank", "since", "assessment_id"),)
    assessment_id: str = Field(foreign_key="assessment.id", primary_key=True)
    line: str = Field(primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id")
    track: str
    language: str | None
    rank: int
    since: datetime = Field(sa_type=Instant)


class LeaseRow(Row, table=True):
    """Who has a case in hand, and until when."""

    __tablename__ = "lease"
    assessment_id: str = Field(foreign_key="assessment.id", primary_key=True)
    reviewer_id: str = Field(foreign_key="reviewer.id", index=True)
    until: datetime = Field(sa_type=Instant)


QUEUE_ENTRY = table_of(QueueEntryRow)
LEASE = table_of(LeaseRow)
