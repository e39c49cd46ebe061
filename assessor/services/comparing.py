"""What scoring an assessment again came to, beside what it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from assessor.domain.assessment import Assessment
from assessor.domain.score import FAULTS, Score
from assessor.domain.value import canonical
from assessor.domain.verdict import VerdictDocument, read_verdict

Outcome = Literal["recorded", "dry_run", "unchanged", "final", "fault"]
"""`final`: a person has decided, so it was not scored. `fault`: a fault of ours would have cost a score.
Neither of them records anything."""

Place = tuple[str, str]
"""Item id and criterion."""


@dataclass(frozen=True)
class Change:
    """One criterion before and after; None where there is no such criterion."""

    item_id: str
    criterion: str
    before: Score | None
    after: Score | None

    @property
    def loses_by_fault(self) -> bool:
        """Whether a score would go because of a fault of ours."""
        had_one = self.before is not None and self.before.value is not None
        return had_one and self.after is not None and self.after.unscored in FAULTS

    @property
    def is_of_result(self) -> bool:
        """Whether it is of more than the words, the evidence or the rater."""
        return _result(self.before) != _result(self.after)


@dataclass(frozen=True)
class Standing:
    """What a verdict says, in short."""

    decision: str
    decided_by: str
    score: float
    interval: tuple[float, float]

    @classmethod
    def of(cls, document: VerdictDocument) -> "Standing":
        """Return what a verdict says, in short."""
        return cls(document.decision, document.decided_by, document.score, document.interval)


@dataclass(frozen=True)
class Rescored:
    """What scoring one assessment again came to."""

    assessment_id: str
    outcome: Outcome
    before: Standing
    after: Standing
    changes: tuple[Change, ...]
    criteria: int
    by_people: int
    """Criteria that stand as a person scored them."""

    @property
    def decision_changes(self) -> bool:
        """Whether the decision is, or would be, another one."""
        return self.before.decision != self.after.decision


def changes_between(before: Mapping[Place, Score], after: Mapping[Place, Score]) -> tuple[Change, ...]:
    """Return every criterion whose score is another one, or that came or went."""
    return tuple(
        Change(*place, before.get(place), after.get(place))
        for place in dict.fromkeys((*before, *after))
        if before.get(place) != after.get(place)
    )


def compared(before: Assessment, after: Assessment, document: VerdictDocument, outcome: Outcome) -> Rescored:
    """Put both beside each other. `document` is the verdict that follows from `after`."""
    return Rescored(
        assessment_id=before.id,
        outcome=outcome,
        before=Standing.of(live_document(before)),
        after=Standing.of(document),
        changes=changes_between(before.scores, after.scores),
        criteria=len(after.scores),
        by_people=sum(score.rater_kind == "person" for score in after.scores.values()),
    )


def live_document(assessment: Assessment) -> VerdictDocument:
    """Return the live verdict. Raises ValueError without one."""
    if assessment.verdict is None:
        raise ValueError(f"{assessment.id} has no verdict")
    return read_verdict(canonical(assessment.verdict.document))


def _result(score: Score | None) -> object:
    if score is None:
        return None
    return score.value, score.unscored, score.weight, score.required, score.difficulty, score.competency
