"""What the core asks of the world. Each port is small; adapters fulfil them, services use them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from assessor.domain.assessment import Projection, Status
from assessor.domain.code import CodeCall, CodeOutcome
from assessor.domain.events import Event, Fact
from assessor.domain.library import Library
from assessor.domain.notification import EventType, Notice
from assessor.domain.policy import Policy
from assessor.domain.webhook import Delivery, Endpoint, Pause, Reception, Settled


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Return the time with its zone, UTC."""
        ...


class Random(Protocol):
    """Unpredictable bytes."""

    def bytes(self, count: int) -> bytes:
        """Return `count` bytes from a cryptographic source."""
        ...


class Content(Protocol):
    """Where tracks, items and rubrics come from."""

    async def library(self) -> Library:
        """Return the whole library. Raises LibraryInvalid with every mistake at once."""
        ...


class Prompts(Protocol):
    """Every word that is sent to a model."""

    @property
    def hash(self) -> str:
        """The content hash of all templates, which a verdict binds."""
        ...

    def render(self, name: str, **values: object) -> str:
        """Render one template. A missing value is an error. Candidate text goes in fenced only."""
        ...


Purpose = Literal["turn", "judge", "observation"]
"""What a model call is for. Somebody waits for a turn, so it goes before a judge's call; what is
observed about an answer only helps, so it comes last."""


@dataclass(frozen=True)
class ModelRequest:
    """One call. `schema` asks for JSON of that JSON Schema; `idempotency_key` marks retries.

    `within_seconds` is how long the caller will wait for the reply, of a stream for its first words:
    queueing, retries and fallbacks count. None leaves it to the model. `top_logprobs` asks for the
    probabilities of that many tokens at each place, where the provider has them. `reads_fragments`
    says that the caller makes use of a reply that breaks off: then it is no fault that it is not JSON.
    """

    system: str
    user: str
    max_tokens: int
    schema: Mapping[str, Any] | None = None
    temperature: float = 0.0
    idempotency_key: str = ""
    purpose: Purpose = "turn"
    within_seconds: float | None = None
    top_logprobs: int = 0
    reads_fragments: bool = False


@dataclass(frozen=True)
class Token:
    """One token of a reply, with the natural logarithm of its probability and of its rivals'."""

    text: str
    logprob: float
    rivals: Mapping[str, float]


@dataclass(frozen=True)
class ModelReply:
    """What came back, with its cost in tokens. `tokens` is empty unless they were asked for and given."""

    text: str
    model: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    tokens: Sequence[Token] = ()


class Model(Protocol):
    """A language model. Every failure is a ModelFault."""

    @property
    def name(self) -> str:
        """The name by which the verdict knows it."""
        ...

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Return the whole reply. Raises ModelFault."""
        ...

    def stream(self, request: ModelRequest) -> AsyncIterator[str]:
        """Yield the reply as it comes. Raises ModelFault, also in the middle."""
        ...


@dataclass(frozen=True)
class Subject:
    """Whose assessment is being worked on."""

    assessment_id: str
    tenant: str


SUBJECT: ContextVar[Subject | None] = ContextVar("subject", default=None)
"""Set by services for the cost ledger alone. It goes around the interviewer, the judge and the
provider, none of whom may learn whose assessment it is."""


@dataclass(frozen=True)
class ModelCall:
    """One attempt at one model, as the cost ledger keeps it: never any text.

    `outcome` is `ok`, the kind of a ModelFault, or `abandoned` when the caller left first. Tokens are
    None where the provider did not say, `cost` where no price is known; it is in millionths of a US
    dollar. `attempt` counts from 1 over all models that were tried for one request.
    """

    at: datetime
    assessment_id: str | None
    tenant: str | None
    purpose: Purpose
    model: str
    outcome: str
    prompt_tokens: int | None
    cached_tokens: int | None
    completion_tokens: int | None
    cost: int | None
    latency_ms: int
    attempt: int


@dataclass(frozen=True)
class Usage:
    """What calls add up to for one combination of model, purpose and assessment.

    Sums are over what is known; `unpriced` counts the calls without a price.
    """

    model: str
    purpose: Purpose
    assessment_id: str | None
    calls: int
    failed: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost: int
    unpriced: int


class Ledger(Protocol):
    """What model calls cost."""

    async def record(self, *calls: ModelCall) -> None:
        """Add attempts, in one transaction."""
        ...

    async def usage(self) -> tuple[Usage, ...]:
        """Return the sums, by model, purpose and assessment."""
        ...


@dataclass(frozen=True)
class Append:
    """Facts to be appended to one log after sequence number `after`, in one transaction.

    `projection` is the row after all of them. The store derives its side tables (invites,
    verdicts) from the facts themselves.
    """

    assessment_id: str
    after: int
    at: datetime
    facts: Sequence[Fact]
    projection: Projection
    head: str | None = None
    """The hash of event `after`, which the log has to end with; None leaves that open."""


@dataclass(frozen=True)
class Answered:
    """The stored answer to a request that carried an idempotency key."""

    tenant: str
    key: str
    request_hash: str
    status: int
    body: bytes


class EventLog(Protocol):
    """The append-only logs, encrypted with each candidate's own key."""

    async def begin(self, change: Append, answered: Answered | None = None) -> tuple[Event, ...]:
        """Create the assessment with its first facts, and store the answer with it, in one transaction.

        Raises Conflict when the idempotency key was used meanwhile.
        """
        ...

    async def append(self, change: Append) -> tuple[Event, ...]:
        """Append; when it returns, the facts are on disk. Raises SequenceTaken."""
        ...

    async def events(self, assessment_id: str, after: int = 0) -> tuple[Event, ...]:
        """Return the facts after a sequence number, oldest first. Raises NotFound for an unknown id."""
        ...

    async def verify_chain(self, assessment_id: str) -> int:
        """Check that the log is gapless and its hash chain intact. Return its length.

        Raises DocumentRefused naming the first bad event.
        """
        ...


