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
        return Finding(0.0, missed if named is None else "You name a wrong step; careful people see none.")
    steps = [step.id for step in item.steps]
    distance = abs(steps.index(gold) - steps.index(named))
    if distance == 0:
        return Finding(1.0, "You name the step that careful people name.")
    away = "1 step" if distance == 1 else f"{distance} steps"
    return Finding(
        DECAY**distance, f"The step you name is {away} away from the one that careful people name."
    )


def _labels(item: TrajectoryItem, response: TrajectoryResponse) -> Finding:
    earned = []
    for step, key in item.key.steps.items():
        label = response.labels[step]
        earned.append(1.0 if label is key.label else ALSO_CREDIT if label in key.also else 0.0)
    agreed = sum(credit > 0 for credit in earned)
    reason = f"{agreed} of your {len(earned)} labels are labels that careful people give."
    return Finding(sum(earned) / len(earned), reason)


def _error_class(item: TrajectoryItem, response: TrajectoryResponse) -> Finding:
    if response.error_class is item.key.error_class:
        return Finding(1.0, "You name the kind of mistake as careful people do.")
    if response.error_class in item.key.also_class:
        return Finding(ALSO_CREDIT, "You name a kind of mistake that some careful people name as well.")
    return Finding(0.0, "Careful people name another kind of mistake.")


def _outcome(item: TrajectoryItem, response: TrajectoryResponse) -> Finding:
    """Success, partial and failure are a scale: a neighbour earns half."""
    distance = abs(_OUTCOMES.index(response.outcome) - _OUTCOMES.index(item.key.outcome))
    reasons = (
        "You see the outcome as careful people do.",
        "You see the outcome a little differently from careful people.",
        "You see the opposite outcome from careful people.",
    )
    return Finding(1 - distance / 2, reasons[distance])
