"""Fisher's exact test for a table of two by two."""

from math import comb
from typing import Literal

from assessor.domain.agreement.ratings import Undetermined
from assessor.domain.errors import invalid

TIE = 1 + 1e-7
"""Tables as likely as the observed one but for rounding count as no likelier."""

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
    lowest, highest = max(0, first_column - second_row), min(first_row, first_column)
    ways = {
        cell: comb(first_row, cell) * comb(second_row, first_column - cell)
        for cell in range(lowest, highest + 1)
    }
    if alternative == "greater":
        extreme = sum(way for cell, way in ways.items() if cell >= a)
    else:
        extreme = sum(way for way in ways.values() if way <= ways[a] * TIE)
    return min(1.0, extreme / comb(total, first_column))
