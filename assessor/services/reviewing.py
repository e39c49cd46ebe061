"""A person's part: the queue, the case, scoring what is open, deciding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Projection, Status
from assessor.domain.errors import Conflict, invalid
from assessor.domain.evidence import Evidence, locate
from assessor.domain.item import Category, Item
from assessor.domain.library import Library
from assessor.domain.queue import QueuePlace
from assessor.domain.response import Response
from assessor.domain.rubric import Rubric
from assessor.domain.score import Score, Unscored
from assessor.domain.signal import may_be_shown
from assessor.domain.text import accept_text
from assessor.domain.track import Track
from assessor.domain.transcript import Correction, Turn
from assessor.ports import Clock, Content, Jobs, QueueFilter, Reviewer, Store
from assessor.scoring.applied_rubric import Table
from assessor.scoring.diagnostics import Diagnostics, diagnose
from assessor.scoring.noticing import Noticed, noticed
from assessor.services.applied_rubrics import AppliedRubrics
from assessor.services.log import AssessmentLog
from assessor.services.order import Ordered
from assessor.services.ordering import Ordering
from assessor.services.scoring import Scoring, rubric_of

MIN_REASON_CHARS = 10
MAX_REASON_CHARS = 2000
EVERYTHING: Final = QueueFilter()


class Mark(StrEnum):
    """What a person says of one criterion."""

    MET = "met"
    UNMET = "unmet"
    CANNOT_ASSESS = "cannot_assess"


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
        clock: Clock,
    ) -> None:
        self._store = store
        self._assessments = assessments
        self._content = content
        self._scoring = scoring
        self._ordering = ordering
        self._jobs = jobs
        self._applied = applied
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
        if before.verdict_is_due:
            await self._scoring.issue(assessment_id)
        assessment = await self._assessments.change(
            assessment_id, lambda _a, _now: [e.TranscriptOpened(reviewer=reviewer.id)]
        )
        library = await self._content.library(assessment.ordered.track)
        case = await self._with_tables(case_of(assessment, library))
        return case if may_be_shown(assessment, self._clock.now()) else _without_signals(case)

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
        """Score one open criterion. When none is open any more, the superseding verdict is issued.

        Raises InvalidInput when the quote is not the candidate's, Conflict when it was scored meanwhile.
        """
        reason = accept_text("reason", reason, limit=MAX_REASON_CHARS)
        await self._assessments.load_for(reviewer.tenant, assessment_id)

        def decide(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            assessment.require("scoring", Status.DECIDED)
            _require_not_revoked(assessment)
            before = assessment.scores.get((item_id, criterion))
            if before is None:
                raise invalid(
                    "criterion", f"{criterion!r} is not scored in {item_id!r}", "Choose a listed one."
                )
            if not before.is_open:
                raise Conflict(
                    "This criterion was scored meanwhile",
                    "Reload the page to see the score; yours was not stored.",
                )
            evidence = own_evidence(assessment, item_id, quote)
            return [
                e.ResponseScored(item_id=item_id, scores=(marked(before, reviewer, mark, reason, evidence),))
            ]

        assessment = await self._assessments.change(assessment_id, decide)
        if not assessment.open_scores:
            assessment = await self._scoring.issue(assessment_id)
        return assessment

    async def decide(self, reviewer: Reviewer, assessment_id: str, decision: str, reason: str) -> Assessment:
        """Decide as a person, with a reason. Final for the attempt; supersedes the verdict."""
        if decision not in ("qualified", "not_qualified", "inconclusive"):
            raise invalid(
                "decision", f"{decision!r} is none", "Use qualified, not_qualified or inconclusive."
            )
        reason = accept_text("reason", reason, limit=MAX_REASON_CHARS, required=True)
        if len(reason.strip()) < MIN_REASON_CHARS:
            raise invalid(
                "reason", "is too short", "Say in a sentence what decided it; the candidate reads it."
            )
        await self._assessments.load_for(reviewer.tenant, assessment_id)

        def facts(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            assessment.require("deciding", Status.DECIDED)
            _require_not_revoked(assessment)
            if assessment.open_scores and decision != "inconclusive":
                raise Conflict(
                    "Some criteria are still open", "Score them, or say that you cannot assess them."
                )
            if not assessment.needs_person:
                raise Conflict("This assessment is decided", "An appeal can reopen it.")
            if decision == "qualified" and any(s.required and s.unscored for s in assessment.scores.values()):
                raise Conflict(
                    "A required criterion could not be assessed", "Decide not qualified or inconclusive."
                )
            return [
                e.ReviewDecided.model_validate(
                    {"reviewer": reviewer.id, "decision": decision, "reason": reason.strip()}
                )
            ]

        await self._assessments.change(assessment_id, facts)
        return await self._scoring.issue(assessment_id)

    async def retry_scoring(self, reviewer: Reviewer, assessment_id: str) -> Assessment:
        """Release a technical hold and score again."""
        await self._assessments.load_for(reviewer.tenant, assessment_id)

        def release(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            assessment.require("scoring again", Status.TECHNICAL_HOLD)
            return [e.HoldReleased(by=reviewer.id)]

        assessment = await self._assessments.change(assessment_id, release)
        await self._jobs.score(assessment_id, assessment.faults + 1)
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
                reply=assessment.signal_reply,
            )
        )
    return Case(
        assessment,
        track,
        tuple(items),
        _decisive_first(assessment.open_scores, track),
        diagnose((item.item, item.response) for item in items),
    )


def _without_signals(case: Case) -> Case:
    """Leave out what the candidate has not had the time to reply to."""
    items = tuple(replace(one, noticed=replace(one.noticed, addressed=())) for one in case.items)
    return replace(case, items=items)


def _decisive_first(scores: Sequence[Score], track: Track) -> tuple[Score, ...]:
    """Order open criteria by how much they move the decision: required first, then by weight."""
    weights: Mapping[str, float] = {competency.id: competency.weight for competency in track.competencies}
    return tuple(
        sorted(
            scores,
            key=lambda score: (not score.required, -score.weight * weights.get(score.competency, 1.0)),
        )
    )


def _require_not_revoked(assessment: Assessment) -> None:
    if assessment.revoked:
        raise Conflict(
            "The verdict was revoked, so nothing of this attempt is scored or decided any more",
            "Let the platform order another assessment.",
        )


def own_evidence(assessment: Assessment, item_id: str, quote: str) -> tuple[Evidence, ...]:
    """Return where the quote stands, if there is one. Raises InvalidInput for what was never said."""
    if not quote.strip():
        return ()
    found = locate(quote, assessment.texts_of(item_id))
    if found is None:
        raise invalid(
            "quote",
            "is not in the candidate's own words, or is shorter than 4 words",
            "Mark their words, verbatim.",
        )
    return (found,)


def marked(
    before: Score, reviewer: Reviewer, mark: Mark, reason: str, evidence: tuple[Evidence, ...]
) -> Score:
    """Return the score that a person gives in place of another one."""
    abstains = mark is Mark.CANNOT_ASSESS
    return before.changed(
        value=None if abstains else 1.0 if mark is Mark.MET else 0.0,
        unscored=Unscored.CANNOT_ASSESS if abstains else None,
        rater=f"person:{reviewer.id}",
        reason=reason.strip(),
        evidence=evidence,
    )
