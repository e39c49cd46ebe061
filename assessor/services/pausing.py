"""Breaks: the clock stands still while the candidate rests, and goes on with what was left.

A break is taken from a budget, which the platform's policy and the accommodation give. When it is used up
the clock goes on by itself, as of that moment; what nobody comes back to is then submitted at its deadline
like everything else. A pause after distress has no end but the candidate's own.
"""

from collections.abc import Sequence
from datetime import datetime

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import Conflict, IllegalTransition
from assessor.ports import Clock, Projections
from assessor.services.log import AssessmentLog, each_overdue


class Pausing:
    """Stops and starts the clock of an assessment."""

    def __init__(self, store: Projections, assessments: AssessmentLog, clock: Clock) -> None:
        self._store = store
        self._assessments = assessments
        self._clock = clock

    async def pause(self, assessment_id: str) -> Assessment:
        """Stop the clock for a break. Pausing twice is once.

        Raises IllegalTransition outside the working time, Conflict when the break time is used up.
        """
        return await self._assessments.change(assessment_id, _break)

    async def resume(self, assessment_id: str) -> Assessment:
        """Let the clock go on with what was left. Resuming twice is once."""

        def decide(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            assessment.require("going on", Status.IN_PROGRESS, Status.PAUSED)
            if assessment.status is Status.IN_PROGRESS:
                return []
            return overrun(assessment, now) or [
                e.AssessmentResumed(deadline=assessment.deadline_after_pause(now))
            ]

        return await self._assessments.change(assessment_id, decide)

    async def look(self, assessment_id: str) -> Assessment:
        """Return the assessment, after the end of a break whose time is used up."""
        return await self._assessments.change(assessment_id, overrun)

    async def resume_overdue(self) -> int:
        """Let the clock go on where the break time is used up. Returns how many."""

        async def resume(assessment_id: str) -> bool:
            if not overrun(await self._assessments.load(assessment_id), self._clock.now()):
                return False
            await self.look(assessment_id)
            return True

        return await each_overdue("resume", await self._store.overdue(self._clock.now()), resume)


def overrun(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
    """Return what ends a break whose time is used up; nothing for any other state."""
    until = assessment.paused_until
    if assessment.status is not Status.PAUSED or until is None or now < until:
        return []
    return [e.AssessmentResumed(deadline=assessment.deadline_after_pause(now), by="limit")]


def with_pause(facts: Sequence[e.Fact]) -> Sequence[e.Fact]:
    """Stop the clock with the facts of a turn in which the candidate is in distress."""
    in_distress = any(isinstance(fact, e.HelpAsked) and fact.kind == "distress" for fact in facts)
    return [*facts, e.AssessmentPaused(reason="distress")] if in_distress else facts


def _break(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
    if assessment.status is Status.PAUSED and not overrun(assessment, now):
        return []
    assessment.require("a break", Status.IN_PROGRESS, Status.PAUSED)
    if assessment.is_over(now):
        raise IllegalTransition("The time is over", "What you handed in counts. Submit what you have.")
    if assessment.break_left(now) == 0:
        raise Conflict(
            "Your break time is used up",
            "Go on; if you need more breaks, ask the platform that invited you. Nothing is lost.",
        )
    return [e.AssessmentPaused()]
