"""The task pages as a service: drafts, responses, and submitting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from assessor.crash_points import CrashPoint, reach
from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import Conflict
from assessor.domain.form import FormItem, interview_minutes, working_minutes
from assessor.domain.item import Category, Item
from assessor.domain.library import Library
from assessor.domain.response import parse_response
from assessor.ports import Clock, Content, Draft, Jobs, Store
from assessor.services.blocks import finished_block
from assessor.services.closing import (
    INTERVIEW_DRAFT,
    is_closed,
    open_tasks,
    require_in_time,
    written_in_time,
)
from assessor.services.log import AssessmentLog, each_overdue, following
from assessor.services.showing import shown_order
from assessor.services.signal_rules import SignalRules

PartState = Literal["open", "draft", "done", "final", "later"]


@dataclass(frozen=True)
class Part:
    """One line of the hub. `final` is handed in for good, and `later` cannot be opened yet; both are of forms
    that come in blocks."""

    item_id: str
    category: Category
    title: str
    minutes: float
    state: PartState

    @property
    def is_handed_in(self) -> bool:
        """Whether nothing is left to be done for it."""
        return self.state in ("done", "final")


@dataclass(frozen=True)
class Task:
    """One item as the candidate may see it, with what was saved."""

    item: Item
    draft: Draft
    handed_in: bool
    shown_order: tuple[str, ...]

    @property
    def minutes(self) -> float:
        """How long it takes, as on the list of parts."""
        return working_minutes(self.item)


class Answering:
    """Drafts, handing in, submitting."""

    def __init__(
        self, store: Store, assessments: AssessmentLog, content: Content, clock: Clock, jobs: Jobs
    ) -> None:
        self._store = store
        self._assessments = assessments
        self._content = content
        self._clock = clock
        self._jobs = jobs
        self._rules = SignalRules(store, clock)

    async def parts(self, assessment: Assessment) -> tuple[Part, ...]:
        """Return the interview as one part, then each task."""
        library = await self._content.library(assessment.ordered.track)
        questions = [_item(assessment, library, place) for place in assessment.form.of(Category.INTERVIEW)]
        parts = [_interview_part(assessment, interview_minutes(questions))]
        for place in assessment.form.tasks:
            draft = await self._store.draft(assessment.id, place.item_id)
            item = _item(assessment, library, place)
            state = _state(assessment, place.item_id, has_draft=bool(draft.revision))
            parts.append(Part(place.item_id, place.category, item.title, working_minutes(item), state))
        return tuple(parts)

    async def task(self, assessment: Assessment, item_id: str) -> Task:
        """Return one task. Raises InvalidInput when it is not on the form, IllegalTransition out of turn."""
        assessment.require_on_form(item_id)
        assessment.require_its_turn(item_id)
        library = await self._content.library(assessment.ordered.track)
        item = library.item(assessment.ordered.track, item_id)
        return Task(
            item=item,
            draft=await self._store.draft(assessment.id, item_id),
            handed_in=item_id in assessment.responses,
            shown_order=shown_order(assessment, item),
        )

    async def draft(self, assessment_id: str, name: str) -> Draft:
        """Return what was last saved for a task or for the interview's message box."""
        return await self._store.draft(assessment_id, name)

    async def save_draft(
        self,
        assessment_id: str,
        name: str,
        payload: dict[str, Any],
        base: int,
        *,
        age: timedelta = timedelta(0),
    ) -> Draft:
        """Save work in progress as it is, complete or not; `age` is since when it was not changed.

        Raises StaleRevision with what is stored when another tab saved since revision `base`, and
        IllegalTransition for what was written after the end.
        """
        assessment = await self._assessments.load(assessment_id)
        if name != INTERVIEW_DRAFT:
            assessment.require_on_form(name)
            assessment.require_its_turn(name)
        assessment.require("saving", Status.IN_PROGRESS)
        now = self._clock.now()
        require_in_time(assessment, now, age)
        return await self._store.save_draft(assessment_id, name, payload, base, now)

    async def hand_in(self, assessment_id: str, item_id: str, payload: dict[str, Any]) -> Assessment:
        """Check and store a response; handing in again replaces it. When this returns, it is on disk.

        Raises InvalidInput with every wrong field, IllegalTransition after the end and out of turn. The last
        response of a block makes the block final; whether another one follows is recorded with it.
        """
        before = await self._assessments.load(assessment_id)
        before.require_on_form(item_id)
        track = before.ordered.track
        library = await self._content.library(track)
        item = library.item(track, item_id)
        response = parse_response(item, payload)

        def decide(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            _require_open(assessment, now)
            assessment.require_on_form(item_id)
            assessment.require_its_turn(item_id)
            if assessment.responses.get(item_id) == response:
                return []
            order = shown_order(assessment, item)
            handed_in = e.ResponseHandedIn(item_id=item_id, response=response, shown_order=order)
            block = finished_block(following(assessment, [handed_in], now), library)
            return [handed_in] if block is None else [handed_in, block]

        reach(CrashPoint.BEFORE_RESPONSE)
        after = await self._assessments.change(assessment_id, decide)
        reach(CrashPoint.AFTER_RESPONSE)
        return after

    async def submit(self, assessment_id: str) -> Assessment:
        """End the candidate's part and start scoring. Submitting twice is once.

        When the time has run out, what was written in time counts as sent and handed in.
        """
        before = await self._assessments.load(assessment_id)
        drafts = await self._open_drafts(before)
        # Handing in needs no library where nothing is left to be read: a fault in it holds the scoring alone.
        unread = any(draft.revision for draft in drafts.values())
        library = await self._content.library(before.ordered.track) if unread else None
        off = await self._rules.off(before.ordered.tenant)

        def decide(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            if assessment.submitted_at:
                return []
            assessment.require("submitting", Status.IN_PROGRESS)
            if not assessment.interview_finished and not assessment.is_over(now):
                raise Conflict(
                    "The interview is not finished", "Finish it first, or withdraw; your answers are kept."
                )
            if not assessment.is_over(now):
                return [e.AssessmentSubmitted(by="candidate", unnoticed=off)]
            written = written_in_time(assessment, library, drafts, now) if library else []
            return [*written, e.AssessmentSubmitted(by="deadline", unnoticed=off)]

        reach(CrashPoint.BEFORE_SUBMISSION)
        assessment = await self._assessments.change(assessment_id, decide)
        reach(CrashPoint.AFTER_SUBMISSION)
        if assessment.status is Status.SUBMITTED:
            await self._jobs.score(assessment.ordered.tenant, assessment_id, assessment.faults + 1)
        return assessment

    async def _open_drafts(self, assessment: Assessment) -> dict[str, Draft]:
        names = [INTERVIEW_DRAFT, *(place.item_id for place in open_tasks(assessment))]
        return {name: await self._store.draft(assessment.id, name) for name in names}

    async def submit_overdue(self) -> int:
        """Submit where the working time ran out and nothing can arrive any more. Returns how many."""

        async def submit(assessment_id: str) -> bool:
            assessment = await self._assessments.load(assessment_id)
            if not is_closed(assessment, self._clock.now()):
                return False
            await self.submit(assessment_id)
            return True

        return await each_overdue("submit", await self._store.overdue(self._clock.now()), submit)


def _state(assessment: Assessment, item_id: str, *, has_draft: bool) -> PartState:
    block = assessment.form.block_of(item_id)
    if block is not None and block != assessment.blocks_finished:
        return "later" if block > assessment.blocks_finished else "final"
    return "done" if item_id in assessment.responses else "draft" if has_draft else "open"


def _item(assessment: Assessment, library: Library, place: FormItem) -> Item:
    return library.item(assessment.ordered.track, place.item_id)


def _interview_part(assessment: Assessment, minutes: float) -> Part:
    begun = bool(assessment.transcript.turns)
    state: PartState = "done" if assessment.interview_finished else "draft" if begun else "open"
    return Part(INTERVIEW_DRAFT, Category.INTERVIEW, "Interview", minutes, state)


def _require_open(assessment: Assessment, now: datetime) -> None:
    assessment.require("handing in", Status.IN_PROGRESS)
    require_in_time(assessment, now, timedelta(0))
