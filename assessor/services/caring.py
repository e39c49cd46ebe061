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
MAX_TOLD_CHARS = 500


@dataclass(frozen=True)
class Wanted:
    """What is to hold from now on; None leaves it as it is. A factor of 1.5 gives half as much again."""

    time_factor: float | None = None
    untimed: bool | None = None
    extra_break_minutes: int | None = None

    def over(self, terms: Accommodation) -> Accommodation:
        """Return the whole terms."""
        return terms.changed(**{name: value for name, value in vars(self).items() if value is not None})


@dataclass(frozen=True)
class Reply:
    """The answer to what a candidate asked for, as a whole."""

    is_granted: bool
    told: str = ""
    """Shown to the candidate."""


class Caring:
    """Grants accommodations, answers requests, and notes who has seen to a call for help."""

    def __init__(self, assessments: AssessmentLog) -> None:
        self._assessments = assessments

    async def grant_by_platform(
        self,
        tenant: str,
        key_id: str,
        assessment_id: str,
        wanted: Wanted,
        reason: str = "",
        reply: Reply | None = None,
    ) -> Assessment:
        """Change the terms on behalf of a platform, answer the candidate's request, or both.

        What holds already is granted once, and the same answer twice is one.

        Raises NotFound, InvalidInput for what would take something away, and IllegalTransition when the
        work is handed in or its time is over.
        """
        if wanted == Wanted() and reply is None:
            raise invalid("time_factor", "is not given, and nothing else is", "Say what to grant.")
        reason = accept_text("reason", reason, limit=MAX_REASON_CHARS).strip()
        await self._assessments.load_for(tenant, assessment_id)
        return await self._assessments.change(
            assessment_id, _granting(wanted, reply, "platform", key_id, reason)
        )

    async def grant_by_reviewer(
        self,
        reviewer: Reviewer,
        assessment_id: str,
        wanted: Wanted,
        reason: str,
        reply: Reply | None = None,
    ) -> Assessment:
        """Change the terms as a person, with a reason. Raises as `grant_by_platform`."""
        reason = accept_text("reason", reason, limit=MAX_REASON_CHARS, required=True).strip()
        if len(reason) < MIN_REASON_CHARS:
            raise invalid("reason", "is too short", "Say in a sentence what it is for, without a diagnosis.")
        await self._assessments.load_for(reviewer.tenant, assessment_id)
        return await self._assessments.change(
            assessment_id, _granting(wanted, reply, "reviewer", reviewer.id, reason)
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
    wanted: Wanted, reply: Reply | None, by: Literal["platform", "reviewer"], who: str, reason: str
) -> Callable[[Assessment, datetime], Sequence[e.Fact]]:
    def decide(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
        ended_break = overrun(assessment, now)
        current = following(assessment, ended_break, now)
        terms = wanted.over(current.accommodation)
        facts = [] if reply is None else _answered(current, reply, by, who)
        if terms != current.accommodation:
            _require_possible(current, terms, now)
            facts = [e.AccommodationGranted(terms=terms, by=by, who=who, reason=reason), *facts]
        return [*ended_break, *facts] if facts else []

    return decide


def _answered(
    assessment: Assessment, reply: Reply, by: Literal["platform", "reviewer"], who: str
) -> list[e.Fact]:
    assessment.require("answering the request", *OPEN)
    told = accept_text("message", reply.told, limit=MAX_TOLD_CHARS).strip()
    asked = assessment.asked
    if asked is None:
        raise invalid("answer", "has no request that it could be to", "Leave it out.")
    if asked.answer and (asked.answer.is_granted, asked.answer.told) == (reply.is_granted, told):
        return []
    if not reply.is_granted and not told:
        raise invalid("message", "is empty", "Say to the candidate why not, and what they can do instead.")
    return [e.AccommodationAnswered(request=asked.seq, granted=reply.is_granted, told=told, by=by, who=who)]


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
