"""Fisher's exact test for a table of two by two."""

from collections.abc import Iterator
from math import comb
from typing import Literal

from assessor.domain.agreement.ratings import Undetermined
from assessor.domain.errors import invalid

TIE = 10**7
"""Tables that are likelier than the observed one by less than this part of it count as no likelier."""

Alternative = Literal["two_sided", "greater"]


def fisher_exact(a: int, b: int, c: int, d: int, alternative: Alternative = "two_sided") -> float:
    """Return the p-value of the table `a b / c d` with its margins fixed (Fisher 1935, ch. 2).

    Two-sided adds every table that is no likelier than the observed one; `greater` adds those with a first
    cell at least as large. Raises InvalidInput for negative counts, Undetermined when a row or a column is
    empty: p would be 1 whatever is true.
    """
    if min(a, b, c, d) < 0:
        raise invalid("table", "has a negative count", "Count again.")
    first_row, second_row, first_column = a + b, c + d, a + c
    total = first_row + second_row
    if 0 in {first_row, second_row, first_column, total - first_column}:
        raise Undetermined("a row or a column of the table is empty")
    lowest = max(0, first_column - second_row)
    ways = dict(enumerate(_ways(first_row, second_row, first_column), lowest))
    if alternative == "greater":
        extreme = sum(way for cell, way in ways.items() if cell >= a)
    else:
        extreme = sum(way for way in ways.values() if way * TIE <= ways[a] * (TIE + 1))
    return min(1.0, extreme / sum(ways.values()))


def _ways(first_row: int, second_row: int, first_column: int) -> Iterator[int]:
    """Yield in how many ways each first cell comes about, from the lowest to the highest one.

    Whole numbers throughout: those of a few thousand people are beyond what a float can hold.
    """
    cell, highest = max(0, first_column - second_row), min(first_row, first_column)
    way = comb(first_row, cell) * comb(second_row, first_column - cell)
    yield way
    while cell < highest:
        way = way * (first_row - cell) * (first_column - cell)
        cell += 1
        way //= cell * (second_row - first_column + cell)
        yield way
