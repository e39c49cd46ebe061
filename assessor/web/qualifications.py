"""The API for verdicts in a list, and for who is qualified now."""

from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Body, Query, Response
from pydantic import AwareDatetime, ConfigDict, Field

from assessor.domain import errors as e
from assessor.domain.ids import CandidateRef, Slug
from assessor.domain.qualification import Qualification, Standing
from assessor.domain.value import Value
from assessor.domain.verdict import VerdictStatus, VerdictSummary
from assessor.ports import VerdictFilter
from assessor.services.qualifying import MAX_CANDIDATES
from assessor.web.cursors import DEFAULT_LIMIT, MAX_LIMIT, cursor_of, place_of
from assessor.web.dependencies import Running
from assessor.web.edits import IfNoneMatch
from assessor.web.once import OnceRoute
from assessor.web.openapi import Responses, refuses
from assessor.web.verdicts import VerdictReader, tagged

Decision = Literal["qualified", "not_qualified", "needs_review", "inconclusive"]
Candidate = Annotated[
    CandidateRef, Query(description="Your own reference for the person.", examples=["applicant-4711"])
]
Track = Annotated[Slug, Query(description="Id of a track.", examples=["python"])]
_NOT_CHANGED: Final[Responses] = {304: {"description": "Not changed since the `ETag` that you sent"}}


class VerdictLine(Value):
    """A verdict in a list: what it says, and what may change later. `links.self` leads to the whole."""

    id: str
    object: Literal["verdict_summary"] = "verdict_summary"
    assessment_id: str
    livemode: bool
    candidate_ref: str
    track: str
    decision: Decision
    level: str | None
    issued_at: datetime
    valid_until: datetime
    status: VerdictStatus
    superseded_by: str | None
    revoked_at: datetime | None
    reason: str | None
    """Why it was revoked."""
    links: dict[str, str]


class VerdictPage(Value):
    """Verdicts, newest first."""

    object: Literal["list"] = "list"
    data: tuple[VerdictLine, ...]
    has_more: bool
    next_cursor: str | None
    """Send it as `cursor` to get the next page; null after the last."""


class QualificationResource(Value):
    """The one current answer for a candidate and a track."""

    object: Literal["qualification"] = "qualification"
    candidate_ref: str
    track: str
    livemode: bool
    qualified: bool
    """Whether work for the track may be given to them now. All else explains it."""
    status: Standing
    reason: str
    verdict: VerdictLine | None
    """What the answer rests on; null when there is no verdict at all."""


class QualificationsRequest(Value):
    """Whom you ask about."""

    model_config = ConfigDict(strict=True)

    track: Slug
    candidates: Annotated[
        tuple[CandidateRef, ...], Field(min_length=1, max_length=MAX_CANDIDATES, strict=False)
    ]


class QualificationList(Value):
    """One answer a candidate, in the order in which you asked."""

    object: Literal["list"] = "list"
    data: tuple[QualificationResource, ...]


router = APIRouter(
    route_class=OnceRoute,
    tags=["verdicts"],
    responses=refuses(e.Unauthenticated, e.Forbidden, e.InvalidInput),
)


@router.get("/v1/verdicts", summary="List verdicts")
async def verdicts(
    service: Running,
    caller: VerdictReader,
    candidate_ref: Annotated[CandidateRef | None, Query(description="Of one person.")] = None,
    track: Annotated[Slug | None, Query(description="Of one track.")] = None,
    decision: Annotated[Decision | None, Query(description="With one decision.")] = None,
    issued_from: Annotated[AwareDatetime | None, Query(description="Issued at this time or later.")] = None,
    issued_before: Annotated[AwareDatetime | None, Query(description="Issued before this time.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many a page.")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=200, description="`next_cursor` of the page before.")
    ] = None,
) -> VerdictPage:
    """Return verdicts, newest first: live, superseded and revoked. Scope: `verdicts:read`.

    Filters add up. A test key lists what was ordered with test keys, a live key the rest.
    """
    wanted = VerdictFilter(
        tenant=caller.tenant.id,
        livemode=caller.key.livemode,
        candidate_ref=candidate_ref,
        track=track,
        decision=decision,
        issued_from=issued_from,
        issued_before=issued_before,
    )
    page, following = await service.qualifying.listed(wanted, place_of(cursor) if cursor else None, limit)
    return VerdictPage(
        data=tuple(map(_line, page)),
        has_more=following is not None,
        next_cursor=cursor_of(following) if following else None,
    )


@router.get(
    "/v1/qualifications",
    summary="Ask whether somebody is qualified now",
    response_model=QualificationResource,
    responses=_NOT_CHANGED,
)
async def qualification(
    service: Running,
    caller: VerdictReader,
    candidate: Candidate,
    track: Track,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return the one current answer; with `If-None-Match`, 304 while it is the one you have.

    `qualified` is true only where a verdict says so that is live and valid at this moment. The newest
    decision that holds counts; `status` and `reason` say why there is none: `expired`, `revoked`,
    `needs_review`, `inconclusive`, or `none`. What was superseded is followed to its successor. A test key
    is answered from what was ordered with test keys alone. Scope: `verdicts:read`.
    """
    found = await service.qualifying.qualification(caller.key, candidate, track)
    body = _answer(found, livemode=caller.key.livemode).model_dump_json().encode()
    return tagged(body, "application/json", if_none_match)


@router.post("/v1/qualifications/batch", summary="Ask about up to 100 people at once")
async def qualifications(
    service: Running,
    caller: VerdictReader,
    wanted: Annotated[
        QualificationsRequest,
        Body(examples=[{"track": "python", "candidates": ["applicant-4711", "applicant-4712"]}]),
    ],
) -> QualificationList:
    """Return an answer for each candidate, in your order. Scope: `verdicts:read`.

    It reads only, so it needs no `Idempotency-Key`; it is a POST because 100 references do not fit into an
    address.
    """
    found = await service.qualifying.qualifications(caller.key, wanted.candidates, wanted.track)
    return QualificationList(data=tuple(_answer(one, livemode=caller.key.livemode) for one in found))


def _answer(found: Qualification, *, livemode: bool) -> QualificationResource:
    return QualificationResource(
        candidate_ref=found.candidate_ref,
        track=found.track,
        livemode=livemode,
        qualified=found.qualified,
        status=found.status,
        reason=found.reason,
        verdict=_line(found.verdict) if found.verdict else None,
    )


def _line(found: VerdictSummary) -> VerdictLine:
    here = f"/v1/verdicts/{found.id}"
    fields = vars(found) | {"reason": found.revoked_because}
    del fields["revoked_because"]
    links = {"self": here, "explanation": f"{here}/explanation", "report": f"{here}/report"}
    return VerdictLine(**fields, links=links)
