"""What stands in the fields of a task's form, read as the response that the domain knows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any

from assessor.domain.errors import FieldProblem, InvalidInput
from assessor.domain.item import (
    EvaluationItem,
    Item,
    RankingItem,
    RubricWritingItem,
    SftItem,
    TrajectoryItem,
)
from assessor.domain.response import WEIGHT_SUM, parse_response
from assessor.domain.wording import worded

ISSUE_ROWS = 6
"""How many rows for issues a form has; a script shows them one by one."""
MAX_ROWS = 12
MAX_DIGITS = 9
NO_STEP = "none"
"""What the choice of the first wrong step says when no step was wrong."""

Fields = Mapping[str, str]
"""Name of a control to what is in it, as the browser sends it."""

_CHOOSE = worded("Choose one; everything else is kept.")


@dataclass
class Entered:
    """A payload, what the form itself can see is missing, and where each part of it was typed."""

    payload: dict[str, Any]
    problems: list[FieldProblem] = field(default_factory=list)
    controls: dict[str, str] = field(default_factory=dict)
    """Path in the payload to the name of the control, where the two differ."""


@dataclass(frozen=True)
class TypedRow:
    """A row of a rubric as it was typed; `place` is that of its controls, from 0."""

    place: int
    criterion: str
    levels: str
    weight: str


def rubric_rows(item: RubricWritingItem, fields: Fields) -> tuple[TypedRow, ...]:
    """Return the rows in which anything was typed."""
    rows = (
        TypedRow(
            place,
            *(_text(fields, f"row-{place}-{name}").strip() for name in ("criterion", "levels", "weight")),
        )
        for place in range(item.max_criteria)
    )
    return tuple(row for row in rows if row.criterion or row.levels or row.weight)


def read_response(item: Item, fields: Fields, shown: Sequence[str]) -> dict[str, Any]:
    """Return the payload to hand in.

    `shown` are the responses of a ranking in the order of the page. Raises InvalidInput with the
    problems of every control by its name.
    """
    entered = _READERS[type(item)](item, fields, shown)
    problems = list(entered.problems)
    try:
        parse_response(item, entered.payload)
    except InvalidInput as refused:
        named = [_at_control(problem, entered.controls) for problem in refused.problems]
        known = {problem.field for problem in problems}
        problems += [problem for problem in named if problem.field not in known]
    if problems:
        raise InvalidInput(tuple(problems))
    return entered.payload


def typed(payload: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of a saved draft."""
    return {name: value for name, value in payload.items() if isinstance(value, str)}


