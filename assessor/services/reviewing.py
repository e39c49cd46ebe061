"""A person's part: the queue, the case, scoring what is open, deciding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Projection, Status
from assessor.domain.follow_up import FollowUp, FollowUpState
from assessor.domain.item import Category, Item
from assessor.domain.library import Library
from assessor.domain.queue import QueuePlace
from assessor.domain.response import Response
from assessor.domain.rubric import Rubric
from assessor.domain.score import Score
from assessor.domain.signal import may_be_shown
from assessor.domain.text import accept_text
from assessor.domain.track import Track
from assessor.domain.transcript import Correction, Turn
from assessor.domain.verdict import Outlook
from assessor.ports import Clock, Content, Jobs, QueueFilter, Reviewer, Store
from assessor.scoring.applied_rubric import Table
from assessor.scoring.diagnostics import Diagnostics, diagnose
from assessor.scoring.noticing import Noticed, noticed
from assessor.services.applied_rubrics import AppliedRubrics
from assessor.services.entered import letter
from assessor.services.log import AssessmentLog
from assessor.services.marking import MAX_REASON_CHARS, Given, Mark, Sheet, Sheets, verdict_follows
from assessor.services.order import Ordered
from assessor.services.ordering import Ordering
from assessor.services.outlooks import Outlooks, decisive_first
from assessor.services.scoring import Scoring, rubric_of
from assessor.services.showing import shown_order

EVERYTHING: Final = QueueFilter()


@dataclass(frozen=True)
class CaseItem:
    """One item with what the candidate saw, did, and got."""

    item: Item
    rubric: Rubric | None
    response: Response | None
    response_seq: int | None
    turns: tuple[Turn, ...]
    corrections: tuple[Correction, ...]
    """Of turns and of earlier corrections; the latest of each counts."""
    scores: tuple[Score, ...]
    noticed: Noticed
    """For the reviewer to know. No score follows from it."""
    applied: Table | None = None
    """Of a rubric that a model applied to hidden responses: its verdicts, a row a criterion."""
    retired: str | None = None
    """Why the item counts no more."""
    letters: Mapping[str, str] = field(default_factory=dict)
    """What the candidate's page called each response of a ranking, by its id, in the order of that page."""
    follow_ups: tuple[tuple[FollowUp, FollowUpState], ...] = ()
    """What the candidate was asked about it, and how each question stands."""
    reply: str | None = None
    """What the candidate said about passages of theirs that seem to speak to whoever grades."""

    @property
    def open(self) -> tuple[Score, ...]:
        """Criteria that wait for a person."""
        return tuple(score for score in self.scores if score.is_open)


@dataclass(frozen=True)
class Case:
    """Everything about one assessment that a reviewer may see."""

    assessment: Assessment
    track: Track
    items: tuple[CaseItem, ...]
    open: tuple[Score, ...]
    """Criteria that wait for a person, the one that moves the decision most first."""
    diagnostics: Diagnostics
    """How this candidate rates, over the whole form. No score follows from it."""


