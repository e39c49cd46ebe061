"""The one table of numbers by which groups are compared, and what a comparison can come to."""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

Status = Literal["insufficient", "watch", "alert"]
"""There is no `fair`: that no difference was found does not show that there is none."""


@dataclass(frozen=True)
class FairnessRule:
    """Every number of the fairness report, written once."""

    four_fifths: float = 0.8
    """Ratio to the highest rate below which a difference is large enough to act on (29 CFR 1607.4 D)."""
    significance: float = 0.05
    """Of all comparisons of one stage and characteristic together."""
    power: float = 0.8
    """With which a comparison has to be able to find a rate that is halved; with less it is insufficient."""
    halved: float = 0.5
    least_shown: int = 5
    """A group of fewer people is not told apart: it could be told who they are."""
    least_compared_with: int = 10
    """Of fewer people no rate is taken as the highest: it would be luck."""
    least_scores: int = 30
    """People a group whose mean score is compared."""
    coverage: float = 0.5
    """How many times as often those who passed a stage, or those who did not, may have declared themselves:
    beyond, a difference between groups could be one of who declares."""
    least_answers: int = 100
    """Answers to an item from each of two groups, for comparing them at equal ability."""
    bands: int = 10
    """Of equal ability."""


RULE = FairnessRule()


def power_to_see_halved(rate: float, compared_with: int, group: int, pairs: int) -> float:
    """Return how likely half of a rate would be found, by Cohen's arcsine approximation.

    `power = Phi(|h| sqrt(n1 n2 / (n1 + n2)) - z)` with `h = 2 asin sqrt p1 - 2 asin sqrt p2` (Cohen 1988,
    ch. 6), two-sided, with the significance divided by how many pairs are compared.

    >>> round(power_to_see_halved(0.31, 113, 113, 1), 2)
    0.8
    >>> round(power_to_see_halved(0.31, 100, 30, 1), 2)
    0.43
    """
    effect = 2 * math.asin(math.sqrt(rate)) - 2 * math.asin(math.sqrt(rate * RULE.halved))
    size = math.sqrt(compared_with * group / (compared_with + group))
    z = NormalDist().inv_cdf(1 - RULE.significance / pairs / 2)
    return NormalDist().cdf(effect * size - z)


def overall(statuses: list[Status]) -> Status:
    """Return the gravest: one alert is one, and what could not be compared is not made good by the rest."""
    if not statuses or "alert" in statuses:
        return "alert" if statuses else "insufficient"
    return "insufficient" if "insufficient" in statuses else "watch"
