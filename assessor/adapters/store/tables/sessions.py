"""Who is signed in where."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from assessor.adapters.store.tables.row import Instant, Row, table_of


class SessionRow(Row, table=True):
    """A signed-in browser."""

    __tablename__ = "session"
    __table_args__ = (Index(None, "kind", "subject"),)
    token_hash: str = Field(primary_key=True)
    kind: str
    subject: str
    expires_at: datetime = Field(sa_type=Instant)


class MoveCodeRow(Row, table=True):
    """A code that lets a candidate go on in another browser, once. The code itself is not here."""

    __tablename__ = "move_code"
    code_hash: str = Field(primary_key=True)
    assessment_id: str = Field(foreign_key="assessment.id", unique=True)
    expires_at: datetime = Field(sa_type=Instant)


SESSION = table_of(SessionRow)
MOVE_CODE = table_of(MoveCodeRow)
