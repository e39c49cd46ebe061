"""Near-duplicates across candidates: found after submitting, recorded, and looked at by a person alone.

It runs beside the scoring of an assessment, once its verdict is issued, and can neither hold that up nor
change it: a fault is logged, and the sweep tries again.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.canary import EDITION as CANARY
from assessor.domain.canary import quotes
from assessor.domain.errors import Erased, NotFound
from assessor.domain.library import Library
from assessor.domain.near_duplicate import (
    EDITION,
    FreeText,
    bands_of,
    closest,
    is_near_duplicate,
    likeness,
    shared_passages,
)
from assessor.domain.thresholds import THRESHOLDS
from assessor.ports import Clock, Content, Signatures, Steps
from assessor.scoring.screening import task_texts
from assessor.services.log import AssessmentLog, each_overdue
from assessor.services.scoring import Scoring, work_of

LEFT_TO_WORKFLOW: Final = timedelta(minutes=5)
"""How long after submitting the sweep leaves it to the workflow."""
AT_ONCE: Final = 100
"""So many are compared in one sweep; the next goes on."""

log = structlog.get_logger()


class NearDuplicates:
    """Compares answers with those of other candidates of the same platform to the same item."""

    def __init__(
        self, store: Signatures, assessments: AssessmentLog, content: Content, clock: Clock, secret: bytes
    ) -> None:
        """Take `secret`, without which nobody can tell from a signature whether a text has it."""
        self._store = store
        self._assessments = assessments
        self._content = content
        self._clock = clock
        self._secret = secret

    async def compare_beside(self, assessment_id: str) -> None:
        """Compare an assessment. Never raises: what is noticed must not touch what is scored."""
        await each_overdue("near-duplicates", [assessment_id], self._compared)

    async def compare_overdue(self) -> int:
        """Compare what no workflow has compared. Returns how many were."""
        before = self._clock.now() - LEFT_TO_WORKFLOW
        return await each_overdue(
            "near-duplicates", await self._store.uncompared(before, AT_ONCE), self._compared
        )

    async def end_unanswered(self) -> int:
        """Let wait for a person what candidates had the time to reply to, and did not. Returns how many."""

        async def end(assessment_id: str) -> bool:
            def facts(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
                until = assessment.alike_reply_until
                return [e.SignalUnanswered()] if until is not None and until <= now else []

            await self._assessments.change(assessment_id, facts)
            return True

        over = await self._store.unanswered(self._clock.now(), AT_ONCE)
        return await each_overdue("unanswered", over, end)

    async def _compared(self, assessment_id: str) -> bool:
        assessment = await self._assessments.load(assessment_id)
        if assessment.submitted_at is None:
            return False
        if not assessment.ordered.simulated:
            await self._compare(assessment)
        await self._store.was_compared(assessment_id, self._clock.now())
        return True

    async def _compare(self, assessment: Assessment) -> None:
        """Keep the signatures first: of two that are compared at once, one at least then sees the other."""
        library = await self._content.library(assessment.ordered.track)
        items = [place.item_id for place in assessment.form.items]
        texts = {item_id: free_text(assessment, library, item_id) for item_id in items}
        bands = {
            item_id: bands_of(text.runs, self._secret, *_scope(assessment, item_id))
            for item_id, text in texts.items()
            if text.is_long_enough
        }
        for item_id, text in texts.items():
            await self._look_for_canary(assessment, library, item_id, text)
        await self._store.keep_bands(assessment.id, [band for each in bands.values() for band in each])
        for item_id, own in bands.items():
            others = await self._others(assessment, item_id, own)
            await self._look(assessment, item_id, texts[item_id], others)

    async def _look_for_canary(
        self, assessment: Assessment, library: Library, item_id: str, mine: FreeText
    ) -> None:
        """Record where an answer has what stands in the item's key alone."""
        canary = library.item(assessment.ordered.track, item_id).canary
        passages = quotes(mine, canary) if canary else ()
        if not passages:
            return

        def facts(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            is_told = item_id in assessment.quoted or "quoted" in assessment.unnoticed
            return [] if is_told else [e.AnswerQuotesKey(item_id=item_id, passages=passages, rule=CANARY)]

        await self._assessments.change(assessment.id, facts)

    async def _others(
        self, assessment: Assessment, item_id: str, bands: Sequence[int]
    ) -> Mapping[str, tuple[Assessment, FreeText]]:
        """Return the answers of others that may be alike."""
        limit = THRESHOLDS.near_duplicate.compared
        found = {}
        for other_id in await self._store.sharing_bands(assessment.id, bands, limit):
            if (other := await self.readable(assessment.ordered.tenant, other_id)) is None:
                continue
            library = await self._content.library(other.ordered.track)
            found[other_id] = (other, free_text(other, library, item_id))
        return found

    async def readable(self, tenant: str, assessment_id: str) -> Assessment | None:
        """Return another assessment of a platform; None when its candidate was erased meanwhile."""
        try:
            return await self._assessments.load_for(tenant, assessment_id)
        except (Erased, NotFound):
            return None

    async def _look(
        self,
        assessment: Assessment,
        item_id: str,
        mine: FreeText,
        others: Mapping[str, tuple[Assessment, FreeText]],
    ) -> None:
        """Record what is alike, in the log of whoever handed in later."""
        before = [(one.id, text) for one, text in others.values() if _handed_in(one) < _handed_in(assessment)]
        if found := closest(mine, before):
            await self._record(assessment.id, item_id, mine, *found)
        for other, text in others.values():
            if _handed_in(other) > _handed_in(assessment) and is_near_duplicate(text, mine):
                await self._record(other.id, item_id, text, assessment.id, mine)

    async def _record(
        self, assessment_id: str, item_id: str, mine: FreeText, other: str, theirs: FreeText
    ) -> None:
        """Record it in the log of whoever handed in later, unless the rule was switched off at that time."""
        fact = e.AnswerFoundAlike(
            item_id=item_id,
            other=other,
            likeness=round(likeness(mine, theirs), 3),
            passages=shared_passages(mine, theirs),
            rule=EDITION,
        )

        def facts(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            is_told = item_id in assessment.alike or "alike" in assessment.unnoticed
            return [] if is_told else [fact]

        await self._assessments.change(assessment_id, facts)


def scored_and_compared(
    scoring: Scoring, near_duplicates: NearDuplicates
) -> Callable[[Steps, str], Awaitable[None]]:
    """Return the workflow of a submitted assessment: it is scored and decided, and only then compared."""

    async def workflow(steps: Steps, assessment_id: str) -> None:
        await scoring.workflow(steps, assessment_id)
        await steps.run("compare", near_duplicates.compare_beside, assessment_id)

    return workflow


def free_text(assessment: Assessment, library: Library, item_id: str) -> FreeText:
    """Return what a candidate wrote freely to one item, with all that they were told about it."""
    place = assessment.form.place_of(item_id)
    if place is None:
        return FreeText(())
    work = work_of(assessment, library.item(assessment.ordered.track, item_id), library)
    asked = [turn.text for turn in work.turns if turn.speaker == "interviewer"]
    return FreeText(work.texts, (*task_texts(work), *asked))


def _scope(assessment: Assessment, item_id: str) -> tuple[str, ...]:
    ordered = assessment.ordered
    return (ordered.tenant, "live" if ordered.livemode else "test", item_id)


def _handed_in(assessment: Assessment) -> tuple[datetime | None, str]:
    return assessment.submitted_at, assessment.id
