"""The line to begin: a calm page that looks again by itself, and never starts the clock by itself."""

from typing import Final

from fastapi import APIRouter, Request, Response

from assessor.domain.assessment import Status
from assessor.domain.notice import CURRENT
from assessor.services.letting_in import waits_to_begin
from assessor.web.candidate.identity import IDENTITY
from assessor.web.candidate.notice import WAITING
from assessor.web.candidate.visit import PageRoute, Visitor, see, track_of
from assessor.web.pages import render

router = APIRouter(route_class=PageRoute)

LONG_MINUTES: Final = 30
"""A longer wait is not told in minutes: nobody can know it so well."""


@router.get(WAITING)
async def waiting(request: Request, visitor: Visitor) -> Response:
    """Say how long it takes about; with a place, offer to begin. Looking keeps the place in the line."""
    assessment = await visitor.load()
    if not waits_to_begin(assessment):
        return see("/assessment")
    letting_in = visitor.services.letting_in
    standing = await letting_in.look(assessment.id)
    checks_identity = assessment.status is Status.IDENTITY
    return render(
        request,
        "candidate/waiting.html",
        assessment=assessment,
        track=await track_of(visitor.services, assessment),
        standing=standing,
        minutes=letting_in.wait_minutes(standing),
        long_minutes=LONG_MINUTES,
        look_again=int(standing.look_again.total_seconds()),
        begin=f"{IDENTITY}/go-on" if checks_identity else "/assessment/begin",
        edition=CURRENT.version,
        limit=assessment.accommodation.limit(assessment.form.time_limit_minutes),
    )


@router.post(f"{WAITING}/leave")
async def leave(request: Request, visitor: Visitor) -> Response:
    """Give the place in the line up; whoever comes back stands at its end."""
    await visitor.services.letting_in.leave(visitor.assessment_id)
    assessment = await visitor.load()
    if not waits_to_begin(assessment):
        return see("/assessment")
    return render(request, "candidate/waiting_left.html", assessment=assessment, back=WAITING)
