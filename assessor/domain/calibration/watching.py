"""Whether a judge still agrees with people as it did: a running test over gold responses.

Two cumulative sums of the standardised error (Page 1954, Biometrika 41, 100-115), one for growing
leniency and one for growing severity, and a third of its size, for a judge that only gets worse.
"""

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from assessor.domain.calibration.record import Drift
from assessor.domain.thresholds import THRESHOLDS

Alarm = Literal["lenient", "severe", "erratic"]


WATCH: Final = THRESHOLDS.watch


def alarm(errors: Iterable[float], calibrated: Drift) -> tuple[Alarm, int] | None:
    """Return what falls first, and after how many responses; None while nothing does.

    `errors` are the judge's level less the person's, in the order in which they were observed since the
    calibration; `calibrated` is what they were like then.
    """
    for count, sums in enumerate(running_sums(errors, calibrated), 1):
        if max(sums.values()) > WATCH.bound:
            return _named(sums), count
    return None


def running_sums(errors: Iterable[float], calibrated: Drift) -> Iterator[dict[Alarm, float]]:
    """Yield the three sums after each error; beyond the bound of one of them the judge has fallen."""
    spread = max(calibrated.deviation, WATCH.least_deviation)
    spread_of_size = max(calibrated.size_deviation, WATCH.least_deviation)
    sums: dict[Alarm, float] = {"lenient": 0.0, "severe": 0.0, "erratic": 0.0}
    for error in errors:
        shift = (error - calibrated.mean) / spread
        size = (abs(error - calibrated.mean) - calibrated.size) / spread_of_size
        steps: dict[Alarm, float] = {"lenient": shift, "severe": -shift, "erratic": size}
        sums = {name: max(0.0, sums[name] + step - WATCH.slack) for name, step in steps.items()}
        yield sums


def _named(sums: dict[Alarm, float]) -> Alarm:
    """Return the direction when there is one: who errs to one side also errs by more."""
    sided: dict[Alarm, float] = {"lenient": sums["lenient"], "severe": sums["severe"]}
    side = max(sided, key=lambda name: sided[name])
    return side if sided[side] > WATCH.bound / 2 else "erratic"
