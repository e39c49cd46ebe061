"""Which judgements a panel is asked for about an item, and what may be answered."""

from collections.abc import Iterable, Mapping
from typing import Final

from assessor.domain.item import (
    ErrorClass,
    EvaluationItem,
    IssueTag,
    Item,
    Outcome,
    RankingItem,
    RubricWritingItem,
    SftItem,
    StepLabel,
    TrajectoryItem,
)

NO_STEP: Final = "none"
"""What is answered to "which step went wrong first?" when no step did."""

SCALE: Final[tuple[str, ...]] = ("1", "2", "3", "4", "5")

ISSUES: Final = "issues"
"""Answered in free form: `tag: words of the response`, one a line; empty where there is no flaw."""


def judgements(item: Item) -> Mapping[str, tuple[str, ...]]:
    """Return what is asked of an item, by name, with the answers that are allowed; none for free text."""
    asked: dict[str, tuple[str, ...]]
    match item:
        case EvaluationItem():
            asked = {f"rating:{dimension.id}": SCALE for dimension in item.dimensions} | {ISSUES: ()}
        case RankingItem() if item.repeat_of is None:
            asked = _places(response.id for response in item.responses)
        case RubricWritingItem():
            asked = _places(response.id for response in item.key.hidden_responses)
        case SftItem():
            asked = {"reference": SCALE}
        case TrajectoryItem():
            asked = _of_trajectory(item)
        case _:
            return {}
    return asked | {"difficulty": SCALE}


def answer_fault(item: Item, judgement: str, answer: str) -> str | None:
    """Say what is wrong with an answer, in words that follow the name of its place; None if nothing is."""
    if judgement == ISSUES and isinstance(item, EvaluationItem):
        faults = (_issue_fault(item, line) for line in issue_lines(answer))
        return next((fault for fault in faults if fault), None)
    allowed = judgements(item)[judgement]
    if answer in allowed:
        return None
    found = f"has {answer!r}" if answer else "is empty"
    return f"{found}; answer one of: {', '.join(allowed)}"


def issue_lines(answer: str) -> list[str]:
    """Return the flaws that an answer names, one a line."""
    return [line.strip() for line in answer.splitlines() if line.strip() and line.strip() != NO_STEP]


def issue_parts(line: str) -> tuple[str, str]:
    """Return tag and words of a flaw that was named as `tag: words`."""
    tag, _, words = line.partition(":")
    return tag.strip(), words.strip().strip('"“”')


def _issue_fault(item: EvaluationItem, line: str) -> str | None:
    tag, words = issue_parts(line)
    if tag not in {known.value for known in IssueTag}:
        return f"names {tag!r}, which is no flaw on the list; write `tag: words of the response`"
    if not words or words not in item.response:
        return f"quotes {words[:60]!r}, which is not in the response word for word"
    return None


def _places(responses: Iterable[str]) -> dict[str, tuple[str, ...]]:
    names = list(responses)
    places = tuple(str(place) for place in range(1, len(names) + 1))
    return {f"place:{name}": places for name in names}


def _of_trajectory(item: TrajectoryItem) -> dict[str, tuple[str, ...]]:
    labels = tuple(label.value for label in StepLabel)
    return {
        **{f"step:{step.id}": labels for step in item.steps},
        "first_error": (NO_STEP, *(step.id for step in item.steps)),
        "error_class": tuple(kind.value for kind in ErrorClass),
        "outcome": tuple(outcome.value for outcome in Outcome),
    }
