"""The identity step: what is asked and why, the way to the hosted service and back, and how it stands."""

from typing import Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response

from assessor.domain.assessment import Status
from assessor.domain.identification import WAIT, CheckState
from assessor.services.letting_in import waits_to_begin
from assessor.web.candidate.notice import WAITING
from assessor.web.candidate.visit import PageRoute, Visit, Visitor, see, track_of
from assessor.web.pages import render

router = APIRouter(route_class=PageRoute)

IDENTITY: Final = "/assessment/identity"


@router.get(IDENTITY)
async def identity(request: Request, visitor: Visitor) -> Response:
    """Say what is asked, or how it stands. The service sends people back to this page."""
    assessment = await visitor.load()
    if assessment.status is not Status.IDENTITY and assessment.identity.state is CheckState.NOT_NEEDED:
        return see("/assessment")
    return await _page(request, visitor)


@router.post(IDENTITY)
async def check(request: Request, visitor: Visitor) -> Response:
    """Open the check, and show the way there.

    A page with a link, not a redirect: browsers do not follow a form to another site under our policy,
    and the address, which is good once, then stands nowhere but on this page.
    """
    url = await visitor.services.identifying.open(visitor.assessment_id)
    if url is None:
        return see(IDENTITY)
    assessment = await visitor.load()
    service = visitor.services.identifying.service
    return render(
        request,
        "candidate/identity_leave.html",
        assessment=assessment,
        service=service,
        url=url,
        host=urlsplit(url).hostname,
    )


@router.post(f"{IDENTITY}/look")
async def look(visitor: Visitor) -> Response:
    """Ask the service how it stands."""
    await visitor.services.identifying.look(visitor.assessment_id)
    return see(IDENTITY)


@router.post(f"{IDENTITY}/go-on")
async def go_on(visitor: Visitor) -> Response:
    """Start the clock, whatever came of the check, or show how long that takes."""
    assessment = await visitor.services.identifying.go_on(visitor.assessment_id)
    return see(WAITING if waits_to_begin(assessment) else "/assessment")


async def _page(request: Request, visitor: Visit) -> Response:
    assessment = await visitor.load()
    submitted = assessment.submitted_at is not None
    return render(
        request,
        "candidate/identity.html",
        assessment=assessment,
        track=await track_of(visitor.services, assessment),
        tenant=await visitor.services.store.tenant(assessment.ordered.tenant),
        service=visitor.services.identifying.service,
        check=assessment.identity.state,
        failure=assessment.identity.last.failure if assessment.identity.last else None,
        wait_hours=int(WAIT.total_seconds() / 3600),
        may_try=assessment.identity.may_try,
        starts_clock=assessment.status is Status.IDENTITY,
        back="/assessment/result" if submitted else "/assessment",
    )
