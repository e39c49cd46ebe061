"""Calls to providers of models, counted over all processes of an installation."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assessor.ports.model import Purpose


@dataclass(frozen=True)
class ProviderLimits:
    """What a provider allows one key, over all processes. None is without a limit."""

    calls: int | None = None
    """At once."""
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None

    def __bool__(self) -> bool:
        return any((self.calls, self.requests_per_minute, self.tokens_per_minute))


@dataclass(frozen=True)
class WantedCall:
    """A call that is to be made as soon as there is room for it and its tokens, by estimate."""

    id: str
    purpose: Purpose
    tokens: int


@dataclass(frozen=True)
class Exchange:
    """All that one process says of its calls to one provider. What it does not name is over."""

    wanted: Sequence[WantedCall] = ()
    running: Collection[str] = ()
    unused_tokens: float = 0.0
    """Of calls that have ended: set aside and not used; below zero when they used more."""
    pause_seconds: float = 0.0
    """For how long the provider asked to be left alone."""


@dataclass(frozen=True)
class Granted:
    """What a process may do until it asks again."""

    ids: frozenset[str] = field(default_factory=frozenset)
    """Its calls that may be made."""
    pause_seconds: float = 0.0
    """For how long no process calls the provider."""


class ProviderCalls(Protocol):
    """The one line of calls in which all processes stand."""

    async def exchange_calls(
        self, provider: str, process: str, exchange: Exchange, limits: ProviderLimits
    ) -> Granted:
        """Take note of a process's calls, and return which of them may be made.

        Calls are let through in the order of their purpose and then of asking, whichever process they are
        of, and nobody overtakes the first. What a process has holds for `LEASE_SECONDS` after it said so
        last: the share of one that has died comes back.
        """
        ...
