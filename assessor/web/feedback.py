"""The API for platforms: what candidates say of assessments, summed up."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from assessor.domain import errors as e
from assessor.domain.feedback import SentenceResult
from assessor.domain.ids import Slug
from assessor.domain.value import Value
from assessor.web.api import Reader
from assessor.web.dependencies import Running
from assessor.web.once import OnceRoute
from assessor.web.openapi import refuses

router = APIRouter(
    route_class=OnceRoute,
    tags=["feedback"],
    responses=refuses(e.Unauthenticated, e.Forbidden, e.InvalidInput),
)


class FeedbackSummary(Value):
    """How far candidates agree with each sentence."""

    object: Literal["feedback"] = "feedback"
    track: str | None
    """Null for all tracks together."""
    sentences: tuple[SentenceResult, ...]


@router.get("/v1/feedback", summary="Read what candidates say of assessments")
async def feedback(
    service: Running,
    caller: Reader,
    track: Annotated[Slug | None, Query(description="Only of this track.")] = None,
) -> FeedbackSummary:
    """Return the sum of voluntary answers in the key's mode, never one person's. Scope: `assessments:read`.

    Candidates are asked after submitting how far they agree with three sentences, from 1 (no) to 5 (yes). Of
    fewer than five answers only their number is told. Nobody who scores or decides sees any of it.
    """
    told = await service.listening.told(caller.tenant.id, livemode=caller.key.livemode, track=track)
    return FeedbackSummary(track=track, sentences=told)
