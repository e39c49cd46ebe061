"""Drift: whether an item has become easier or harder, for candidates of the same ability."""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, variance

from assessor.domain.agreement import Measure
from assessor.domain.item_health.answer import Answer

_Z95 = 1.959964


def drift(answers: Sequence[Answer], least: int) -> Measure:
    """Return by how much the later half scores more than the earlier one, with what the rest says taken out.

    Of the residuals of the score on the ability from all other items (least squares): a bank that gets abler
    candidates has not become easier. 95% interval of the difference of two means (Welch 1947). No number
    below `least` answers. Above 0 the item has become easier, as one does that is passed on.
    """
    dated = sorted((one for one in answers if one.at is not None), key=lambda one: str(one.at))
    if len(dated) < least:
        return Measure(value=None, n=len(dated), note=f"needs {least} answers")
    residuals = _residuals([one.rest for one in dated], [one.score for one in dated])
    half = len(residuals) // 2
    early, late = residuals[:half], residuals[half:]
    reach = _Z95 * sqrt(variance(early) / len(early) + variance(late) / len(late))
    if reach == 0:
        return Measure(value=None, n=len(dated), note="all scores are the same")
    value = fmean(late) - fmean(early)
    return Measure(
        value=round(value, 6), low=round(value - reach, 6), high=round(value + reach, 6), n=len(dated)
    )


def _residuals(across: Sequence[float], down: Sequence[float]) -> list[float]:
    middle, mean = fmean(across), fmean(down)
    spread = sum((x - middle) ** 2 for x in across)
    slope = (
        sum((x - middle) * (y - mean) for x, y in zip(across, down, strict=True)) / spread if spread else 0
    )
    return [y - mean - slope * (x - middle) for x, y in zip(across, down, strict=True)]
