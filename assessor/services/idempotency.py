"""One answer for one request: what a request with an idempotency key got, and what it gets again."""

from datetime import timedelta
from typing import Final

from assessor.domain.errors import invalid
from assessor.ports import Answered, Clock, Store

KEPT_FOR: Final = timedelta(hours=24)
STALE_AFTER: Final = timedelta(seconds=20)
"""Longer than any request takes: a claim this old was left behind by a process that ended."""

Answer = tuple[bytes, str]
"""A body, and the address of what was made."""


class Idempotency:
    """Claims a key before the work, and keeps the answer after it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def claim(self, request: Answered) -> Answered | None:
        """Return the answer that the key got before, or None: then the request is to be worked on.

        Raises RequestUnderWay, or InvalidInput when the key was used for another request.
        """
        now = self._clock.now()
        return await self._store.claim_answer(request, now, now - STALE_AFTER)

    async def settle(self, answered: Answered) -> None:
        """Keep the answer."""
        await self._store.settle_answer(answered)

    async def release(self, request: Answered) -> None:
        """Give the key back: the request got no answer that may stand."""
        await self._store.release_answer(request)

    async def forget_old(self) -> int:
        """Remove answers that are older than a day. Returns how many."""
        return await self._store.forget_answers(self._clock.now() - KEPT_FOR)


def same_request(stored: Answered, request_hash: str) -> Answered:
    """Return the stored answer. Raises InvalidInput when it answered another request."""
    if stored.request_hash != request_hash:
        raise invalid(
            "Idempotency-Key", "was used before for another request", "Use a new key for a new request."
        )
    return stored
