"""Later outcomes, what people declared of themselves, and both beside the verdicts they belong to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assessor.domain.assessment import Projection
from assessor.domain.demographics import Declaration
from assessor.domain.outcome import Outcome
from assessor.ports.log import Answered


@dataclass(frozen=True)
class Declared:
    """A declaration, and when it was made."""

    declaration: Declaration
    at: datetime


@dataclass(frozen=True)
class Attempt:
    """One attempt as reports see it. Holds no words of anyone."""

    row: Projection
    live: bytes | None
    """The document of the live verdict."""
    earlier: tuple[bytes, ...] = ()
    """The documents of those that it took the place of, oldest first."""


@dataclass
class Contradicted(Exception):
    """Outcomes that are stored already, with another value."""

    places: Sequence[int]
    """Which of those that were to be added, from 0."""


class Outcomes(Protocol):
    """What platforms report of later work."""

    async def assessments_named(
        self, tenant: str, assessment_ids: Sequence[str], *, livemode: bool
    ) -> tuple[Projection, ...]:
        """Return those of the ids that the tenant has in this mode."""
        ...

    async def assessments_of_people(
        self, tenant: str, candidate_refs: Sequence[str], *, livemode: bool
    ) -> tuple[Projection, ...]:
        """Return all assessments of these people in this mode, newest first."""
        ...

    async def add_outcomes(
        self,
        tenant: str,
        outcomes: Sequence[Outcome],
        answer: Callable[[Sequence[Outcome]], Answered] | None = None,
    ) -> tuple[Outcome, ...]:
        """Add those that are new in one transaction; return all as they are stored, in their order.

        `answer` makes of them what the idempotency key keeps. Raises Contradicted, or Conflict when that
        key or one of the outcomes was written meanwhile.
        """
        ...

    async def outcomes(
        self, tenant: str, *, livemode: bool, limit: int | None = None, after: str | None = None
    ) -> tuple[Outcome, ...]:
        """Return outcomes, the last recorded first, from after one on. Raises NotFound for that one."""
        ...

    async def remove_outcome(self, tenant: str, outcome_id: str, *, livemode: bool) -> None:
        """Raises NotFound."""
        ...


class Demographics(Protocol):
    """Declarations, one a person and mode, sealed with their own key: who is erased takes theirs along."""

    async def declare(self, assessment_id: str, declaration: Declaration, at: datetime) -> None:
        """Keep what the assessment's candidate says, in place of an earlier one. Raises NotFound, Gone."""
        ...

    async def declared(self, assessment_id: str) -> Declared | None:
        """Return what the assessment's candidate declared, here or before. Raises NotFound, Gone."""
        ...

    async def forget_declaration(self, assessment_id: str) -> None:
        """Delete what the assessment's candidate declared; without that nothing changes. Raises NotFound."""
        ...

    async def declarations(self, tenant: str, *, livemode: bool) -> dict[str, Declaration]:
        """Return declarations by candidate id, of those who were not erased."""
        ...


class Attempts(Protocol):
    """What reports go through."""

    async def attempts(self, tenant: str, *, livemode: bool) -> tuple[Attempt, ...]:
        """Return every assessment with its live verdict, in the order in which they were ordered."""
        ...
