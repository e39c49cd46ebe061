"""The assessment: what has happened to it, and what may happen next."""

from assessor.domain.assessment.assessment import Assessment
from assessor.domain.assessment.projection import Projection, QualityState
from assessor.domain.assessment.replaying import advanced, replay
from assessor.domain.assessment.status import OPEN, TRANSITIONS, UNBEGUN, Status

__all__ = [
    "OPEN",
    "TRANSITIONS",
    "UNBEGUN",
    "Assessment",
    "Projection",
    "QualityState",
    "Status",
    "advanced",
    "replay",
]
