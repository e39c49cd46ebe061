"""The list of parts, and handing the whole in."""

from fastapi import APIRouter, Request, Response

from assessor.domain.assessment import Assessment, Status
from assessor.web.candidate.breaks import break_page
from assessor.web.candidate.identity import IDENTITY
from assessor.web.candidate.notice import must_read
from assessor.web.candidate.questions import waits_for_answer
from assessor.web.candidate.visit import PageRoute, Visitor, current_time, see, track_of
from assessor.web.pages import render

router = APIRouter(route_class=PageRoute)

ENDED = frozenset({Status.EXPIRED, Status.WITHDRAWN, Status.CANCELLED})
SPOILED = frozenset({Status.TECHNICAL_HOLD, Status.VOIDED})
"""By a fault of ours; the result page says how it goes on."""


@router.get("/assessment")
async def hub(request: Request, visitor: Visitor, handed_in: str = "") -> Response:
    """Show the parts with what is done and what comes next; after handing in, say so."""
    assessment = await visitor.load()
    if assessment.status in ENDED:
        return render(request, "candidate/over.html", assessment=assessment)
    if assessment.status in SPOILED:
        return see("/assessment/result")
    if assessment.status is Status.IDENTITY:
        return see(IDENTITY)
    if assessment.status is Status.PAUSED:
        return break_page()
    if notice := must_read(assessment, "/assessment"):
        return notice
    now = current_time()
    parts = await visitor.services.answering.parts(assessment)
    return render(
        request,
        "candidate/hub.html",
        assessment=assessment,
        track=await track_of(visitor.services, assessment),
        tenant=await visitor.services.store.tenant(assessment.ordered.tenant),
        parts=parts,
        handed_in=next((part for part in parts if part.item_id == handed_in and part.is_handed_in), None),
        is_asked=waits_for_answer(assessment),
        now=now,
        is_over=assessment.is_over(now),
        may_submit=_may_submit(assessment, is_over=assessment.is_over(now)),
    )


@router.get("/assessment/submit")
async def ask_to_submit(request: Request, visitor: Visitor) -> Response:
    """Say what is missing, and ask once more."""
    assessment = await visitor.load()
    if assessment.submitted_at:
        return see("/assessment/result")
    if assessment.status is Status.IDENTITY:
        return see(IDENTITY)
    if assessment.status is Status.PAUSED:
        return break_page()
    now = current_time()
    return render(
        request,
        "candidate/submit.html",
        assessment=assessment,
        track=await track_of(visitor.services, assessment),
        parts=await visitor.services.answering.parts(assessment),
        now=now,
        may_submit=_may_submit(assessment, is_over=assessment.is_over(now)),
    )


@router.post("/assessment/submit")
async def submit(visitor: Visitor) -> Response:
    """Hand the whole in."""
    await visitor.services.answering.submit(visitor.assessment_id)
    return see("/assessment/result")


def _may_submit(assessment: Assessment, *, is_over: bool) -> bool:
    return assessment.status is Status.IN_PROGRESS and (assessment.interview_finished or is_over)
