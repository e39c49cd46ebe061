"""Retiring: an item that was found to be faulty is never drawn again, and counts for nobody any more.

First it goes into the ledger: from then on no form has it, and whoever is scored is scored without it.
Then everybody whose work was scored, or is being scored, loses what it gave them, one after the other.
Each step looks at what is done already, so a run that was cut off can be repeated.

A superseding verdict is issued wherever the item had scores, since the score, the interval or the
evidence then rest on something else; where it had none, nothing is issued. What that may do to a decision
is in `domain/verdict/retirement.py`.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

from assessor.crash_points import CrashPoint, reach
from assessor.domain.assessment import Assessment, Status, advanced
from assessor.domain.errors import Gone, InvalidInput, invalid
from assessor.domain.form import draw_form
from assessor.domain.text import accept_text
from assessor.domain.verdict import VerdictDocument, compose
from assessor.ports import Clock, Content, Grounds, Items, Retirement
from assessor.services.comparing import Standing, live_document
from assessor.services.log import AssessmentLog
from assessor.services.scoring import Scoring, may_retire, retired_from

MIN_REASON_CHARS = 10
MAX_REASON_CHARS = 2000
SCORED = frozenset({Status.SUBMITTED, Status.SCORING, Status.TECHNICAL_HOLD, Status.DECIDED})

Effect = Literal["superseded", "stands", "unscored", "unchanged", "before", "erased"]
"""What a retirement does to one assessment.

`superseded`: a verdict takes the place of the live one. `stands`: so it does, and `qualified` stands only
until a person has looked. `unscored`: it is not decided yet, and will be without the item. `unchanged`: the
item had no score. `before`: an earlier run did it. `erased`: the candidate was erased, so nothing is left.
"""


@dataclass(frozen=True)
class Affected:
    """What it came to for one assessment, or would; the verdicts where both exist."""

    assessment_id: str
    effect: Effect
    before: Standing | None = None
    after: Standing | None = None


class Retiring:
    """Retires items."""

    def __init__(
        self,
        items: Items,
        assessments: AssessmentLog,
        content: Content,
        scoring: Scoring,
        grounds: Grounds,
        clock: Clock,
    ) -> None:
        self._items = items
        self._assessments = assessments
        self._content = content
        self._scoring = scoring
        self._grounds = grounds
        self._clock = clock

    async def wanted(self, track: str, item_id: str, by: str, reason: str) -> Retirement:
        """Return what would be recorded. Raises NotFound, InvalidInput for the reason."""
        (await self._content.library(track)).item(track, item_id)
        reason = accept_text("reason", reason, limit=MAX_REASON_CHARS, required=True).strip()
        if len(reason) < MIN_REASON_CHARS:
            raise invalid("--reason", "is too short", "Say in a sentence what is wrong with the item.")
        return Retirement(track, item_id, self._clock.now(), by, reason)

    async def shortage(self, track_id: str, item_id: str) -> tuple[str, ...]:
        """Return which forms cannot be drawn any more without the item, and why."""
        library = await self._content.library(track_id)
        track = library.track(track_id)
        without = {item_id} | {one.item_id for one in await self._items.retired(track_id)}
        short = []
        for name in track.forms:
            try:
                draw_form(library, track, name, "after the retirement", without=without)
            except InvalidInput as refused:
                short.append(f"{name}: {refused}")
        return tuple(short)

    async def affected(self, track: str, item_id: str) -> tuple[str, ...]:
        """Return the assessments whose form has the item and that are scored, or being scored."""
        found: list[str] = []
        while page := await self._items.given(track, item_id, SCORED, after=found[-1] if found else ""):
            found += page
        return tuple(found)

    async def rehearse(self, retirement: Retirement, ids: tuple[str, ...]) -> AsyncIterator[Affected]:
        """Yield what the retirement would do to each. Nothing is recorded."""
        for assessment_id in ids:
            yield await self._would(retirement, assessment_id)

    async def retire(self, retirement: Retirement) -> Retirement:
        """Enter it into the ledger. Returns what stands there: the first, if somebody was before."""
        return await self._items.retire(retirement)

    async def apply(self, retirement: Retirement, ids: tuple[str, ...]) -> AsyncIterator[Affected]:
        """Take the item away from each, and yield what that did."""
        for assessment_id in ids:
            try:
                yield await self._applied(retirement, assessment_id)
            except Gone:
                yield Affected(assessment_id, "erased")

    async def _would(self, retirement: Retirement, assessment_id: str) -> Affected:
        try:
            before = await self._assessments.load(assessment_id)
        except Gone:
            return Affected(assessment_id, "erased")
        if not may_retire(before, retirement):
            return _earlier(before)
        after = advanced(before, before.seq + 1, self._clock.now(), retired_from(retirement))
        document = await self._document(after) if after.verdict_is_due else None
        return _told(before, after, document)

    async def _applied(self, retirement: Retirement, assessment_id: str) -> Affected:
        before = await self._assessments.load(assessment_id)
        after = await self._assessments.change(
            assessment_id, lambda a, _now: [retired_from(retirement)] if may_retire(a, retirement) else []
        )
        reach(CrashPoint.AFTER_RETIREMENT)
        if not after.verdict_is_due:
            return _told(before, after, None) if may_retire(before, retirement) else _earlier(before)
        after = await self._scoring.issue(assessment_id)
        return _told(before, after, live_document(after))

    async def _document(self, after: Assessment) -> VerdictDocument:
        terms = after.ordered
        library = await self._content.library(terms.track)
        return compose(
            after,
            library,
            library.track(terms.track),
            verdict_id="",
            issued_at=self._clock.now(),
            standings=await self._grounds.standings(),
            stage=await self._grounds.stage_of(terms.tenant, terms.track, terms.region),
        )


def _earlier(assessment: Assessment) -> Affected:
    return Affected(assessment.id, "before")


def _told(before: Assessment, after: Assessment, document: VerdictDocument | None) -> Affected:
    stood = Standing.of(live_document(before)) if before.verdict else None
    if document is None:
        return Affected(before.id, "unchanged" if stood else "unscored", stood, stood)
    waits = document.decision == "qualified" and document.next.actor == "reviewer"
    return Affected(after.id, "stands" if waits else "superseded", stood, Standing.of(document))
