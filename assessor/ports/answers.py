"""Answers to requests that carried an idempotency key."""

from datetime import datetime
from typing import Protocol

from assessor.ports.log import Answered


class Answers(Protocol):
    """Each is kept sealed, by tenant, mode and key."""

    async def claim_answer(self, request: Answered, at: datetime, stale: datetime) -> Answered | None:
        """Note that a request is under way, and return None; or return the answer that its key got before.

        A claim from before `stale` was left behind by a process that ended. Raises Conflict while another
        request with the key is under way, InvalidInput when the key was used for another request.
        """
        ...

    async def settle_answer(self, answered: Answered) -> None:
        """Keep the answer to a claimed request, unless it was kept together with what it tells."""
        ...

    async def release_answer(self, request: Answered) -> None:
        """Forget a claim that got no answer: the request may be sent again."""
        ...

    async def forget_answers(self, before: datetime) -> int:
        """Remove what was asked before a time. Returns how many."""
        ...

    async def answered(self, tenant: str, key: str, *, livemode: bool) -> Answered | None:
        """Return the answer that a request with this key got; None without one, or while it is under way."""
        ...
