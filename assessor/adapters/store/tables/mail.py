"""Mail to candidates."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from assessor.adapters.store.tables.row import Instant, Row, table_of


class MailAddressRow(Row, table=True):
    """Where to write about an assessment, sealed with its candidate's key. None: nothing is written."""

    __tablename__ = "mail_address"
    assessment_id: str = Field(foreign_key="assessment.id", primary_key=True)
    ciphertext: bytes = Field(sa_type=LargeBinary)


class MailRow(Row, table=True):
    """One mail: the outbox, written in the transaction of the fact. Holds no words and no address."""

    __tablename__ = "mail"
    __table_args__ = (Index(None, "status", "next_at"),)
    id: str = Field(primary_key=True)
    assessment_id: str = Field(foreign_key="mail_address.assessment_id", index=True)
    kind: str
    status: str
    tries: int
    given_at: datetime = Field(sa_type=Instant)
    due_at: datetime = Field(sa_type=Instant)
    next_at: datetime | None = Field(sa_type=Instant)
    """When it is due; while somebody is at it, when somebody else may take it up. None waits to be moved."""
    holder: str | None
    """The worker that is at it."""
    token: bytes | None = Field(sa_type=LargeBinary)
    """Of the invitation that it carries the link of, sealed; wiped when the mail is settled."""
    why: str | None
    """A status of the server, or a word of ours."""
    settled_at: datetime | None = Field(sa_type=Instant, index=True)


class ReminderRefusalRow(Row, table=True):
    """A candidate who wants no reminders."""

    __tablename__ = "reminder_refusal"
    candidate_id: str = Field(foreign_key="candidate.id", primary_key=True)
    at: datetime = Field(sa_type=Instant)


MAIL_ADDRESS = table_of(MailAddressRow)
MAIL = table_of(MailRow)
REMINDER_REFUSAL = table_of(ReminderRefusalRow)
