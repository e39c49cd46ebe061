"""Shares with their intervals, and how often a rater is right about what is there and what is not."""

import math
from statistics import NormalDist

from assessor.domain.agreement.ratings import Undetermined, Units, both_rated
from assessor.domain.errors import invalid
from assessor.domain.value import Value

CONFIDENCE = 0.95


class Measure(Value):
    """A number with its 95% interval, or none with the reason."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int
    """What it was worked out from: responses, or labels for a share of labels."""
    note: str = ""
    """Why there is no number, or no interval."""


def wilson(successes: int, n: int, *, design_effect: float = 1.0) -> tuple[float, float]:
    """Return the 95% score interval of a share (Wilson 1927, JASA 22, 209-212).

    `design_effect` divides n where cases hang together (Kish 1965): the criteria of one response are not
    so many independent cases. Raises InvalidInput for counts that cannot be, Undetermined for none.
    """
    if not 0 <= successes <= n or design_effect < 1:
        raise invalid("successes", f"are {successes} of {n}", "Count them again.")
    if n == 0:
        raise Undetermined("there are no cases")
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    cases, share = n / design_effect, successes / n
    centre = (share + z * z / (2 * cases)) / (1 + z * z / cases)
    reach = z / (1 + z * z / cases) * math.sqrt(share * (1 - share) / cases + z * z / (4 * cases**2))
    return max(0.0, centre - reach), min(1.0, centre + reach)


def true_positive_rate(units: Units, *, design_effect: float = 1.0) -> Measure:
    """Return the share of what the first rater calls met (1) that the second calls met too."""
    return _rate(units, 1.0, "nothing is met, as people see it", design_effect)


def true_negative_rate(units: Units, *, design_effect: float = 1.0) -> Measure:
    """Return the share of what the first rater calls not met (0) that the second calls not met too."""
    return _rate(units, 0.0, "everything is met, as people see it", design_effect)


def _rate(units: Units, label: float, nothing: str, design_effect: float) -> Measure:
    try:
        pairs = both_rated(units)
    except Undetermined as why:
        return Measure(value=None, n=0, note=str(why))
    if unknown := sorted({one for pair in pairs for one in pair} - {0.0, 1.0}):
        raise invalid("ratings", f"hold {unknown[0]:g}", "Labels of criteria are 0 (not met) or 1 (met).")
    cases = sum(times for (first, _), times in pairs.items() if first == label)
    if cases == 0:
        return Measure(value=None, n=0, note=nothing)
    right = pairs.get((label, label), 0)
    low, high = wilson(right, cases, design_effect=design_effect)
    return Measure(value=round(right / cases, 6), low=round(low, 6), high=round(high, 6), n=cases)
