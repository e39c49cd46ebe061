"""Whether scores predict how good the later work is: correlations that say how sure they are.

Only those who were given work have outcomes, and they were given it because of their scores: the range of
scores among them is narrower than among everybody who was assessed, and a correlation within it is smaller
than the one that matters. Both are reported, the one that was seen and the corrected one.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Literal, NamedTuple

from assessor.domain.agreement import Undetermined
from assessor.domain.agreement.proportions import CONFIDENCE
from assessor.domain.errors import invalid
from assessor.domain.value import Value

LEAST_PEOPLE = 30
"""Below, a correlation is not told: its 95% interval would be some .7 wide."""
LEAST_SHOWN = 5
"""A group of fewer people is named and nothing else is told of it: it could be told who they are."""
PLACES = 4
_FOR_AN_INTERVAL = 4
_FOR_A_SPREAD = 2

Status = Literal["measured", "insufficient", "undetermined", "suppressed"]


class Pair(NamedTuple):
    """One person: the score of the verdict, and the mean of what was observed later."""

    score: float
    outcome: float


class Coefficient(Value):
    """A correlation with its 95% interval."""

    value: float
    low: float
    high: float


class Validity(Value):
    """How one metric goes with the scores, among everybody or within one group."""

    track: str
    metric: str
    group: str | None
    """A declared group, as `sex: Female`; None for everybody."""
    status: Status
    n: int | None
    """People with a score and an outcome; None where that is suppressed."""
    needed: int = LEAST_PEOPLE
    observed: Coefficient | None = None
    """Among those who have outcomes."""
    corrected: Coefficient | None = None
    """As it would be among all who were assessed."""
    sd_with_outcomes: float | None = None
    sd_assessed: float | None = None
    """Of scores, among all who were assessed for the track."""
    note: str = ""
    """Why there is no number."""


def correlation(pairs: Sequence[Pair]) -> float:
    """Return Pearson's r.

    Raises InvalidInput for what is not finite, Undetermined for fewer than two people and for scores or
    outcomes that are all alike.

    >>> round(correlation([Pair(1, 2), Pair(2, 1), Pair(3, 4), Pair(4, 3), Pair(5, 5)]), 4)
    0.8
    """
    scores, outcomes = _finite(pairs)
    if len(pairs) < _FOR_A_SPREAD:
        raise Undetermined("there are fewer than two people")
    score_spread, outcome_spread = spread(scores), spread(outcomes)
    if not score_spread:
        raise Undetermined("all scores are alike")
    if not outcome_spread:
        raise Undetermined("all outcomes are alike")
    score_mean, outcome_mean = _mean(scores), _mean(outcomes)
    together = math.fsum(
        (score - score_mean) / score_spread * ((outcome - outcome_mean) / outcome_spread)
        for score, outcome in pairs
    )
    return max(-1.0, min(1.0, together / (len(pairs) - 1)))


def fisher_interval(r: float, n: int) -> tuple[float, float]:
    """Return the 95% interval of a correlation: `tanh(atanh r -+ 1.96 / sqrt(n - 3))` (Fisher 1921).

    Raises Undetermined for fewer than four people and for a perfect correlation, which has no interval.

    >>> [round(bound, 3) for bound in fisher_interval(0.5, 30)]
    [0.17, 0.729]
    """
    if n < _FOR_AN_INTERVAL:
        raise Undetermined(f"there are fewer than {_FOR_AN_INTERVAL} people")
    if abs(r) >= 1:
        raise Undetermined("outcomes follow from scores without any error: are they measured apart?")
    reach = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) / math.sqrt(n - 3)
    return math.tanh(math.atanh(r) - reach), math.tanh(math.atanh(r) + reach)


def unrestricted(r: float, ratio: float) -> float:
    """Return a correlation corrected for direct range restriction on the score: Thorndike's case II.

    `r U / sqrt(1 + r^2 (U^2 - 1))` with `U` the `ratio` of the scores' standard deviations, that among all
    over that among the selected (Thorndike 1949, Personnel selection; Sackett & Yang 2000, JAP 85,
    112-118). It rises with r, so an interval is corrected by correcting its ends.
    Raises InvalidInput for what is no correlation or no ratio.

    >>> round(unrestricted(0.3, 2.0), 4)
    0.5324
    """
    if not abs(r) <= 1:
        raise invalid("r", f"is {r:g}", "A correlation lies between -1 and 1.")
    if not 0 < ratio < math.inf:
        raise invalid("ratio", f"is {ratio:g}", "Give the quotient of two standard deviations above zero.")
    return max(-1.0, min(1.0, r * ratio / math.hypot(math.sqrt(1 - r * r), r * ratio)))


def spread(values: Sequence[float]) -> float:
    """Return the standard deviation (n - 1); 0 for values that are all alike, or fewer than two."""
    if len(values) < _FOR_A_SPREAD or min(values) == max(values):
        return 0.0
    mean = _mean(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def validity(
    track: str, metric: str, pairs: Sequence[Pair], assessed: Sequence[float], group: str | None = None
) -> Validity:
    """Return what is known of one metric; `assessed` are the scores of all who were assessed for the track.

    Raises InvalidInput for a score or an outcome that is not finite.
    """
    found = Validity(track=track, metric=metric, group=group, status="insufficient", n=len(pairs))
    _finite(pairs)
    if not all(map(math.isfinite, assessed)):
        raise invalid("score", "is not a finite number", "Leave out who has none.")
    if group is not None and len(pairs) < LEAST_SHOWN:
        note = f"fewer than {LEAST_SHOWN} people: nothing is told of them"
        return found.changed(status="suppressed", n=None, note=note)
    if len(pairs) < LEAST_PEOPLE:
        note = f"{len(pairs)} people have a score and an outcome; {LEAST_PEOPLE} are needed"
        return found.changed(note=note)
    try:
        return _measured(found, pairs, assessed)
    except Undetermined as why:
        return found.changed(status="undetermined", note=str(why))


def _measured(found: Validity, pairs: Sequence[Pair], assessed: Sequence[float]) -> Validity:
    r = correlation(pairs)
    low, high = fisher_interval(r, len(pairs))
    selected, everybody = spread([pair.score for pair in pairs]), spread(assessed)
    ratio = everybody / selected
    return found.changed(
        status="measured",
        observed=_rounded(r, low, high),
        corrected=_rounded(*(unrestricted(one, ratio) for one in (r, low, high))) if ratio else None,
        sd_with_outcomes=round(selected, PLACES),
        sd_assessed=round(everybody, PLACES),
    )


def _rounded(value: float, low: float, high: float) -> Coefficient:
    return Coefficient(value=round(value, PLACES), low=round(low, PLACES), high=round(high, PLACES))


def _finite(pairs: Sequence[Pair]) -> tuple[list[float], list[float]]:
    for place, pair in enumerate(pairs, 1):
        for name, value in zip(Pair._fields, pair, strict=True):
            if not math.isfinite(value):
                raise invalid(name, f"of person {place} is not a finite number", "Leave out who has none.")
    return [pair.score for pair in pairs], [pair.outcome for pair in pairs]


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
