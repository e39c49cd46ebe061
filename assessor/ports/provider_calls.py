"""Calls to providers of models, counted over all processes of an installation."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Protocol

from assessor.ports.model import Purpose

KEPT: Final[Mapping[Purpose, float]] = MappingProxyType({"turn": 0.0, "judge": 0.25, "observation": 0.5})
"""Share of the places, and of a minute's requests and tokens, that has to stay free for what goes before:
a turn that comes a moment later must not wait until somebody's work is judged."""


@dataclass(frozen=True)
class ProviderLimits:
    """What a provider allows one key, over all processes. None is without a limit."""

    calls: int | None = None
    """At once."""
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None

    def set_aside(self, tokens: int, purpose: Purpose) -> int:
        """Return what is set aside for a call: no more than a minute leaves to its purpose."""
        if self.tokens_per_minute is None:
            return tokens
        return min(tokens, int(self.tokens_per_minute * (1 - KEPT[purpose])))

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
