"""Replying to what was noticed about one's own words, before anybody who reviews is shown it."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response

from assessor.domain.errors import AssessorError, Conflict, InvalidInput, TooLarge
from assessor.domain.library import Library
from assessor.domain.signal import Signal, signals, unanswered
from assessor.services.entered import normalised
from assessor.services.replying import MAX_REPLY_CHARS
from assessor.web.candidate.visit import PageRoute, Visit, Visitor, current_time, see
from assessor.web.pages import render
from assessor.web.problems import kind_of

PAGE: Final = "/assessment/reply"

router = APIRouter(route_class=PageRoute)


@router.get(PAGE)
async def noticed(request: Request, visitor: Visitor) -> Response:
    """Show the passages, what follows from them, and the form for a reply while there is time."""
    return await _page(request, visitor)


@router.post(PAGE)
async def reply(request: Request, visitor: Visitor, text: Annotated[str, Form()] = "") -> Response:
    """Keep the reply; what cannot be accepted stays in the form."""
    try:
        await visitor.services.replying.reply(visitor.assessment_id, normalised(text))
    except (InvalidInput, TooLarge, Conflict) as refused:
        return await _page(request, visitor, text, refused)
    return see(PAGE)


async def _page(
    request: Request, visitor: Visit, text: str = "", refused: AssessorError | None = None
) -> Response:
    assessment = await visitor.load()
    found = tuple(one for one in signals(assessment) if one.until)
    waiting = unanswered(found, current_time())
    if not found and refused is None:
        return see("/assessment/result")
    track = assessment.ordered.track
    library = await visitor.services.content.library(track)
    return render(
        request,
        "candidate/reply.html",
        kind_of(type(refused)).status if refused else 200,
        assessment=assessment,
        track=library.track(track),
        addressed=[_titled(library, track, one) for one in found if one.what == "addressed"],
        quoted=[_titled(library, track, one) for one in found if one.what == "quoted"],
        alike=[_titled(library, track, one) for one in found if one.what == "alike"],
        replies=list(dict.fromkeys(one.reply for one in found if one.reply)),
        until=max((one.until for one in waiting or found if one.until), default=None),
        may_reply=bool(waiting),
        max_reply=MAX_REPLY_CHARS,
        text=text,
        refused=refused,
    )


def _titled(library: Library, track: str, found: Signal) -> tuple[str, Signal]:
    return library.item(track, found.item_id).title, found
