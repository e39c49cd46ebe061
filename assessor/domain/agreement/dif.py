"""Differential item functioning: whether an item treats two groups of equal ability unlike."""

import math
from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from assessor.domain.agreement.ratings import Undetermined
from assessor.domain.errors import invalid
from assessor.domain.value import Value

DELTA = -2.35
"""From a log odds ratio to ETS's delta scale."""
Z_TWO_SIDED = 1.959964
Z_ONE_SIDED = 1.644854
NEGLIGIBLE = 1.0
LARGE = 1.5

EtsClass = Literal["A", "B", "C"]


class Stratum(NamedTuple):
    """People of equal ability: right and wrong in the reference group, right and wrong in the focal."""

    reference_right: int
    reference_wrong: int
    focal_right: int
    focal_wrong: int


class Dif(Value):
    """What the strata say of one item."""

    odds_ratio: Annotated[float, Field(gt=0)]
    """Of the reference group being right, against the focal group, at equal ability."""
    chi_squared: float
    """Mantel-Haenszel's, with the continuity correction; one degree of freedom."""
    delta: float
    """Negative: harder for the focal group."""
    standard_error: float
    """Of delta."""
    ets_class: EtsClass
    """A negligible, B moderate, C large."""
    n: int


def mantel_haenszel(strata: Sequence[Stratum]) -> Dif:
    """Return the common odds ratio, its delta and ETS's class.

    Holland & Thayer 1988, Differential item performance and the Mantel-Haenszel procedure; the standard
    error by Robins, Breslow & Greenland 1986 (Biometrics 42, 311-323); the classes as in Zwick 2012 (ETS
    RR-12-08): A when |delta| is below 1 or not significant, C when it is at least 1.5 and significantly
    above 1, else B. Raises InvalidInput for negative counts, Undetermined when no stratum compares the
    groups or the odds are 0 or without bound.
    """
    if any(min(stratum) < 0 for stratum in strata):
        raise invalid("strata", "have a negative count", "Count again.")
    used = [stratum for stratum in strata if _compares(stratum)]
    agreeing = sum(s.reference_right * s.focal_wrong / sum(s) for s in used)
    opposing = sum(s.reference_wrong * s.focal_right / sum(s) for s in used)
    if not agreeing or not opposing:
        raise Undetermined("no two groups of equal ability can be compared on this item")
    ratio = agreeing / opposing
    delta, error = DELTA * math.log(ratio), -DELTA * _log_error(used, agreeing, opposing)
    return Dif(
        odds_ratio=ratio,
        chi_squared=chi_squared(used),
        delta=delta,
        standard_error=error,
        ets_class=_ets_class(abs(delta), error),
        n=sum(map(sum, used)),
    )


def chi_squared(strata: Sequence[Stratum], correction: float = 0.5) -> float:
    """Return `(|sum A - sum E(A)| - correction)^2 / sum Var(A)` (Mantel & Haenszel 1959, JNCI 22)."""
    used = [stratum for stratum in strata if _compares(stratum)]
    if not used:
        raise Undetermined("no two groups of equal ability can be compared on this item")
    difference = abs(sum(s.reference_right - _expected(s) for s in used))
    return float(max(0.0, difference - correction) ** 2 / sum(map(_variance, used)))


def _compares(s: Stratum) -> bool:
    """Whether both groups are there, and both outcomes."""
    reference, right = s.reference_right + s.reference_wrong, s.reference_right + s.focal_right
    return 0 < reference < sum(s) and 0 < right < sum(s)


def _expected(s: Stratum) -> float:
    return (s.reference_right + s.reference_wrong) * (s.reference_right + s.focal_right) / sum(s)


def _variance(s: Stratum) -> float:
    total, reference, right = (
        sum(s),
        s.reference_right + s.reference_wrong,
        s.reference_right + s.focal_right,
    )
    return reference * (total - reference) * right * (total - right) / (total**2 * (total - 1))


def _log_error(strata: Sequence[Stratum], agreeing: float, opposing: float) -> float:
    same = mixed = cross = 0.0
    for s in strata:
        total = sum(s)
        p, q = (s.reference_right + s.focal_wrong) / total, (s.reference_wrong + s.focal_right) / total
        r, t = s.reference_right * s.focal_wrong / total, s.reference_wrong * s.focal_right / total
        same += p * r
        mixed += p * t + q * r
        cross += q * t
    variance = same / (2 * agreeing**2) + mixed / (2 * agreeing * opposing) + cross / (2 * opposing**2)
    return math.sqrt(variance)


def _ets_class(size: float, error: float) -> EtsClass:
    if size < NEGLIGIBLE or size <= Z_TWO_SIDED * error:
        return "A"
    return "C" if size >= LARGE and size - NEGLIGIBLE > Z_ONE_SIDED * error else "B"
