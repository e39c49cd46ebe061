"""How one is scored: the rules in force in words, for anybody, and for a candidate under their own terms."""

from typing import Final

from fastapi import APIRouter, Request, Response

from assessor.domain.errors import NotFound
from assessor.domain.policy import Policy
from assessor.domain.track import Track
from assessor.domain.verdict import stated_rules
from assessor.web.candidate.visit import PageRoute, Visitor, current_time, track_of
from assessor.web.dependencies import Running
from assessor.web.pages import render

router = APIRouter(route_class=PageRoute)

CAREFUL: Final = Policy()
"""What holds where a platform has chosen nothing else."""


@router.get("/how-you-are-scored/{track_id}")
async def for_anybody(request: Request, services: Running, track_id: str) -> Response:
    """Show the rules of a track, as they are where a platform has chosen nothing else."""
    library = await services.content.library()
    if track_id in library.owners:  # a platform's own: only whom it invites may know of it
        raise NotFound("track", track_id)
    track = library.track(track_id)
    return _page(request, track, CAREFUL, is_own=False)


@router.get("/c/{token}/how-you-are-scored")
async def for_the_invited(request: Request, services: Running, token: str) -> Response:
    """Show the rules that will hold for the invited person. Looking does not use the link up."""
    assessment = await services.inviting.look_at(token)
    track = await track_of(services, assessment)
    return _page(request, track, assessment.policy, is_own=True, base=f"/c/{token}")


@router.get("/assessment/how-you-are-scored")
async def for_the_candidate(request: Request, visitor: Visitor) -> Response:
    """Show the rules that hold for this candidate."""
    assessment = await visitor.load()
    track = await track_of(visitor.services, assessment)
    policy, now = assessment.policy_in_force, current_time()
    return _page(request, track, policy, is_own=True, assessment=assessment, now=now)


def _page(request: Request, track: Track, policy: Policy, *, is_own: bool, **where: object) -> Response:
    """Return the page. `where` is what leads back: the `base` of an invitation, or the `assessment`."""
    return render(
        request,
        "candidate/scored.html",
        200,
        track=track,
        policy=policy,
        is_own=is_own,
        rules=stated_rules(policy, track),
        **where,
    )
