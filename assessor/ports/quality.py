"""What pages about quality read: numbers of a bounded window, never any text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Kind = Literal["live", "test", "simulated"]
"""Of assessments: what counts, what test keys ordered, what a program played."""


@dataclass(frozen=True)
class QualityWindow:
    """Whose assessments, of which kind, from when on."""

    tenant: str
    kind: Kind
    since: datetime


@dataclass(frozen=True)
class LookedTwice:
    """One response in one competency: the levels of a judge, and of a person who had not seen them."""

    at: datetime
    track: str
    category: str
    competency: str
    model: str
    rubric: str
    """With its version."""
    language: str
    reviewer: str
    """The person, by id."""
    person: int
    judge: int
    marks: Mapping[str, tuple[int, int]]
    """By criterion, person first: 1 met, 0 not met."""


@dataclass(frozen=True)
class Passage:
    """When one assessment was ordered, handed in, and given the verdict that stands."""

    ordered_at: datetime
    submitted_at: datetime | None
    settled_at: datetime | None
    """None while it waits for a person, or is not decided."""


@dataclass(frozen=True)
class Spent:
    """One attempt at a model. `cost` is in millionths of a US dollar, None without a price."""

    at: datetime
    model: str
    outcome: str
    cost: int | None
    latency_ms: int


class QualityReads(Protocol):
    """Rows for pages about quality."""

    async def is_empty(self, window: QualityWindow) -> bool:
        """Whether nothing was ordered in a window."""
        ...

    async def looked_twice(self, window: QualityWindow) -> Sequence[LookedTwice]:
        """Return what second looks found in a window, the oldest first."""
        ...

    async def passages(self, window: QualityWindow) -> Sequence[Passage]:
        """Return every assessment that was ordered in a window, the oldest first."""
        ...

    async def spent(self, window: QualityWindow) -> Sequence[Spent]:
        """Return the calls of models for assessments, the oldest first."""
        ...
