"""The queue: why an assessment waits for a person, and who has it in hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from assessor.domain.score import Notice, Score, Unscored

if TYPE_CHECKING:
    from assessor.domain.assessment import Projection

LEASE: Final = timedelta(minutes=30)
"""How long a case stays with whoever took it, from their last step on."""
ASSIGNED: Final = timedelta(days=1)
"""How long it stays with somebody whom a senior handed it to, without any step."""

NEAR_CUT: Final = "near_cut"
IDENTITY_OPEN: Final = "identity_open"
"""Codes of a verdict's reasons. By name: what makes verdicts stands above assessments, and these below."""


class Reason(StrEnum):
    """Why a person is needed. An assessment may wait for several reasons."""

    HELP = "help"
    APPEAL = "appeal"
    TECHNICAL = "technical"
    OPEN_CRITERIA = "open_criteria"
    DECISION = "decision"
    NEAR_CUT = "near_cut"
    DISAGREEMENT = "disagreement"
    INTEGRITY = "integrity"
    SECOND_FINDING = "second_finding"
    QUALITY_SAMPLE = "quality_sample"


@dataclass(frozen=True)
class QueuePlace:
    """Where an assessment stands in the queue: who needs help first, then who waits longest."""

    rank: int
    since: datetime
    id: str


@dataclass(frozen=True)
class Lease:
    """That somebody has a case in hand."""

    assessment_id: str
    holder: str
    """Id of a reviewer."""
    until: datetime


def noted(
    document: Mapping[str, Any], scores: Iterable[Score], *, integrity: bool, second: bool = False
) -> tuple[str, ...]:
    """Return the reasons that only the log tells: of a verdict's document and of the scores it stands on.

    `integrity` is whether the candidate replied to what was noticed in their words, or a person has to look
    at it: only then may reviewers learn of it. `second`: one has, and a second one has to.
    """
    codes = {reason["code"] for reason in document.get("reasons", ())}
    differ = any(
        score.unscored is Unscored.JUDGES_DISAGREE or Notice.READINGS_DIFFERED in score.noticed
        for score in scores
    )
    found = {
        Reason.NEAR_CUT: NEAR_CUT in codes,
        Reason.DISAGREEMENT: differ,
        Reason.INTEGRITY: integrity or IDENTITY_OPEN in codes,
        Reason.SECOND_FINDING: second,
    }
    return tuple(reason.value for reason, is_so in found.items() if is_so)


def reasons_of(row: "Projection") -> tuple[Reason, ...]:
    """Return why an assessment waits, the most pressing reason first; nothing when it does not."""
    if row.erased_at:
        return ()
    found = {
        Reason.HELP: bool(row.needs_help),
        Reason.APPEAL: bool(row.appeal_due),
        Reason.TECHNICAL: row.needs_person and row.status == "technical_hold",
    }
    if row.needs_person and not found[Reason.TECHNICAL]:
        found |= {Reason.OPEN_CRITERIA: bool(row.open_criteria), Reason.DECISION: not row.open_criteria}
        found |= {Reason(one): True for one in row.noted}
    found[Reason.INTEGRITY] = row.awaits_finding or found.get(Reason.INTEGRITY, False)
    found[Reason.SECOND_FINDING] = Reason.SECOND_FINDING in row.noted
    found |= {Reason.QUALITY_SAMPLE: row.quality == "due"}
    if row.quality == "differs":
        found[Reason.DISAGREEMENT] = True
    return tuple(reason for reason, is_so in found.items() if is_so)