def normalised(text: str) -> str:
    """Return the text with line ends as they were typed: forms send each as two characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def whole_number(text: str) -> int:
    """Return the number that was typed; 0 for anything that is none, or too long to be meant."""
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS else 0


def letter(place: int) -> str:
    """Return the name by which the page calls the response at this place, from 0."""
    return ascii_uppercase[place]


def control_names(item: Item, shown: Sequence[str]) -> dict[str, str]:
    """Return what people call each control, for the list of problems on top of the page."""
    names: dict[str, str] = {
        "justification": worded("The reason"),
        "text": worded("Your response"),
        "first_error": worded("The first wrong step"),
        "error_class": worded("The kind of mistake"),
        "outcome": worded("The outcome"),
        "fix": worded("The better way"),
        "rows": worded("Your rubric"),
    }
    match item:
        case EvaluationItem():
            names |= {f"ratings-{dimension.id}": f"“{dimension.label}”" for dimension in item.dimensions}
            names |= _row_names(
                "issue",
                tag=lambda n: worded("Issue %(n)s, kind,", n=n),
                quote=lambda n: worded("Issue %(n)s, words,", n=n),
            )
        case RankingItem():
            names |= {
                f"place-{name}": worded("Response %(letter)s", letter=letter(place))
                for place, name in enumerate(shown)
            }
        case RubricWritingItem():
            names |= _row_names(
                "row",
                criterion=lambda n: worded("Criterion %(n)s, text,", n=n),
                levels=lambda n: worded("Criterion %(n)s, levels,", n=n),
                weight=lambda n: worded("Criterion %(n)s, weight,", n=n),
            )
        case TrajectoryItem():
            names |= {
                f"labels-{step.id}": worded("Step %(n)s", n=place) for place, step in enumerate(item.steps, 1)
            }
    return names


def _row_names(prefix: str, **columns: Callable[[int], str]) -> dict[str, str]:
    return {
        f"{prefix}-{row}-{column}": called(row + 1)
        for row in range(MAX_ROWS)
        for column, called in columns.items()
    }


def _at_control(problem: FieldProblem, controls: Mapping[str, str]) -> FieldProblem:
    control = controls.get(problem.field, problem.field.replace(".", "-"))
    return FieldProblem(control, problem.problem, problem.remedy)


def _text(fields: Fields, name: str) -> str:
    return normalised(fields.get(name, ""))


def _evaluation(item: EvaluationItem, fields: Fields, _shown: Sequence[str]) -> Entered:
    entered = Entered({"justification": _text(fields, "justification"), "issues": []})
    entered.payload["ratings"] = {
        dimension.id: int(given)
        for dimension in item.dimensions
        if (given := fields.get(f"ratings-{dimension.id}", "")) in {"1", "2", "3", "4", "5"}
    }
    entered.problems += [
        FieldProblem(f"ratings-{dimension.id}", "is not rated yet", "Choose 1 to 5.")
        for dimension in item.dimensions
        if dimension.id not in entered.payload["ratings"]
    ]
    for row in range(ISSUE_ROWS):
        tag, quote = fields.get(f"issue-{row}-tag", ""), _text(fields, f"issue-{row}-quote").strip()
        if not tag and quote:
            problem = worded("has no kind of issue")
            entered.problems.append(FieldProblem(f"issue-{row}-tag", problem, _CHOOSE))
        if tag:
            place = len(entered.payload["issues"])
            entered.controls[f"issues.{place}.quote"] = f"issue-{row}-quote"
            entered.controls[f"issues.{place}.tag"] = f"issue-{row}-tag"
            entered.payload["issues"].append({"tag": tag, "quote": quote})
    return entered


def _ranking(item: RankingItem, fields: Fields, shown: Sequence[str]) -> Entered:
    cannot_judge = bool(fields.get("cannot_judge"))
    given = {response.id: fields.get(f"place-{response.id}", "") for response in item.responses}
    groups: dict[int, list[str]] = {}
    for name, place in given.items():
        if number := whole_number(place):
            groups.setdefault(number, []).append(name)
    entered = Entered(
        {
            "order": [] if cannot_judge else [groups[place] for place in sorted(groups)],
            "cannot_judge": cannot_judge,
            "justification": _text(fields, "justification"),
        }
    )
    placed = {name for group in groups.values() for name in group}
    if not cannot_judge and placed != set(given):
        entered.problems += [
            FieldProblem(f"place-{name}", "has no place yet", _CHOOSE) for name in shown if name not in placed
        ]
        # The domain says the same of the order as a whole.
        entered.controls["order"] = entered.problems[0].field
    return entered


def _rubric_writing(item: RubricWritingItem, fields: Fields, _shown: Sequence[str]) -> Entered:
    entered = Entered({"rows": []})
    for at, row in enumerate(rubric_rows(item, fields)):
        control = f"row-{row.place}"
        for name in ("criterion", "levels", "weight"):
            entered.controls[f"rows.{at}.{name}"] = f"{control}-{name}"
        if not row.criterion:
            entered.problems.append(
                FieldProblem(f"{control}-criterion", "is empty", "Write the criterion, or empty the row.")
            )
        number = whole_number(row.weight)
        if not 1 <= number <= WEIGHT_SUM:
            entered.problems.append(
                FieldProblem(
                    f"{control}-weight", "is not a whole number from 1 to 100", "Correct the weight."
                )
            )
        entered.payload["rows"].append({"criterion": row.criterion, "levels": row.levels, "weight": number})
    return entered


def _sft(_item: SftItem, fields: Fields, _shown: Sequence[str]) -> Entered:
    return Entered({"text": _text(fields, "text")})


def _trajectory(item: TrajectoryItem, fields: Fields, _shown: Sequence[str]) -> Entered:
    first_error = fields.get("first_error", "")
    entered = Entered(
        {
            "labels": {step.id: given for step in item.steps if (given := fields.get(f"labels-{step.id}"))},
            "first_error": None if first_error in {"", NO_STEP} else first_error,
            "error_class": fields.get("error_class", ""),
            "outcome": fields.get("outcome", ""),
            "fix": _text(fields, "fix"),
        }
    )
    entered.problems = [
        FieldProblem(f"labels-{step.id}", "has no label yet", _CHOOSE)
        for step in item.steps
        if step.id not in entered.payload["labels"]
    ]
    entered.problems += [
        FieldProblem(name, "is not chosen yet", _CHOOSE)
        for name in ("first_error", "error_class", "outcome")
        if not fields.get(name)
    ]
    return entered


_READERS: Mapping[type[Item], Callable[[Any, Fields, Sequence[str]], Entered]] = {
    EvaluationItem: _evaluation,
    RankingItem: _ranking,
    RubricWritingItem: _rubric_writing,
    SftItem: _sft,
    TrajectoryItem: _trajectory,
}
