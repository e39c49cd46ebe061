"""The API for platforms: order and follow."""

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
from assessor.services.caring import Wanted
from assessor.services.ordering import Once, Order, Ordered
from assessor.web import resources as r
from assessor.web.dependencies import Running
from assessor.web.openapi import refuses

bearer = HTTPBearer(
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
        _documented: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
    ) -> Caller:
        key, tenant = await service.access.caller(request.headers.get("authorization"), scope)
        return Caller(key, tenant)

    return caller


Writer = Annotated[Caller, Depends(calling(Scope.ASSESSMENTS_WRITE))]
Reader = Annotated[Caller, Depends(calling(Scope.ASSESSMENTS_READ))]
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
ORDER_EXAMPLE: Final = {
    "candidate_ref": "applicant-4711",
    "track": "python",
    "form": "full",
    "language": "en",
}

router = APIRouter(responses=refuses(e.Unauthenticated, e.Forbidden, e.InvalidInput))


@router.post(
    "/v1/assessments",
    status_code=201,
    tags=["assessments"],
    summary="Order an assessment",
    response_model=r.OrderedAssessment,
    responses=refuses(e.Conflict, e.RetakeTooEarly, e.TooLarge),
)
async def order(
    service: Running,
    caller: Writer,
    wanted: Annotated[r.OrderRequest, Body(examples=[ORDER_EXAMPLE])],
    idempotency_key: IdempotencyKey,
) -> Response:
    """Draw a form and make the link that opens it once. Scope: `assessments:write`.

    A candidate's further attempts at a track follow its retake policy: a pause, so many attempts in a period,
    one at a time, and other items as far as the bank has them. What a fault of ours spoiled is no attempt.

    Whether the verdict counts (`livemode`) is a property of the key.
    """
    terms = wanted.model_dump() | {"livemode": caller.key.livemode}
    asked = wanted.model_dump(mode="json") | {"livemode": caller.key.livemode}
    once = Once(idempotency_key, content_hash(asked), _written)
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
    "/v1/assessments/{assessment_id}/accommodations",
    tags=["assessments"],
    summary="Read the accommodations",
    responses=refuses(e.NotFound),
)
async def accommodations(
    service: Running, caller: Reader, assessment_id: AssessmentId
) -> r.AccommodationResource:
    """Return the terms that hold for this candidate. Scope: `assessments:read`."""
    return r.accommodation_resource(await service.ordering.get(caller.tenant.id, assessment_id))


@router.post(
    "/v1/assessments/{assessment_id}/accommodations",
    tags=["assessments"],
    summary="Grant accommodations",
    responses=refuses(e.NotFound, e.IllegalTransition, e.TooLarge),
)
async def accommodate(
    service: Running,
    caller: Writer,
    assessment_id: AssessmentId,
    wanted: Annotated[r.AccommodationRequest, Body(examples=[{"time_factor": 1.5}])],
) -> r.AccommodationResource:
    """Give more time or more breaks, before the start or in mid-course. Scope: `assessments:write`.

    The whole terms are stated, so granting twice is granting once. The candidate sees the new time.
    """
    terms = Wanted(**wanted.model_dump(exclude={"reason"}))
    granted = await service.caring.grant_by_platform(
        caller.tenant.id, caller.key.id, assessment_id, terms, wanted.reason
    )
    return r.accommodation_resource(granted)


@router.get(
    "/v1/assessments/{assessment_id}/transcript",
    tags=["assessments"],
    summary="Read the transcript",
    responses=refuses(e.NotFound),
)
async def transcript(service: Running, caller: Reader, assessment_id: AssessmentId) -> dict[str, Any]:
    """Return what was said and handed in. `event_seq` is what a verdict's evidence points to.

    `corrections` are the candidate's own, made before submitting: each counts in place of the turn whose
    `seq` it `replaces`, or beside the others when that is null; evidence points to its `seq`. Where a
    text has `redactions`, the candidate took so many words back: they are destroyed, and what stands from
    `start` to `end` says so.

    Scope: `assessments:read`.
    """
    return await service.delivering.transcript(caller.tenant.id, assessment_id)


@router.get("/v1/tracks", tags=["tracks"], summary="List the tracks")
async def tracks(service: Running, caller: Reader) -> r.TrackList:
    """Return what one can be assessed for, your own tracks at the end. Scope: `assessments:read`."""
    library = await service.content.library()
    everybodys = [track for name, track in library.tracks.items() if name not in library.owners]
    own = await service.libraries.offered(caller.tenant.id)
    return r.TrackList(
        data=(
            *(r.track_resource(track, is_own=False) for track in everybodys),
            *(r.track_resource(track, is_own=True) for track in own),
        )
    )


def _written(ordered: Ordered) -> bytes:
    return r.ordered_assessment(ordered).model_dump_json().encode()
