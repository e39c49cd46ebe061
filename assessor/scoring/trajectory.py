"""Agentic trajectory review: labels, the first wrong step, its class, and the outcome."""

from collections.abc import Mapping

from assessor.domain.item import Outcome, TrajectoryItem
from assessor.domain.response import TrajectoryResponse
from assessor.domain.rubric import Rubric
from assessor.scoring.work import Finding, Measure, Passage, Work

ALSO_CREDIT = 0.75
"""For what careful people say as well, but less often."""

DECAY = 0.5
"""What is left of the credit for the first wrong step with each step of distance."""

_ANOTHER_STEP = "Careful people see another first wrong step, or none."
"""No distance, and not which of the two: beside the candidate's own answer either would be the key."""

_OUTCOMES = (Outcome.SUCCESS, Outcome.PARTIAL, Outcome.FAILURE)

_MEASURES = (
    Measure("first_error", "Finds the first step that went wrong", 2.0),
    Measure("labels", "Labels each step as careful people do", 1.5),
    Measure("error_class", "Names what kind of mistake it was"),
    Measure("outcome", "Sees whether the agent did what it was asked"),
)


def measures(_item: TrajectoryItem, _rubric: Rubric | None) -> tuple[Measure, ...]:
    """Return the four measures. The fix is for a reader, where the item has a rubric."""
    return _MEASURES


def findings(item: TrajectoryItem, response: TrajectoryResponse) -> Mapping[str, Finding]:
    """Score the four measures by the item's key."""
    return {
        "first_error": _first_error(item, response),
        "labels": _labels(item, response),
        "error_class": _error_class(item, response),
        "outcome": _outcome(item, response),
    }


def passages(work: Work) -> tuple[Passage, ...]:
    """Return the fix, which is all that a reader gets."""
    response = work.response
    return (Passage("Fix", response.fix),) if isinstance(response, TrajectoryResponse) else ()


def _first_error(item: TrajectoryItem, response: TrajectoryResponse) -> Finding:
    gold, named = item.key.first_error, response.first_error
    if gold is None or named is None:
        if gold is named:
            return Finding(1.0, "You say that no step went wrong, as careful people do.")
        missed = "You say that no step went wrong; careful people see one."
        return Finding(0.0, missed if named is None else _ANOTHER_STEP)
    steps = [step.id for step in item.steps]
    distance = abs(steps.index(gold) - steps.index(named))
    near = "You name the first step that careful people name as wrong, or one beside it."
    return Finding(DECAY**distance, near if distance <= 1 else _ANOTHER_STEP)


def _labels(item: TrajectoryItem, response: TrajectoryResponse) -> Finding:
    earned = []
    for step, key in item.key.steps.items():
        label = response.labels[step]
        earned.append(1.0 if label is key.label else ALSO_CREDIT if label in key.also else 0.0)
    value = sum(earned) / len(earned)
    return Finding(value, f"{_how_many(value)} of your labels are labels that careful people give.")


def _error_class(item: TrajectoryItem, response: TrajectoryResponse) -> Finding:
    if response.error_class is item.key.error_class:
        return Finding(1.0, "You name the kind of mistake as careful people do.")
    if response.error_class in item.key.also_class:
        return Finding(ALSO_CREDIT, "You name a kind of mistake that some careful people name as well.")
    return Finding(0.0, "Careful people name another kind of mistake.")


def _outcome(item: TrajectoryItem, response: TrajectoryResponse) -> Finding:
    """Success, partial and failure are a scale: a neighbour earns half."""
    distance = abs(_OUTCOMES.index(response.outcome) - _OUTCOMES.index(item.key.outcome))
    alike, apart = "You see the outcome as careful people do.", "Careful people see another outcome."
    return Finding(1 - distance / 2, apart if distance else alike)


def _how_many(share: float) -> str:
    if share >= 0.75:  # noqa: PLR2004 - words for people, decides nothing
        return "Most"
    return "About half" if share >= 0.4 else "Few"  # noqa: PLR2004 - as above
