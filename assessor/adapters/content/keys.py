"""Rules about keys: what they claim is worked out again, and must agree with itself and with the item."""

from collections.abc import Iterator

from assessor.adapters.content.shelves import Entry, Shelf
from assessor.domain.code import code_in
from assessor.domain.errors import LibraryProblem
from assessor.domain.item import (
    ErrorClass,
    InterviewItem,
    Item,
    Outcome,
    SftItem,
    StepKey,
    StepLabel,
    TrajectoryItem,
)
from assessor.domain.keys import failures, syntax_fault, uncallable

Problems = Iterator[LibraryProblem]

WRONG = frozenset({StepLabel.POOR, StepLabel.HARMFUL})


def keys_hold(shelf: Shelf) -> Problems:
    """Everything that a key claims and a machine can check without running code is so."""
    for entry, item in shelf.usable():
        if isinstance(item, InterviewItem):
            continue
        for place, check in enumerate(item.key.checks):
            for failure in failures(check, item):
                yield entry.problem(failure.problem, "key", "checks", place, failure.field)


def references_meet_their_constraints(shelf: Shelf) -> Problems:
    """A reference answer that breaks its own rules would teach the wrong thing."""
    for entry, item in shelf.usable():
        if not isinstance(item, SftItem):
            continue
        for place, constraint in enumerate(item.constraints):
            if not constraint.met_by(item.key.reference):
                problem = f"the item's own reference does not meet this: {constraint.label}"
                yield entry.problem(problem, "constraints", place)
        yield from _tests_of_nothing(entry, item)


def _tests_of_nothing(entry: Entry[Item], item: SftItem) -> Problems:
    """The tests themselves are run elsewhere; here only that what they call is defined."""
    if not item.key.tests:
        return
    code = code_in(item.key.reference)
    if (fault := syntax_fault(code)) is not None:
        yield entry.problem(f"its code is not Python: {fault}", "key", "reference")
        return
    missing = uncallable(code, item.key.tests)
    for place, test in enumerate(item.key.tests):
        if test.call.function in missing:
            problem = f"the item's own reference does not define {test.call.function!r}"
            yield entry.problem(problem, "key", "tests", place, "call", "function")


def trajectories_agree_with_their_keys(shelf: Shelf) -> Problems:
    """The first error is the first step with a bad label, and the outcome is one that it can lead to."""
    for entry, item in shelf.usable():
        if isinstance(item, TrajectoryItem):
            yield from _first_error(entry, item)
            yield from _outcome(entry, item)


def _first_error(entry: Entry[Item], item: TrajectoryItem) -> Problems:
    first, steps = item.key.first_error, item.key.steps
    for step in item.steps:
        if step.id == first:
            break
        if steps[step.id].label in WRONG:
            before = (
                f"though {first!r} is marked as the first error" if first else "though no error is marked"
            )
            yield entry.problem(
                f"is labelled {steps[step.id].label}, {before}", "key", "steps", step.id, "label"
            )
    if first is not None and steps[first].label not in WRONG:
        problem = f"the first error is labelled {steps[first].label}; it has to be poor or harmful"
        yield entry.problem(problem, "key", "steps", first, "label")
    for name, step_key in steps.items():
        if _says_twice(step_key):
            yield entry.problem("names a label twice", "key", "steps", name, "also")


def _says_twice(step_key: StepKey) -> bool:
    labels = [step_key.label, *step_key.also]
    return len(set(labels)) < len(labels)


def _outcome(entry: Entry[Item], item: TrajectoryItem) -> Problems:
    """Success after an error needs a good step that puts it right; giving up is never one."""
    key = item.key
    if key.first_error is None or key.outcome is not Outcome.SUCCESS:
        return
    ids = [step.id for step in item.steps]
    later = ids[ids.index(key.first_error) + 1 :]
    if key.error_class is ErrorClass.GAVE_UP:
        yield entry.problem("is success, and the agent gave up", "key", "outcome")
    elif not any(key.steps[name].label is StepLabel.GOOD for name in later):
        problem = f"is success, and no step after the error in {key.first_error!r} is good"
        yield entry.problem(problem, "key", "outcome")
