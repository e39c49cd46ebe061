"""How fast a series grows: Theil and Sen's slope, with the interval of its rank."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median
from typing import Final

NORMAL_QUANTILE: Final = 3.290527
"""Of 99.95%, for an interval of 99.9%: a dozen series are looked at, and chance alone shall move none."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Slope:
    """Growth of a value by one unit of its time, and the interval of 99.9% around it."""

    value: float
    low: float
    high: float


def slope_of(points: Sequence[Point]) -> Slope:
    """Return the median of the slopes between every two points, and the interval around it.

    The interval is that of P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, JASA
    63 (1968) 1379-1389, by the normal approximation, which ten points are enough for. It takes points to
    be independent: of a series that swings slowly it is too narrow. Raises ValueError for fewer than three.
    """
    if len(points) < 3:
        raise ValueError("a slope takes three points or more")
    slopes = sorted(
        (later[1] - earlier[1]) / (later[0] - earlier[0])
        for number, earlier in enumerate(points)
        for later in points[number + 1 :]
    )
    count = len(points)
    spread = NORMAL_QUANTILE * sqrt(count * (count - 1) * (2 * count + 5) / 18)
    last = len(slopes) - 1
    low = max(0, round((len(slopes) - spread) / 2) - 1)
    high = min(last, round((len(slopes) + spread) / 2))
    return Slope(median(slopes), slopes[low], slopes[high])
