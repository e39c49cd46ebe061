"""The sheet that a panel of experts fills in: one row for each judgement, and nothing of any key."""

import csv
import hashlib
import io
import string
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from assessor.domain.item import (
    EvaluationItem,
    IssueTag,
    Item,
    RankingItem,
    RubricWritingItem,
    SftItem,
    TrajectoryItem,
)
from assessor.domain.panel import judgements

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet read a text as a formula."""


class Row(NamedTuple):
    """One judgement that is asked for. `expert`, `answer` and `comment` are the expert's to fill in."""

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
    expert: str = ""
    """A name or number of the expert's own; the name of the file where it is empty. It is not kept."""


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
    if isinstance(item, SftItem):
        shown["reference"] = item.key.reference
    return shown


def _draw_order(item_id: str, name: str) -> bytes:
    return hashlib.sha256(f"panel\n{item_id}\n{name}".encode()).digest()


def sheet_rows(items: Iterable[Item]) -> Iterator[Row]:
    """Yield what a panel is asked of each item that has a key it could give."""
    for item in items:
        for judgement, (question, allowed) in asked(item).items():
            category = item.category.value
            yield Row(
                item.id,
                item.version,
                item.hash,
                category,
                item.title,
                judgement,
                question,
                ", ".join(allowed),
            )


def panel_sheet(items: Iterable[Item]) -> str:
    """Return the sheet as CSV with a header."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(Row._fields)
    writer.writerows([_safe(cell) for cell in row] for row in sheet_rows(items))
    return written.getvalue()


def asked(item: Item) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return question and allowed answers by judgement, as the sheet names it: responses by letters."""
    by_id = {}
    if isinstance(item, RankingItem | RubricWritingItem):
        by_id = {f"place:{name}": f"place:{letter}" for letter, name in letters(item).items()}
    named = {by_id.get(name, name): allowed for name, allowed in judgements(item).items()}
    order = sorted(named, key=lambda name: (name == "difficulty", name if name in by_id.values() else ""))
    return {name: (_question(item, name), named[name] or _tags()) for name in order}


def _tags() -> tuple[str, ...]:
    return tuple(tag.value for tag in IssueTag)


def _question(item: Item, judgement: str) -> str:
    kind, _, name = judgement.partition(":")
    if kind == "rating" and isinstance(item, EvaluationItem):
        dimension = next(one for one in item.dimensions if one.id == name)
        low, high = dimension.low.rstrip("."), dimension.high.rstrip(".")
        return f"{dimension.label} 1: {low}. 5: {high}."
    if kind == "step" and isinstance(item, TrajectoryItem):
        return f"What is step {name}?"
    return _QUESTIONS[kind].format(name=name)


_QUESTIONS = {
    "issues": "Which flaws are there? As tag: words of the response; one a line. Empty when there is none.",
    "place": "In which place is response {name}? 1 is the best; equal ones share a place.",
    "reference": "How good is the reference answer? 1: useless or harmful. 5: it can be shown as ideal.",
    "first_error": "Which step went wrong first?",
    "error_class": "What kind of mistake was it?",
    "outcome": "Did the agent do what it was asked?",
    "difficulty": "How hard is the item? 1: easy. 5: hard.",
}


def _safe(cell: object) -> object:
    """Keep a spreadsheet from reading a text as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell
