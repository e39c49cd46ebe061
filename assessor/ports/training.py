"""What reviewers scored of answers whose scores are known, and who may score people where."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from assessor.domain.quality import QualityMark
from assessor.domain.training import Compared, Grant


@dataclass(frozen=True)
class Practised:
    """One answer with a known score, as a reviewer scored it. No candidate wrote it."""

    reviewer_id: str
    track: str
    """Without the suffix of a platform's own version, as in `Grant`."""
    series: str
    """`round-1` and so on."""
    answer: str
    marks: Mapping[str, QualityMark]
    compared: Compared
    at: datetime
    purpose: Literal["training", "known"] = "training"


@dataclass(frozen=True)
class KnownCase:
    """A case of answers whose scores are known, for one reviewer. It is no assessment."""

    id: str
    """Looks like an assessment's."""
    reviewer_id: str
    track: str
    answers: Sequence[str]
    drawn_at: datetime


class Trainings(Protocol):
    """Rows are added, and never changed."""

    async def practised(self, reviewer_id: str, track: str) -> Sequence[Practised]:
        """Return what somebody scored in a track, the oldest first."""
        ...

    async def keep_practised(self, one: Practised, then: Grant | None = None) -> bool:
        """Keep a score, and what follows from it. False, and nothing is kept, when it was scored before."""
        ...

    async def grants(self, reviewer_ids: Collection[str]) -> Sequence[Grant]:
        """Return the newest grant for each of these people and each track."""
        ...

    async def grant_training(self, grants: Sequence[Grant]) -> None:
        """Keep several."""
        ...

    async def add_known_case(self, case: KnownCase) -> None: ...
    async def known_case(self, case_id: str) -> KnownCase | None: ...
    async def open_known_case(self, reviewer_id: str) -> KnownCase | None:
        """Return somebody's oldest that is not settled."""
        ...

    async def settle_known_case(self, case_id: str, at: datetime) -> None: ...
    async def known_scores(self, tenant: str, since: datetime) -> Sequence[Practised]:
        """Return what a tenant's people scored of known cases, the oldest first."""
        ...
