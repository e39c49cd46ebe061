"""What was noticed in candidates' words: what reviewers see of it, and what they find.

It is apart from scoring: nobody judges it while a criterion of the case waits for a person, and neither a
score nor a decision follows from what is found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict, NotFound, invalid
from assessor.domain.near_duplicate import shared_passages
from assessor.domain.signal import Signal, may_judge, signals, words_of
from assessor.domain.signal_rule import OUTCOMES
from assessor.domain.text import accept_text
from assessor.ports import Clock, Content, Reviewer
from assessor.services.log import AssessmentLog
from assessor.services.marking import MAX_REASON_CHARS
from assessor.services.near_duplicates import NearDuplicates, free_text
from assessor.services.signal_rules import SignalRules

MIN_REASON_CHARS = 10


@dataclass(frozen=True)
class Shown:
    """What was noticed about one item."""

    signal: Signal
    title: str
    likeness: float | None = None
    """Of two answers that are alike: the share of their runs of words that both have."""
    other: str | None = None
    """The other assessment; None where there is none, or its words were erased."""
    theirs: tuple[str, ...] = ()
    """The passages of the other, who handed in before."""


class SignalFindings:
    """What reviewers do. Each call is on behalf of one, and only within their tenant."""

    def __init__(
        self,
        assessments: AssessmentLog,
        near_duplicates: NearDuplicates,
        content: Content,
        rules: SignalRules,
        clock: Clock,
    ) -> None:
        self._assessments = assessments
        self._near_duplicates = near_duplicates
        self._content = content
        self._rules = rules
        self._clock = clock

    def waiting(self, assessment: Assessment) -> tuple[Signal, ...]:
        """Return what reviewers may look at by now, judged or not."""
        now = self._clock.now()
        return tuple(one for one in signals(assessment) if may_judge(assessment, one, now))

    async def look(self, reviewer: Reviewer, assessment_id: str) -> tuple[Assessment, tuple[Shown, ...]]:
        """Return what was noticed. That somebody read it is a fact, in the log of the other answer, too.

        Raises NotFound, also while the candidate may still reply or a criterion waits for a person.
        """
        assessment = await self._assessments.load_for(reviewer.tenant, assessment_id)
        if not (waiting := self.waiting(assessment)):
            raise NotFound("signal", f"of {assessment_id}")
        shown = [await self._shown(reviewer, assessment, one) for one in waiting]
        for read_id in dict.fromkeys([assessment_id, *(one.other for one in shown if one.other)]):
            await self._assessments.change(
                read_id, lambda _a, _now: [e.TranscriptOpened(reviewer=reviewer.id)]
            )
        return assessment, tuple(shown)

    async def judge(
        self, reviewer: Reviewer, assessment_id: str, what: str, item_id: str, outcome: str, reason: str
    ) -> Assessment:
        """Keep what a person found; nothing follows for the candidate by itself.

        What one person confirms waits for a second one; what either sets aside is set aside. A rule whose
        findings are set aside too often is switched off with it. Raises InvalidInput, TooLarge, NotFound, and
        Conflict when it is settled already, or when who confirmed it first looks again.
        """
        reason = accept_text("reason", reason, limit=MAX_REASON_CHARS, required=True).strip()
        if len(reason) < MIN_REASON_CHARS:
            raise invalid("reason", "is too short", "Say in a sentence why you find so.")
        chosen = next((one for one in OUTCOMES if one == outcome), None)
        if chosen is None:
            raise invalid("outcome", "is not chosen", "Choose one of the two.")
        await self._assessments.load_for(reviewer.tenant, assessment_id)

        def facts(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            there = [one for one in signals(assessment) if (one.what, one.item_id) == (what, item_id)]
            found = next((one for one in there if may_judge(assessment, one, now)), None)
            if found is None:
                raise NotFound("signal", f"about {item_id}")
            if found.outcome == chosen and reason in found.reasons:
                return []
            if found.outcome is not None:
                raise Conflict(
                    "A colleague has looked at this already", "Reload the page; yours was not stored."
                )
            first = assessment.confirmed_once.get((found.what, item_id))
            if first and first.reviewer == reviewer.id:
                if (first.outcome, first.reason) == (chosen, reason):
                    return []
                raise Conflict("You have confirmed this already", "A colleague has to look at it next.")
            return [
                e.SignalJudged(
                    reviewer=reviewer.id,
                    what=found.what,
                    item_id=item_id,
                    rule=found.rule,
                    outcome=chosen,
                    reason=reason,
                    awaits_second=chosen == "confirmed" and first is None,
                )
            ]

        judged = await self._assessments.change(assessment_id, facts)
        await self._rules.standings(reviewer.tenant)
        return judged

    async def _shown(self, reviewer: Reviewer, assessment: Assessment, signal: Signal) -> Shown:
        library = await self._content.library(assessment.ordered.track)
        title = library.item(assessment.ordered.track, signal.item_id).title
        if signal.what != "alike":
            return Shown(signal, title)
        found = assessment.alike[signal.item_id]
        other = await self._near_duplicates.readable(reviewer.tenant, found.other)
        if other is None:
            return Shown(signal, title, found.likeness)
        written = free_text(assessment, library, found.item_id)
        others = free_text(other, await self._content.library(other.ordered.track), found.item_id)
        theirs = words_of(other, found.item_id, shared_passages(others, written))
        return Shown(signal, title, found.likeness, found.other, theirs)
