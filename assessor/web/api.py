"""The API for platforms: order, invite, cancel, accommodate."""

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Depends, Path, Request, Response

from assessor.domain import errors as e
from assessor.domain.audit_log import Action
from assessor.domain.errors import invalid
from assessor.services.admission import Scope
from assessor.services.caring import Reply, Wanted
from assessor.services.idempotency import Answer
from assessor.services.order import Ordered
from assessor.services.ordering import Once
from assessor.web import resources as r
from assessor.web.calling import Caller, bearer, calling
from assessor.web.dependencies import Running
from assessor.web.once import IdempotencyKey, OnceRoute, UnderWay
from assessor.web.openapi import refuses
from assessor.web.orders import OrderRequest, order_of

__all__ = ["AssessmentId", "Caller", "IdempotencyKey", "Reader", "Writer", "bearer", "calling", "router"]

Writer = Annotated[Caller, Depends(calling(Scope.ASSESSMENTS_WRITE))]
Reader = Annotated[Caller, Depends(calling(Scope.ASSESSMENTS_READ))]
TranscriptReader = Annotated[Caller, Depends(calling(Scope.TRANSCRIPTS_READ))]
AssessmentId = Annotated[
    str, Path(description="Id of an assessment.", examples=["asm_0123456789abcdefghjkmnpqrs"])
]
ORDER_EXAMPLE: Final = {
    "candidate_ref": "applicant-4711",
    "track": "python",
    "form": "full",
    "language": "en",
}

router = APIRouter(route_class=OnceRoute, responses=refuses(e.Unauthenticated, e.Forbidden, e.InvalidInput))


@router.post(
    "/v1/assessments",
    status_code=201,
    tags=["assessments"],
    summary="Order an assessment",
    response_model=r.OrderedAssessment,
    responses=refuses(e.Conflict, e.RetakeTooEarly, e.Erased),
)
async def order(
    request: Request,
    service: Running,
    caller: Writer,
    wanted: Annotated[OrderRequest, Body(examples=[ORDER_EXAMPLE])],
    under_way: UnderWay,
) -> Response:
    """Draw a form and make the link that opens it once. Scope: `assessments:write`.

    A candidate's further attempts at a track follow its retake policy: a pause, so many attempts in a period,
    one at a time, and other items as far as the bank has them. What a fault of ours spoiled is no attempt.

    Whether the verdict counts (`livemode`) is a property of the key. With a test key, `simulate` has a
    program play the candidate, and the verdict comes within a minute.
    """
    simulations = request.app.state.simulations
    if wanted.simulate and simulations is None:
        raise invalid("simulate", "is not served by this process", "Ask its operator.")
    terms = order_of(wanted, service.settings, livemode=caller.key.livemode)
    once = Once(under_way.key, under_way.request_hash, _written)
    answered = await service.ordering.order_once(caller.tenant, terms, once)
    if wanted.simulate:
        made = json.loads(answered.body)
        simulations.begin(made["id"], made["invite_url"].rsplit("/", 1)[-1], wanted.simulate)
    headers = {"Location": answered.location} if answered.location else {}
    return Response(answered.body, answered.status, headers, "application/json")


@router.post(
    "/v1/assessments/{assessment_id}/invites",
    status_code=201,
    tags=["assessments"],
    summary="Issue a new link",
    responses=refuses(e.NotFound, e.Erased, e.IllegalTransition),
)
async def reissue(service: Running, caller: Writer, assessment_id: AssessmentId) -> r.Invite:
    """Replace the link; the old one and any open session stop working. Scope: `assessments:write`."""
    return r.invite(await service.inviting.reissue(caller.tenant.id, assessment_id))


@router.post(
    "/v1/assessments/{assessment_id}/cancel",
    tags=["assessments"],
    summary="Cancel an assessment",
    responses=refuses(e.NotFound, e.Erased, e.IllegalTransition),
)
async def cancel(service: Running, caller: Writer, assessment_id: AssessmentId) -> r.AssessmentResource:
    """End it before it is submitted. Cancelling twice is once. Scope: `assessments:write`."""
    cancelled = await service.ordering.cancel(caller.tenant.id, assessment_id)
    return r.assessment_resource(cancelled.projection())


@router.get(
    "/v1/assessments/{assessment_id}/accommodations",
    tags=["assessments"],
    summary="Read the accommodations",
    responses=refuses(e.NotFound, e.Erased),
)
async def accommodations(
    service: Running, caller: Reader, assessment_id: AssessmentId
) -> r.AccommodationResource:
    """Return the terms that hold for this candidate, and what they asked for. Scope: `assessments:read`."""
    return r.accommodation_resource(await service.ordering.get(caller.tenant.id, assessment_id))


@router.post(
    "/v1/assessments/{assessment_id}/accommodations",
    tags=["assessments"],
    summary="Grant accommodations",
    responses=refuses(e.NotFound, e.Erased, e.IllegalTransition, e.TooLarge),
)
async def accommodate(
    service: Running,
    caller: Writer,
    assessment_id: AssessmentId,
    wanted: Annotated[r.AccommodationRequest, Body(examples=[{"time_factor": 1.5}])],
) -> r.AccommodationResource:
    """Give more time or more breaks, before the start or in mid-course. Scope: `assessments:write`.

    The whole terms are stated, so granting twice is granting once. The candidate sees the new time.
    `answer` answers what they asked for (`request`), with a message or alone.
    """
    terms = Wanted(**wanted.model_dump(exclude={"reason", "answer", "message"}))
    if wanted.message and not wanted.answer:
        raise invalid("message", "goes with an answer, and there is none", "Send `answer` too.")
    reply = Reply(wanted.answer == "granted", wanted.message) if wanted.answer else None
    granted = await service.caring.grant_by_platform(
        caller.tenant.id, caller.key.id, assessment_id, terms, wanted.reason, reply
    )
    return r.accommodation_resource(granted)


@router.get(
    "/v1/assessments/{assessment_id}/consents",
    tags=["assessments"],
    summary="Read what the candidate agreed to",
    responses=refuses(e.NotFound),
)
async def consents(service: Running, caller: Reader, assessment_id: AssessmentId) -> r.ConsentResource:
    """Return which optional uses the candidate agreed to, with the history. Scope: `assessments:read`.

    What is not agreed to is not allowed, and it can change at any time: ask each time before you use it.
    """
    return r.consent_resource(await service.ordering.get(caller.tenant.id, assessment_id))


@router.get(
    "/v1/assessments/{assessment_id}/transcript",
    tags=["assessments"],
    summary="Read the transcript",
    responses=refuses(e.NotFound, e.Erased),
)
async def transcript(
    service: Running, caller: TranscriptReader, assessment_id: AssessmentId
) -> dict[str, Any]:
    """Return what was said and handed in. `event_seq` is what a verdict's evidence points to.

    `corrections` are the candidate's own, made before submitting: each counts in place of the turn whose
    `seq` it `replaces`, or beside the others when that is null; evidence points to its `seq`. Where a
    text has `redactions`, the candidate took so many words back: they are destroyed, and what stands from
    `start` to `end` says so.

    Scope: `transcripts:read`.
    """
    found = await service.delivering.transcript(caller.tenant.id, assessment_id)
    await service.auditing.record(
        caller.key.id, Action.TRANSCRIPT_OPENED, assessment_id, tenant=caller.tenant.id
    )
    return found


def _written(ordered: Ordered) -> Answer:
    made = r.ordered_assessment(ordered)
    return made.model_dump_json().encode(), f"/v1/assessments/{made.id}"