@dataclass(frozen=True)
class ApiKey:
    """Who is calling. The secret itself is never stored."""

    id: str
    tenant: str
    scopes: tuple[str, ...]
    livemode: bool


@dataclass(frozen=True)
class Tenant:
    """A platform that orders assessments."""

    id: str
    name: str
    policy: Policy


@dataclass(frozen=True)
class Reviewer:
    """A person who audits for one tenant."""

    id: str
    tenant: str
    email: str
    name: str
    password_hash: str


@dataclass(frozen=True)
class Session:
    """A signed-in browser: a candidate in one assessment, or a reviewer."""

    token_hash: str
    kind: Literal["candidate", "reviewer"]
    subject: str
    """Assessment id or reviewer id."""
    expires_at: datetime


class Access(Protocol):
    """Tenants, keys, people and sessions."""

    async def add_tenant(self, tenant: Tenant, at: datetime) -> None: ...
    async def tenant(self, tenant_id: str) -> Tenant: ...
    async def tenants(self) -> tuple[Tenant, ...]: ...
    async def add_key(self, key: ApiKey, secret_hash: str, at: datetime) -> None: ...
    async def key(self, key_id: str) -> tuple[ApiKey, str]:
        """Return the key and the hash of its secret. Raises NotFound, also when it was revoked."""
        ...

    async def keys(self, tenant_id: str) -> tuple[ApiKey, ...]: ...
    async def revoke_key(self, key_id: str, at: datetime) -> None: ...
    async def add_reviewer(self, reviewer: Reviewer, at: datetime) -> None: ...
    async def reviewer(self, reviewer_id: str) -> Reviewer: ...
    async def reviewer_by_email(self, email: str) -> Reviewer | None: ...
    async def reviewers(self) -> tuple[Reviewer, ...]: ...
    async def candidate(self, tenant: str, candidate_ref: str) -> str:
        """Return the id of a tenant's person; the first use makes it, with a data key of their own.

        Two at once get the same id. Raises NotFound for an unknown tenant.
        """
        ...

    async def open_session(self, session: Session) -> None: ...
    async def session(self, token_hash: str, now: datetime) -> Session | None: ...
    async def close_sessions(self, kind: str, subject: str) -> None: ...
    async def invite(self, token_hash: str) -> tuple[str, datetime, bool]:
        """Return assessment id, expiry and whether it was used or replaced. Raises NotFound."""
        ...

    async def answered(self, tenant: str, key: str) -> Answered | None: ...


@dataclass(frozen=True)
class Draft:
    """Work in progress on one task. Revision 0 is an empty draft that was never saved."""

    item_id: str
    revision: int
    payload: dict[str, Any] = field(default_factory=dict)
    saved_at: datetime | None = None


class Drafts(Protocol):
    """Work in progress, encrypted like the log."""

    async def draft(self, assessment_id: str, item_id: str) -> Draft: ...
    async def save_draft(
        self, assessment_id: str, item_id: str, payload: dict[str, Any], base_revision: int, at: datetime
    ) -> Draft:
        """Store the next revision. Raises StaleRevision when `base_revision` is not the stored one."""
        ...


