"""Whether one rater is more lenient than another."""

import math

from assessor.domain.agreement.ratings import Undetermined, Units, both_rated


def standardised_difference(units: Units) -> float:
    """Return the mean of the second rater less that of the first, over their pooled standard deviation.

    `(M_2 - M_1) / sqrt((S_1^2 + S_2^2) / 2)` over what both rated, as automated scoring is checked for
    leniency (Williamson, Xi & Breyer 2012, EM:IP 31, 2-13). Positive: the second is more lenient.
    Raises Undetermined when neither rater tells anything apart.
    """
    pairs = both_rated(units)
    first, second = (_moments(pairs, place) for place in (0, 1))
    pooled = math.sqrt((first[1] + second[1]) / 2)
    if pooled == 0:
        raise Undetermined("both gave a single rating to everything, so there is no spread to compare with")
    return (second[0] - first[0]) / pooled


def _moments(pairs: dict[tuple[float, float], int], place: int) -> tuple[float, float]:
    """Return mean and variance (n - 1) of one rater."""
    total = sum(pairs.values())
    mean = sum(pair[place] * times for pair, times in pairs.items()) / total
    return mean, sum(times * (pair[place] - mean) ** 2 for pair, times in pairs.items()) / (total - 1)
