"""What is kept of a candidate, for how long, and how it goes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from assessor.domain.retention import ErasedBy, LegalHold, Retention
from assessor.ports.log import Draft


@dataclass(frozen=True)
class Person:
    """A platform's candidate, as far as erasure is concerned."""

    id: str
    tenant: str
    reference: str
    erased_at: datetime | None = None
    erased_by: ErasedBy | None = None
    asked_at: datetime | None = None
    """When they asked for a deletion that is still to come."""


@dataclass(frozen=True)
class KeptAssessment:
    """One assessment of a person, from the row that is left when the words are gone."""

    id: str
    track: str
    livemode: bool
    status: str
    ordered_at: datetime
    ended_at: datetime
    """The latest verdict, else when it was submitted, else when it was ordered: terms count from here."""


@dataclass(frozen=True)
class Destroyed:
    """That a candidate's data key was destroyed."""

    at: datetime
    by: ErasedBy


class DestroyedKeys(Protocol):
    """The ledger of destroyed keys. It lies outside the database and its backups."""

    def note(self, destroyed: Mapping[str, Destroyed]) -> None:
        """Add candidates by id; when this returns, they are on disk. Blocks."""
        ...

    def noted(self) -> Mapping[str, Destroyed]:
        """Return everything that was noted. Blocks. Raises DocumentRefused for a damaged ledger."""
        ...


class Erasures(Protocol):
    """Candidates as people with rights."""

    async def person(self, tenant: str, named: str) -> Person:
        """Return a tenant's candidate by the platform's reference, or by our id. Raises NotFound."""
        ...

    async def person_in(self, assessment_id: str) -> Person:
        """Return whose assessment it is. Raises NotFound."""
        ...

    async def kept(self, candidate_id: str) -> tuple[KeptAssessment, ...]:
        """Return a candidate's assessments, the oldest first."""
        ...

    async def drafts(self, assessment_id: str) -> tuple[Draft, ...]:
        """Return all drafts of an assessment. Raises NotFound, Erased."""
        ...

    async def ask_erasure(self, candidate_id: str, at: datetime) -> None:
        """Keep that a candidate asked for deletion; the first time counts."""
        ...

    async def withdraw_erasure(self, candidate_id: str) -> None: ...

    async def legal_holds(self, candidate_id: str) -> tuple[LegalHold, ...]:
        """Return all, also those that ended, the oldest first."""
        ...

    async def place_hold(self, candidate_id: str, hold: LegalHold) -> None: ...

    async def lift_hold(self, tenant: str, hold_id: str, at: datetime) -> None:
        """Raises NotFound, also when it was lifted before."""
        ...

    async def retention(self, tenant: str) -> Retention:
        """Return a tenant's terms; the defaults where none were set. Raises NotFound."""
        ...

    async def set_retention(self, tenant: str, retention: Retention) -> None:
        """Raises NotFound."""
        ...

    async def aging(self, tenant: str, ended_before: datetime) -> tuple[Person, ...]:
        """Return those of whom something is kept, and whose assessments ended before a time or who asked
        for deletion."""
        ...

    async def erase(self, candidate_id: str, destroyed: Destroyed) -> None:
        """Destroy a candidate's data key, and delete what their words were kept in beside the log.

        Twice is once; an unknown candidate is nothing to do.
        """
        ...

    async def forget_results(self, candidate_id: str, at: datetime) -> None:
        """Delete the verdicts of somebody who was erased, and their reference wherever it stands.

        Raises Conflict for somebody who was not.
        """
        ...

    async def readable(self, candidate_ids: Collection[str]) -> frozenset[str]:
        """Return those of whom there is a data key."""
        ...

    async def erased(self) -> Mapping[str, Destroyed]:
        """Return everybody whose data key was destroyed."""
        ...

    async def rows_left(self, candidate_id: str) -> Mapping[str, int]:
        """Return how many rows stand beside the log of what an erasure deletes, by table; those with none are
        left out. A data key counts as a row of `candidate`."""
        ...

    async def sealed_key(self, candidate_id: str) -> bytes | None:
        """Return the data key in its wrapped form; nobody opens it with this alone."""
        ...


@dataclass(frozen=True)
class Searched:
    """One place that was searched, and how many bytes of it."""

    where: str
    amount: int
    found: tuple[str, ...] = ()
    """Names of what was found there."""
    unopened: str = ""
    """Why the whole of it could not be read, where it could not."""


@dataclass(frozen=True)
class Needle:
    """Something that must not be found anywhere any more. `name` says what it is without saying it."""

    name: str
    content: bytes


class Remains(Protocol):
    """Looks for what should be gone, in every place where the service keeps anything."""

    @property
    def unsearched(self) -> tuple[str, ...]:
        """Where something could lie that no search here sees, in words."""
        ...

    async def compact(self) -> None:
        """Let the databases give up what was deleted in them."""
        ...

    async def search(self, needles: Sequence[Needle]) -> tuple[Searched, ...]:
        """Search every place."""
        ...

    async def copies_with_key(self, candidate_id: str) -> tuple[Searched, ...]:
        """Look into every copy of a database that lies in those places, whether it has the data key."""
        ...
