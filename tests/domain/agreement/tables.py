"""Tables as the literature prints them, and ratings that tests make up."""

from collections.abc import Sequence

from assessor.domain.agreement import Units


def cross(table: Sequence[Sequence[int]]) -> Units:
    """A cross-table: rows are the first rater's levels from 0, columns the second's."""
    return {
        (float(row), float(column)): count
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
        if count
    }
