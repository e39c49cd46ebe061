"""The pilot ladder: at what stage a platform is with a track, and what the next one takes."""

from assessor.domain.pilot.forecast import Assumptions, FamilyForecast, Forecast, forecast
from assessor.domain.pilot.readiness import JudgeInUse, judged_families, lacking
from assessor.domain.pilot.stage import (
    MAX_NAME_CHARS,
    MAX_REASON_CHARS,
    MIN_REASON_CHARS,
    StageChange,
    accept_region,
    holding,
    stage_for,
)

__all__ = [
    "MAX_NAME_CHARS",
    "MAX_REASON_CHARS",
    "MIN_REASON_CHARS",
    "Assumptions",
    "FamilyForecast",
    "Forecast",
    "JudgeInUse",
    "StageChange",
    "accept_region",
    "forecast",
    "holding",
    "judged_families",
    "lacking",
    "stage_for",
]
