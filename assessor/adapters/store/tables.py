"""The tables, as SQLModel declares them. Queries go through Core on `table_of(...)`: no ORM session,
no identity map, and rows come back as they are stored.

The migrations are what a database is built from; a test compares them with this module.
"""

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    DateTime,
    Dialect,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel


def in_utc(moment: datetime) -> datetime:
    """Return the same moment in UTC. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return moment.astimezone(UTC)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, to the microsecond. SQLite keeps no zone: it is taken off and put back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Turn any zone into UTC. Raises ValueError for a time without one."""
        return None if value is None else in_utc(value)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Row(SQLModel):
    """The base of all tables, with names for constraints that are alike in every database."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class TenantRow(Row, table=True):
    """A platform."""

    __tablename__ = "tenant"
    id: str = Field(primary_key=True)
    name: str
    policy: dict[str, Any] = Field(sa_type=JSON)
    created_at: datetime = Field(sa_type=Instant)
    notices: int = Field(default=0, sa_type=BigInteger)
    """How many public events there have been, which is the place of the last one."""
    retention: dict[str, Any] | None = Field(sa_type=JSON)
    """The terms for which what is kept stays; none where the defaults hold."""


class ApiKeyRow(Row, table=True):
    """A key of a platform's backend; the secret itself is not here."""

    __tablename__ = "api_key"
    id: str = Field(primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    scopes: list[str] = Field(sa_type=JSON)
    livemode: bool
    secret_hash: str
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(sa_type=Instant)
    last_used_at: datetime | None = Field(sa_type=Instant)
    """To the hour: a write for every request would cost more than most requests."""
    revoked_at: datetime | None = Field(sa_type=Instant)


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
    queued: str | None
    """Its reasons and rank in the queue as they were written there; none where it does not wait."""
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


class VerdictRow(Row, table=True):
    """A verdict in the bytes that were signed, with what lists ask for.

    The partial index allows one that no other has followed: it holds, or it was revoked. Each filter of the
    list has an index that is in the list's order, so that a page costs the same however many rows there are.
    """

    __tablename__ = "verdict"
    __table_args__ = (
        Index(
            "uq_verdict_current",
            "assessment_id",
            unique=True,
            sqlite_where=text("superseded_by IS NULL"),
            postgresql_where=text("superseded_by IS NULL"),
        ),
        UniqueConstraint("assessment_id", "seq"),
        Index("ix_verdict_listed", "tenant_id", "livemode", "issued_at", "id"),
        Index("ix_verdict_listed_by_track", "tenant_id", "livemode", "track", "issued_at", "id"),
        Index("ix_verdict_listed_by_decision", "tenant_id", "livemode", "decision", "issued_at", "id"),
        Index(
            "ix_verdict_listed_by_track_and_decision",
            *("tenant_id", "livemode", "track", "decision", "issued_at", "id"),
        ),
        Index("ix_verdict_of_candidate", "tenant_id", "livemode", "candidate_ref", "issued_at", "id"),
    )
    id: str = Field(primary_key=True)
    assessment_id: str = Field(foreign_key="assessment.id")
    tenant_id: str = Field(foreign_key="tenant.id")
    livemode: bool
    candidate_ref: str
    track: str
    decision: str
    level: str | None
    issued_at: datetime = Field(sa_type=Instant)
    valid_until: datetime = Field(sa_type=Instant)
    seq: int
    """The event that issued it."""
    document: bytes = Field(sa_type=LargeBinary)
    jws: str = Field(sa_type=Text)
    status: str
    superseded_by: str | None
    revoked_at: datetime | None = Field(sa_type=Instant)
    revoked_because: str | None = Field(sa_type=Text)


class ShareRow(Row, table=True):
    """A link by which a candidate shows their result, until a time or until they take it back."""

    __tablename__ = "share"
    token_hash: str = Field(primary_key=True)
    id: str = Field(unique=True)
    assessment_id: str = Field(foreign_key="assessment.id", index=True)
    until: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(sa_type=Instant)


class IdempotencyRow(Row, table=True):
    """The answer to a request that carried a key. The body may hold a secret link, so it is sealed.

    Status 0 is a request that is under way.
    """

    __tablename__ = "idempotency"
    tenant_id: str = Field(foreign_key="tenant.id", primary_key=True)
    livemode: bool = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request_hash: str
    status: int
    at: datetime = Field(sa_type=Instant, index=True)
    location: str | None
    body: bytes = Field(sa_type=LargeBinary)


class WorkerRow(Row, table=True):
    """A process that works on jobs. Its count grows for as long as it lives."""

    __tablename__ = "worker"
    executor_id: str = Field(primary_key=True)
    incarnation: str
    host: str
    pid: int
    beats: int = Field(sa_type=BigInteger)


class WebhookEndpointRow(Row, table=True):
    """Where a platform wants to be told. The secret is sealed, since it has to be used again."""

    __tablename__ = "webhook_endpoint"
    id: str = Field(primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    url: str = Field(sa_type=Text)
    description: str
    event_types: list[str] = Field(sa_type=JSON)
    enabled: bool
    paused: str | None
    secret: bytes = Field(sa_type=LargeBinary)
    former_secret: bytes | None = Field(sa_type=LargeBinary)
    """The one before, sealed; signs as well until `former_until`."""
    former_until: datetime | None = Field(sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    accepted_at: datetime | None = Field(sa_type=Instant)
    """When it last accepted something."""
    livemode: bool


class NoticeRow(Row, table=True):
    """A public event, for those who poll. A tenant's have places without gaps, in the order of commits."""

    __tablename__ = "notice"
    __table_args__ = (Index(None, "tenant_id", "type", "position"),)
    tenant_id: str = Field(foreign_key="tenant.id", primary_key=True)
    position: int = Field(primary_key=True, sa_type=BigInteger)
    livemode: bool
    id: str
    type: str
    subject: str
    at: datetime = Field(sa_type=Instant, index=True)
    data: dict[str, Any] = Field(sa_type=JSON)


class WebhookDeliveryRow(Row, table=True):
    """One event for one endpoint: the outbox, written in the transaction of the fact."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index(None, "status", "next_at"), Index(None, "endpoint_id", "created_at"))
    id: str = Field(primary_key=True)
    endpoint_id: str = Field(foreign_key="webhook_endpoint.id")
    event_id: str
    type: str
    subject: str
    at: datetime = Field(sa_type=Instant)
    data: dict[str, Any] = Field(sa_type=JSON)
    status: str
    retries: int
    next_at: datetime | None = Field(sa_type=Instant)
    """When it is due; while somebody is at it, when somebody else may take it up."""
    holder: str | None
    """The worker that is at it."""
    created_at: datetime = Field(sa_type=Instant)


class WebhookAttemptRow(Row, table=True):
    """One try. What the receiver wrote is not here."""

    __tablename__ = "webhook_attempt"
    delivery_id: str = Field(foreign_key="webhook_delivery.id", primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    outcome: str
    http_status: int | None
    latency_ms: int


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


class PilotStageRow(Row, table=True):
    """One change of a pilot's stage. Rows are only added; the newest of a place holds."""

    __tablename__ = "pilot_stage"
    __table_args__ = (Index(None, "tenant_id", "track"),)
    id: int | None = Field(default=None, primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id")
    track: str
    region: str | None
    stage: str
    by: str
    reason: str = Field(sa_type=Text)
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


class OutcomeRow(Row, table=True):
    """How good later work was, as the platform saw it. The unique columns make it one, however often sent."""

    __tablename__ = "outcome"
    __table_args__ = (
        UniqueConstraint("assessment_id", "metric", "work", "observed_at"),
        Index(None, "tenant_id", "recorded_at"),
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


class TenantLibraryRow(Row, table=True):
    """A version of a platform's own track. Its files never change."""

    __tablename__ = "tenant_library"
    id: str = Field(primary_key=True)
    tenant_id: str = Field(foreign_key="tenant.id", index=True)
    track: str
    track_id: str = Field(unique=True)
    hash: str
    files: dict[str, str] = Field(sa_type=JSON)
    created_at: datetime = Field(sa_type=Instant)
    activated_at: datetime | None = Field(sa_type=Instant)


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


def _table_of(row: type[Row]) -> Table:
    return Row.metadata.tables[str(row.__tablename__)]


TENANT = _table_of(TenantRow)
API_KEY = _table_of(ApiKeyRow)
REVIEWER = _table_of(ReviewerRow)
WRONG_TRY = _table_of(WrongTryRow)
SESSION = _table_of(SessionRow)
MOVE_CODE = _table_of(MoveCodeRow)
CANDIDATE = _table_of(CandidateRow)
ERASURE_REQUEST = _table_of(ErasureRequestRow)
LEGAL_HOLD = _table_of(LegalHoldRow)
ASSESSMENT = _table_of(AssessmentRow)
EVENT = _table_of(EventRow)
QUEUE_ENTRY = _table_of(QueueEntryRow)
LEASE = _table_of(LeaseRow)
ACQUAINTANCE = _table_of(AcquaintanceRow)
TRAINING_GRANT = _table_of(TrainingGrantRow)
TRAINING_SCORE = _table_of(TrainingScoreRow)
KNOWN_CASE = _table_of(KnownCaseRow)
INVITE = _table_of(InviteRow)
FORM_ITEM = _table_of(FormItemRow)
RETIREMENT = _table_of(RetirementRow)
DRAFT = _table_of(DraftRow)
VERDICT = _table_of(VerdictRow)
IDEMPOTENCY = _table_of(IdempotencyRow)
WORKER = _table_of(WorkerRow)
WEBHOOK_ENDPOINT = _table_of(WebhookEndpointRow)
SHARE = _table_of(ShareRow)
NOTICE = _table_of(NoticeRow)
WEBHOOK_DELIVERY = _table_of(WebhookDeliveryRow)
WEBHOOK_ATTEMPT = _table_of(WebhookAttemptRow)
MAIL_ADDRESS = _table_of(MailAddressRow)
MAIL = _table_of(MailRow)
REMINDER_REFUSAL = _table_of(ReminderRefusalRow)
MODEL_CALL = _table_of(ModelCallRow)
CALIBRATION = _table_of(CalibrationRow)
GOLD_ERROR = _table_of(GoldErrorRow)
PILOT_STAGE = _table_of(PilotStageRow)
GRADING_CHANGE = _table_of(GradingChangeRow)
GRADING_STEP = _table_of(GradingStepRow)
SHADOW_CASE = _table_of(ShadowCaseRow)
QUALITY_LEVEL = _table_of(QualityLevelRow)
GOLD_RUN = _table_of(GoldRunRow)
OUTCOME = _table_of(OutcomeRow)
DEMOGRAPHICS = _table_of(DemographicsRow)
FEEDBACK = _table_of(FeedbackRow)
AUDIT_RECORD = _table_of(AuditRecordRow)
AUDIT_END = _table_of(AuditEndRow)
TENANT_LIBRARY = _table_of(TenantLibraryRow)
