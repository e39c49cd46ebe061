"""Surveys of banks for a page: worked out beside the requests, and kept for a while.

A survey reads every decided assessment, which takes longer than anybody should wait for a page.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from assessor.ports import Clock, Sample
from assessor.services.surveying import BankHealth

KEPT: Final = timedelta(hours=1)
PATIENCE: Final = 1.0
"""Seconds that a request waits for a survey: small banks are shown at once."""

Key = tuple[str, Sample]
Survey = Callable[[str, Sample], Awaitable[BankHealth]]


@dataclass(frozen=True)
class Surveyed:
    """What there is now. While the first survey of a bank goes on there is nothing."""

    bank: BankHealth | None = None
    at: datetime | None = None


class BankSurveys:
    """Hands out the last survey, and begins a new one when it is older than an hour."""

    def __init__(self, survey: Survey, clock: Clock, patience: float = PATIENCE) -> None:
        self._survey = survey
        self._clock = clock
        self._patience = patience
        self._kept: dict[Key, Surveyed] = {}
        self._going_on: dict[Key, asyncio.Task[None]] = {}

    async def of(self, track: str, sample: Sample) -> Surveyed:
        """Return the last survey of a bank. Raises what the survey raised that was begun for it."""
        key = (track, sample)
        kept = self._kept.get(key, Surveyed())
        if kept.at is not None and self._clock.now() - kept.at < KEPT:
            return kept
        going_on = self._going_on.get(key)
        if going_on is None:
            going_on = self._going_on[key] = asyncio.create_task(self._renew(key))
        await asyncio.wait([going_on], timeout=self._patience)
        if going_on.done():
            self._going_on.pop(key, None)
            going_on.result()
        return self._kept.get(key, Surveyed())

    async def close(self) -> None:
        """Let go of what goes on; nothing is lost by it."""
        for task in self._going_on.values():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _renew(self, key: Key) -> None:
        self._kept[key] = Surveyed(await self._survey(*key), self._clock.now())
