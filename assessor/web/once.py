"""Every POST of the API for platforms is done once: the same key and request get the same answer."""

import hashlib
import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from assessor.bootstrap import Services
from assessor.domain.errors import AssessorError
from assessor.ports import Answered
from assessor.web.calling import Caller, Calling
from assessor.web.handlers import on_error
from assessor.web.problems import MEDIA_TYPE

MAX_KEY_CHARS: Final = 200
_PLAIN: Final = range(0x20, 0x7F)
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=MAX_KEY_CHARS,
        pattern=r"^[ -~]+$",
        description="Chosen by you, once for each thing you ask for. Within 24 hours, sent again with the "
        "same body, it gives the same answer and does nothing new.",
        examples=["order-2026-11-21-0042"],
    ),
]
_NOT_KEPT: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})


async def _require_key(idempotency_key: IdempotencyKey) -> str:
    """Take the key, so that every POST asks for it and says so in the OpenAPI document."""
    return idempotency_key


class OnceRoute(APIRoute):
    """A route whose POST is done once for each idempotency key. Other methods pass it as they are."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **kwargs: Any) -> None:
        if "POST" in (kwargs.get("methods") or ()):
            kwargs["dependencies"] = [*(kwargs.get("dependencies") or ()), Depends(_require_key)]
        super().__init__(path, endpoint, **kwargs)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        answer = super().get_route_handler()
        calling = calling_of(self)
        if "POST" not in (self.methods or ()) or calling is None:
            return answer

        async def once(request: Request) -> Response:
            service: Services = request.app.state.services
            caller = await calling.identified(request, service)
            key = request.headers.get("idempotency-key", "")
            if not _is_key(key):
                return await answer(request)  # which names what is wrong with it, with all else
            return await _once(request, service, await _asked(request, caller, key), answer)

        return once


async def under_way(request: Request) -> Answered:
    """Return the claim of a POST that is under way, for what keeps its answer in its own transaction."""
    # Asked for also where the key is refused; then the endpoint is not reached.
    asked: Answered = getattr(request.state, "asked", _NO_CLAIM)
    return asked


_NO_CLAIM: Final = Answered("", "", "", 0, b"", livemode=False)
UnderWay = Annotated[Answered, Depends(under_way)]


def calling_of(route: APIRoute) -> Calling | None:
    """Return what identifies the caller of a route, None where anybody may call."""
    return next(
        (found.call for found in route.dependant.dependencies if isinstance(found.call, Calling)), None
    )


async def _once(
    request: Request,
    service: Services,
    asked: Answered,
    answer: Callable[[Request], Coroutine[Any, Any, Response]],
) -> Response:
    stored = await service.idempotency.claim(asked)
    if stored is not None:
        return _told(stored)
    request.state.asked = asked
    try:
        response = await _answered(request, answer)
    except Exception:
        await service.idempotency.release(asked)
        raise
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or response.status_code in _NOT_KEPT:
        await service.idempotency.release(asked)
        return response
    told = replace(
        asked,
        status=response.status_code,
        body=bytes(response.body),
        location=response.headers.get("location"),
    )
    await service.idempotency.settle(told)
    return _told(told)


async def _answered(request: Request, answer: Callable[[Request], Coroutine[Any, Any, Response]]) -> Response:
    """Answer, also with what is refused: that is an answer as well, and kept as one."""
    try:
        return await answer(request)
    except (AssessorError, RequestValidationError, HTTPException) as refused:
        return await on_error(request, refused)


async def _asked(request: Request, caller: Caller, key: str) -> Answered:
    body = await request.body()
    is_json = request.headers.get("content-type", "").startswith("application/json")  # and so was checked
    what = {
        "path": request.url.path,
        "query": request.url.query,
        "body": json.loads(body) if body and is_json else hashlib.sha256(body).hexdigest(),
    }
    # Not as canonical documents are hashed: their numbers are rounded.
    request_hash = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
    return Answered(caller.tenant.id, key, request_hash, 0, b"", caller.key.livemode)


def _told(answered: Answered) -> Response:
    """Write an answer from what is kept of it, the first time too: so both are the same."""
    refused = answered.status >= HTTPStatus.BAD_REQUEST
    headers = {"Cache-Control": "no-store"}
    if answered.location is not None:
        headers["Location"] = answered.location
    return Response(answered.body, answered.status, headers, MEDIA_TYPE if refused else "application/json")


def _is_key(key: str) -> bool:
    return 0 < len(key) <= MAX_KEY_CHARS and all(ord(char) in _PLAIN for char in key)
