"""A model that copes with its providers: retries, fallbacks, circuit breakers, one limiter, a ledger.

All of it happens within the time that the caller will wait, and never after the first words of a
stream: what was said cannot be taken back.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Protocol, TypeVar

import structlog

from assessor.adapters.model.books import Books, Entry
from assessor.adapters.model.breaker import Breaker
from assessor.adapters.model.faults import ProviderFault, by
from assessor.adapters.model.limiter import Lease
from assessor.adapters.model.pause import Pause
from assessor.adapters.model.places import Places
from assessor.adapters.model.provider import Tally
from assessor.domain.errors import ModelFault
from assessor.domain.providers import Rules, is_admitted
from assessor.ports import SUBJECT, ModelReply, ModelRequest, Purpose, Subject
from assessor.tracing import Attributes, leaf

_T = TypeVar("_T")

ATTEMPTS: dict[Purpose, int] = {"turn": 2, "judge": 4, "observation": 1}
"""At each model, the first one included. A turn is retried once: somebody waits. What a judge leaves
open costs a person's time."""
LONGEST_PAUSE_SECONDS: dict[Purpose, float] = {"turn": 2.0, "judge": 60.0, "observation": 0.0}
"""Before a retry, also when the provider asks for more: then the next model is tried."""
RETRY_SECONDS = 2.0
"""What the retry of a turn may take in all, its pause included. A model that hangs leaves so much of the
caller's time to it, but no more than `RETRY_SHARE`."""
RETRY_SHARE = 0.25
FIRST_PAUSE_SECONDS = 0.5
"""Doubled for every further retry, and shortened by up to a half at random."""
MARGIN = 0.05
"""The part of the caller's time that is left to it, so that a fault is ours to name and to count."""
CHARS_PER_TOKEN = 4
"""Of English; only for the estimate that the limiter sets aside."""

_WORTH_A_RETRY = frozenset({"unavailable", "rate_limited", "timeout", "invalid_reply"})
_DEAD = frozenset({"unavailable", "rate_limited", "timeout", "not_configured"})
"""What counts for the breaker. A model that refused, or replied with nonsense, is reachable."""
_UNPAID = frozenset({"unavailable", "rate_limited", "not_configured"})

log = structlog.get_logger()


class Provider(Protocol):
    """What makes one attempt, and counts what it used into the tally."""

    @property
    def name(self) -> str: ...
    async def load(self) -> None: ...
    async def complete(self, request: ModelRequest, tally: Tally) -> ModelReply: ...
    def stream(self, request: ModelRequest, tally: Tally) -> AsyncIterator[str]: ...


@dataclass(frozen=True)
class Guarded:
    """A model of a provider with its breaker, and the provider's pause, which all who use it share."""

    provider: Provider
    breaker: Breaker
    pause: Pause


@dataclass(frozen=True)
class _Try:
    """One attempt that is about to be made."""

    request: ModelRequest
    member: Guarded
    number: int
    deadline: float
    spent: list[Tally]
    """What every attempt at this request used, this one's being added."""


@dataclass
class _Opened:
    """A stream whose first words have come. Closing it ends the attempt and settles what it cost."""

    first: str
    rest: AsyncIterator[str]
    attempt: AsyncExitStack


