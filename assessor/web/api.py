"""The API for platforms: order, follow, read the verdict."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Depends, Header, Path, Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from assessor.domain import errors as e
from assessor.domain.value import content_hash
from assessor.ports import ApiKey, Tenant
from assessor.services.access import Scope
from assessor.services.ordering import Once, Order, Ordered
from assessor.web import resources as r
from assessor.web.dependencies import Running
from assessor.web.openapi import refuses

JWKS_SECONDS: Final = 300
JOSE: Final = "application/jose"

_bearer = HTTPBearer(
    auto_error=False,
    description=f"An API key. Its scopes are {', '.join(f'`{scope}`' for scope in Scope)}.",
)


@dataclass(frozen=True)
class Caller:
    """The platform that calls, and with which key."""

    key: ApiKey
    tenant: Tenant


def calling(scope: Scope) -> Callable[..., Awaitable[Caller]]:
    """Return the dependency that asks who calls, and refuses keys without the scope."""

    async def caller(
        request: Request,
        service: Running,
        _documented: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    ) -> Caller:
        key, tenant = await service.access.caller(request.headers.get("authorization"), scope)
        return Caller(key, tenant)

    return caller


Writer = Annotated[Caller, Depends(calling(Scope.ASSESSMENTS_WRITE))]
Reader = Annotated[Caller, Depends(calling(Scope.ASSESSMENTS_READ))]
VerdictReader = Annotated[Caller, Depends(calling(Scope.VERDICTS_READ))]
AssessmentId = Annotated[
    str, Path(description="Id of an assessment.", examples=["asm_0123456789abcdefghjkmnpqrs"])
]
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[ -~]+$",
        description="Chosen by you, once for each thing you ask for. Sent again with the same body, it gives "
        "the same answer and makes nothing new.",
        examples=["order-2026-11-21-0042"],
    ),
]
IfNoneMatch = Annotated[str | None, Header(description="An `ETag` that you have.")]
ORDER_EXAMPLE: Final = {
    "candidate_ref": "applicant-4711",
    "track": "python",
    "form": "full",
    "language": "en",
}

router = APIRouter(responses=refuses(e.Unauthenticated, e.Forbidden, e.InvalidInput))
public = APIRouter()


@router.post(
    "/v1/assessments",
    status_code=201,
    tags=["assessments"],
    summary="Order an assessment",
    response_model=r.OrderedAssessment,
    responses=refuses(e.Conflict, e.TooLarge),
)
async def order(
    service: Running,
    caller: Writer,
    wanted: Annotated[r.OrderRequest, Body(examples=[ORDER_EXAMPLE])],
    idempotency_key: IdempotencyKey,
) -> Response:
    """Draw a form and make the link that opens it once. Scope: `assessments:write`.

    Whether the verdict counts (`livemode`) is a property of the key.
    """
    terms = wanted.model_dump() | {"livemode": caller.key.livemode}
    once = Once(idempotency_key, content_hash(terms), _written)
    status, body = await service.ordering.order_once(caller.tenant, Order(**terms), once)
    location = f"/v1/assessments/{json.loads(body)['id']}"
    return Response(body, status, {"Location": location}, "application/json")


@router.get("/v1/assessments", tags=["assessments"], summary="List the latest assessments")
async def assessments(service: Running, caller: Reader) -> r.AssessmentList:
    """Return the newest 100. Scope: `assessments:read`."""
    rows = await service.ordering.recent(caller.tenant.id)
    return r.AssessmentList(data=tuple(map(r.assessment_resource, rows)))


@router.get(
    "/v1/assessments/{assessment_id}",
    tags=["assessments"],
    summary="Follow an assessment",
    responses=refuses(e.NotFound),
)
async def assessment(service: Running, caller: Reader, assessment_id: AssessmentId) -> r.AssessmentResource:
    """Return where it stands. Scope: `assessments:read`."""
    found = await service.ordering.get(caller.tenant.id, assessment_id)
    return r.assessment_resource(found.projection())


@router.post(
    "/v1/assessments/{assessment_id}/invites",
    status_code=201,
    tags=["assessments"],
    summary="Issue a new link",
    responses=refuses(e.NotFound, e.IllegalTransition),
)
async def reissue(service: Running, caller: Writer, assessment_id: AssessmentId) -> r.Invite:
    """Replace the link; the old one and any open session stop working. Scope: `assessments:write`."""
    return r.invite(await service.ordering.reissue_invite(caller.tenant.id, assessment_id))


@router.post(
    "/v1/assessments/{assessment_id}/cancel",
    tags=["assessments"],
    summary="Cancel an assessment",
    responses=refuses(e.NotFound, e.IllegalTransition),
)
async def cancel(service: Running, caller: Writer, assessment_id: AssessmentId) -> r.AssessmentResource:
    """End it before it is submitted. Cancelling twice is once. Scope: `assessments:write`."""
    cancelled = await service.ordering.cancel(caller.tenant.id, assessment_id)
    return r.assessment_resource(cancelled.projection())


@router.get(
    "/v1/assessments/{assessment_id}/verdict",
    tags=["verdicts"],
    summary="Read the verdict",
    response_model=r.ServedVerdict,
    responses={
        200: {"content": {JOSE: {"schema": {"type": "string"}}}},
        304: {"description": "Not changed since the `ETag` that you sent"},
        **refuses(e.NotFound, e.VerdictNotReady),
    },
)
async def verdict(
    request: Request,
    service: Running,
    _documented: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    assessment_id: AssessmentId,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return the live verdict; with `Accept: application/jose` its compact JWS alone.

    Scope: `verdicts:read`. Poll with `If-None-Match`; before there is a verdict, `Retry-After` says when.
    """
    found = await service.delivering.verdict_for(request.headers.get("authorization"), assessment_id)
    if JOSE in request.headers.get("accept", ""):
        return _tagged(found.jws.encode(), JOSE, if_none_match)
    return _tagged(r.served_verdict(found), "application/json", if_none_match)