@dataclass(frozen=True)
class StoredVerdict:
    """A verdict in its canonical bytes, with what changes later beside it."""

    id: str
    assessment_id: str
    tenant: str
    document: bytes
    jws: str
    status: Literal["issued", "superseded", "revoked"]
    superseded_by: str | None


@dataclass(frozen=True)
class AskedVerdict:
    """All that one read of a verdict by a platform's key needs."""

    key: ApiKey
    secret_hash: str
    status: Status | None
    """Of the assessment; None when the key's tenant has none of that id."""
    verdict: StoredVerdict | None


class Projections(Protocol):
    """Rows for lists, queues and reads. All are derived from the logs."""

    async def projection(self, assessment_id: str) -> Projection:
        """Raises NotFound."""
        ...

    async def waiting(self, tenant: str) -> tuple[Projection, ...]:
        """Return what waits for a person: who needs help first, the most urgent at the front, then by age."""
        ...

    async def assessments(self, tenant: str, limit: int = 100) -> tuple[Projection, ...]:
        """Return a tenant's assessments, newest first."""
        ...

    async def unscored(self) -> tuple[str, ...]:
        """Return ids that were submitted or are being scored."""
        ...

    async def overdue(self, now: datetime) -> tuple[str, ...]:
        """Return ids whose invitation, break or working time has run out, and no status says so yet."""
        ...

    async def live_verdict(self, assessment_id: str) -> StoredVerdict | None: ...
    async def asked_verdict(self, key_id: str, assessment_id: str) -> AskedVerdict:
        """Return what a read of the live verdict needs. Raises NotFound for an unknown or revoked key."""
        ...

    async def asked_verdict_of_id(self, key_id: str, verdict_id: str) -> AskedVerdict:
        """Return what a read of one verdict, live or not, needs. Raises NotFound as above."""
        ...

    async def verdicts(self, assessment_id: str) -> tuple[StoredVerdict, ...]:
        """Return all verdicts of an assessment, oldest first."""
        ...


@dataclass(frozen=True)
class EndpointChange:
    """What of an endpoint a platform changes; None leaves it as it is."""

    url: str | None = None
    description: str | None = None
    event_types: tuple[EventType, ...] | None = None
    enabled: bool | None = None
    """True also ends a pause."""


@dataclass(frozen=True)
class Claimed:
    """A delivery that one worker has taken up, with what it needs to send it."""

    delivery: Delivery
    tenant: str
    url: str
    secret: str
    until: datetime
    """From then on another worker may take it up."""


class Webhooks(Protocol):
    """Endpoints, and the outbox that `EventLog` writes for them in the transaction of the facts."""

    async def add_endpoint(
        self, endpoint: Endpoint, secret: str, limit: int, answered: Answered | None = None
    ) -> None:
        """Store it with its secret sealed, and the answer with it, in one transaction.

        Raises Conflict when the tenant has `limit` of them, or the idempotency key was used meanwhile.
        """
        ...

    async def endpoint(self, tenant: str, endpoint_id: str) -> Endpoint:
        """Raises NotFound, also for another tenant's."""
        ...

    async def endpoints(self, tenant: str) -> tuple[Endpoint, ...]: ...
    async def change_endpoint(self, tenant: str, endpoint_id: str, change: EndpointChange) -> Endpoint:
        """Raises NotFound."""
        ...

    async def remove_endpoint(self, tenant: str, endpoint_id: str) -> None:
        """Remove it with its deliveries. Raises NotFound."""
        ...

    async def enqueue(self, endpoint: Endpoint, notice: Notice, at: datetime) -> Delivery:
        """Put one event into the outbox, due at once, whatever the filter says."""
        ...

    async def deliveries(self, tenant: str, endpoint_id: str, limit: int = 100) -> tuple[Delivery, ...]:
        """Return the delivery log of an endpoint, newest first. Raises NotFound."""
        ...

    async def redeliver(self, tenant: str, endpoint_id: str, delivery_id: str, at: datetime) -> Delivery:
        """Make a delivery due again, with the whole schedule before it. Raises NotFound."""
        ...

    async def claim(
        self, holder: str, now: datetime, until: datetime, limit: int, busy: Sequence[str] = ()
    ) -> tuple[Claimed, ...]:
        """Take up what is due, a few of each endpoint, none of those that are `busy`.

        Nobody else gets the same before `until`.
        """
        ...

    async def release_claims(self, holder: str, now: datetime) -> int:
        """Make due again what a worker had taken up before it ended. Returns how many."""
        ...

    async def record_attempt(
        self, claimed: Claimed, reception: Reception, settled: Settled, at: datetime
    ) -> Pause | None:
        """Note an attempt and what follows from it. Return why the endpoint was paused by it, if it was."""
        ...

    async def forget_deliveries(self, before: datetime) -> int:
        """Remove what was made before a time. Returns how many."""
        ...


