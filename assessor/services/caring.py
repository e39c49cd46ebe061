"""What people do for a candidate while the assessment runs: accommodations, and seeing to calls for help.

Graders learn of neither. What is granted changes time, never a score.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from assessor.domain import events as e
from assessor.domain.accommodation import Accommodation
from assessor.domain.assessment import OPEN, Assessment
from assessor.domain.errors import IllegalTransition, invalid
from assessor.domain.text import accept_text
from assessor.ports import Reviewer
from assessor.services.log import AssessmentLog, following
from assessor.services.pausing import overrun

MIN_REASON_CHARS = 10
MAX_REASON_CHARS = 2000


@dataclass(frozen=True)
class Wanted:
    """What is to hold from now on; None leaves it as it is. A factor of 1.5 gives half as much again."""

    time_factor: float | None = None
    untimed: bool | None = None
    extra_break_minutes: int | None = None

    def over(self, terms: Accommodation) -> Accommodation:
        """Return the whole terms."""
        return terms.changed(**{name: value for name, value in vars(self).items() if value is not None})


class Caring:
    """Grants accommodations, and notes who has seen to a call for help."""

    def __init__(self, assessments: AssessmentLog) -> None:
        self._assessments = assessments

    async def grant_by_platform(
        self, tenant: str, key_id: str, assessment_id: str, wanted: Wanted, reason: str = ""
    ) -> Assessment:
        """Change the terms on behalf of a platform; what holds already is granted once.

        Raises NotFound, InvalidInput for what would take something away, and IllegalTransition when the
        work is handed in or its time is over.
        """
        if wanted == Wanted():
            raise invalid("time_factor", "is not given, and nothing else is", "Say what to grant.")
        reason = accept_text("reason", reason, limit=MAX_REASON_CHARS).strip()
        await self._assessments.load_for(tenant, assessment_id)
        return await self._assessments.change(assessment_id, _granting(wanted, "platform", key_id, reason))

    async def grant_by_reviewer(
        self, reviewer: Reviewer, assessment_id: str, wanted: Wanted, reason: str
    ) -> Assessment:
        """Change the terms as a person, with a reason. Raises as `grant_by_platform`."""
        reason = accept_text("reason", reason, limit=MAX_REASON_CHARS, required=True).strip()
        if len(reason) < MIN_REASON_CHARS:
            raise invalid("reason", "is too short", "Say in a sentence what it is for, without a diagnosis.")
        await self._assessments.load_for(reviewer.tenant, assessment_id)
        return await self._assessments.change(
            assessment_id, _granting(wanted, "reviewer", reviewer.id, reason)
        )

    async def seen(self, reviewer: Reviewer, assessment_id: str, message: int) -> Assessment:
        """Note that a reviewer has seen to what was asked for, up to one message. Twice is once.

        What was asked for after that message stays open. Raises NotFound.
        """
        await self._assessments.load_for(reviewer.tenant, assessment_id)

        def decide(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            seen = [asked.message for asked in assessment.open_help if asked.message <= message]
            return [e.HelpSeen(reviewer=reviewer.id, message=max(seen))] if seen else []

        return await self._assessments.change(assessment_id, decide)


def _granting(
    wanted: Wanted, by: Literal["platform", "reviewer"], who: str, reason: str
) -> Callable[[Assessment, datetime], Sequence[e.Fact]]:
    def decide(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
        ended_break = overrun(assessment, now)
        current = following(assessment, ended_break, now)
        terms = wanted.over(current.accommodation)
        if terms == current.accommodation:
            return []
        _require_possible(current, terms, now)
        return [*ended_break, e.AccommodationGranted(terms=terms, by=by, who=who, reason=reason)]

    return decide


def _require_possible(assessment: Assessment, terms: Accommodation, now: datetime) -> None:
    assessment.require("an accommodation", *OPEN)
    if field := terms.takes_from(assessment.accommodation):
        raise invalid(
            field, "is less than what was granted before", "Leave it out, or grant at least as much."
        )
    if assessment.is_over(now):
        raise IllegalTransition(
            "The time is over, so there is none left to extend", "Order a new assessment for this candidate."
        )
