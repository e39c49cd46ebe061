"""Signing in by an OpenID provider: off to it, and back."""

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from assessor.domain.errors import AccountDisabled, NotFound, SignInRefused
from assessor.services.federating import Federation
from assessor.web.dependencies import Running
from assessor.web.reviewer import sign_in_form
from assessor.web.security import REVIEWER_COOKIE, set_session_cookie

FLOW_COOKIE: Final = "assessor_sign_in"
FLOW_PATH: Final = "/review/openid"
FLOW_SECONDS: Final = 600

router = APIRouter(prefix=FLOW_PATH, include_in_schema=False)


@router.get("")
async def leave(request: Request, service: Running) -> Response:
    """Send the browser to the provider, with a secret by which it is known when it comes back."""
    try:
        secret, address = await _federation(service).begin()
    except SignInRefused as refused:
        return sign_in_form(request, "/review", problem=str(refused), status=502)
    response = RedirectResponse(address, 303)
    response.set_cookie(
        FLOW_COOKIE,
        secret,
        max_age=FLOW_SECONDS,
        path=FLOW_PATH,
        httponly=True,
        samesite="lax",  # strict would leave it out when the provider sends the browser back
        secure=service.settings.environment != "development",
    )
    return response


@router.get("/callback")
async def come_back(
    request: Request, service: Running, state: str = "", code: str = "", error: str = ""
) -> Response:
    """Open a session for whom the provider vouches for. Each secret works once."""
    try:
        _require_code(error, code)
        secret = request.cookies.get(FLOW_COOKIE, "")
        person = await _federation(service).finish(secret, state, code)
        session = await service.access.open_reviewer_session(person)
    except (SignInRefused, AccountDisabled) as refused:
        response: Response = sign_in_form(request, "/review", problem=str(refused), status=403)
    else:
        response = RedirectResponse("/review", 303)
        set_session_cookie(response, REVIEWER_COOKIE, session, service.settings)
    response.delete_cookie(FLOW_COOKIE, path=FLOW_PATH)
    return response


def _require_code(error: str, code: str) -> None:
    if error or not code:
        raise SignInRefused("did not sign you in. Try again, or ask an administrator.")


def _federation(service: Running) -> Federation:
    if service.federation is None:
        raise NotFound("sign-in", "by a provider")
    return service.federation
