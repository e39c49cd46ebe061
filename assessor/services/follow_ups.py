"""Follow-up questions, on the candidate's side: an answer in time, or more time for it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict, IllegalTransition, NotFound
from assessor.domain.follow_up import EXTENSIONS, TERM, FollowUp
from assessor.domain.text import accept_text
from assessor.domain.wording import worded
from assessor.services.log import AssessmentLog

MAX_ANSWER_CHARS: Final = 4000


class FollowUps:
    """What candidates do about questions (`questioning`)."""

    def __init__(self, assessments: AssessmentLog) -> None:
        self._assessments = assessments

    async def answer(self, assessment_id: str, follow_up_id: str, text: str) -> Assessment:
        """Keep the candidate's one answer to a question.

        Raises InvalidInput or TooLarge for the text, Conflict for a second answer, NotFound, and
        IllegalTransition once the time is over or nobody needs the answer any more.
        """
        text = accept_text("text", text, limit=MAX_ANSWER_CHARS, required=True).strip()

        def facts(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            found = _of(assessment, follow_up_id)
            if found.answer == text:
                return []
            if found.answer is not None:
                raise Conflict("You have answered already", "The reviewer reads your first answer.")
            _require_wanted(assessment)
            if now >= found.due_at:
                raise IllegalTransition(
                    worded("An answer could be sent until %(when)s", when=found.due_at),
                    "Ask for more time if you would still like to answer; saying nothing is no disadvantage.",
                )
            return [e.FollowUpAnswered(follow_up_id=follow_up_id, text=text)]

        return await self._assessments.change(assessment_id, facts)

    async def extend(self, assessment_id: str, follow_up_id: str) -> Assessment:
        """Give the candidate more time for the asking, also once the time is over. Raises NotFound,
        IllegalTransition when nobody needs the answer any more, and Conflict when it was extended before."""

        def facts(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            found = _of(assessment, follow_up_id)
            if found.answer is not None:
                raise Conflict("You have answered already", "The reviewer reads your first answer.")
            _require_wanted(assessment)
            if found.extensions >= EXTENSIONS:
                raise Conflict(
                    "You have had more time already", "Write to the platform that invited you; they can help."
                )
            return [e.FollowUpExtended(follow_up_id=follow_up_id, due_at=max(now, found.due_at) + TERM)]

        return await self._assessments.change(assessment_id, facts)


def _of(assessment: Assessment, follow_up_id: str) -> FollowUp:
    for one in assessment.follow_ups:
        if one.id == follow_up_id:
            return one
    raise NotFound("question", follow_up_id)


def _require_wanted(assessment: Assessment) -> None:
    if not assessment.needs_person:
        raise IllegalTransition(
            "Nobody needs an answer any more: it was decided without one",
            "If something was scored wrongly, you can appeal after the result.",
        )
