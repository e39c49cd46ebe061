"""The National Early Warning Score 2 (Royal College of Physicians, London, 2017), chart 1."""

from collections.abc import Sequence

from assessor.domain.key_check import News2Check
from assessor.domain.keys.arithmetic import as_decimal, half_up

Bands = Sequence[tuple[float, int]]
"""From each lower bound on, up to the next, so many points."""

_LOWEST = float("-inf")
RESPIRATION: Bands = ((_LOWEST, 3), (9, 1), (12, 0), (21, 2), (25, 3))
SATURATION_1: Bands = ((_LOWEST, 3), (92, 2), (94, 1), (96, 0))
SATURATION_2_ON_AIR: Bands = ((_LOWEST, 3), (84, 2), (86, 1), (88, 0))
SATURATION_2_ON_OXYGEN: Bands = ((_LOWEST, 3), (84, 2), (86, 1), (88, 0), (93, 1), (95, 2), (97, 3))
SYSTOLIC: Bands = ((_LOWEST, 3), (91, 2), (101, 1), (111, 0), (220, 3))
PULSE: Bands = ((_LOWEST, 3), (41, 1), (51, 0), (91, 1), (111, 2), (131, 3))
TEMPERATURE: Bands = ((_LOWEST, 3), (35.1, 1), (36.1, 0), (38.1, 1), (39.1, 2))
ON_OXYGEN = 2
NOT_ALERT = 3


def points(check: News2Check) -> dict[str, int]:
    """Return the points of each parameter; their sum is the score."""
    return {
        "respiration": _points(RESPIRATION, check.respiration),
        "saturation": _points(_saturation(check), check.saturation),
        "oxygen": ON_OXYGEN if check.on_oxygen else 0,
        "systolic": _points(SYSTOLIC, check.systolic),
        "pulse": _points(PULSE, check.pulse),
        "consciousness": 0 if check.consciousness == "alert" else NOT_ALERT,
        "temperature": _points(TEMPERATURE, float(half_up(as_decimal(check.temperature), 1))),
    }


def _saturation(check: News2Check) -> Bands:
    if check.scale == 1:
        return SATURATION_1
    return SATURATION_2_ON_OXYGEN if check.on_oxygen else SATURATION_2_ON_AIR


def _points(bands: Bands, value: float) -> int:
    return next(points for bound, points in reversed(bands) if value >= bound)
