"""What is kept of the items of the banks: which are retired, and which stood on which form."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assessor.domain.assessment import Status


@dataclass(frozen=True)
class Retirement:
    """An item that was found to be faulty: who retired it, when and why."""

    track: str
    item_id: str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class Sample:
    """Whose assessments are looked at: what counts, or what programs played, never both."""

    livemode: bool = True
    tenant: str | None = None
    """One platform's; None is everybody's."""
    simulated: bool = False
    """Only what programs played, in whichever mode."""


class Retirements(Protocol):
    """The ledger of retired items. Nothing in it is ever changed."""

    async def retired(self, track: str) -> tuple[Retirement, ...]:
        """Return a track's retired items, the earliest first."""
        ...


class Items(Retirements, Protocol):
    """The ledger, and where items were given."""

    async def retire(self, retirement: Retirement) -> Retirement:
        """Add it to the ledger, and return what stands there: of two for one item, the first."""
        ...

    async def given(
        self, track: str, item_id: str, statuses: Collection[Status], *, after: str = "", limit: int = 200
    ) -> tuple[str, ...]:
        """Return ids of assessments on whose form the item was drawn or swapped in, in their order."""
        ...

    async def forms(self, track: str, sample: Sample) -> int:
        """Return how many forms were drawn for a track."""
        ...

    async def exposures(self, track: str, sample: Sample) -> dict[str, int]:
        """Return on how many of these forms each item stood."""
        ...

    async def decided(
        self, track: str, sample: Sample, *, after: str = "", limit: int = 200
    ) -> tuple[str, ...]:
        """Return ids of decided assessments, in their order."""
        ...
