"""Rows as CSV that a spreadsheet shows and never calculates.

A program that opens CSV takes a cell for a formula by how it begins, also behind white space and in the wide
forms of East Asian keyboards. Such a text gets an apostrophe in front. A number is written as a number.
"""

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Final

Cell = str | float | bool | None

_STARTS: Final = ("=", "+", "-", "@", "\u2212")
_CONTROLS: Final = ("\t", "\r", "\n")


def neutral(text: str) -> str:
    """Return the text so that no spreadsheet calculates it."""
    bare = text.lstrip("".join({char for char in text if unicodedata.category(char)[0] in "ZC"}))
    wide = unicodedata.normalize("NFKC", bare[:1])
    return f"'{text}" if text.startswith(_CONTROLS) or wide.startswith(_STARTS) else text


def csv_lines(rows: Iterable[Sequence[Cell]]) -> str:
    """Return rows as lines. Every text is quoted, so that no list separator of a region splits it."""
    lines = StringIO(newline="")
    writer = csv.writer(lines, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return lines.getvalue()


def _written(cell: Cell) -> str | float:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case str():
            return neutral(cell)
        case _:
            return cell
