"""Sharing the result: what is shown, until when, and taking it back."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from assessor.services.sharing import DAYS, NewShare
from assessor.web.candidate.visit import PageRoute, Visit, Visitor, current_time, see, track_of
from assessor.web.pages import render

PAGE = "/assessment/share"

router = APIRouter(route_class=PageRoute)


@router.get(PAGE)
async def sharing(request: Request, visitor: Visitor) -> Response:
    """Say what a link would show, and list those that there are."""
    return await _page(request, visitor, None)


@router.post(PAGE)
async def share(request: Request, visitor: Visitor, days: Annotated[int, Form()]) -> Response:
    """Make a link, and show it this once."""
    return await _page(request, visitor, await visitor.services.sharing.share(visitor.assessment_id, days))


@router.post(f"{PAGE}/end")
async def end(visitor: Visitor, share: Annotated[str, Form(max_length=40)]) -> Response:
    """Take a link back."""
    await visitor.services.sharing.end(visitor.assessment_id, share)
    return see(PAGE)


async def _page(request: Request, visitor: Visit, made: NewShare | None) -> Response:
    assessment, now = await visitor.load(), current_time()
    if assessment.decision != "qualified" and not assessment.shares:
        return see("/assessment/result")
    return render(
        request,
        "candidate/share.html",
        assessment=assessment,
        track=await track_of(visitor.services, assessment),
        shares=[one for one in assessment.shares.values() if now < one.until],
        made=made,
        choices=DAYS,
    )
