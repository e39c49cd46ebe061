"""Answers that share their wording with somebody else's: what reviewers see of them, and what they find.

It is apart from scoring: nobody is shown it while a criterion of the case waits for a person, and neither a
score nor a decision follows from what is found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict, NotFound, invalid
from assessor.domain.near_duplicate import OUTCOMES, Alike, shared_passages
from assessor.domain.signal import may_show_alike, words_of
from assessor.domain.text import accept_text
from assessor.ports import Clock, Content, Reviewer
from assessor.services.log import AssessmentLog
from assessor.services.marking import MAX_REASON_CHARS
from assessor.services.near_duplicates import NearDuplicates, free_text

MIN_REASON_CHARS = 10


@dataclass(frozen=True)
class Pair:
    """Two answers to one item, side by side."""

    found: Alike
    title: str
    mine: tuple[str, ...]
    """The passages of whoever handed in later, in their words."""
    theirs: tuple[str, ...] | None
    """Those of the other; None when they were erased meanwhile."""


class AlikeAnswers:
    """What reviewers do. Each call is on behalf of one, and only within their tenant."""

    def __init__(
        self, assessments: AssessmentLog, near_duplicates: NearDuplicates, content: Content, clock: Clock
    ) -> None:
        self._assessments = assessments
        self._near_duplicates = near_duplicates
        self._content = content
        self._clock = clock

    def waiting(self, assessment: Assessment) -> tuple[Alike, ...]:
        """Return what reviewers may look at by now, judged or not."""
        now = self._clock.now()
        return tuple(one for one in assessment.alike.values() if may_show_alike(assessment, one, now))

    async def look(self, reviewer: Reviewer, assessment_id: str) -> tuple[Assessment, tuple[Pair, ...]]:
        """Return both answers of every pair. That somebody read them is a fact in both logs.

        Raises NotFound, also while the candidate may still reply or a criterion waits for a person.
        """
        assessment = await self._assessments.load_for(reviewer.tenant, assessment_id)
        if not (shown := self.waiting(assessment)):
            raise NotFound("alike answer", f"of {assessment_id}")
        pairs = [await self._pair(reviewer, assessment, one) for one in shown]
        for read_id in dict.fromkeys([assessment_id, *(one.found.other for one in pairs if one.theirs)]):
            await self._assessments.change(
                read_id, lambda _a, _now: [e.TranscriptOpened(reviewer=reviewer.id)]
            )
        return assessment, tuple(pairs)

    async def judge(
        self, reviewer: Reviewer, assessment_id: str, item_id: str, outcome: str, reason: str
    ) -> Assessment:
        """Keep what a person found who looked at both; nothing follows from it by itself.

        Raises InvalidInput, TooLarge, NotFound, and Conflict when a colleague was first.
        """
        reason = accept_text("reason", reason, limit=MAX_REASON_CHARS, required=True).strip()
        if len(reason) < MIN_REASON_CHARS:
            raise invalid("reason", "is too short", "Say in a sentence what both passages have in common.")
        chosen = next((one for one in OUTCOMES if one == outcome), None)
        if chosen is None:
            raise invalid("outcome", "is not chosen", "Choose one of the two.")
        await self._assessments.load_for(reviewer.tenant, assessment_id)

        def facts(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            found = assessment.alike.get(item_id)
            if found is None or not may_show_alike(assessment, found, now):
                raise NotFound("alike answer", f"to {item_id}")
            if (found.outcome, found.reason) == (chosen, reason):
                return []
            if found.outcome is not None:
                raise Conflict(
                    "A colleague has looked at this already", "Reload the page; yours was not stored."
                )
            return [
                e.AlikeJudged(
                    reviewer=reviewer.id, item_id=item_id, rule=found.rule, outcome=chosen, reason=reason
                )
            ]

        return await self._assessments.change(assessment_id, facts)

    async def _pair(self, reviewer: Reviewer, assessment: Assessment, found: Alike) -> Pair:
        library = await self._content.library(assessment.ordered.track)
        title = library.item(assessment.ordered.track, found.item_id).title
        mine = words_of(assessment, found.item_id, found.passages)
        other = await self._near_duplicates.readable(reviewer.tenant, found.other)
        if other is None:
            return Pair(found, title, mine, None)
        written = free_text(assessment, library, found.item_id)
        others = free_text(other, await self._content.library(other.ordered.track), found.item_id)
        theirs = words_of(other, found.item_id, shared_passages(others, written))
        return Pair(found, title, mine, theirs)
