"""The way of every model call out of the process."""

import asyncio
from collections.abc import Sequence
from types import MappingProxyType

from assessor.adapters.model.books import Books
from assessor.adapters.model.breaker import Breaker
from assessor.adapters.model.limiter import Limiter
from assessor.adapters.model.resilient import Guarded, Provider, ResilientModel
from assessor.domain.providers import Rules
from assessor.ports import Clock, Ledger


class Gateway:
    """Makes models that share one limiter, one ledger and one breaker for each provider model."""

    def __init__(
        self,
        limiter: Limiter,
        ledger: Ledger,
        clock: Clock,
        timeout_seconds: float = 20,
        rules: Rules = MappingProxyType({}),
    ) -> None:
        self._limiter = limiter
        self._books = Books(ledger, clock)
        self._timeout = timeout_seconds
        self._rules = rules
        self._members: dict[str, Guarded] = {}

    def model(self, chain: Sequence[Provider]) -> ResilientModel:
        """Return a model that asks the first provider, and the others in turn when it fails."""
        members = [
            self._members.setdefault(provider.name, Guarded(provider, Breaker())) for provider in chain
        ]
        return ResilientModel(members, self._limiter, self._books, self._timeout, self._rules)

    async def load(self) -> None:
        """Load the providers' libraries now, so that no candidate waits for it."""
        await asyncio.gather(*(member.provider.load() for member in self._members.values()))

    async def close(self) -> None:
        """Wait until the ledger is written."""
        await self._books.close()
