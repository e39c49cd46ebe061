"""The documents that the service answers with.

Fields that a later version adds are ignored, and words that it adds (a status, a reason) are strings here:
neither breaks a platform that reads an older one.
"""

from typing import Any, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from assessor.client.errors import UnexpectedAnswer

D = TypeVar("D", bound="Document")


class Document(BaseModel):
    """Read only, and tolerant of what it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class OrderedAssessment(Document):
    """An assessment as it was ordered, with the link that opens it once."""

    id: str
    status: str
    candidate_ref: str
    track: str
    form: str
    language: str
    livemode: bool
    created_at: AwareDatetime
    expires_at: AwareDatetime
    invite_url: str
    """Give it to the candidate. It is shown this once; a new one can be issued."""


class Assessment(Document):
    """Where an assessment stands."""

    id: str
    status: str
    candidate_ref: str
    track: str
    livemode: bool
    simulated: bool = False
    created_at: AwareDatetime
    expires_at: AwareDatetime
    deadline: AwareDatetime | None = None
    paused_until: AwareDatetime | None = None
    needs_help: str | None = None
    submitted_at: AwareDatetime | None = None
    decision: str | None = None
    open_criteria: int = 0


class Invite(Document):
    """A new link; the earlier one has stopped working."""

    assessment_id: str
    invite_url: str
    expires_at: AwareDatetime


class Accommodations(Document):
    """The terms that hold for one candidate."""

    assessment_id: str
    status: str
    time_factor: float
    untimed: bool
    extra_break_minutes: int
    minutes: float | None = None
    break_minutes: float | None = None
    deadline: AwareDatetime | None = None


class Competency(Document):
    """One thing that a track measures."""

    id: str
    title: str
    description: str


class Track(Document):
    """What one can be assessed for. `minutes` is by form."""

    id: str
    title: str
    summary: str
    minutes: dict[str, int]
    competencies: tuple[Competency, ...] = ()
    languages: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()


class TrackReference(Document):
    """Which qualification, in which version."""

    id: str
    version: int
    jurisdiction: str | None = None
    language: str


class CompetencyResult(Document):
    """What was measured of one competency. No score where nothing was measured."""

    id: str
    score: float | None = None
    interval: tuple[float, float] | None = None
    floor: str | None = None
    observations: int = 0
    unscored: int = 0


class Reason(Document):
    """One reason: the code for programs, the text for people."""

    code: str
    text: str


class NextStep(Document):
    """Who has to do what by when."""

    actor: str
    action: str
    due_at: AwareDatetime | None = None


class Identity(Document):
    """How it was made sure who worked."""

    method: str = "none"
    level: str = "none"
    checked_at: AwareDatetime | None = None


class Verdict(Document):
    """What was decided, and what it rests on: the document that is signed.

    `score` and `interval` (90%) are on a scale from 0 to 100 with the cut at 60. Two scores whose intervals
    overlap are not an order.
    """

    schema_version: str
    id: str
    livemode: bool
    assessment_id: str
    candidate_ref: str
    tenant: str
    track: TrackReference
    decision: str
    """`qualified`, `not_qualified`, `needs_review` or `inconclusive`."""
    decided_by: str
    level: str | None = None
    score: float
    interval: tuple[float, float]
    probability_at_or_above_cut: float
    competencies: tuple[CompetencyResult, ...] = ()
    reasons: tuple[Reason, ...] = ()
    next: NextStep
    identity: Identity = Identity()
    issued_at: AwareDatetime
    valid_until: AwareDatetime
    retake_after: AwareDatetime | None = None
    supersedes: str | None = None

    @property
    def is_qualified(self) -> bool:
        """Whether the candidate is qualified; until when, `valid_until` says."""
        return self.decision == "qualified"

    @property
    def is_final(self) -> bool:
        """Whether nobody has to look any more."""
        return self.decision != "needs_review"


class ServedVerdict(Document):
    """A verdict, with what may change later beside it."""

    status: str
    """`issued`, `superseded` or `revoked`."""
    superseded_by: str | None = None
    document: Verdict
    jws: str
    """The signed form, for `verify_verdict`."""

    @property
    def holds(self) -> bool:
        """Whether it was neither superseded nor revoked when it was read."""
        return self.status == "issued"


class VerdictLine(Document):
    """A verdict in a list: what it says, and what may change later."""

    id: str
    assessment_id: str
    livemode: bool
    candidate_ref: str
    track: str
    decision: str
    level: str | None = None
    issued_at: AwareDatetime
    valid_until: AwareDatetime
    status: str
    superseded_by: str | None = None


class Qualification(Document):
    """The one current answer for a candidate and a track."""

    candidate_ref: str
    track: str
    livemode: bool
    qualified: bool
    """Whether work for the track may be given to them now. All else explains it."""
    status: str
    reason: str
    verdict: VerdictLine | None = None


class WebhookEndpoint(Document):
    """Where you are told what happens."""

    id: str
    url: str
    description: str = ""
    event_types: tuple[str, ...] = ()
    status: str
    paused_because: str | None = None
    created_at: AwareDatetime


class NewWebhookEndpoint(WebhookEndpoint):
    """A new endpoint with the secret that verifies what is sent there. It is shown this once."""

    secret: str


class DeliveryAttempt(Document):
    """One try of a delivery."""

    number: int
    at: AwareDatetime
    outcome: str
    http_status: int | None = None
    latency_ms: int


class Delivery(Document):
    """One event on its way to one endpoint."""

    id: str
    endpoint_id: str
    event_id: str
    type: str
    subject: str
    status: str
    created_at: AwareDatetime
    next_attempt_at: AwareDatetime | None = None
    attempts: tuple[DeliveryAttempt, ...] = ()


class Event(Document):
    """Something that happened, as CloudEvents 1.0 writes it. `id` is the same however often it is sent."""

    id: str
    type: str
    source: str
    subject: str
    time: AwareDatetime
    data: dict[str, Any]


class EventPage(Document):
    """Some events, the oldest first."""

    events: tuple[Event, ...] = Field(validation_alias="data")
    has_more: bool
    next_cursor: str
    """Where to go on, also when there was none. Keep it in the transaction of what you do with the events."""


def read(model: type[D], body: bytes) -> D:
    """Read a document. Raises UnexpectedAnswer, naming the place but not what stands there."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the body"
        raise UnexpectedAnswer(f"{model.__name__}: {place}: {first['msg']}") from None
