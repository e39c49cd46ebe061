"""The tables of docs/benchmarks.md, read back: charts are drawn from what the page says."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_HEADING: Final = re.compile(r"^## (.+)$", re.MULTILINE)
_NUMBER: Final = re.compile(r"^-?[\d,]+(\.\d+)?(e[+-]?\d+)?%?$")

Row = Mapping[str, str]


@dataclass(frozen=True)
class Section:
    """One benchmark of the page."""

    title: str
    rows: Sequence[Row]
    """Cells by the heads of their columns."""

    def points(self, name: str, value: str) -> list[tuple[str, float]]:
        """Return name and number of every row that has one. Raises KeyError for a column that is missing."""
        return [
            (plain(row[name]), number(row[value])) for row in self.rows if _NUMBER.match(row[value].strip())
        ]


def sections_of(page: str) -> list[Section]:
    """Return every section that has a table with rows."""
    heads = list(_HEADING.finditer(page))
    ends = [head.start() for head in heads[1:]] + [len(page)]
    found = (
        Section(head[1], list(_rows(page[head.end() : end].splitlines())))
        for head, end in zip(heads, ends, strict=True)
    )
    return [one for one in found if one.rows]


def plain(cell: str) -> str:
    """Return the words of a cell without their emphasis."""
    return cell.replace("**", "").strip()


def number(cell: str) -> float:
    """Return the number of a cell. Raises ValueError."""
    return float(cell.strip().rstrip("%").replace(",", ""))


def _rows(lines: Sequence[str]) -> Iterator[Row]:
    table = [_cells(line) for line in lines if line.startswith("|")]
    for cells in table[2:]:
        yield dict(zip(table[0], cells, strict=True))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
