"""A verdict in a line: what lists and qualifications need of it without opening the document."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from assessor.domain.verdict.rule import Outcome

VerdictStatus = Literal["issued", "superseded", "revoked"]
SETTLED: Final = frozenset({"qualified", "not_qualified"})
"""Decisions that say something about the person; the others say something about the attempt."""


@dataclass(frozen=True)
class VerdictSummary:
    """One verdict, with what changes later beside it."""

    id: str
    assessment_id: str
    livemode: bool
    candidate_ref: str
    track: str
    decision: Outcome
    level: str | None
    issued_at: datetime
    valid_until: datetime
    status: VerdictStatus
    superseded_by: str | None
    revoked_at: datetime | None
    revoked_because: str | None

    def holds(self, now: datetime) -> bool:
        """Whether it may be relied on at this moment."""
        return self.status == "issued" and now < self.valid_until
