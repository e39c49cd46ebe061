"""Whether a judge still agrees with people as it did: a running test over gold responses.

Two cumulative sums of the standardised error (Page 1954, Biometrika 41, 100-115), one for growing
leniency and one for growing severity, and a third of its size, for a judge that only gets worse.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from assessor.domain.calibration.record import Drift

Alarm = Literal["lenient", "severe", "erratic"]


@dataclass(frozen=True)
class Watch:
    """Every number of the test, written once. In standard deviations of the error when calibrated."""

    slack: float = 0.15
    """Half of the shift of .3 that is to be found."""
    bound: float = 20.0
    """Where it alarms. Simulated: a judge that has become lenient by .3 falls after 65 gold responses on
    average and within 200 in 99 of 100 cases; 6 of 100 steady ones fall within 200 as well, which costs
    reviews and a calibration, and nobody a verdict."""
    least_deviation: float = 0.25
    """Levels. A judge that made no error when it was calibrated is not stopped by its first one."""


WATCH: Final = Watch()


def alarm(errors: Iterable[float], calibrated: Drift) -> tuple[Alarm, int] | None:
    """Return what falls first, and after how many responses; None while nothing does.

    `errors` are the judge's level less the person's, in the order in which they were observed since the
    calibration; `calibrated` is what they were like then.
    """
    spread = max(calibrated.deviation, WATCH.least_deviation)
    spread_of_size = max(calibrated.size_deviation, WATCH.least_deviation)
    sums: dict[Alarm, float] = {"lenient": 0.0, "severe": 0.0, "erratic": 0.0}
    for count, error in enumerate(errors, 1):
        shift = (error - calibrated.mean) / spread
        size = (abs(error - calibrated.mean) - calibrated.size) / spread_of_size
        steps: dict[Alarm, float] = {"lenient": shift, "severe": -shift, "erratic": size}
        for name, step in steps.items():
            sums[name] = max(0.0, sums[name] + step - WATCH.slack)
        if max(sums.values()) > WATCH.bound:
            return _named(sums), count
    return None


def _named(sums: dict[Alarm, float]) -> Alarm:
    """Return the direction when there is one: who errs to one side also errs by more."""
    sided: dict[Alarm, float] = {"lenient": sums["lenient"], "severe": sums["severe"]}
    side = max(sided, key=lambda name: sided[name])
    return side if sided[side] > WATCH.bound / 2 else "erratic"
