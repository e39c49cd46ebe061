"""What work on a task will look like to its readers, and what can be said of it before it is handed in."""

from dataclasses import dataclass
from typing import Literal

from assessor.domain.constraint import Constraint
from assessor.domain.errors import FieldProblem, InvalidInput
from assessor.domain.item import Item, RubricWritingItem, SftItem
from assessor.services.entered import (
    Fields,
    TypedRow,
    normalised,
    read_response,
    rubric_rows,
    whole_number,
)

State = Literal["open", "kept", "not_kept", "later"]
"""`open`: nothing is written yet. `later`: only told when the whole is scored."""


@dataclass(frozen=True)
class Check:
    """One demand on an ideal response, and whether the text keeps to it as it stands."""

    label: str
    state: State


@dataclass(frozen=True)
class AnswerPreview:
    """An ideal response as it stands. `least` and `most` are words that are wanted, None without a limit."""

    text: str
    checks: tuple[Check, ...]
    least: int | None
    most: int | None

    @property
    def kept(self) -> int:
        """How many demands it keeps to, of those that can be told."""
        return sum(check.state == "kept" for check in self.checks)

    @property
    def broken(self) -> tuple[Check, ...]:
        """Which demands it is known not to keep to."""
        return tuple(check for check in self.checks if check.state == "not_kept")

    @property
    def told(self) -> int:
        """How many demands can be told before scoring."""
        return sum(check.state != "later" for check in self.checks)


@dataclass(frozen=True)
class RubricPreview:
    """A rubric as it stands, with what is missing before it can be handed in."""

    rows: tuple[TypedRow, ...]
    total: int
    problems: tuple[FieldProblem, ...]


Preview = AnswerPreview | RubricPreview


def broken_demands(item: Item, fields: Fields) -> tuple[Check, ...]:
    """Return the demands that a task's fields are known not to keep to."""
    found = preview(item, fields)
    return found.broken if isinstance(found, AnswerPreview) else ()


def preview(item: Item, fields: Fields) -> Preview | None:
    """Return the preview of a task's fields; None for the tasks that have none."""
    match item:
        case SftItem():
            return _answer(item, normalised(fields.get("text", "")))
        case RubricWritingItem():
            return _rubric(item, fields)
        case _:
            return None


def _answer(item: SftItem, text: str) -> AnswerPreview:
    limits = [(one.kind, one.value) for one in item.constraints if isinstance(one.value, int)]
    return AnswerPreview(
        text=text,
        checks=tuple(Check(one.label, _state(one, text)) for one in item.constraints),
        least=max((words for kind, words in limits if kind == "min_words"), default=None),
        most=min((words for kind, words in limits if kind == "max_words"), default=None),
    )


def _state(constraint: Constraint, text: str) -> State:
    if not constraint.is_open:
        return "later"
    if not text.strip():
        return "open"
    return "kept" if constraint.met_by(text) else "not_kept"


def _rubric(item: RubricWritingItem, fields: Fields) -> RubricPreview:
    rows = rubric_rows(item, fields)
    total = sum(whole_number(row.weight) for row in rows)
    try:
        read_response(item, fields, ())
    except InvalidInput as refused:
        return RubricPreview(rows, total, tuple(refused.problems))
    return RubricPreview(rows, total, ())
