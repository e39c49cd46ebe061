"""Discrimination: whether those who do well on the rest do well on an item."""

from collections.abc import Sequence
from math import atanh, sqrt, tanh

from assessor.domain.agreement import Measure

_Z95 = 1.959964
_ALMOST = 1 - 1e-9
_LEAST = 4
"""Pairs below which the interval has no end."""


def item_rest_correlation(scores: Sequence[float], rest: Sequence[float]) -> Measure:
    """Return Pearson's correlation of an item's score with the ability from all other items.

    Corrected, in that the item itself is no part of what it is compared with (Henrysson 1963). The 95%
    interval is Fisher's z (Fisher 1921). Without a number where one of the two is the same for all.

    >>> item_rest_correlation([0, 1, 0, 1, 1], [-1, 1, 0, 2, 0]).value
    0.720577
    """
    n = len(scores)
    if n < _LEAST:
        return Measure(value=None, n=n, note="too few answers")
    across, down = _deviations(scores), _deviations(rest)
    spread = sqrt(sum(a * a for a in across) * sum(b * b for b in down))
    if spread < 1e-12:  # noqa: PLR2004 - rounding alone makes no spread
        return Measure(value=None, n=n, note="all scores are the same")
    r = sum(a * b for a, b in zip(across, down, strict=True)) / spread
    z, reach = atanh(min(max(r, -_ALMOST), _ALMOST)), _Z95 / sqrt(n - 3)
    low, high = tanh(z - reach), tanh(z + reach)
    return Measure(value=round(r, 6), low=round(low, 6), high=round(high, 6), n=n)


def _deviations(values: Sequence[float]) -> list[float]:
    mean = sum(values) / len(values)
    return [value - mean for value in values]
