"""Verdicts as lists and qualifications read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assessor.domain.verdict import VerdictSummary


@dataclass(frozen=True)
class VerdictFilter:
    """Whose verdicts are listed, and which of them; None leaves that open."""

    tenant: str
    livemode: bool
    candidate_ref: str | None = None
    track: str | None = None
    decision: str | None = None
    issued_from: datetime | None = None
    issued_before: datetime | None = None


@dataclass(frozen=True)
class ListPlace:
    """Where a page ended: the next one begins after it."""

    at: datetime
    id: str


@dataclass(frozen=True)
class DecisionRow:
    """An assessment with its verdict that no other has followed."""

    assessment_id: str
    candidate_ref: str
    track: str
    state: str
    decision: str
    decided_at: datetime
    level: str | None
    verdict_id: str
    verdict_status: str
    livemode: bool
    simulated: bool
    document: bytes
    overrides: Sequence[str] | None
    """The codes of the overrides of its scores."""


@dataclass(frozen=True)
class Share:
    """A link by which a candidate shows their result."""

    assessment_id: str
    tenant: str
    """The name of the platform that ordered the assessment."""
    until: datetime
    ended_at: datetime | None
    verdict: VerdictSummary
    """The one that no other has followed."""


class Verdicts(Protocol):
    """Lists of verdicts."""

    async def share(self, token_hash: str) -> Share:
        """Return what a link leads to. Raises NotFound, also once the candidate was erased."""
        ...

    async def listed_verdicts(
        self, wanted: VerdictFilter, after: ListPlace | None, limit: int
    ) -> tuple[VerdictSummary, ...]:
        """Return a page of what is wanted, newest first, beginning after a place."""
        ...

    async def decisions(
        self, wanted: VerdictFilter, after: ListPlace | None, limit: int
    ) -> tuple[DecisionRow, ...]:
        """Return a page of what stands now, oldest first, beginning after a place.

        What is decided anew while the pages are read comes on a later one, and is missed on none.
        """
        ...

    async def current_verdicts(
        self, tenant: str, track: str, candidates: Sequence[str], *, livemode: bool
    ) -> tuple[VerdictSummary, ...]:
        """Return, by one query, every verdict of these candidates that no other has followed."""
        ...
