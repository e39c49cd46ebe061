"""The places for interviews, over all processes."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from assessor.domain.places import Standing


class InterviewPlaces(Protocol):
    """Who interviews, and who waits to begin, in the order in which they came."""

    async def ask_for_place(
        self, assessment_id: str, now: datetime, at_once: int, *, begins: bool
    ) -> Standing:
        """Return how somebody stands, and note that they are there; whoever is new goes to the end.

        Who has fewer before them than there are free places of `at_once` gets one: it is kept for a while,
        or, if they begin, held by the interview. Nobody gets one twice, also when two ask at once.
        """
        ...

    async def hold_places(self, assessment_ids: Collection[str], now: datetime) -> None:
        """Note that these interviews go on. One that had lost its place has it again, beyond the limit."""
        ...

    async def leave_place(self, assessment_id: str) -> None:
        """Give up a place, or the place in the line."""
        ...

    async def is_remembered(self, assessment_id: str, now: datetime) -> bool:
        """Whether somebody waits to begin, or went away from the line so lately that they may come back."""
        ...

    async def forget_places(self, now: datetime) -> int:
        """Remove those who are remembered no more. Returns how many."""
        ...
