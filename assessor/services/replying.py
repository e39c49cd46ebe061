"""Replying to signals: candidates explain words of theirs before anybody who reviews is shown them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict, IllegalTransition
from assessor.domain.signal import signals, unanswered
from assessor.domain.text import accept_text
from assessor.domain.wording import worded
from assessor.services.log import AssessmentLog

MAX_REPLY_CHARS: Final = 2000


class Replying:
    """What candidates do about what was noticed."""

    def __init__(self, assessments: AssessmentLog) -> None:
        self._assessments = assessments

    async def reply(self, assessment_id: str, text: str) -> Assessment:
        """Keep the candidate's reply to all that was noticed so far, for reviewers to read beside it.

        Raises InvalidInput or TooLarge for the text, Conflict for a second reply, IllegalTransition when
        there is nothing to reply to, or the term is over.
        """
        text = accept_text("text", text, limit=MAX_REPLY_CHARS, required=True).strip()

        def facts(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            found = signals(assessment)
            if any(one.reply == text for one in found):
                return []
            if unanswered(found, now):
                return [e.SignalReplied(text=text)]
            if any(one.reply for one in found):
                raise Conflict("You have replied already", "Your first reply is shown to reviewers.")
            until = max((one.until for one in found if one.until), default=None)
            if until is None:
                raise IllegalTransition("There is nothing to reply to", "Nothing was noticed.")
            raise IllegalTransition(
                worded("A reply could be sent until %(when)s", when=until),
                "If something was scored wrongly, you can appeal after the result.",
            )

        return await self._assessments.change(assessment_id, facts)
