"""A verdict in words, for the platform's people and for reports. Nothing here is decided anew."""

from collections.abc import Mapping, Sequence
from typing import Final

from assessor.domain.thresholds import THRESHOLDS
from assessor.domain.value import Value
from assessor.domain.verdict.counterfactual import Counterfactual
from assessor.domain.verdict.document import EvidenceReference, NextStep, Reason, VerdictDocument
from assessor.domain.verdict.rule import CompetencyResult, Interval, Outcome

_HEADLINES: Final[Mapping[Outcome, str]] = {
    "qualified": "Qualified.",
    "not_qualified": "Not qualified with this attempt.",
    "needs_review": "Not decided yet: a person has to look.",
    "inconclusive": "This attempt could not be judged, and does not count against the candidate.",
}
_FLOORS: Final[Mapping[str, str]] = {
    "met": "It has a floor of its own, which is met.",
    "below": "It has a floor of its own, and lies below it.",
    "unknown": "It has a floor of its own, and is not known well enough to say whether that is met.",
}


class CompetencyExplanation(Value):
    """What was measured of one competency, in words."""

    id: str
    title: str
    score: float
    interval: Interval
    text: str


class Explanation(Value):
    """Why a verdict says what it says."""

    verdict_id: str
    summary: str
    competencies: tuple[CompetencyExplanation, ...]
    reasons: tuple[Reason, ...]
    counterfactual: Counterfactual
    next: NextStep
    evidence: tuple[EvidenceReference, ...]
    """Where in the transcript the words stand that criteria were credited for."""


def explanation_of(document: VerdictDocument, titles: Mapping[str, str]) -> Explanation:
    """Put a document into words. `titles` are those of competencies; one without goes by its id."""
    return Explanation(
        verdict_id=document.id,
        summary=_summary(document),
        competencies=tuple(
            CompetencyExplanation(
                id=one.id,
                title=titles.get(one.id, one.id),
                score=one.score,
                interval=one.interval,
                text=_in_words(one),
            )
            for one in document.competencies
        ),
        reasons=document.reasons,
        counterfactual=document.counterfactual,
        next=document.next,
        evidence=document.evidence,
    )


def _summary(document: VerdictDocument) -> str:
    by = "A person decided." if document.decided_by == "person" else "Decided by rule."
    said = f"{_HEADLINES[document.decision]} {by}"
    if document.decision == "inconclusive":
        return said
    return (
        f"{said} The composite is {document.score:.0f} of 100, its 90% interval {_span(document.interval)}; "
        f"the cut is {_cut():.0f}, and the ability lies at or above it with a probability of "
        f"{document.probability_at_or_above_cut:.0%}."
    )


def _in_words(result: CompetencyResult) -> str:
    return " ".join([_place(result), *_open(result), *_floor(result)])


def _place(result: CompetencyResult) -> str:
    if not result.observations:
        return "Nothing of it has been scored, so nothing can be said."
    low, high = result.interval
    rests = f"{result.score:.0f}, from {_counted(result.observations, 'observation')}"
    if low >= _cut():
        return f"{rests}: the whole 90% interval, {_span(result.interval)}, lies above the cut."
    if high < _cut():
        return f"{rests}: the whole 90% interval, {_span(result.interval)}, lies below the cut."
    return f"{rests}: the 90% interval, {_span(result.interval)}, has the cut within it."


def _open(result: CompetencyResult) -> Sequence[str]:
    if not result.unscored:
        return ()
    has = "has" if result.unscored == 1 else "have"
    return (f"{_counted(result.unscored, 'more')} {has} no score; that widens the interval.",)


def _floor(result: CompetencyResult) -> Sequence[str]:
    return (_FLOORS[result.floor],) if result.floor else ()


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 or noun == "more" else f"{number} {noun}s"


def _span(interval: Interval) -> str:
    return f"{interval[0]:.0f} to {interval[1]:.0f}"


def _cut() -> float:
    return THRESHOLDS.score_at_cut
