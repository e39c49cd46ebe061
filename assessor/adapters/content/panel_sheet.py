"""The sheet that a panel of experts fills in: one row for each judgement, and nothing of any key."""

import csv
import hashlib
import io
import string
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from assessor.domain.item import (
    ErrorClass,
    EvaluationItem,
    IssueTag,
    Item,
    Outcome,
    RankingItem,
    RubricWritingItem,
    StepLabel,
    TrajectoryItem,
)

SCALE = "1 to 5"


class Row(NamedTuple):
    """One judgement that is asked for. `answer` and `comment` are the expert's to fill in."""

    item: str
    version: int
    hash: str
    """Of the item as it was rated: ratings of another wording are not this one's."""
    category: str
    title: str
    judgement: str
    """What the answer is filed under, for instance `rating:correctness`."""
    question: str
    allowed: str
    answer: str = ""
    comment: str = ""


def letters(item: RankingItem | RubricWritingItem) -> dict[str, str]:
    """Return the letter under which a panel sees each response, with the response's id.

    Ids and their order in the file may tell the rank; a keyed hash of both tells nothing.
    """
    named = item.responses if isinstance(item, RankingItem) else item.key.hidden_responses
    ids = sorted((response.id for response in named), key=lambda name: _draw_order(item.id, name))
    return dict(zip(string.ascii_uppercase, ids, strict=False))


def material(item: Item) -> dict[str, Any]:
    """Return what a panel reads of an item: what candidates see, and responses in the order of `letters`."""
    shown = item.presented()
    if isinstance(item, RankingItem):
        texts = {response.id: response.text for response in item.responses}
        shown["responses"] = [{"id": name, "text": texts[name]} for name in letters(item).values()]
    if isinstance(item, RubricWritingItem):
        texts = {response.id: response.text for response in item.key.hidden_responses}
        shown["hidden"] = [texts[name] for name in letters(item).values()]
    return shown


def _draw_order(item_id: str, name: str) -> bytes:
    return hashlib.sha256(f"panel\n{item_id}\n{name}".encode()).digest()


def panel_sheet(items: Iterable[Item]) -> str:
    """Return CSV with a header: what a panel is asked of each item that has a key it could give."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(Row._fields)
    for item in items:
        for judgement, question, allowed in _asked(item):
            row = Row(
                item.id,
                item.version,
                item.hash,
                item.category.value,
                item.title,
                judgement,
                question,
                allowed,
            )
            writer.writerow([_safe(cell) for cell in row])
    return written.getvalue()


Asked = Iterator[tuple[str, str, str]]


def _asked(item: Item) -> Asked:
    """Yield the name of each judgement, its question, and what may be answered."""
    match item:
        case EvaluationItem():
            yield from _of_evaluation(item)
        case RankingItem() if item.repeat_of is None:
            yield from _places(letters(item))
        case RubricWritingItem():
            yield from _places(letters(item))
        case TrajectoryItem():
            yield from _of_trajectory(item)
        case _:
            return
    yield "difficulty", "How hard is the item?", SCALE


def _of_evaluation(item: EvaluationItem) -> Asked:
    for dimension in item.dimensions:
        low, high = dimension.low.rstrip("."), dimension.high.rstrip(".")
        yield f"rating:{dimension.id}", f"{dimension.label} 1: {low}. 5: {high}.", SCALE
    tags = ", ".join(tag.value for tag in IssueTag)
    yield "issues", "Which flaws are there? As tag: words of the response; one a line.", tags


def _places(found: Collection[str]) -> Asked:
    for letter in found:
        question = f"In which place is response {letter}? 1 is the best; equal ones share a place."
        yield f"place:{letter}", question, f"1 to {len(found)}"


def _of_trajectory(item: TrajectoryItem) -> Asked:
    labels = ", ".join(label.value for label in StepLabel)
    for step in item.steps:
        yield f"step:{step.id}", f"What is step {step.id}?", labels
    steps = ", ".join(step.id for step in item.steps)
    yield "first_error", "Which step went wrong first?", f"none, {steps}"
    yield "error_class", "What kind of mistake was it?", ", ".join(kind.value for kind in ErrorClass)
    yield "outcome", "Did the agent do what it was asked?", ", ".join(outcome.value for outcome in Outcome)


def _safe(cell: object) -> object:
    """Keep a spreadsheet from reading a text as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell
