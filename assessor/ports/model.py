"""Language models, and the ledger of what they cost."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol

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
    """What came back, with its cost in tokens. `tokens` is empty unless they were asked for and given.

    `cost` is what all attempts at it were billed, in millionths of a US dollar, as far as a price is known.
    """

    text: str
    model: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    tokens: Sequence[Token] = ()
    cost: int = 0


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
    scopes: frozenset[str] = frozenset()
    """What rules for providers may name: its platform, track, region and jurisdiction."""


SUBJECT: ContextVar[Subject | None] = ContextVar("subject", default=None)
"""Set by services for the cost ledger, and for the rules on which provider may be asked. It goes around the
interviewer, the judge and the provider, none of whom may learn whose assessment it is."""


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


@dataclass(frozen=True)
class UsageOf:
    """What is added up for a tenant: the calls for assessments of one mode, the last day included."""

    tenant: str
    livemode: bool
    since: date
    until: date
    by_month: bool


@dataclass(frozen=True)
class UsageSum:
    """What calls add up to for one day or month and purpose, in UTC. Sums as in `Usage`."""

    period: str
    purpose: Purpose
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


class TenantUsage(Protocol):
    """What model calls cost for one tenant."""

    async def usage_of(self, asked: UsageOf) -> tuple[UsageSum, ...]:
        """Return the sums, the oldest first."""
        ...
