"""Filled-in sheets of a panel, read back: every cell that cannot be used is named at once."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from assessor.adapters.content.panel_sheet import letters
from assessor.adapters.content.panel_workbook import workbook_rows
from assessor.domain.errors import FieldProblem, InvalidInput, invalid
from assessor.domain.item import Item, RankingItem, RubricWritingItem
from assessor.domain.panel import LEAST_EXPERTS, PanelRatings, answer_fault, judgements

NEEDED = ("item", "version", "hash", "judgement", "answer", "expert")

MAX_BYTES = 20_000_000


@dataclass(frozen=True)
class _Row:
    """One row: where it stands, and what is in the columns that are needed."""

    file: str
    number: int
    cells: Mapping[str, str]

    def problem(self, column: str, problem: str, remedy: str) -> FieldProblem:
        return FieldProblem(f"{self.file}, row {self.number}, column {column}", problem, remedy)


@dataclass
class _Given:
    """Answers about one item so far: by expert and judgement, with the row that each is from."""

    item: Item
    answers: defaultdict[str, dict[str, tuple[str, _Row]]] = field(default_factory=lambda: defaultdict(dict))


def read_answers(paths: Sequence[Path], items: Mapping[str, Item]) -> dict[str, PanelRatings]:
    """Return what a panel said, by item; several experts may share a file or have one each.

    An expert who leaves an item empty has not rated it. Raises InvalidInput with every cell that
    cannot be used.
    """
    given: dict[str, _Given] = {}
    problems: list[FieldProblem] = []
    for path in paths:
        for row in _rows(path):
            problems += _taken(row, path.stem, items, given)
    problems += [problem for one in given.values() for problem in _incomplete(one)]
    if not problems and not any(one.answers for one in given.values()):
        problems.append(
            FieldProblem("answer", "is empty in every row", "Give the sheets that experts filled in.")
        )
    if problems:
        raise InvalidInput(problems)
    return {name: _ratings(one) for name, one in given.items() if one.answers}


def _rows(path: Path) -> Iterator[_Row]:
    if not path.is_file():
        raise invalid(path.name, "does not exist", "Give the sheets that experts filled in, CSV or XLSX.")
    if (size := path.stat().st_size) > MAX_BYTES:
        raise invalid(path.name, f"has {size} bytes", f"A sheet has at most {MAX_BYTES}.")
    read = workbook_rows(path) if path.suffix.lower() == ".xlsx" else _csv_rows(path)
    header = next(read, [])
    if missing := [name for name in NEEDED if name not in header]:
        remedy = f"Keep the header of the sheet as it was written; it needs {', '.join(NEEDED)}."
        raise invalid(f"{path.name}, row 1", f"has no column {missing[0]!r}", remedy)
    places = {name: header.index(name) for name in NEEDED}
    for number, row in enumerate(read, 2):
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in places.items()}
        if any(cells.values()):
            yield _Row(path.name, number, cells)


def _csv_rows(path: Path) -> Iterator[list[str]]:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise invalid(path.name, "is not UTF-8", "Save it as CSV in UTF-8, or as XLSX.") from None
    first = text.partition("\n")[0]
    delimiter = (
        ";" if first.count(";") > first.count(",") else ","
    )  # what spreadsheets write in half of Europe
    try:
        yield from csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise invalid(
            path.name, f"is not CSV that can be read: {error}", "Save it again, or as XLSX."
        ) from None


def _taken(
    row: _Row, file: str, items: Mapping[str, Item], given: dict[str, _Given]
) -> Iterator[FieldProblem]:
    """File the answer of a row under its item and expert, or yield what is wrong with it."""
    name, judgement, answer = (row.cells[column] for column in ("item", "judgement", "answer"))
    if (item := items.get(name)) is None:
        yield row.problem("item", f"{name!r} is no item of this track", "Leave the cell as it was written.")
        return
    if (row.cells["version"], row.cells["hash"]) != (str(item.version), item.hash):
        remedy = "Write the sheet again, and ask for this item once more."
        yield row.problem("hash", f"is of another wording of {name!r} than the bank has now", remedy)
        return
    filed = _filed(item, judgement)
    if filed not in judgements(item):
        yield row.problem(
            "judgement", f"{judgement!r} is not asked of {name!r}", "Leave it as it was written."
        )
        return
    expert = row.cells["expert"] or file
    own = given.setdefault(name, _Given(item)).answers
    if filed in own.get(expert, {}):
        first = own[expert][filed][1]
        problem = f"{expert!r} has answered this in row {first.number} of {first.file} already"
        yield row.problem("expert", problem, "Name every expert differently, and give each sheet once.")
        return
    own[expert][filed] = (answer, row)


def _filed(item: Item, judgement: str) -> str:
    """Return the name of a judgement with the response's id where the sheet has its letter."""
    kind, _, letter = judgement.partition(":")
    if kind == "place" and isinstance(item, RankingItem | RubricWritingItem):
        return f"place:{letters(item).get(letter, '')}"
    return judgement


def _incomplete(given: _Given) -> Iterator[FieldProblem]:
    """Yield what is wrong with the answers about an item. Experts who gave none are taken out."""
    for expert, own in list(given.answers.items()):
        if not any(answer for answer, _ in own.values()):
            del given.answers[expert]
            continue
        for judgement, (answer, row) in own.items():
            if fault := answer_fault(given.item, judgement, answer):
                yield row.problem("answer", fault, "Correct the cell.")
        _, last = list(own.values())[-1]
        for judgement in sorted(judgements(given.item).keys() - own.keys()):
            problem = f"{expert!r} has no row for {judgement!r} of {given.item.id!r}"
            yield last.problem("judgement", problem, "Keep all rows of an item together.")
    if 0 < len(given.answers) < LEAST_EXPERTS:
        expert, own = next(iter(given.answers.items()))
        _, row = next(iter(own.values()))
        problem = f"{expert!r} is the only one who rated {given.item.id!r}"
        yield row.problem("expert", problem, "Give the sheets of two experts or more.")


def _ratings(given: _Given) -> PanelRatings:
    experts = sorted(given.answers)
    return PanelRatings(
        item=given.item.id,
        version=given.item.version,
        hash=given.item.hash,
        answers={
            name: tuple(given.answers[expert][name][0] for expert in experts)
            for name in judgements(given.item)
        },
    )
