"""Candidates ask for accommodations: what the policy gives comes at once, the rest waits for the platform.

Waiting never holds anything up. No answer has an effect on scores, and whoever scores learns of none.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from assessor.domain import events as e
from assessor.domain.assessment import OPEN, Assessment
from assessor.domain.errors import Conflict, invalid
from assessor.domain.text import accept_text
from assessor.domain.wishes import FACTORS, MAX_NOTE_CHARS, MAX_REQUESTS, Wish
from assessor.services.log import AssessmentLog, following
from assessor.services.pausing import overrun


class Asking:
    """Takes requests, before the start and in mid-course."""

    def __init__(self, assessments: AssessmentLog) -> None:
        self._assessments = assessments

    async def ask(self, assessment_id: str, wishes: Iterable[Wish], note: str = "") -> Assessment:
        """Ask for everything that is wished for, in place of an earlier request; the same twice is once.

        What was granted before stays. Raises InvalidInput, IllegalTransition once the work is handed in,
        and Conflict after too many requests.
        """
        note = accept_text("note", note, limit=MAX_NOTE_CHARS).strip()
        wanted = _in_order(wishes, note)

        def decide(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            ended_break = overrun(assessment, now)
            current = following(assessment, ended_break, now)
            current.require("asking for an accommodation", *OPEN)
            if current.asked and current.asked.is_same(wanted, note):
                return []
            if current.asked and current.asked.number >= MAX_REQUESTS:
                raise Conflict(
                    "You have asked many times", "Write to the platform that invited you; it sees them all."
                )
            return [*ended_break, *_asked(current, now, wanted, note)]

        return await self._assessments.change(assessment_id, decide)


def _in_order(wishes: Iterable[Wish], note: str) -> tuple[Wish, ...]:
    """Return the wishes as they are listed, each once. What is written in words is one of its own."""
    given = set(wishes)
    if Wish.OTHER in given and not note:
        raise invalid("note", "is empty", "Say in your own words what would help; no diagnosis is needed.")
    if note:
        given.add(Wish.OTHER)
    if len(given & FACTORS.keys()) > 1:
        raise invalid("time", "is chosen more than once", "Choose how much more time you need.")
    return tuple(wish for wish in Wish if wish in given)


def _asked(assessment: Assessment, now: datetime, wishes: tuple[Wish, ...], note: str) -> list[e.Fact]:
    """Return the request with what follows from it: what is given at once, and a call for the rest."""
    facts: list[e.Fact] = [e.AccommodationRequested(wishes=wishes, note=note)]
    place = assessment.seq + 1
    held = assessment.accommodation
    terms = held if assessment.is_over(now) else assessment.policy.at_once.over(held, wishes)
    if terms != held:
        granted = e.AccommodationGranted(terms=terms, by="policy", who="", reason="asked for")
        facts.append(granted)
    if following(assessment, facts, now).waits_for_platform:
        facts.append(e.HelpAsked(kind="accommodation", message=place))
    return facts
