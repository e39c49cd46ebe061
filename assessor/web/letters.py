"""Where the links of mails lead. Looking changes nothing: mail scanners open every link they see."""

from fastapi import APIRouter, Request, Response

from assessor.web.candidate.visit import PageRoute, see
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.security import CANDIDATE_COOKIE, set_session_cookie

router = APIRouter(route_class=PageRoute)


@router.get("/r/{token}")
async def way_to_result(request: Request, service: Running, token: str) -> Response:
    """Ask whether to open the result here."""
    await service.mailing.result_of(token)
    return render(request, "mail/result.html")


@router.post("/r/{token}")
async def open_result(service: Running, token: str) -> Response:
    """Let this browser in, and lead to the result."""
    secret = await service.inviting.open_session(await service.mailing.result_of(token))
    response = see("/assessment/result")
    set_session_cookie(response, CANDIDATE_COOKIE, secret, service.settings)
    return response


@router.get("/reminders/{token}")
async def reminders(request: Request, service: Running, token: str) -> Response:
    """Ask whether reminders shall stop."""
    assessment = await service.mailing.recipient_of(token)
    tenant = await service.store.tenant(assessment.ordered.tenant)
    return render(request, "mail/reminders.html", tenant=tenant, stopped=False)


@router.post("/reminders/{token}")
async def stop_reminders(request: Request, service: Running, token: str) -> Response:
    """Stop reminders: for the button of the page, and for the one that mail programs show (RFC 8058)."""
    await service.mailing.unsubscribe(token)
    assessment = await service.mailing.recipient_of(token)
    tenant = await service.store.tenant(assessment.ordered.tenant)
    return render(request, "mail/reminders.html", tenant=tenant, stopped=True)
