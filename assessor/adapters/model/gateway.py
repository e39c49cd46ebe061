"""The way of every model call out of the process."""

import asyncio
from collections.abc import Sequence
from types import MappingProxyType

from assessor.adapters.model.books import Books
from assessor.adapters.model.breaker import Breaker
from assessor.adapters.model.limiter import Limiter
from assessor.adapters.model.pause import Pause
from assessor.adapters.model.places import Places, provider_of
from assessor.adapters.model.resilient import Guarded, Provider, ResilientModel
from assessor.adapters.model.shared import SharedLimits
from assessor.domain.providers import Rules
from assessor.ports import Clock, Ledger


class Gateway:
    """Makes models that share one limiter, one ledger and one breaker for each provider model.

    With `shared`, calls keep to the limits of their provider together with those of other processes.
    """

    def __init__(
        self,
        limiter: Limiter,
        ledger: Ledger,
        clock: Clock,
        timeout_seconds: float = 20,
        rules: Rules = MappingProxyType({}),
        shared: SharedLimits | None = None,
    ) -> None:
        self._limiter = limiter
        self._shared = shared
        self._pauses: dict[str, Pause] = {}
        self._books = Books(ledger, clock)
        self._timeout = timeout_seconds
        self._rules = rules
        self._members: dict[str, Guarded] = {}

    def model(self, chain: Sequence[Provider]) -> ResilientModel:
        """Return a model that asks the first provider, and the others in turn when it fails."""
        members = [
            self._members.setdefault(
                provider.name, Guarded(provider, Breaker(), self._pause_of(provider.name))
            )
            for provider in chain
        ]
        places = Places(self._limiter, self._shared)
        return ResilientModel(members, places, self._books, self._timeout, self._rules)

    @property
    def seconds_waited(self) -> float:
        """For how long the turn that came first has waited for its call; 0 when none waits."""
        return max(self._limiter.seconds_waited, self._shared.seconds_waited if self._shared else 0.0)

    async def load(self) -> None:
        """Load the providers' libraries now, so that no candidate waits for it."""
        await asyncio.gather(*(member.provider.load() for member in self._members.values()))

    async def close(self) -> None:
        """Wait until the ledger is written, and the other processes know that nothing runs here."""
        await self._books.close()
        if self._shared:
            await self._shared.close()

    def _pause_of(self, model: str) -> Pause:
        return self._pauses.setdefault(provider_of(model), Pause())
