"""What every statistic of agreement is worked out from: units with one rating a rater, counted."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from assessor.domain.errors import invalid

Rating = float | None
"""A rating, or None where this rater gave none."""

Units = Mapping[tuple[Rating, ...], int]
"""How often each row of ratings occurs; every row has a place for every rater."""

LEAST_UNITS = 2


class Undetermined(Exception):
    """These ratings do not determine the statistic. The message says why, for people."""


def counted(rows: Iterable[Sequence[Rating]]) -> Units:
    """Count rows of ratings. Raises InvalidInput for rows of unequal length and for NaN or infinity."""
    units: Counter[tuple[Rating, ...]] = Counter()
    width = None
    for place, row in enumerate(rows, 1):
        width = len(row) if width is None else width
        if len(row) != width:
            problem = f"row {place} has {len(row)} places, the first has {width}"
            raise invalid("ratings", problem, "Give every rater a place in every row, empty where needed.")
        if any(rating is not None and not math.isfinite(rating) for rating in row):
            problem = f"row {place} holds something that is not a finite number"
            raise invalid("ratings", problem, "Leave a missing rating empty instead.")
        units[tuple(row)] += 1
    return units


def both_rated(units: Units) -> dict[tuple[float, float], int]:
    """Return the pairs that both raters rated. Raises Undetermined for fewer than two."""
    pairs: dict[tuple[float, float], int] = {}
    for row, times in units.items():
        first, second = _two(row)
        if first is not None and second is not None:
            pairs[first, second] = pairs.get((first, second), 0) + times
    if sum(pairs.values()) < LEAST_UNITS:
        raise Undetermined(f"fewer than {LEAST_UNITS} responses were rated by both")
    return pairs


def _two(row: Sequence[Rating]) -> tuple[Rating, Rating]:
    if len(row) != 2:  # noqa: PLR2004 - a pair
        raise invalid("ratings", f"are of {len(row)} raters", "Compare two raters at a time.")
    return row[0], row[1]
