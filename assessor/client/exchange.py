"""Asking without doing I/O: what to send, when to send it again, and what to make of the answer.

An operation is a generator, a *plan*. It yields a `Request` and is sent a `Reply` or a `Failure`, or it
yields a `Pause` and is sent None. Whoever runs it does the I/O, blocking or not; this module decides.
"""

import random
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Any, Final, TypeVar

from assessor.client.errors import Unreachable, problem_of

T = TypeVar("T")

SAFE: Final = frozenset({"GET", "HEAD", "DELETE", "PUT"})
CONFLICT: Final = 409
TOO_MANY: Final = 429
FIRST_FAULT: Final = 500
FIRST_REFUSAL: Final = 400
NOT_CHANGED: Final = 304


@dataclass(frozen=True)
class Request:
    """What is asked. `path` stands below the base address; `body` is sent as JSON unless it is None."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    only_reads: bool = False
    """A POST that changes nothing: what it asks about does not fit into an address."""

    @property
    def may_repeat(self) -> bool:
        """Whether doing it twice is doing it once."""
        return self.only_reads or self.method in SAFE or "Idempotency-Key" in self.headers


@dataclass(frozen=True)
class Reply:
    """What was answered. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Failure:
    """No answer. `arrived` is False where the request cannot have reached the service."""

    error: Exception
    arrived: bool


@dataclass(frozen=True)
class Pause:
    """Wait so many seconds."""

    seconds: float


Plan = Generator[Request | Pause, Any, T]


@dataclass(frozen=True)
class Retries:
    """When a request is sent again: after 429, 5xx and lost connections, if doing it twice is doing it once.

    The pause doubles from `first_seconds`, with jitter between a half and the whole of it. A `Retry-After`
    is kept to; one over `longest_seconds` is not waited for, but told by the error.
    """

    attempts: int = 4
    first_seconds: float = 0.5
    longest_seconds: float = 30.0
    draw: Callable[[], float] = random.random

    def pause(self, attempt: int, request: Request, outcome: Reply | Failure) -> float | None:
        """Return the seconds before the next attempt, or None when this outcome is the last."""
        if attempt >= self.attempts or not _calls_for_another(request, outcome):
            return None
        told = retry_after(outcome.headers) if isinstance(outcome, Reply) else None
        if told is not None:
            return told if told <= self.longest_seconds else None
        whole: float = min(self.longest_seconds, self.first_seconds * 2.0 ** (attempt - 1))
        jitter: float = 0.5 + 0.5 * self.draw()
        return whole * jitter


def exchange(request: Request, retries: Retries) -> Plan[Reply]:
    """Send, again where that is safe and useful, and return the answer.

    Raises Problem for a refusal and Unreachable without an answer.
    """
    for attempt in count(1):
        outcome: Reply | Failure = yield request
        pause = retries.pause(attempt, request, outcome)
        if pause is None:
            return _settled(outcome)
        yield Pause(pause)
    raise AssertionError("counting does not end")


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the seconds that `Retry-After` tells, as a number or as a date (RFC 9110); None without one."""
    told = headers.get("retry-after", "").strip()
    if told.isdecimal():
        return float(told)
    try:
        at = parsedate_to_datetime(told)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - (now or datetime.now(UTC))).total_seconds())


def _calls_for_another(request: Request, outcome: Reply | Failure) -> bool:
    if isinstance(outcome, Failure):
        return request.may_repeat or not outcome.arrived
    if outcome.status == TOO_MANY:
        return True  # it was refused before anything was done
    # A conflict that names a time is our own first try, which is still under way.
    under_way = outcome.status == CONFLICT and "retry-after" in outcome.headers
    return (outcome.status >= FIRST_FAULT or under_way) and request.may_repeat


def _settled(outcome: Reply | Failure) -> Reply:
    if isinstance(outcome, Failure):
        raise Unreachable(f"The service did not answer: {outcome.error}") from outcome.error
    if outcome.status >= FIRST_REFUSAL:
        raise problem_of(outcome.status, outcome.body, retry_after(outcome.headers))
    return outcome
