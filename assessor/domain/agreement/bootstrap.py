"""Intervals by resampling responses: the percentile bootstrap (Efron & Tibshirani 1993, ch. 13)."""

from collections.abc import Callable, Sequence

from assessor.domain.agreement.proportions import CONFIDENCE, Measure
from assessor.domain.agreement.ratings import Rating, Undetermined, Units

RESAMPLES = 1000
LEAST_FOR_INTERVAL = 10
"""Units below which resampling says more about luck than about the raters."""
MOST_UNDETERMINED = 0.05
"""Share of resamples without a number beyond which the others would give too narrow an interval."""
PLACES = 6


def measured(statistic: Callable[[Units], float], units: Units, *, seed: int) -> Measure:
    """Return a statistic of two or more raters with its 95% interval, or the reason why there is none.

    Only rows with at least two ratings count. The same seed gives the same interval.
    """
    rows = {row: times for row, times in sorted(units.items(), key=_order) if _is_pairable(row)}
    n = sum(rows.values())
    try:
        value = round(statistic(rows), PLACES)
    except Undetermined as why:
        return Measure(value=None, n=n, note=str(why))
    if n < LEAST_FOR_INTERVAL:
        return Measure(value=value, n=n, note=f"fewer than {LEAST_FOR_INTERVAL} responses: no interval")
    drawn, failed = _resampled(statistic, rows, n, seed)
    if failed > MOST_UNDETERMINED * RESAMPLES:
        return Measure(value=value, n=n, note="too many resamples hold a single rating: no interval")
    low, high = _percentiles(drawn)
    if low == high:
        return Measure(value=value, n=n, note="every resample gives the same: no interval")
    return Measure(value=value, low=low, high=high, n=n)


def _resampled(
    statistic: Callable[[Units], float], rows: Units, n: int, seed: int
) -> tuple[list[float], int]:
    """Return what resamples give, and how many give nothing. Rows that are alike are drawn together."""
    import numpy as np  # heavy: loaded on first use

    kinds, times = list(rows), np.array(list(rows.values()))
    draws = np.random.default_rng(seed).multinomial(n, times / n, size=RESAMPLES)
    values = []
    for draw in draws.tolist():
        try:
            values.append(statistic({kind: count for kind, count in zip(kinds, draw, strict=True) if count}))
        except Undetermined:
            continue
    return values, RESAMPLES - len(values)


def _percentiles(values: Sequence[float]) -> tuple[float, float]:
    import numpy as np  # as above

    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(values, [tail, 100 - tail])
    return round(float(low), PLACES), round(float(high), PLACES)


def _is_pairable(row: Sequence[Rating]) -> bool:
    return sum(rating is not None for rating in row) > 1


def _order(entry: tuple[tuple[Rating, ...], int]) -> list[tuple[bool, float]]:
    return [(rating is None, rating or 0.0) for rating in entry[0]]
