"""A provider that asked to be left alone is left alone by all, not only by the call that was told so."""

import asyncio
from typing import Final

from assessor.adapters.model.faults import ProviderFault
from assessor.domain.errors import ModelFault

LONGEST_SECONDS: Final = 60.0


class Pause:
    """Until when a provider is left alone, by this process and, as far as it is told, by the others."""

    def __init__(self) -> None:
        self._until = 0.0
        self._untold = 0.0

    def note(self, fault: ModelFault) -> None:
        """Take note of a refusal that says for how long (429 with Retry-After)."""
        if isinstance(fault, ProviderFault) and fault.kind == "rate_limited" and fault.retry_after:
            seconds = min(fault.retry_after, LONGEST_SECONDS)
            self._until = max(self._until, _now() + seconds)
            self._untold = max(self._untold, seconds)

    def heard(self, seconds: float) -> None:
        """Take note of what another process was told."""
        if seconds:
            self._until = max(self._until, _now() + seconds)

    def untold(self) -> float:
        """Return for how long the others are to leave it alone; once."""
        seconds, self._untold = self._untold, 0.0
        return seconds

    def not_told(self, seconds: float) -> None:
        """Note that the others could not be told."""
        self._untold = max(self._untold, seconds)

    async def over(self, deadline: float) -> None:
        """Wait until it may be asked. Raises ModelFault at once when that is after the deadline."""
        while (left := self._until - _now()) > 0:
            if self._until >= deadline:
                raise ProviderFault("rate_limited", "the provider asked to be left alone", retry_after=left)
            await asyncio.sleep(left)


def _now() -> float:
    return asyncio.get_running_loop().time()
