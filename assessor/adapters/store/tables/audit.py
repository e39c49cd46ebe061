"""The chained log of who did what."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, LargeBinary, Text
from sqlmodel import Field

from assessor.adapters.store.tables.row import Instant, Row, table_of


class AuditRecordRow(Row, table=True):
    """One act of a person or an operator. Rows are added, and never changed but for words about the erased.

    The tenant's id is empty for what concerns none. Each filter has an index in the list's order, and days
    have one in theirs.
    """

    __tablename__ = "audit_record"
    __table_args__ = (
        Index(None, "tenant_id", "actor", "seq"),
        Index(None, "tenant_id", "action", "seq"),
        Index(None, "tenant_id", "at", "seq"),
        Index(None, "subject", "seq"),
    )
    tenant_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    at: datetime = Field(sa_type=Instant)
    actor: str
    action: str
    subject: str
    words_digest: str
    """Over reason and detail with the salt: the chain runs over it when they are gone."""
    hash: str
    reason: str | None = Field(sa_type=Text)
    detail: dict[str, Any] | None = Field(sa_type=JSON)
    salt: bytes | None = Field(sa_type=LargeBinary)


class AuditEndRow(Row, table=True):
    """Where an audit log ends: the number and the hash of its last record."""

    __tablename__ = "audit_end"
    tenant_id: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    head: str


AUDIT_RECORD = table_of(AuditRecordRow)
AUDIT_END = table_of(AuditEndRow)
