"""How the work of an assessment begins."""

from datetime import datetime

from assessor.domain import events as e
from assessor.domain.assessment import Assessment


def started(assessment: Assessment, now: datetime) -> e.AssessmentStarted:
    """Return the fact that starts the clock, with the time that this candidate has."""
    limit = assessment.accommodation.limit(assessment.form.time_limit_minutes)
    return e.AssessmentStarted(deadline=None if limit is None else now + limit)
