"""Signatures of answers, by which near-duplicates are found."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class Signatures(Protocol):
    """Bands of answers: numbers that tell nothing of the words they were made from."""

    async def keep_bands(self, assessment_id: str, bands: Sequence[int]) -> None:
        """Keep the bands of an assessment in place of those it had. Raises NotFound, Erased."""
        ...

    async def sharing_bands(self, assessment_id: str, bands: Sequence[int], limit: int) -> tuple[str, ...]:
        """Return the assessments of other candidates that have some of these, those with most first.

        Only of the same platform and mode, and none that a program played or whose candidate was erased.
        """
        ...

    async def was_compared(self, assessment_id: str, at: datetime) -> None:
        """Keep that nothing is left to compare."""
        ...

    async def unanswered(self, now: datetime, limit: int) -> tuple[str, ...]:
        """Return ids in which the time ran out to reply to what was found alike, and no fact says so yet."""
        ...

    async def uncompared(self, submitted_before: datetime, limit: int) -> tuple[str, ...]:
        """Return ids that were submitted before a time and not compared, the oldest first."""
        ...
