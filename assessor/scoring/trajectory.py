"""Agentic trajectory review: labels, the first wrong step, its class, and the outcome."""

from collections.abc import Mapping, Sequence
from statistics import fmean

from assessor.domain.item import (
    ErrorClass,
    Outcome,
    StepKey,
    StepLabel,
    TrajectoryItem,
    TrajectoryKey,
)
from assessor.domain.response import TrajectoryResponse
from assessor.domain.rubric import Rubric
from assessor.scoring.chance import beyond_chance
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
    steps = [step.id for step in item.steps]
    at_random = [first_error_credit(steps, gold, option) for option in (None, *steps)]
    value = beyond_chance(first_error_credit(steps, gold, named), at_random)
    if gold is named is None:
        return Finding(value, "You say that no step went wrong, as careful people do.")
    if named is None:
        return Finding(value, "You say that no step went wrong; careful people see one.")
    near = "You name the first step that careful people name as wrong, or one beside it."
    is_near = gold is not None and abs(steps.index(gold) - steps.index(named)) <= 1
    return Finding(value, near if is_near else _ANOTHER_STEP)


def first_error_credit(steps: Sequence[str], gold: str | None, named: str | None) -> float:
    """Return 1 for the gold step, half of it for each step of distance, 0 where only one sees a mistake."""
    if gold is None or named is None:
        return float(gold is named)
    return DECAY ** abs(steps.index(gold) - steps.index(named))


def _labels(item: TrajectoryItem, response: TrajectoryResponse) -> Finding:
    earned = [_label_credit(key, response.labels[step]) for step, key in item.key.steps.items()]
    at_random = [_label_credit(key, label) for key in item.key.steps.values() for label in StepLabel]
    share = f"{_how_many(fmean(earned))} of your labels are labels that careful people give."
    return Finding(beyond_chance(fmean(earned), at_random), share)


def _label_credit(key: StepKey, label: StepLabel) -> float:
    return 1.0 if label is key.label else ALSO_CREDIT if label in key.also else 0.0


def _error_class(item: TrajectoryItem, response: TrajectoryResponse) -> Finding:
    named = response.error_class
    at_random = [_class_credit(item.key, other) for other in ErrorClass]
    value = beyond_chance(_class_credit(item.key, named), at_random)
    if named is item.key.error_class:
        return Finding(value, "You name the kind of mistake as careful people do.")
    if named in item.key.also_class:
        return Finding(value, "You name a kind of mistake that some careful people name as well.")
    return Finding(value, "Careful people name another kind of mistake.")


def _class_credit(key: TrajectoryKey, named: ErrorClass) -> float:
    return 1.0 if named is key.error_class else ALSO_CREDIT if named in key.also_class else 0.0


def _outcome(item: TrajectoryItem, response: TrajectoryResponse) -> Finding:
    """Success, partial and failure are a scale: a neighbour earns half, before what chance earns is taken."""
    gold = item.key.outcome
    at_random = [_outcome_credit(gold, option) for option in _OUTCOMES]
    value = beyond_chance(_outcome_credit(gold, response.outcome), at_random)
    alike, apart = "You see the outcome as careful people do.", "Careful people see another outcome."
    return Finding(value, alike if response.outcome is gold else apart)


def _outcome_credit(gold: Outcome, named: Outcome) -> float:
    return 1 - abs(_OUTCOMES.index(gold) - _OUTCOMES.index(named)) / 2


def _how_many(share: float) -> str:
    if share >= 0.75:  # noqa: PLR2004 - words for people, decides nothing
        return "Most"
    return "About half" if share >= 0.4 else "Few"  # noqa: PLR2004 - as above
