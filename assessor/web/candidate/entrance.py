"""The way in: the invite link, what the candidate is told first, and being let in."""

import math
from datetime import timedelta

from fastapi import APIRouter, Request, Response

from assessor.bootstrap import Services
from assessor.domain.assessment import OPEN, Assessment
from assessor.domain.errors import Gone, IllegalTransition, NotFound, Unauthenticated
from assessor.domain.form import measured
from assessor.services.tokens import hash_token
from assessor.web.candidate.visit import PageRoute, current_time, see, visit
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.security import CANDIDATE_COOKIE, set_session_cookie

router = APIRouter(route_class=PageRoute)


@router.get("/c/{token}")
async def welcome(request: Request, services: Running, token: str) -> Response:
    """Say what will happen. Looking does not use the link up."""
    try:
        assessment = await services.inviting.look_at(token)
    except Gone:
        if await _is_let_in(request, services, token):
            return see("/assessment")
        raise
    if assessment.status not in OPEN:
        return render(request, "candidate/over.html", 410, assessment=assessment)
    return await _welcome(request, services, assessment, token)


@router.post("/c/{token}/start")
async def start(request: Request, services: Running, token: str) -> Response:
    """Use the link, and let this browser in. The clock does not run yet: the notice comes first."""
    try:
        _assessment, secret = await services.inviting.redeem(token)
    except Gone:
        # A second press of the button, in the browser that was let in by the first.
        if await _is_let_in(request, services, token):
            return see("/assessment")
        raise
    except IllegalTransition:  # not open yet, or over: the page of the link says which
        return see(f"/c/{token}")
    response = see("/assessment")
    set_session_cookie(response, CANDIDATE_COOKIE, secret, services.settings)
    return response


async def _welcome(request: Request, services: Services, assessment: Assessment, token: str) -> Response:
    now, opens_at = current_time(), assessment.ordered.opens_at
    library = await services.content.library(assessment.ordered.track)
    track, parts = library.track(assessment.ordered.track), await services.answering.parts(assessment)
    return render(
        request,
        "candidate/welcome.html",
        assessment=assessment,
        track=track,
        tenant=await services.store.tenant(assessment.ordered.tenant),
        parts=parts,
        minutes=math.ceil(sum(part.minutes for part in parts)),
        measured=measured(assessment.form, track, library),
        base=f"/c/{token}",
        identity_service=services.identifying.service,
        opens_at=opens_at if opens_at and now < opens_at else None,
        decided_by=now + timedelta(days=assessment.policy.review_days),
        time_limit=assessment.accommodation.limit(assessment.form.time_limit_minutes),
        time_left=assessment.time_left(now),
        break_minutes=(assessment.break_budget or 0) / 60,
    )


async def _is_let_in(request: Request, services: Services, token: str) -> bool:
    """Whether this browser has a session for the assessment that the spent link opened."""
    try:
        visitor = await visit(request, services)
        invited, _, _ = await services.store.invite(hash_token(token))
    except (NotFound, Unauthenticated):
        return False
    return invited == visitor.assessment_id
