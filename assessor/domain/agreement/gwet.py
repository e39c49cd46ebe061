"""Gwet's AC1 and AC2: agreement beyond chance that does not collapse where nearly all is of one kind."""

from collections.abc import Sequence
from typing import Literal

from assessor.domain.agreement.ratings import Undetermined, Units
from assessor.domain.errors import invalid

Weighting = Literal["identity", "quadratic"]

LEAST_LEVELS = 2


def gwet_ac(units: Units, scale: Sequence[float], weighting: Weighting) -> float:
    """Return `(p_a - p_e) / (1 - p_e)`; AC1 with identity weights, AC2 with quadratic ones.

    Gwet 2014, Handbook of Inter-Rater Reliability (4th ed.): `p_a` is the mean weighted agreement of the
    pairs of a unit over units with at least two ratings, `p_e = T_w / (q * (q - 1)) * sum(pi_k * (1 - pi_k))`
    with `T_w` the sum of all weights and `pi_k` the mean share of level k over rated units. `scale` are all
    q levels that could be given. Raises Undetermined when no unit has two ratings, and when all ratings
    are the same: the formula would say 1 of raters who never told two things apart.
    """
    levels = _levels(units, scale)
    weight = _weights(levels, weighting)
    rated = {row: times for row, times in units.items() if any(one is not None for one in row)}
    if len({one for row in rated for one in row if one is not None}) == 1:
        raise Undetermined("all ratings are the same")
    observed = _observed(rated, levels, weight)
    shares = _shares(rated, levels)
    count = len(levels)
    total_weight = sum(map(sum, weight))
    by_chance = total_weight / (count * (count - 1)) * sum(share * (1 - share) for share in shares)
    return (observed - by_chance) / (1 - by_chance)


def _levels(units: Units, scale: Sequence[float]) -> list[float]:
    levels = sorted(set(scale))
    if len(levels) < LEAST_LEVELS:
        raise invalid("scale", "has fewer than two levels", "Name every level that could be given.")
    given = {one for row in units for one in row if one is not None}
    if unknown := sorted(given - set(levels)):
        raise invalid("ratings", f"hold {unknown[0]:g}, which is not on the scale", "Correct the rating.")
    return levels


def _weights(levels: Sequence[float], weighting: Weighting) -> list[list[float]]:
    if weighting == "identity":
        return [[float(a == b) for b in levels] for a in levels]
    span = levels[-1] - levels[0]
    return [[1 - ((a - b) / span) ** 2 for b in levels] for a in levels]


def _observed(rated: Units, levels: Sequence[float], weight: Sequence[Sequence[float]]) -> float:
    agreement = pairable = 0.0
    for row, times in rated.items():
        counts = [row.count(level) for level in levels]
        given = sum(counts)
        if given < 2:  # noqa: PLR2004 - a pair
            continue
        alike = sum(
            counts[k] * (sum(weight[k][other] * counts[other] for other in range(len(levels))) - 1)
            for k in range(len(levels))
        )
        agreement += times * alike / (given * (given - 1))
        pairable += times
    if not pairable:
        raise Undetermined("no response has two ratings")
    return agreement / pairable


def _shares(rated: Units, levels: Sequence[float]) -> list[float]:
    shares = [0.0] * len(levels)
    for row, times in rated.items():
        given = sum(one is not None for one in row)
        for place, level in enumerate(levels):
            shares[place] += times * row.count(level) / given
    total = sum(rated.values())
    return [share / total for share in shares]
