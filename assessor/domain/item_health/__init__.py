"""Item health: how an item does with real candidates, and whether its key fights the able ones."""

from assessor.domain.item_health.answer import Answer, answers_of
from assessor.domain.item_health.choices import Choice, choices_of
from assessor.domain.item_health.compromise import Alarm, alarms
from assessor.domain.item_health.discrimination import item_rest_correlation
from assessor.domain.item_health.health import (
    THRESHOLDS,
    ItemHealth,
    OptionCount,
    Status,
    health_of,
    overlap,
)
from assessor.domain.item_health.minutes import minutes_taken
from assessor.domain.item_health.shift import SHIFTS, Shift, estimated_shift

__all__ = [
    "SHIFTS",
    "THRESHOLDS",
    "Alarm",
    "Answer",
    "Choice",
    "ItemHealth",
    "OptionCount",
    "Shift",
    "Status",
    "alarms",
    "answers_of",
    "choices_of",
    "estimated_shift",
    "health_of",
    "item_rest_correlation",
    "minutes_taken",
    "overlap",
]