class Reviewing:
    """What reviewers do. Each call is on behalf of one, and only within their tenant."""

    def __init__(
        self,
        store: Store,
        assessments: AssessmentLog,
        content: Content,
        scoring: Scoring,
        ordering: Ordering,
        jobs: Jobs,
        applied: AppliedRubrics,
        sheets: Sheets,
        outlooks: Outlooks,
        clock: Clock,
    ) -> None:
        self._store = store
        self._assessments = assessments
        self._content = content
        self._scoring = scoring
        self._ordering = ordering
        self._jobs = jobs
        self._applied = applied
        self._sheets = sheets
        self._outlooks = outlooks
        self._clock = clock

    async def queue(
        self,
        reviewer: Reviewer,
        wanted: QueueFilter = EVERYTHING,
        after: QueuePlace | None = None,
        limit: int | None = None,
    ) -> Sequence[Projection]:
        """Return one page of what waits for a person: who needs help first, then the oldest."""
        return await self._store.waiting(reviewer.tenant, wanted, after, limit)

    async def case(self, reviewer: Reviewer, assessment_id: str) -> Case:
        """Return a case. That a person opened the transcript is itself a fact. Raises NotFound.

        Issues the verdict that is due when the process was killed between the last score and it.
        """
        before = await self._assessments.load_for(reviewer.tenant, assessment_id)
        if before.verdict_is_due or await self._is_settled_by_rule(before):
            await self._scoring.issue(assessment_id)
        assessment = await self._assessments.change(
            assessment_id, lambda _a, _now: [e.TranscriptOpened(reviewer=reviewer.id)]
        )
        library = await self._content.library(assessment.ordered.track)
        case = await self._with_tables(_with_questions(case_of(assessment, library), self._clock.now()))
        return case if may_be_shown(assessment, self._clock.now()) else _without_signals(case)

    async def outlook(self, case: Case) -> Outlook:
        """Return what the criteria that wait can still do to the decision."""
        return await self._outlooks.of(case.assessment)

    async def _is_settled_by_rule(self, assessment: Assessment) -> bool:
        """Whether a rule decides by now, though criteria are open and no verdict says so yet."""
        if not (assessment.verdict_is_behind and assessment.needs_person) or assessment.open_appeals:
            return False
        return verdict_follows(assessment, await self._outlooks.look(assessment.id))

    async def _with_tables(self, case: Case) -> Case:
        tables = [await self._applied.table(case.assessment, one.item) for one in case.items]
        items = tuple(replace(one, applied=table) for one, table in zip(case.items, tables, strict=True))
        return replace(case, items=items)

    async def score(
        self,
        reviewer: Reviewer,
        assessment_id: str,
        item_id: str,
        criterion: str,
        mark: Mark,
        reason: str,
        quote: str = "",
    ) -> Assessment:
        """Score one open criterion, as a sheet with nothing else on it."""
        return await self._sheets.hand_in(
            reviewer, assessment_id, Sheet({(item_id, criterion): Given(mark, reason, quote)})
        )

    async def decide(self, reviewer: Reviewer, assessment_id: str, decision: str, reason: str) -> Assessment:
        """Decide as a person, with a reason. Final for the attempt; supersedes the verdict."""
        return await self._sheets.hand_in(reviewer, assessment_id, Sheet(decision=decision, reason=reason))

    async def retry_scoring(self, reviewer: Reviewer, assessment_id: str) -> Assessment:
        """Release a technical hold and score again."""
        await self._assessments.load_for(reviewer.tenant, assessment_id)

        def release(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            assessment.require("scoring again", Status.TECHNICAL_HOLD)
            return [e.HoldReleased(by=reviewer.id)]

        assessment = await self._assessments.change(assessment_id, release)
        await self._jobs.score(assessment.ordered.tenant, assessment_id, assessment.faults + 1)
        return assessment

    async def give_back(self, reviewer: Reviewer, assessment_id: str, reason: str) -> Ordered:
        """Void an attempt that our fault spoiled; the candidate gets another."""
        reason = accept_text("reason", reason, limit=MAX_REASON_CHARS, required=True)
        await self._assessments.load_for(reviewer.tenant, assessment_id)
        return await self._ordering.give_back(assessment_id, reason)


def case_of(assessment: Assessment, library: Library) -> Case:
    """Put a case together, in the order of the form."""
    track = library.track(assessment.ordered.track)
    items = []
    for place in assessment.form.items:
        item = library.item(track.id, place.item_id)
        in_interview = place.category is Category.INTERVIEW
        scores = tuple(score for (item_id, _), score in assessment.scores.items() if item_id == item.id)
        items.append(
            CaseItem(
                item=item,
                rubric=rubric_of(assessment, item, library),
                response=assessment.responses.get(item.id),
                response_seq=assessment.response_seqs.get(item.id),
                turns=assessment.transcript.about(item.id) if in_interview else (),
                corrections=assessment.transcript.corrections_of(item.id),
                scores=scores,
                noticed=noticed(assessment.texts_of(item.id), scores),
                retired=retired.reason if (retired := assessment.retired.get(item.id)) else None,
                letters=_letters(assessment, item),
                reply=assessment.signal_reply,
            )
        )
    return Case(
        assessment,
        track,
        tuple(items),
        decisive_first(assessment.open_scores, track),
        diagnose((item.item, item.response) for item in items),
    )


def _letters(assessment: Assessment, item: Item) -> Mapping[str, str]:
    order = assessment.shown_orders.get(item.id) or shown_order(assessment, item)
    return {name: letter(place) for place, name in enumerate(order)}


def _with_questions(case: Case, now: datetime) -> Case:
    """Put what was asked beside the work. Whoever scores blind is not shown it."""
    asked = [
        (one, one.state(now, is_wanted=case.assessment.needs_person)) for one in case.assessment.follow_ups
    ]
    items = tuple(
        replace(item, follow_ups=tuple(one for one in asked if one[0].item_id == item.item.id))
        for item in case.items
    )
    return replace(case, items=items)


def _without_signals(case: Case) -> Case:
    """Leave out what the candidate has not had the time to reply to."""
    items = tuple(replace(one, noticed=replace(one.noticed, addressed=())) for one in case.items)
    return replace(case, items=items)
