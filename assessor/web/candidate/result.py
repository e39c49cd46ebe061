"""The result page: what is decided, what waits for whom, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fastapi import APIRouter, Request, Response

from assessor.domain.appeal import NO_CONTENT, UNANSWERED
from assessor.domain.assessment import OPEN, Assessment, Status
from assessor.domain.form import is_repeat
from assessor.domain.identification import WAIT
from assessor.domain.item import Category
from assessor.domain.library import Library
from assessor.domain.score import Score
from assessor.domain.signal import signals, unanswered
from assessor.domain.verdict import THRESHOLDS
from assessor.services.appealing import appeal_until
from assessor.services.disclosing import tells_key
from assessor.web.candidate.hub import ENDED
from assessor.web.candidate.questions import waits_for_answer
from assessor.web.candidate.visit import PageRoute, Visitor, current_time, see
from assessor.web.pages import render

router = APIRouter(route_class=PageRoute)


class Stage(StrEnum):
    """What the candidate can be told."""

    SCORING = "scoring"
    IDENTITY = "identity"
    """All is scored, and the result waits for the identity check."""
    WAITS = "waits"
    DECIDED = "decided"
    REVOKED = "revoked"
    HELD = "held"
    VOIDED = "voided"


@dataclass(frozen=True)
class Seen:
    """One criterion as the candidate reads it, with the own words that it rests on."""

    score: Score
    quotes: tuple[str, ...]

    @property
    def is_keyed(self) -> bool:
        """Whether it was worked out by a key, so that the exact score is not told."""
        return tells_key(self.score)


@dataclass(frozen=True)
class PartResult:
    """What one part of the assessment gave."""

    item_id: str
    category: Category
    title: str
    seen: tuple[Seen, ...]
    left_out: str | None
    """Who found that nothing was said: `rule:unanswered` or `rule:no_content`. The criteria then stay
    untold: an empty answer must not buy the list of what a good one has."""
    is_repeat: bool = False
    """Whether it was there to see how steady somebody's orders are; it has no score."""
    is_retired: bool = False
    """Whether it was found to be faulty, and counts no more."""

    @property
    def open(self) -> int:
        """How many criteria wait for a person."""
        return sum(one.score.is_open for one in self.seen)

    @property
    def why_open(self) -> list[str]:
        """Why they wait, each reason once."""
        reasons = (one.score.unscored for one in self.seen if one.score.is_open)
        return list(dict.fromkeys(reason.value for reason in reasons if reason))


@router.get("/assessment/result")
async def result(request: Request, visitor: Visitor) -> Response:
    """Show what is known at this moment."""
    assessment = await visitor.load()
    if assessment.status in OPEN:
        return see("/assessment")
    if assessment.status in ENDED:
        return render(request, "candidate/over.html", assessment=assessment)
    library = await visitor.services.content.library(assessment.ordered.track)
    parts = part_results(assessment, library)
    return render(
        request,
        "candidate/result.html",
        assessment=assessment,
        track=library.track(assessment.ordered.track),
        stage=stage_of(assessment, current_time()),
        verdict=assessment.verdict.document if assessment.verdict else None,
        parts=parts,
        waiting=[part for part in parts if part.open],
        titles={
            competency.id: competency.title
            for competency in library.track(assessment.ordered.track).competencies
        },
        identity_until=assessment.submitted_at + WAIT if assessment.submitted_at else None,
        cut=round(THRESHOLDS.score_at_cut),
        appeal_until=appeal_until(assessment),
        appeals=assessment.appeals,
        open_appeals=assessment.open_appeals,
        reply_until=_reply_until(assessment),
        is_asked=waits_for_answer(assessment),
        now=current_time(),
    )


@router.get("/assessment/badge")
async def badge(visitor: Visitor) -> Response:
    """Give the candidate the badge of a qualification as a file."""
    signed = await visitor.services.badges.of_assessment(visitor.assessment_id)
    headers = {"Content-Disposition": 'attachment; filename="badge.jwt"'}
    return Response(signed, media_type="application/vc+jwt", headers=headers)


def stage_of(assessment: Assessment, now: datetime) -> Stage:
    """Return what the candidate can be told about a submitted assessment."""
    if assessment.status is Status.TECHNICAL_HOLD:
        return Stage.HELD
    if assessment.status is Status.VOIDED:
        return Stage.VOIDED
    if assessment.verdict is None:
        waits = assessment.identity.can_still_come(now, assessment.submitted_at)
        return Stage.IDENTITY if waits and assessment.is_all_scored else Stage.SCORING
    if assessment.revoked:
        return Stage.REVOKED
    return Stage.WAITS if assessment.decision == "needs_review" else Stage.DECIDED


def _reply_until(assessment: Assessment) -> datetime | None:
    """Return until when a reply is asked for; None where nothing was noticed, or it is over."""
    waiting = unanswered(signals(assessment), current_time())
    return max((one.until for one in waiting if one.until), default=None)


def part_results(assessment: Assessment, library: Library) -> list[PartResult]:
    """Return the items with their scores, in the order of the candidate's path."""
    return [_part(assessment, library, place.item_id) for place in assessment.form.items]


def _part(assessment: Assessment, library: Library, item_id: str) -> PartResult:
    item = library.item(assessment.ordered.track, item_id)
    scores = [score for (scored, _), score in assessment.scores.items() if scored == item_id]
    told = [score for score in scores if score.rater not in (UNANSWERED, NO_CONTENT)]
    left_out = next((score.rater for score in scores if score not in told), None)
    read_again = any(score.rater_kind == "person" for score in told)  # on appeal: then it says something
    return PartResult(
        item_id=item_id,
        category=item.category,
        title=item.title,
        seen=tuple(Seen(score, tuple(_quotes(assessment, score))) for score in told),
        left_out=None if read_again and left_out == NO_CONTENT else left_out,
        is_repeat=is_repeat(item),
        is_retired=item_id in assessment.retired,
    )


def _quotes(assessment: Assessment, score: Score) -> Iterable[str]:
    texts = {(own.event_seq, own.path): own.text for own in assessment.texts_of(score.item_id)}
    for evidence in score.evidence:
        if text := texts.get((evidence.event_seq, evidence.path)):
            yield text[evidence.start : evidence.end]