@dataclass(frozen=True)
class ResilientModel:
    """The first of `chain` that answers. Its name is that of the model that was chosen, the first."""

    chain: Sequence[Guarded]
    places: Places
    books: Books
    timeout_seconds: float
    rules: Rules = field(default_factory=dict)
    """On which providers may read whose words."""
    chance: Callable[[], float] = field(default=random.random)

    @property
    def name(self) -> str:
        """The litellm name of the first model."""
        return self.chain[0].provider.name

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Return the whole reply, with what all attempts cost. Raises the last ModelFault, likewise."""
        spent: list[Tally] = []
        try:
            reply = await self._first_that_answers(request, self._complete, spent)
        except ModelFault as fault:
            fault.cost = _cost(spent)
            raise
        return replace(reply, cost=_cost(spent))

    async def stream(self, request: ModelRequest) -> AsyncIterator[str]:
        """Yield the reply as it comes. Raises ModelFault, in the middle without any retry."""
        opened = await self._first_that_answers(request, self._open, [])
        async with opened.attempt:
            yield opened.first
            async for words in opened.rest:
                yield words

    async def _first_that_answers(
        self, request: ModelRequest, once: Callable[[_Try], Awaitable[_T]], spent: list[Tally]
    ) -> _T:
        """Try one model after the other; each gets an equal share of the time that is left."""
        deadline = _now() + (request.within_seconds or self.timeout_seconds) * (1 - MARGIN)
        last, numbers = ModelFault("unavailable", "every model is left alone for a while"), count(1)
        members = [member for member in self._admitted() if not member.breaker.is_open]
        for at, member in enumerate(members):
            share = (deadline - _now()) / (len(members) - at)
            try:
                trial = _Try(request, member, 0, _now() + share, spent)
                return await self._retried(trial, once, numbers)
            except ModelFault as fault:
                last = fault
        raise last

    def _admitted(self) -> Sequence[Guarded]:
        """Return those of the chain that may read the words at hand. Raises ModelFault when none may."""
        subject = SUBJECT.get()
        scopes = subject.scopes if subject else frozenset()
        if members := [one for one in self.chain if is_admitted(one.provider.name, scopes, self.rules)]:
            return members
        raise ModelFault("not_configured", "no model of this chain may be used here")

    async def _retried(
        self, trial: _Try, once: Callable[[_Try], Awaitable[_T]], numbers: Iterator[int]
    ) -> _T:
        request, member, deadline = trial.request, trial.member, trial.deadline
        await by(deadline, member.provider.load())
        within = self._first_deadline(request, deadline)
        for retry in count():
            try:
                return await once(replace(trial, request=request, number=next(numbers), deadline=within))
            except ModelFault as fault:
                pause = self._pause(fault, retry)
                hopeless = fault.kind not in _WORTH_A_RETRY or member.breaker.is_open
                if request.purpose == "turn":
                    deadline = min(deadline, _now() + RETRY_SECONDS)
                is_late = pause > LONGEST_PAUSE_SECONDS[request.purpose] or _now() + pause >= deadline
                if hopeless or is_late or retry + 1 >= ATTEMPTS[request.purpose]:
                    raise
                request = _again(request, fault, retry)
            await asyncio.sleep(pause)
            within = min(deadline, _now() + self.timeout_seconds)
        raise AssertionError("count() never ends")

    def _first_deadline(self, request: ModelRequest, deadline: float) -> float:
        """Return when the first attempt is given up; a turn leaves time for its retry."""
        left = deadline - _now()
        kept = min(RETRY_SECONDS, left * RETRY_SHARE) if request.purpose == "turn" else 0.0
        return _now() + min(left - kept, self.timeout_seconds)

    def _pause(self, fault: ModelFault, retry: int) -> float:
        """Return the seconds to wait: what the provider asked for, and the jittered back-off on top."""
        backoff: float = FIRST_PAUSE_SECONDS * 2**retry * (1 - self.chance() / 2)
        asked = fault.retry_after if isinstance(fault, ProviderFault) else None
        return (asked or 0.0) + backoff

    async def _complete(self, trial: _Try) -> ModelReply:
        async with self._attempt(trial) as tally:
            return await by(trial.deadline, trial.member.provider.complete(trial.request, tally))

    async def _open(self, trial: _Try) -> _Opened:
        """Start a stream and wait for its first words; from then on it is the reader's to close."""
        async with AsyncExitStack() as stack:
            tally = await stack.enter_async_context(self._attempt(trial))
            words = trial.member.provider.stream(trial.request, tally)
            if isinstance(words, AsyncGenerator):
                await stack.enter_async_context(contextlib.aclosing(words))
            first = await by(trial.deadline, anext(words, None))
            if first is None:
                raise ModelFault("invalid_reply", "the reply is empty")
            return _Opened(first, words, stack.pop_all())

    @asynccontextmanager
    async def _attempt(self, trial: _Try) -> AsyncIterator[Tally]:
        """Wait for a place, pass the breaker, and enter the outcome into breaker, limiter and ledger."""
        name, pause = trial.member.provider.name, trial.member.pause
        await pause.over(trial.deadline)
        async with AsyncExitStack() as stack:
            place = self.places.place(name, pause, _estimate(trial.request), trial.request.purpose)
            try:
                lease = await by(trial.deadline, stack.enter_async_context(place))
            except ModelFault:
                log.warning("model call found no place in time", model=name)
                raise ModelFault("timeout", "no place in the queue for model calls in time") from None
            await self._not_paused(trial, lease)
            tally = Tally()
            trial.spent.append(tally)
            with _traced(trial, tally), self._watched(trial, tally, lease):
                yield tally

    async def _not_paused(self, trial: _Try, lease: Lease) -> None:
        """Wait once more: the provider may have asked to be left alone while the call stood in line."""
        try:
            await trial.member.pause.over(trial.deadline)
        except ModelFault:
            lease.used = 0
            raise

    @contextmanager
    def _watched(self, trial: _Try, tally: Tally, lease: Lease) -> Iterator[None]:
        breaker = trial.member.breaker
        if not breaker.admit():
            lease.used = 0
            raise ModelFault("unavailable", "the model is left alone for a while")
        started, outcome = time.monotonic(), "abandoned"
        try:
            yield
            outcome = "ok"
        except ModelFault as fault:
            outcome = fault.kind
            trial.member.pause.note(fault)
            raise
        finally:
            # A breaker that observations opened would take the words from turns that had been answered.
            _tell(breaker, "abandoned" if outcome != "ok" and _is_observation(trial) else outcome)
            lease.used = _used(tally, outcome)
            elapsed = round((time.monotonic() - started) * 1000)
            self.books.enter(
                Entry(
                    trial.request.purpose, trial.member.provider.name, outcome, tally, elapsed, trial.number
                )
            )