@router.get(
    "/v1/assessments/{assessment_id}/verdicts",
    tags=["verdicts"],
    summary="Read all verdicts of an assessment",
    response_model=r.VerdictList,
    responses=refuses(e.NotFound),
)
async def verdicts(service: Running, caller: VerdictReader, assessment_id: AssessmentId) -> Response:
    """Return the live verdict and those that it superseded, oldest first. Scope: `verdicts:read`."""
    found = await service.delivering.history(caller.tenant.id, assessment_id)
    body = b'{"object": "list", "data": [' + b", ".join(map(r.served_verdict, found)) + b"]}"
    return Response(body, media_type="application/json")


@router.get(
    "/v1/assessments/{assessment_id}/transcript",
    tags=["assessments"],
    summary="Read the transcript",
    responses=refuses(e.NotFound),
)
async def transcript(service: Running, caller: Reader, assessment_id: AssessmentId) -> dict[str, Any]:
    """Return what was said and handed in. `event_seq` is what a verdict's evidence points to.

    Scope: `assessments:read`.
    """
    return await service.delivering.transcript(caller.tenant.id, assessment_id)


@router.get("/v1/tracks", tags=["tracks"], summary="List the tracks")
async def tracks(service: Running, _caller: Reader) -> r.TrackList:
    """Return what one can be assessed for. Scope: `assessments:read`."""
    library = await service.content.library()
    return r.TrackList(data=tuple(map(r.track_resource, library.tracks.values())))


@public.get(
    "/.well-known/jwks.json",
    tags=["verdicts"],
    summary="The public keys that verify verdicts",
)
async def jwks(service: Running, response: Response) -> dict[str, Any]:
    """Return a JWK set. Trust these keys only, and refuse a verdict whose `kid` is not among them."""
    response.headers["Cache-Control"] = f"public, max-age={JWKS_SECONDS}"
    return service.delivering.jwks()


def _written(ordered: Ordered) -> bytes:
    return r.ordered_assessment(ordered).model_dump_json().encode()


def _tagged(body: bytes, media_type: str, if_none_match: str | None) -> Response:
    """Answer with an entity tag, or with 304 when the caller has this body already."""
    headers = {"ETag": r.etag(body), "Cache-Control": "private, no-cache", "Vary": "Accept"}
    known = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
    if known & {"*", headers["ETag"]}:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
