"""The API for platforms: list, follow, extend, annotate."""

import base64
import json
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Body, Query, Response

from assessor.domain import errors as e
from assessor.domain.assessment import Assessment, Projection, Status
from assessor.domain.errors import InvalidInput, invalid
from assessor.domain.ids import CandidateRef, Slug
from assessor.ports import Page
from assessor.web import resources as r
from assessor.web.api import AssessmentId, Reader, Writer
from assessor.web.dependencies import Running
from assessor.web.edits import IfMatch, IfMatchMissing, IfNoneMatch, known, matching
from assessor.web.once import OnceRoute
from assessor.web.openapi import refuses
from assessor.web.orders import ExtendRequest, MetadataRequest, Moment

DEFAULT_LIMIT: Final = 100
MAX_CURSOR_CHARS: Final = 400

router = APIRouter(
    route_class=OnceRoute,
    tags=["assessments"],
    responses=refuses(e.Unauthenticated, e.Forbidden, e.InvalidInput),
)


@router.get("/v1/assessments", summary="List assessments")
async def assessments(
    service: Running,
    caller: Reader,
    candidate_ref: Annotated[CandidateRef | None, Query(description="Only of this person.")] = None,
    track: Annotated[Slug | None, Query(description="Only of this track.")] = None,
    status: Annotated[Status | None, Query(description="Only those that stand like this.")] = None,
    created_from: Annotated[Moment | None, Query(description="Ordered then or later.")] = None,
    created_before: Annotated[Moment | None, Query(description="Ordered before then.")] = None,
    cursor: Annotated[
        str | None, Query(max_length=MAX_CURSOR_CHARS, description="`next_cursor` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = DEFAULT_LIMIT,
) -> r.AssessmentList:
    """Return those of the key's mode, newest first, a page at a time. Scope: `assessments:read`.

    A cursor goes on where the page before ended, whatever was ordered since.
    """
    page = Page(
        tenant=caller.tenant.id,
        livemode=caller.key.livemode,
        limit=limit + 1,
        before=None if cursor is None else _place(cursor),
        candidate_ref=candidate_ref,
        track=track,
        status=status,
        created_from=created_from,
        created_before=created_before,
    )
    rows = await service.store.page(page)
    return r.AssessmentList(
        data=tuple(map(r.assessment_resource, rows[:limit])),
        next_cursor=_cursor(rows[limit - 1]) if len(rows) > limit else None,
    )


@router.get(
    "/v1/assessments/{assessment_id}",
    summary="Follow an assessment",
    response_model=r.AssessmentDetail,
    responses=refuses(e.NotFound, e.Erased)
    | {304: {"description": "Not changed since the `ETag` that you sent"}},
)
async def assessment(
    service: Running, caller: Reader, assessment_id: AssessmentId, if_none_match: IfNoneMatch = None
) -> Response:
    """Return where it stands, with its `ETag`. Scope: `assessments:read`."""
    found = await service.ordering.get(caller.tenant.id, assessment_id)
    if known(if_none_match, _tag(found)):
        return Response(status_code=304, headers={"ETag": _tag(found)})
    return _told(found)


@router.patch(
    "/v1/assessments/{assessment_id}",
    summary="Annotate an assessment",
    response_model=r.AssessmentDetail,
    responses=refuses(e.NotFound, e.Erased, e.StaleEdit, IfMatchMissing),
)
async def annotate(
    service: Running,
    caller: Writer,
    assessment_id: AssessmentId,
    wanted: Annotated[MetadataRequest, Body(examples=[{"metadata": {"cohort": "autumn"}}])],
    if_match: IfMatch = None,
) -> Response:
    """Replace your notes, at any time. Scope: `assessments:write`.

    `If-Match` says which state you saw: without it there is 428.
    """
    fits = matching(if_match)
    return _told(
        await service.adjusting.annotate(
            caller.tenant.id, assessment_id, wanted.metadata, lambda seen: fits(_tag(seen))
        )
    )


@router.post(
    "/v1/assessments/{assessment_id}/extend",
    summary="Extend the time to begin",
    response_model=r.AssessmentDetail,
    responses=refuses(e.NotFound, e.Erased, e.IllegalTransition),
)
async def extend(
    service: Running,
    caller: Writer,
    assessment_id: AssessmentId,
    wanted: Annotated[ExtendRequest, Body(examples=[{"expires_at": "2026-12-24T12:00:00Z"}])],
) -> Response:
    """Give the candidate more time to begin; the link that is out stays good. Scope: `assessments:write`."""
    return _told(await service.adjusting.extend(caller.tenant.id, assessment_id, wanted.expires_at))


def _told(found: Assessment) -> Response:
    body = r.assessment_detail(found).model_dump_json().encode()
    headers = {"ETag": _tag(found), "Cache-Control": "private, no-cache"}
    return Response(body, media_type="application/json", headers=headers)


def _tag(found: Assessment) -> str:
    """The hash of the last event: every change of the assessment is one."""
    return f'"{found.head}"'


def _cursor(last: Projection) -> str:
    place = json.dumps([last.ordered_at.isoformat(), last.id])
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[datetime, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        match json.loads(base64.b64decode(padded, altchars=b"-_", validate=True)):
            case [str(at), str(id_)]:
                moment = datetime.fromisoformat(at)
            case _:
                raise _bad_cursor()
    except ValueError:
        raise _bad_cursor() from None
    if moment.tzinfo is None:
        raise _bad_cursor()
    return moment, id_


def _bad_cursor() -> InvalidInput:
    return invalid("cursor", "is none of ours", "Send `next_cursor` of the page before, as it is.")
