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
