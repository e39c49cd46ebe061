"""A place for a call: among those of all processes, where that is limited, and among those of this one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from assessor.adapters.model.limiter import Lease, Limiter
from assessor.adapters.model.pause import Pause
from assessor.adapters.model.shared import SharedLimits
from assessor.ports import Purpose

OWN_SERVER: Final = "local:"
"""What a model file is called by: its server is this process's own, and nobody else's."""


@dataclass(frozen=True)
class Places:
    """Who wants to call a provider gets a place here."""

    limiter: Limiter
    shared: SharedLimits | None = None

    @asynccontextmanager
    async def place(self, model: str, pause: Pause, tokens: int, purpose: Purpose) -> AsyncIterator[Lease]:
        """Wait for a place, and keep it while the context lasts. Raises ModelFault when too many wait."""
        if self.shared is None or model.startswith(OWN_SERVER):
            async with self.limiter.place(tokens, purpose) as lease:
                yield lease
            return
        # First in the line of all: there a turn of another process goes before our judge.
        async with (
            self.shared.place(provider_of(model), pause, tokens, purpose) as outer,
            self.limiter.place(tokens, purpose) as inner,
        ):
            try:
                yield inner
            finally:
                outer.used = inner.used


def provider_of(model: str) -> str:
    """Return the provider of a model, which has one key and one limit.

    >>> provider_of("anthropic/claude")
    'anthropic'
    """
    return model.partition("/")[0]
