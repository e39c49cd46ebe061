"""Files of labels: CSV with a header, or one JSON object a line."""

import asyncio
import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Final

from assessor.domain.calibration import LabelRow
from assessor.domain.errors import FieldProblem, InvalidInput, invalid

COLUMNS: Final = ("item", "rubric", "criterion", "response", "language")
"""Beside these, every column whose name begins with `label` is what one more person said."""
REQUIRED: Final = ("criterion", "response")
MAX_BYTES: Final = 200_000_000
MAX_FIELD_CHARS: Final = 1_000_000
MOST_PROBLEMS: Final = 25

_FILE = "labels"
_Fields = Iterator[tuple[int, Mapping[Any, Any]]]
"""Number of a line, and its fields by name; what belongs to no field stands under None, as csv has it."""


def read_labels(path: Path) -> tuple[LabelRow, ...]:
    """Return the rows of a file. Raises InvalidInput with every line that cannot be read."""
    text = _text(path)
    if path.suffix == ".csv":
        lines = _csv_lines(text)
    elif path.suffix in {".jsonl", ".ndjson"}:
        lines = _json_lines(text)
    else:
        raise invalid(_FILE, f"{path.name} is of no kind known here", "Give a .csv or a .jsonl file.")
    rows: list[LabelRow] = []
    problems: list[FieldProblem] = []
    for line, fields in lines:
        try:
            rows.append(_row(line, fields))
        except InvalidInput as refused:
            problems += refused.problems
    if problems:
        raise InvalidInput(problems[:MOST_PROBLEMS])
    return tuple(rows)


def _text(path: Path) -> str:
    if not path.is_file():
        raise invalid(_FILE, f"{path} does not exist", "Give a .csv or a .jsonl file.")
    if path.stat().st_size > MAX_BYTES:
        raise invalid(_FILE, f"{path.name} has more than {MAX_BYTES} bytes", "Divide it.")
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise invalid(_FILE, f"{path.name} is not UTF-8", "Save it as UTF-8.") from None


def _csv_lines(text: str) -> _Fields:
    csv.field_size_limit(MAX_FIELD_CHARS)
    reader = csv.DictReader(StringIO(text, newline=""), strict=True)
    names = reader.fieldnames or ()
    if missing := [name for name in REQUIRED if name not in names]:
        raise invalid(_FILE, f"has no column {missing[0]!r}", f"Its columns are {', '.join(COLUMNS)}, label.")
    try:
        for fields in reader:
            yield reader.line_num, fields
    except csv.Error as error:
        raise invalid(f"line {reader.line_num}", f"is not CSV: {error}", "Correct this line.") from None


def _json_lines(text: str) -> _Fields:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
        except ValueError:
            fields = None
        yield number, fields if isinstance(fields, dict) else {None: [line]}


def _row(line: int, fields: Mapping[Any, Any]) -> LabelRow:
    if None in fields:
        raise _refused(line, "has more fields than the header, or is not a JSON object", "Correct this line.")
    if unknown := [name for name in fields if name not in COLUMNS and not name.startswith("label")]:
        raise _refused(line, f"has a field {unknown[0]!r}", f"Known are {', '.join(COLUMNS)} and label.")
    given: list[str] = []
    for name, value in fields.items():
        if name.startswith("label"):
            given += _labels(value)
    texts = {name: _as_text(line, name, fields.get(name, "")) for name in COLUMNS}
    return LabelRow(line=line, labels=tuple(given), **texts)


def _as_text(line: int, name: str, value: Any) -> str:
    if name == "response" and isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if not isinstance(value, str):
        raise _refused(line, f"has a {name} that is not text", "Put it in quotes.")
    return value if name == "response" else value.strip()


def _labels(value: Any) -> list[str]:
    """Read one cell: several people's labels may stand in it, with semicolons between them."""
    if isinstance(value, list):
        return [label for one in value for label in _labels(one)]
    if isinstance(value, bool):
        return [str(int(value))]
    if isinstance(value, float) and value.is_integer():
        return [str(int(value))]
    return str(value).split(";") if value is not None else []


def _refused(line: int, problem: str, remedy: str) -> InvalidInput:
    return InvalidInput((FieldProblem(f"line {line}", problem, remedy),))


@dataclass(frozen=True)
class GoldFolder:
    """Fulfils `GoldCases` by files of labels, each named after its track."""

    folder: Path

    async def are_kept(self) -> bool:
        """Whether there are any."""
        return bool(self._files())

    async def cases(self) -> Mapping[str, Sequence[LabelRow]]:
        """Return the labels by track. Raises InvalidInput as `read_labels` does."""
        return await asyncio.to_thread(lambda: {file.stem: read_labels(file) for file in self._files()})

    def _files(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return sorted(file for file in self.folder.iterdir() if file.suffix in (".csv", ".jsonl"))
