"""Standard-setting studies on disk: ratings as CSV, the record as YAML."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Final

import yaml
from pydantic import ValidationError

from assessor.domain.errors import FieldProblem, InvalidInput, invalid
from assessor.domain.standard_setting import JudgeRating, StandardSetting

COLUMNS: Final = ("judge", "round", "item", "rating")
PERCENT: Final = 100
_FILE = "ratings"


def read_ratings(path: Path, *, percent: bool) -> tuple[JudgeRating, ...]:
    """Return the ratings of a CSV file with the columns judge, round, item and rating.

    A rating is a share from 0 to 1, or with `percent` from 0 to 100. Raises InvalidInput with every line that
    cannot be read.
    """
    if not path.is_file():
        raise invalid(_FILE, f"{path} does not exist", "Give a CSV file.")
    ratings: list[JudgeRating] = []
    problems: list[FieldProblem] = []
    for line, row in _rows(path):
        try:
            ratings.append(_rating(line, row, PERCENT if percent else 1))
        except InvalidInput as refused:
            problems += refused.problems
    if problems:
        raise InvalidInput(problems)
    return tuple(ratings)


def write_study(study: StandardSetting, path: Path) -> None:
    """Write the record. Raises InvalidInput where there is a file already: a study is not changed."""
    text = yaml.safe_dump(study.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=110)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise invalid("--out", f"{path} exists already", "Name another file.") from None
    except OSError as error:
        raise invalid("--out", f"{path} cannot be written: {error.strerror}", "Name another file.") from None


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str | None]]]:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise invalid(_FILE, f"{path.name} is not UTF-8", "Save it as UTF-8.") from None
    reader = csv.DictReader(StringIO(text, newline=""))
    if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
        raise invalid(_FILE, f"has no column {missing[0]!r}", f"Its columns are {', '.join(COLUMNS)}.")
    for row in reader:
        yield reader.line_num, row


def _rating(line: int, row: Mapping[str, str | None], whole: int) -> JudgeRating:
    judge, number, item, rating = ((row.get(name) or "").strip() for name in COLUMNS)
    try:
        share = float(rating) / whole
        return JudgeRating(judge=judge, round=int(number), item=item, share=share)
    except (ValueError, ValidationError):
        problem = FieldProblem(
            f"line {line}",
            f"{judge!r}, {number!r}, {item!r}, {rating!r} is no rating",
            f"Give a judge, a round from 1 to 9, an item, and a share from 0 to {whole}.",
        )
        raise InvalidInput((problem,)) from None
