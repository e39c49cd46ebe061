"""The way in: the invite link, what the candidate is told, and the beginning."""

from fastapi import APIRouter, Request, Response

from assessor.bootstrap import Services
from assessor.domain.assessment import OPEN, Assessment, Status
from assessor.domain.errors import Gone, NotFound, Unauthenticated
from assessor.services.ordering import hash_token
from assessor.web.candidate.visit import PageRoute, Visitor, current_time, see, track_of, visit
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.security import CANDIDATE_COOKIE, set_session_cookie

router = APIRouter(route_class=PageRoute)


@router.get("/c/{token}")
async def welcome(request: Request, services: Running, token: str) -> Response:
    """Say what will happen. Looking does not use the link up."""
    try:
        assessment = await services.ordering.look_at_invite(token)
    except Gone:
        if await _is_let_in(request, services, token):
            return see("/assessment")
        raise
    if assessment.status not in OPEN:
        return render(request, "candidate/over.html", 410, assessment=assessment)
    return await _welcome(request, services, assessment, token)


@router.post("/c/{token}/start")
async def start(request: Request, services: Running, token: str) -> Response:
    """Use the link, and begin."""
    try:
        assessment, secret = await services.ordering.redeem(token)
    except Gone:
        # A second press of the button, in the browser that was let in by the first.
        if await _is_let_in(request, services, token):
            return see("/assessment")
        raise
    await _begin(services, assessment)
    response = see("/assessment")
    set_session_cookie(response, CANDIDATE_COOKIE, secret, services.settings)
    return response


@router.post("/assessment/begin")
async def begin(visitor: Visitor) -> Response:
    """Begin in a browser that was let in before the clock started."""
    await _begin(visitor.services, await visitor.load())
    return see("/assessment")


async def _begin(services: Services, assessment: Assessment) -> None:
    if assessment.status is Status.OPENED:
        await services.conversing.begin(assessment.id)


async def _welcome(request: Request, services: Services, assessment: Assessment, token: str) -> Response:
    return render(
        request,
        "candidate/welcome.html",
        assessment=assessment,
        track=await track_of(services, assessment),
        tenant=await services.store.tenant(assessment.ordered.tenant),
        parts=await services.answering.parts(assessment),
        has_model=services.model_name is not None,
        identity_service=services.identifying.service,
        begin_at=f"/c/{token}/start",
        rules_at=f"/c/{token}/how-you-are-scored",
        time_limit=assessment.accommodation.limit(assessment.form.time_limit_minutes),
        time_left=assessment.time_left(current_time()),
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
