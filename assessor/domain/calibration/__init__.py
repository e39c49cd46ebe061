"""How far a judge has been measured against people, and what it may do on the strength of that."""

from assessor.domain.calibration.cases import Case, Label, LabelRow, Mark, judged_levels
from assessor.domain.calibration.grading import REQUIRED, graded
from assessor.domain.calibration.measuring import (
    agreement_by_criterion,
    agreement_of,
    baseline_of,
    drift_of,
    people_of,
)
from assessor.domain.calibration.record import (
    Agreement,
    Baseline,
    Calibration,
    Drift,
    Family,
    Source,
    Standing,
    covering,
    latest,
)
from assessor.domain.calibration.watching import WATCH, Alarm, alarm, running_sums

__all__ = [
    "REQUIRED",
    "WATCH",
    "Agreement",
    "Alarm",
    "Baseline",
    "Calibration",
    "Case",
    "Drift",
    "Family",
    "Label",
    "LabelRow",
    "Mark",
    "Source",
    "Standing",
    "agreement_by_criterion",
    "agreement_of",
    "alarm",
    "baseline_of",
    "covering",
    "drift_of",
    "graded",
    "judged_levels",
    "latest",
    "people_of",
    "running_sums",
]