@contextmanager
def _traced(trial: _Try, tally: Tally) -> Iterator[None]:
    """Record an attempt: which model, what for, whose, and how many tokens. Never a word of either side."""
    subject = SUBJECT.get() or Subject("", "")
    known: Attributes = {
        "gen_ai.request.model": trial.member.provider.name,
        "assessor.purpose": trial.request.purpose,
        "assessor.attempt": trial.number,
        "assessor.assessment": subject.assessment_id or None,
        "assessor.tenant": subject.tenant or None,
    }
    with leaf("model call", known) as span:
        try:
            yield
        except ModelFault as fault:
            span.set_attribute("assessor.fault", fault.kind)
            raise
        finally:
            span.set_attribute("gen_ai.usage.input_tokens", tally.prompt_tokens or 0)
            span.set_attribute("gen_ai.usage.output_tokens", tally.completion_tokens or 0)


def _is_observation(trial: _Try) -> bool:
    return trial.request.purpose == "observation"


def _again(request: ModelRequest, fault: ModelFault, retry: int) -> ModelRequest:
    """Return the request to be sent again: as it was, unless its answer came and was useless.

    A provider that honours idempotency keys would send that same answer once more.
    """
    if fault.kind != "invalid_reply" or not request.idempotency_key:
        return request
    return replace(request, idempotency_key=f"{request.idempotency_key}:{retry + 2}")


def _tell(breaker: Breaker, outcome: str) -> None:
    if outcome == "abandoned":
        breaker.abandoned()
    elif outcome in _DEAD:
        breaker.failed()
    else:
        breaker.succeeded()


def _cost(spent: Sequence[Tally]) -> int:
    """Return what was billed, in millionths of a US dollar, as far as prices are known."""
    return sum(tally.cost or 0 for tally in spent)


def _used(tally: Tally, outcome: str) -> int | None:
    """Return the tokens to be counted; None leaves what was set aside."""
    if tally.prompt_tokens is None:
        return 0 if outcome in _UNPAID else None
    return tally.prompt_tokens + (tally.completion_tokens or 0)


def _estimate(request: ModelRequest) -> int:
    return (len(request.system) + len(request.user)) // CHARS_PER_TOKEN + request.max_tokens


def _now() -> float:
    return asyncio.get_running_loop().time()
