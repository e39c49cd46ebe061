"""Breaks: stopping the clock, the calm page meanwhile, and going on."""

import re
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response

from assessor.domain.assessment import Status
from assessor.domain.text import accept_text
from assessor.services.closing import INTERVIEW_DRAFT
from assessor.services.entered import normalised
from assessor.web.candidate.visit import PageRoute, Visit, Visitor, current_time, see
from assessor.web.pages import render

router = APIRouter(route_class=PageRoute)

INTERVIEW = "/assessment/interview"
_OUR_PAGE = re.compile(r"/assessment(/interview|/tasks/[a-z0-9-]{1,80})?")

Text = Annotated[str, Form()]


def break_page(back: str = "") -> Response:
    """Send the browser to the calm page; from there it goes on to where it came from."""
    return see(f"/assessment/break?{urlencode({'back': back})}" if back else "/assessment/break")


@router.get("/assessment/break")
async def resting(request: Request, visitor: Visitor, back: str = "") -> Response:
    """Say what is left, and how to go on."""
    assessment = await visitor.services.pausing.look(visitor.assessment_id)
    if assessment.status is not Status.PAUSED:
        return see(way_back(back))
    now = current_time()
    return render(
        request,
        "candidate/break.html",
        assessment=assessment,
        back=way_back(back),
        seconds_left=assessment.time_left(now),
        break_left=assessment.break_left(now),
    )


@router.post("/assessment/break")
async def pause(visitor: Visitor, back: Text = "", text: Text = "") -> Response:
    """Stop the clock. What stands in the message box is saved first."""
    await _save(visitor, text)
    await visitor.services.pausing.pause(visitor.assessment_id)
    return break_page(way_back(back))


@router.post("/assessment/resume")
async def go_on(visitor: Visitor, back: Text = "", text: Text = "") -> Response:
    """Let the clock run again, with what was left."""
    await visitor.services.pausing.resume(visitor.assessment_id)
    await _save(visitor, text)
    return see(way_back(back))


async def _save(visitor: Visit, text: str) -> None:
    """Save what was typed and not sent. Where it cannot be saved now, going on saves it."""
    text = accept_text("message", normalised(text))
    if not text.strip() or (await visitor.load()).status is not Status.IN_PROGRESS:
        return
    answering = visitor.services.answering
    draft = await answering.draft(visitor.assessment_id, INTERVIEW_DRAFT)
    if draft.payload.get("text") != text:
        await answering.save_draft(visitor.assessment_id, INTERVIEW_DRAFT, {"text": text}, draft.revision)


def way_back(back: str) -> str:
    """Return one of our own pages: the one that was named, else the list of parts."""
    return back if _OUR_PAGE.fullmatch(back) else "/assessment"