class Receivers(Protocol):
    """The servers of platforms, which are not to be trusted with our network."""

    async def check(self, url: str) -> None:
        """Raise InvalidInput, for the field `url`, unless it leads to an address that may be sent to."""
        ...

    async def send(self, url: str, secret: str, message_id: str, at: datetime, body: bytes) -> Reception:
        """Sign and send once. Whatever goes wrong is a Reception, never an exception."""
        ...


@dataclass(frozen=True)
class Worker:
    """A process that works on jobs.

    `executor_id` is its stable name, `incarnation` this run of it. `beats` grows for as long as it lives.
    """

    executor_id: str
    incarnation: str
    host: str
    pid: int
    beats: int = 0


class Workers(Protocol):
    """The roster of the processes that work on jobs."""

    async def workers(self) -> tuple[Worker, ...]:
        """Return everyone on the roster, by id."""
        ...

    async def beat(self, worker: Worker) -> None:
        """Add one to the worker's count; put it on the roster when it is not there.

        Raises Conflict when another process has this executor id.
        """
        ...

    async def dismiss(self, worker: Worker) -> None:
        """Take a process off the roster, unless another has its place already."""
        ...

    async def with_roster(self, work: Callable[[Sequence[Worker]], None]) -> None:
        """Run `work` on a thread, with the roster as it is then. Meanwhile nobody joins or does the same."""
        ...


class Store(EventLog, Access, Drafts, Projections, Ledger, Webhooks, Workers, Protocol):
    """Everything that is kept."""

    async def ping(self) -> None:
        """Raise when the database cannot be reached or its schema is not the code's."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True)
class TurnBuffer:
    """The half-written utterance of one run: tokens are ephemeral."""

    run: str
    text: str


class Watch(Protocol):
    """One watcher. A wake-up between two waits is not lost."""

    async def wait(self, seconds: float) -> bool:
        """Wait until something happened since the last wait; False when nothing did in time."""
        ...


class Stream(Protocol):
    """Carries what happens in one assessment to whoever watches."""

    def begin(self, assessment_id: str, run: str) -> None:
        """Start a run with an empty buffer; an earlier run's words are void."""
        ...

    def write(self, assessment_id: str, run: str, text: str) -> None:
        """Add released words to the run's buffer and wake the watchers."""
        ...

    def committed(self, assessment_id: str) -> None:
        """Drop the buffer, wake the watchers: the log has something new."""
        ...

    def buffer(self, assessment_id: str) -> TurnBuffer | None:
        """Return the run's words so far, or None when nobody is speaking."""
        ...

    def watch(self, assessment_id: str) -> AbstractContextManager[Watch]:
        """Register a watcher from now on; it is dropped when the context ends."""
        ...


class Steps(Protocol):
    """Runs named steps of a durable workflow. A step that finished is not run again."""

    async def run(self, name: str, fn: Callable[..., Awaitable[Any]], *ids: str) -> Any:
        """Run `fn(*ids)` once; on recovery return its recorded result. Results are JSON."""
        ...


class Jobs(Protocol):
    """Starts durable workflows."""

    async def score(self, assessment_id: str, round_: int) -> None:
        """Start scoring unless it was started for this round already. Round 2 follows a released hold."""
        ...


class CodeRunner(Protocol):
    """Runs code of candidates, which is not to be trusted with anything."""

    async def run(self, code: str, calls: Sequence[CodeCall]) -> tuple[CodeOutcome, ...]:
        """Run each call in a process of its own. Return the outcomes in the order of the calls.

        Raises CodeNotRunError when the code cannot be kept apart, or the machine did not let it finish.
        """
        ...


class Passwords(Protocol):
    """Slow, salted hashes of passwords."""

    @property
    def decoy(self) -> str:
        """A hash that no password has, to be verified when an account does not exist."""
        ...

    def hash(self, password: str) -> str:
        """Return an encoded hash with its parameters."""
        ...

    def verify(self, hashed: str, password: str) -> bool:
        """Whether the password has this hash."""
        ...


class Signer(Protocol):
    """Signs what others rely on."""

    def sign(self, payload: bytes, *, livemode: bool, audience: str, jti: str, issued_at: datetime) -> str:
        """Return a compact JWS over exactly these bytes."""
        ...

    def jwks(self) -> dict[str, Any]:
        """Return the public keys as a JWK set."""
        ...
