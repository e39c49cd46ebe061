"""Where errors become answers: foreseen ones from the table, all others at the barrier."""

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assessor.domain.errors import AssessorError, FieldProblem, InvalidInput, NotTrained, invalid
from assessor.web.pages import language_of, render
from assessor.web.problems import (
    KINDS,
    METHOD_NOT_ALLOWED,
    UNEXPECTED,
    UNKNOWN_ADDRESS,
    Problem,
    problem_of,
    respond,
)
from assessor.web.telling import told

FRAMES: Final = 8

log = structlog.get_logger()
router = APIRouter(include_in_schema=False)


class FaultBarrier:
    """Turns what nobody foresaw into a problem, and logs where it happened.

    The log has types and places only: the message of an exception may hold a candidate's words.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as fault:
            log_fault(scope, fault)
            if started:
                raise  # half a response cannot become another one; the server has to cut it off
            response = respond(Request(scope), Problem(UNEXPECTED, UNEXPECTED.meaning))
            await response(scope, receive, send)


def install(app: FastAPI) -> None:
    """Make the application answer every error from the table."""
    for error in (AssessorError, RequestValidationError, HTTPException):
        app.add_exception_handler(error, on_error)
    app.include_router(router)


async def on_error(request: Request, error: Exception) -> Response:
    """Answer one error. What is not foreseen here travels on to the barrier."""
    match error:
        case NotTrained() if request.url.path.startswith("/review/"):
            # Nothing went wrong: the page that leads on is shown in place of this one.
            return RedirectResponse(f"/review/training?{urlencode({'for': error.track})}", 303)
        case AssessorError():
            problem = problem_of(error)
            if problem.kind.status >= UNEXPECTED.status:
                log_fault(request.scope, error)
            return respond(request, _in_their_language(request, problem, error))
        case RequestValidationError():
            return respond(request, problem_of(InvalidInput(field_problems(error.errors()))))
        case HTTPException():
            return _http_error(request, error)
        case _:
            raise error


def _in_their_language(request: Request, problem: Problem, error: AssessorError) -> Problem:
    """Return a problem as the page that sent the request can show it; those of the API are in English."""
    if request.url.path.startswith("/v1/") or problem.kind.status >= UNEXPECTED.status:
        return problem
    return replace(problem, detail=told(language_of(request), error))


def field_problems(found: Sequence[Any]) -> tuple[FieldProblem, ...]:
    """Tell what pydantic found, field by field, without the values that were sent."""
    return tuple(_field_problem(finding) for finding in found)


def _field_problem(finding: Mapping[str, Any]) -> FieldProblem:
    place = ".".join(str(part) for part in finding["loc"][1:]) or str(finding["loc"][0])
    match finding["type"]:
        case "missing":
            return FieldProblem(place, "is missing", "Send it.")
        case "extra_forbidden":
            return FieldProblem(place, "is not a field here", "Remove it.")
        case _:
            return FieldProblem(place, str(finding["msg"]), "Correct it and send the request again.")


def _http_error(request: Request, error: HTTPException) -> Response:
    headers = dict(error.headers or {})
    match error.status_code:
        case 303:
            return Response(status_code=303, headers=headers)
        case 404:
            return respond(request, Problem(UNKNOWN_ADDRESS, UNKNOWN_ADDRESS.meaning))
        case 405:
            headers["Allow"] = ", ".join(_methods(request))
            return respond(request, Problem(METHOD_NOT_ALLOWED, METHOD_NOT_ALLOWED.meaning, {}, headers))
        case 400 | 413:
            unread = invalid("body", "cannot be read as the form it says it is", "Send it again, complete.")
            return respond(request, problem_of(unread))
        case _:
            raise error


def _methods(request: Request) -> list[str]:
    """Return what works at an address: each of its methods may have a route of its own."""
    found: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return sorted(found)


def log_fault(scope: Scope, fault: Exception) -> None:
    """Log where a fault happened: types and places only, because a message may hold somebody's words."""
    route = scope.get("route")
    frames = traceback.extract_tb(fault.__traceback__)
    log.error(
        "request failed",
        fault=type(fault).__qualname__,
        # The pattern, never the path: an invite link carries its token there.
        route=getattr(route, "path", None),
        method=scope["method"],
        frames=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-FRAMES:]],
    )


@router.get("/problems/{code}")
async def explain(request: Request, code: str) -> Response:
    """Explain one kind of problem, for whoever follows its `type`."""
    if code not in KINDS:
        raise HTTPException(404)
    page = render(request, "problem.html", kind=KINDS[code], problem=None)
    page.headers["Cache-Control"] = "public, max-age=3600"
    return page
