"""The API for platforms: read the verdicts, and the keys that verify them."""

from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request, Response, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from assessor.domain import errors as e
from assessor.ports import StoredVerdict
from assessor.services.admission import Scope
from assessor.web import resources as r
from assessor.web.api import AssessmentId
from assessor.web.calling import Caller, bearer, calling
from assessor.web.dependencies import Running
from assessor.web.edits import IfNoneMatch, etag, known
from assessor.web.once import OnceRoute
from assessor.web.openapi import Responses, refuses
from assessor.web.rates import count
from assessor.web.wrong_keys import counting_wrong_keys

JWKS_SECONDS: Final = 300
JOSE: Final = "application/jose"
JSON: Final = "application/json"

VerdictReader = Annotated[Caller, Depends(calling(Scope.VERDICTS_READ))]
VerdictId = Annotated[
    str,
    Path(
        description="Id of a verdict, which is also the `jti` of its signature.",
        examples=["ver_0123456789abcdefghjkmnpqrs"],
    ),
]
Documented = Annotated[HTTPAuthorizationCredentials | None, Security(bearer)]


class PolledRoute(APIRoute):
    """A route that programs ask over and over. Its parameters are strings, which are passed on as they came.

    They are declared for the OpenAPI document: to have FastAPI solve them took half of the whole answer.
    Who asks is found out by the query that reads the verdict, which is why `scope` stands here.
    """

    scope: Final = Scope.VERDICTS_READ

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Without the stacks of contexts and the second handler of errors that FastAPI puts around a route:
        # nothing here opens anything, and the application's own handler tells what is refused.
        self.app = self._answer

    async def _answer(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        with counting_wrong_keys(request):
            response: Response = await self.endpoint(
                request=request,
                service=request.app.state.services,
                _documented=None,
                if_none_match=request.headers.get("if-none-match"),
                **request.path_params,
            )
        await response(scope, receive, send)


_REFUSED: Final = refuses(e.Unauthenticated, e.Forbidden, e.InvalidInput)
_SERVED: Final[Responses] = {
    200: {"content": {JOSE: {"schema": {"type": "string"}}}},
    304: {"description": "Not changed since the `ETag` that you sent"},
}
polled = APIRouter(route_class=PolledRoute, tags=["verdicts"], responses=_REFUSED)
router = APIRouter(route_class=OnceRoute, tags=["verdicts"], responses=_REFUSED)
public = APIRouter(tags=["verdicts"])


@polled.get(
    "/v1/assessments/{assessment_id}/verdict",
    summary="Read the verdict",
    response_model=r.ServedVerdict,
    responses=_SERVED | refuses(e.NotFound, e.Erased, e.VerdictNotReady),
)
async def verdict(
    request: Request,
    service: Running,
    _documented: Documented,
    assessment_id: AssessmentId,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return the live verdict; with `Accept: application/jose` its compact JWS alone.

    Scope: `verdicts:read`. Poll with `If-None-Match`; before there is a verdict, `Retry-After` says when.
    """
    found = await service.delivering.verdict_for(
        request.headers.get("authorization"), assessment_id, partial(count, request)
    )
    return _served(request, found, if_none_match)


@polled.get(
    "/v1/verdicts/{verdict_id}",
    summary="Read one verdict by its id",
    response_model=r.ServedVerdict,
    responses=_SERVED | refuses(e.NotFound),
)
async def verdict_of_id(
    request: Request,
    service: Running,
    _documented: Documented,
    verdict_id: VerdictId,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return this verdict and whether it still holds; with `Accept: application/jose` its compact JWS alone.

    Whoever holds a signed copy asks here, by its `jti`, whether it was superseded or revoked. Scope:
    `verdicts:read`.
    """
    found = await service.delivering.verdict_of_id(
        request.headers.get("authorization"), verdict_id, partial(count, request)
    )
    return _served(request, found, if_none_match)


@router.get(
    "/v1/assessments/{assessment_id}/verdicts",
    summary="Read all verdicts of an assessment",
    response_model=r.VerdictList,
    responses=refuses(e.NotFound),
)
async def verdicts(service: Running, caller: VerdictReader, assessment_id: AssessmentId) -> Response:
    """Return the live verdict and those that it superseded, oldest first. Scope: `verdicts:read`."""
    found = await service.delivering.history(caller.tenant.id, assessment_id)
    body = b'{"object": "list", "data": [' + b", ".join(map(r.served_verdict, found)) + b"]}"
    return Response(body, media_type="application/json")


@public.get(
    "/.well-known/jwks.json",
    summary="The public keys that verify verdicts",
)
async def jwks(service: Running, response: Response) -> dict[str, Any]:
    """Return a JWK set. Trust these keys only, and refuse a verdict whose `kid` is not among them."""
    response.headers["Cache-Control"] = f"public, max-age={JWKS_SECONDS}"
    return service.delivering.jwks()


def _served(request: Request, found: StoredVerdict, if_none_match: str | None) -> Response:
    signed_form = JOSE in request.headers.get("accept", "")
    headers = _told_with(r.verdict_tag(found, JOSE if signed_form else JSON))
    if known(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if signed_form:
        return Response(found.jws.encode(), media_type=JOSE, headers=headers)
    return Response(r.served_verdict(found), media_type=JSON, headers=headers)


def tagged(body: bytes, media_type: str, if_none_match: str | None) -> Response:
    """Answer with an entity tag, or with 304 when the caller has this body already."""
    headers = _told_with(etag(body))
    if known(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _told_with(etag: str) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Accept"}
