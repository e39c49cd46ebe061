"""Going on in another browser: the code is made in one and typed into the other."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response

from assessor.domain.errors import Gone
from assessor.services.moving import CODE_CHARS, CODE_FOR, normal
from assessor.web.candidate.visit import PageRoute, Visitor, see
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.security import CANDIDATE_COOKIE, set_session_cookie
from assessor.web.throttle import Throttle, TooManyTries

MAKE: Final = "/assessment/move"
TYPE: Final = "/continue"
WRONG_TRIES: Final = 5
CODES_MADE: Final = 10
WINDOW_SECONDS: Final = 15 * 60

router = APIRouter(route_class=PageRoute)


def new_throttle() -> Throttle:
    """Return the counter of wrong codes by address: after five, nobody there may try for a while."""
    return Throttle(WRONG_TRIES, WINDOW_SECONDS)


def new_maker() -> Throttle:
    """Return the counter of codes that are made for one assessment."""
    return Throttle(CODES_MADE, WINDOW_SECONDS)


@router.get(MAKE)
async def offer(request: Request, visitor: Visitor) -> Response:
    """Say how it works."""
    return render(
        request,
        "candidate/move.html",
        assessment=await visitor.load(),
        made=None,
        minutes=_MINUTES,
        where=TYPE,
    )


@router.post(MAKE)
async def make(request: Request, visitor: Visitor) -> Response:
    """Make a code, and show it this once."""
    throttle: Throttle = request.app.state.code_makers
    throttle.count(visitor.assessment_id)
    made = await visitor.services.moving.make(visitor.assessment_id)
    assessment = await visitor.load()
    where = f"{request.app.state.public_url}{TYPE}"
    return render(
        request, "candidate/move.html", assessment=assessment, made=made, minutes=_MINUTES, where=where
    )


@router.get(TYPE)
async def ask(request: Request) -> Response:
    """Ask for the code."""
    return _form(request)


@router.post(TYPE)
async def take(
    request: Request, services: Running, code: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """Use the code, and let this browser in. The one before is signed out."""
    throttle: Throttle = request.app.state.code_throttle
    address = f"address {request.client.host if request.client else ''}"
    if len(normal(code)) != CODE_CHARS:  # a slip of the hand is no try
        return _form(request, code, "not_whole", 422)
    try:
        throttle.count(address)
        secret = await services.moving.take(code)
    except TooManyTries as wait:
        page = _form(request, code, "too_many", 429)
        page.headers["Retry-After"] = str(wait.retry_after)
        return page
    except Gone:
        return _form(request, code, "wrong", 422)
    throttle.forgive(address)
    response = see("/assessment")
    set_session_cookie(response, CANDIDATE_COOKIE, secret, services.settings)
    return response


def _form(request: Request, typed: str = "", problem: str = "", status: int = 200) -> Response:
    return render(request, "candidate/continue.html", status, typed=typed[:20], problem=problem)


_MINUTES: Final = int(CODE_FOR.total_seconds() / 60)
