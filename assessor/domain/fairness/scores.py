"""Mean scores of groups, in standard deviations from the largest group."""

import math
from collections import defaultdict
from collections.abc import Iterable
from statistics import NormalDist
from typing import Literal

from assessor.domain.agreement.proportions import CONFIDENCE
from assessor.domain.fairness.course import Course
from assessor.domain.fairness.rule import RULE
from assessor.domain.validity import spread
from assessor.domain.value import Value

PLACES = 4


class GroupScores(Value):
    """One group's scores. The difference is negative where they are lower than the largest group's."""

    group: str
    n: int
    mean: float
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    status: Literal["measured", "insufficient", "compared_with"]


class ScoreDifferences(Value):
    """Scores by one characteristic."""

    characteristic: str
    groups: tuple[GroupScores, ...]


def score_differences(characteristic: str, courses: Iterable[Course]) -> ScoreDifferences:
    """Return each group's standardised difference from the largest one, the largest group first."""
    by_group: defaultdict[str, list[float]] = defaultdict(list)
    for one in courses:
        group = one.groups.get(characteristic)
        if group is not None and one.score is not None:
            by_group[group].append(one.score)
    shown = {group: scores for group, scores in by_group.items() if len(scores) >= RULE.least_shown}
    names = sorted(shown, key=lambda name: (-len(shown[name]), name))
    groups = tuple(_group(name, shown[name], shown[names[0]], is_first=name == names[0]) for name in names)
    return ScoreDifferences(characteristic=characteristic, groups=groups)


def standardised(own: list[float], other: list[float]) -> tuple[float, float, float] | None:
    """Return `(M1 - M2) / S pooled` with its 95% interval; None where nobody differs from anybody.

    Cohen's d; its standard error is `sqrt((n1 + n2) / (n1 n2) + d^2 / (2 (n1 + n2)))` (Hedges & Olkin
    1985, ch. 5).

    >>> [round(one, 3) for one in standardised([1.0, 2.0, 3.0], [2.0, 3.0, 4.0])]
    [-1.0, -2.697, 0.697]
    """
    first, second = len(own), len(other)
    pooled = math.sqrt(
        ((first - 1) * spread(own) ** 2 + (second - 1) * spread(other) ** 2) / (first + second - 2)
    )
    if not pooled:
        return None
    d = (_mean(own) - _mean(other)) / pooled
    error = math.sqrt((first + second) / (first * second) + d * d / (2 * (first + second)))
    reach = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * error
    return d, d - reach, d + reach


def _group(name: str, own: list[float], largest: list[float], *, is_first: bool) -> GroupScores:
    found = GroupScores(group=name, n=len(own), mean=round(_mean(own), PLACES), status="compared_with")
    if is_first:
        return found
    if len(own) < RULE.least_scores or (measured := standardised(own, largest)) is None:
        return found.changed(status="insufficient")
    d, low, high = (round(one, PLACES) for one in measured)
    return found.changed(status="measured", difference=d, low=low, high=high)


def _mean(values: list[float]) -> float:
    return math.fsum(values) / len(values)
