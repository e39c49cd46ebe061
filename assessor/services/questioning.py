"""Follow-up questions, on the reviewers' side: asking candidates about their own answers."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import Conflict, invalid
from assessor.domain.follow_up import MOST, TERM
from assessor.domain.ids import make_id
from assessor.domain.text import accept_text
from assessor.ports import Reviewer
from assessor.services.log import AssessmentLog
from assessor.services.marking import require_not_revoked

MIN_QUESTION_CHARS: Final = 10
MAX_QUESTION_CHARS: Final = 1000


class Questioning:
    """What reviewers ask. Each call is on behalf of one, and only within their tenant."""

    def __init__(self, assessments: AssessmentLog) -> None:
        self._assessments = assessments

    async def ask(self, reviewer: Reviewer, assessment_id: str, item_id: str, question: str) -> Assessment:
        """Ask about one item; the candidate is told by mail, and the platform by a webhook.

        The same question about the same item is asked once. Raises InvalidInput, TooLarge, NotFound, and
        Conflict where nothing waits for a person, or enough was asked.
        """
        question = accept_text("question", question, limit=MAX_QUESTION_CHARS, required=True).strip()
        if len(question) < MIN_QUESTION_CHARS:
            raise invalid("question", "is too short", "Ask in a sentence; the candidate reads only this.")
        await self._assessments.load_for(reviewer.tenant, assessment_id)

        def facts(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            if any((one.item_id, one.question) == (item_id, question) for one in assessment.follow_ups):
                return []
            _require_may_ask(assessment, item_id)
            entropy = hashlib.sha256(f"{assessment.id}\n{assessment.head}".encode()).digest()[:16]
            return [
                e.FollowUpAsked(
                    follow_up_id=make_id("fol", entropy),
                    reviewer=reviewer.id,
                    item_id=item_id,
                    question=question,
                    due_at=now + TERM,
                )
            ]

        return await self._assessments.change(assessment_id, facts)


def _require_may_ask(assessment: Assessment, item_id: str) -> None:
    assessment.require("asking the candidate", Status.DECIDED)
    require_not_revoked(assessment)
    if not assessment.needs_person:
        raise Conflict("This case is decided", "A question could change nothing any more.")
    if assessment.counted_form.place_of(item_id) is None or not assessment.texts_of(item_id):
        raise invalid("item", "is none that the candidate wrote anything about", "Choose one of the list.")
    if len(assessment.follow_ups) >= MOST:
        raise Conflict(
            "The candidate was asked often enough", f"At most {MOST} questions; decide on what there is."
        )
