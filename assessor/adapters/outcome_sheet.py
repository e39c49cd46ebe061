"""Files of outcomes: CSV with a header, a row an observation."""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from assessor.domain.errors import FieldProblem, InvalidInput, invalid
from assessor.domain.ids import CandidateRef, Slug
from assessor.domain.outcome import Metric, WorkReference

REQUIRED: Final = ("metric", "value", "observed_at")
COLUMNS: Final = ("assessment_id", "candidate_ref", "track", *REQUIRED, "work")
MAX_BYTES: Final = 200_000_000
MOST_PROBLEMS: Final = 25

_FILE = "FILE"
_TEXTS: Final[Mapping[str, tuple[TypeAdapter[str], str]]] = {
    "metric": (TypeAdapter(Metric), "Use small letters, digits, hyphens and underscores."),
    "work": (TypeAdapter(WorkReference), "Use printable characters without spaces, 128 at most."),
    "candidate_ref": (TypeAdapter(CandidateRef), "Use the reference that was given with the order."),
    "track": (TypeAdapter(Slug), "Use the id of a track."),
}


@dataclass(frozen=True)
class OutcomeLine:
    """One row, understood; whose it is has not been looked up."""

    line: int
    metric: str
    value: float
    observed_at: datetime
    assessment_id: str | None
    candidate_ref: str | None
    track: str | None
    work: str


def read_outcomes(path: Path) -> tuple[OutcomeLine, ...]:
    """Return the rows of a file. Raises InvalidInput with every line and field that cannot be read."""
    lines: list[OutcomeLine] = []
    problems: list[FieldProblem] = []
    for line, fields in _rows(_text(path)):
        try:
            lines.append(_line(line, fields))
        except InvalidInput as refused:
            problems += refused.problems
    if problems:
        raise InvalidInput(problems[:MOST_PROBLEMS])
    if not lines:
        raise invalid(_FILE, "holds no row", "Give one row for each observation.")
    return tuple(lines)


def _text(path: Path) -> str:
    if not path.is_file():
        raise invalid(_FILE, f"{path} does not exist", "Give a .csv file.")
    if path.stat().st_size > MAX_BYTES:
        raise invalid(_FILE, f"{path.name} has more than {MAX_BYTES} bytes", "Divide it.")
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise invalid(_FILE, f"{path.name} is not UTF-8", "Save it as UTF-8.") from None


def _rows(text: str) -> Sequence[tuple[int, Mapping[Any, Any]]]:
    reader = csv.DictReader(StringIO(text, newline=""), strict=True)
    try:
        names = reader.fieldnames or ()
        if unknown := [name for name in names if name not in COLUMNS]:
            raise invalid(_FILE, f"has a column {unknown[0]!r}", f"Known are {', '.join(COLUMNS)}.")
        if missing := [name for name in REQUIRED if name not in names]:
            raise invalid(_FILE, f"has no column {missing[0]!r}", f"Its columns are {', '.join(COLUMNS)}.")
        return [(reader.line_num, fields) for fields in reader]
    except csv.Error as error:
        raise invalid(f"line {reader.line_num}", f"is not CSV: {error}", "Correct this line.") from None


def _line(line: int, fields: Mapping[Any, Any]) -> OutcomeLine:
    if None in fields or None in fields.values():
        raise invalid(f"line {line}", "has not as many fields as the header", "Correct this line.")
    given = {name: str(fields.get(name, "")).strip() for name in COLUMNS}
    problems = [
        FieldProblem(f"line {line}, {name}", f"{given[name]!r} cannot be used", remedy)
        for name, (accepted, remedy) in _TEXTS.items()
        if (given[name] or name == "metric") and not _is(accepted, given[name])
    ]
    value, observed_at = _number(given["value"]), _moment(given["observed_at"])
    if value is None:
        shown = f"{given['value']!r} is not a finite number"
        problems.append(FieldProblem(f"line {line}, value", shown, "Write it as 0.85."))
    if observed_at is None:
        shown = f"{given['observed_at']!r} is not a moment"
        remedy = "Write it with its offset, as 2026-11-20T09:30:00Z."
        problems.append(FieldProblem(f"line {line}, observed_at", shown, remedy))
    if problems or value is None or observed_at is None:
        raise InvalidInput(problems)
    return OutcomeLine(
        line=line,
        metric=given["metric"],
        value=value,
        observed_at=observed_at,
        assessment_id=given["assessment_id"] or None,
        candidate_ref=given["candidate_ref"] or None,
        track=given["track"] or None,
        work=given["work"],
    )


def _is(accepted: TypeAdapter[str], text: str) -> bool:
    try:
        accepted.validate_python(text)
    except ValidationError:
        return False
    return True


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
