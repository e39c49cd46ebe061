"""Agreement of two raters beyond chance: kappa, plain and weighted."""

from collections.abc import Callable

from assessor.domain.agreement.ratings import Undetermined, Units, both_rated

Disagreement = Callable[[float, float], float]
"""How far apart two ratings are; 0 for equal ones."""


def cohen_kappa(units: Units) -> float:
    """Return Cohen's kappa: every disagreement counts alike (Cohen 1960, EPM 20, 37-46)."""
    return weighted_kappa(units, lambda a, b: float(a != b))


def quadratic_kappa(units: Units) -> float:
    """Return kappa with quadratic weights: a disagreement counts by the square of its distance.

    With equal margins it is the intraclass correlation (Fleiss & Cohen 1973, EPM 33, 613-619).
    """
    return weighted_kappa(units, lambda a, b: (a - b) ** 2)


def weighted_kappa(units: Units, disagreement: Disagreement) -> float:
    """Return `1 - q_o / q_e`, observed over expected weighted disagreement (Cohen 1968, Psych. Bull. 70).

    Expected are the products of both raters' margins. Raises Undetermined when both gave one and the
    same rating throughout: then nothing can be told beyond chance, and 1 would be a boast.
    """
    pairs = both_rated(units)
    first, second = _margins(pairs)
    total = sum(pairs.values())
    observed = sum(times * disagreement(a, b) for (a, b), times in pairs.items()) / total
    expected = sum(
        times_a * times_b * disagreement(a, b)
        for a, times_a in first.items()
        for b, times_b in second.items()
    ) / (total * total)
    if expected == 0:
        raise Undetermined("both gave one and the same rating to everything")
    return 1 - observed / expected


def _margins(pairs: dict[tuple[float, float], int]) -> tuple[dict[float, int], dict[float, int]]:
    first: dict[float, int] = {}
    second: dict[float, int] = {}
    for (a, b), times in pairs.items():
        first[a] = first.get(a, 0) + times
        second[b] = second.get(b, 0) + times
    return first, second
