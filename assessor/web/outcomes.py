"""The API for outcomes: how good the work was that somebody did after an assessment."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Body, Depends, Path, Query, Response
from pydantic import AwareDatetime, ConfigDict, Discriminator, Field, Tag

from assessor.domain import errors as e
from assessor.domain.ids import CandidateRef, Slug
from assessor.domain.outcome import MOST, Metric, Outcome, WorkReference
from assessor.domain.value import Value
from assessor.services.admission import Scope
from assessor.services.outcomes import OnceRecorded, Report
from assessor.web.calling import Caller, calling
from assessor.web.dependencies import Running
from assessor.web.once import OnceRoute, UnderWay
from assessor.web.openapi import refuses

MOST_AT_ONCE: Final = 100
PAGE: Final = 100

Writer = Annotated[Caller, Depends(calling(Scope.OUTCOMES_WRITE))]
Reader = Annotated[Caller, Depends(calling(Scope.OUTCOMES_READ))]
OutcomeId = Annotated[str, Path(description="Id of an outcome.", examples=["out_0123456789abcdefghjkmnpqrs"])]
OUTCOME_EXAMPLE: Final = {
    "candidate_ref": "applicant-4711",
    "track": "python",
    "metric": "accept_rate",
    "value": 0.85,
    "observed_at": "2026-11-20T09:30:00Z",
    "work": "batch-17",
}


class OutcomeRequest(Value):
    """One observation. Name the assessment, or the person and the track."""

    model_config = ConfigDict(strict=True)

    assessment_id: str | None = None
    candidate_ref: CandidateRef | None = None
    """With `track`, instead of `assessment_id`: their latest attempt that is decided is meant."""
    track: Slug | None = None
    metric: Metric
    """A short name of your own for what was measured."""
    value: Annotated[float, Field(ge=-MOST, le=MOST)]
    """On a scale of your own, on which more is better."""
    observed_at: Annotated[AwareDatetime, Field(strict=False)]
    work: WorkReference = ""
    """Your reference for the piece of work; tells two observations of one moment apart."""


class OutcomeResource(Value):
    """A recorded observation."""

    id: str
    object: Literal["outcome"] = "outcome"
    assessment_id: str
    metric: str
    value: float
    work: str
    observed_at: AwareDatetime
    recorded_at: AwareDatetime


class OutcomeList(Value):
    """Outcomes as they are stored."""

    object: Literal["list"] = "list"
    data: tuple[OutcomeResource, ...]


class OutcomePage(OutcomeList):
    """Outcomes, the last recorded first."""

    next: str | None
    """Give it as `after` to go on; null at the end."""


def _one_or_several(body: Any) -> str:
    return "outcomes" if isinstance(body, list) else "outcome"


Several = Annotated[list[OutcomeRequest], Field(min_length=1, max_length=MOST_AT_ONCE)]
Sent = Annotated[
    Annotated[OutcomeRequest, Tag("outcome")] | Annotated[Several, Tag("outcomes")],
    Discriminator(_one_or_several),
]

router = APIRouter(
    prefix="/v1/outcomes",
    route_class=OnceRoute,
    tags=["outcomes"],
    responses=refuses(e.Unauthenticated, e.Forbidden, e.InvalidInput),
)


@router.post(
    "",
    status_code=201,
    summary="Record outcomes",
    response_model=OutcomeList,
    responses=refuses(e.NotFound, e.Conflict, e.TooLarge),
)
async def record(
    service: Running,
    caller: Writer,
    sent: Annotated[Sent, Body(examples=[OUTCOME_EXAMPLE, [OUTCOME_EXAMPLE]])],
    under_way: UnderWay,
) -> Response:
    """Record one outcome, or a list of up to 100: all of them or none. Scope: `outcomes:write`.

    The same assessment, metric, work and moment is the same outcome however often it is sent; with another
    value it is refused. A test key records for test assessments, a live key for live ones.
    """
    several = sent if isinstance(sent, list) else [sent]
    reports = [
        Report(**one.model_dump(), place=f"outcomes.{number}." if isinstance(sent, list) else "outcome.")
        for number, one in enumerate(several)
    ]
    once = OnceRecorded(under_way.key, under_way.request_hash, _written)
    answered = await service.recording.record_once(
        caller.tenant.id, reports, once, livemode=caller.key.livemode
    )
    return Response(answered.body, answered.status, media_type="application/json")


@router.get("", summary="List the outcomes", responses=refuses(e.NotFound))
async def outcomes(
    service: Running,
    caller: Reader,
    limit: Annotated[int, Query(ge=1, le=PAGE, description="How many at most.")] = PAGE,
    after: Annotated[
        str | None, Query(description="Go on behind this one: `next` of the page before.")
    ] = None,
) -> OutcomePage:
    """Return outcomes, the last recorded first, in the mode of the key. Scope: `outcomes:read`."""
    found = await service.recording.outcomes(
        caller.tenant.id, livemode=caller.key.livemode, limit=limit + 1, after=after
    )
    page = found[:limit]
    return OutcomePage(data=tuple(map(_outcome, page)), next=page[-1].id if len(found) > limit else None)


@router.delete("/{outcome_id}", status_code=204, summary="Remove an outcome", responses=refuses(e.NotFound))
async def remove(service: Running, caller: Writer, outcome_id: OutcomeId) -> None:
    """Take back what was recorded by mistake. Scope: `outcomes:write`."""
    await service.recording.remove(caller.tenant.id, outcome_id, livemode=caller.key.livemode)


def _written(kept: Sequence[Outcome]) -> bytes:
    return OutcomeList(data=tuple(map(_outcome, kept))).model_dump_json().encode()


def _outcome(found: Outcome) -> OutcomeResource:
    return OutcomeResource(**dict(found))
