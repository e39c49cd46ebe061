"""Workers, and the ledger of calls to models."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field

from assessor.adapters.store.tables.row import Instant, Row, table_of


class WorkerRow(Row, table=True):
    """A process that works on jobs. Its count grows for as long as it lives."""

    __tablename__ = "worker"
    executor_id: str = Field(primary_key=True)
    incarnation: str
    host: str
    pid: int
    beats: int = Field(sa_type=BigInteger)


class ModelCallRow(Row, table=True):
    """One attempt at a model: numbers, never any text. `cost` is in millionths of a US dollar."""

    __tablename__ = "model_call"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Instant)
    assessment_id: str | None = Field(foreign_key="assessment.id", index=True)
    tenant_id: str | None = Field(foreign_key="tenant.id", index=True)
    purpose: str
    model: str
    outcome: str
    prompt_tokens: int | None
    cached_tokens: int | None
    completion_tokens: int | None
    cost: int | None = Field(sa_type=BigInteger)
    latency_ms: int
    attempt: int


WORKER = table_of(WorkerRow)
MODEL_CALL = table_of(ModelCallRow)
