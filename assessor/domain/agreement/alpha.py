"""Krippendorff's alpha, for any number of raters and with ratings missing."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Literal

from assessor.domain.agreement.ratings import Undetermined, Units

Metric = Literal["nominal", "ordinal", "interval"]

Distance = Callable[[float, float], float]


def krippendorff_alpha(units: Units, metric: Metric) -> float:
    """Return `1 - D_o / D_e` over all pairable ratings.

    Krippendorff 2011, Computing Krippendorff's Alpha-Reliability: a unit of m ratings adds each of its
    ordered pairs with 1 / (m - 1) to the coincidences `o_ck`; `n_c` are their sums, and
    `alpha = 1 - (n - 1) * sum(o_ck * d_ck) / sum(n_c * n_k * d_ck)`. Raises Undetermined when no unit
    has two ratings, or when all pairable ratings are the same.
    """
    coincidences = _coincidences(units)
    totals: dict[float, float] = {}
    for (value, _), weight in coincidences.items():
        totals[value] = totals.get(value, 0.0) + weight
    if not totals:
        raise Undetermined("no response has two ratings")
    distance = _DISTANCES[metric](totals)
    observed = sum(weight * distance(a, b) for (a, b), weight in coincidences.items())
    expected = sum(totals[a] * totals[b] * distance(a, b) for a in totals for b in totals)
    if expected == 0:
        raise Undetermined("all ratings are the same")
    return 1 - (sum(totals.values()) - 1) * observed / expected


def _coincidences(units: Units) -> dict[tuple[float, float], float]:
    found: dict[tuple[float, float], float] = {}
    for row, times in units.items():
        ratings = [rating for rating in row if rating is not None]
        for place, one in enumerate(ratings):
            for other in (*ratings[:place], *ratings[place + 1 :]):
                found[one, other] = found.get((one, other), 0.0) + times / (len(ratings) - 1)
    return found


def _nominal(_totals: Mapping[float, float]) -> Distance:
    return lambda a, b: float(a != b)


def _interval(_totals: Mapping[float, float]) -> Distance:
    return lambda a, b: (a - b) ** 2


def _ordinal(totals: Mapping[float, float]) -> Distance:
    """Count the ratings between two values, half of those at either end: ranks, not sizes."""
    values = sorted(totals)
    middle = {values[0]: totals[values[0]] / 2}
    for before, after in pairwise(values):
        middle[after] = middle[before] + (totals[before] + totals[after]) / 2
    return lambda a, b: (middle[a] - middle[b]) ** 2


_DISTANCES: Mapping[Metric, Callable[[Mapping[float, float]], Distance]] = {
    "nominal": _nominal,
    "ordinal": _ordinal,
    "interval": _interval,
}
