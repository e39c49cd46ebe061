"""The task pages: drafts while the candidate works, and handing in."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from assessor.domain.assessment import Status
from assessor.domain.errors import Conflict, InvalidInput, TooLarge
from assessor.domain.item import Category
from assessor.domain.text import accept_text
from assessor.ports import Draft
from assessor.services.answering import Task
from assessor.services.entered import Fields, normalised, read_response, typed, whole_number
from assessor.web.candidate.breaks import break_page
from assessor.web.candidate.notice import must_read
from assessor.web.candidate.previews import broken_demands
from assessor.web.candidate.task_page import preview_part, task_page
from assessor.web.candidate.visit import PageRoute, Visit, Visitor, current_time, see
from assessor.web.pages import iso

router = APIRouter(route_class=PageRoute)

MAX_DRAFT_FIELDS = 200
SECONDS_A_DAY = 86_400.0
CONTROLS_OF_FORMS = frozenset({"revision", "do"})
"""What a task's form sends beside the candidate's own work."""

BUTTONS = frozenset({"save", "preview", "hand_in", "hand_in_as_it_is", "break", "go_on"})


class DraftIn(BaseModel):
    """Work in progress, on top of the revision that the page knows."""

    base_revision: Annotated[int, Field(ge=0)]
    payload: Annotated[dict[str, str], Field(max_length=MAX_DRAFT_FIELDS)]
    typed_seconds_ago: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """How old the work is by the browser's own count: it may have been offline."""


@router.put("/assessment/drafts/{name}")
async def save_draft(visitor: Visitor, name: str, draft: Annotated[DraftIn, Body()]) -> Response:
    """Save work as it is. 409 carries what another window saved meanwhile."""
    saved = await visitor.services.answering.save_draft(
        visitor.assessment_id,
        name,
        _accepted(draft.payload),
        draft.base_revision,
        age=timedelta(seconds=min(draft.typed_seconds_ago, SECONDS_A_DAY)),  # a clock may jump by decades
    )
    at, left = saved.saved_at, (await visitor.load()).time_left(current_time())
    told = {"revision": saved.revision, "saved_at": iso(at) if at else None, "seconds_left": left}
    return JSONResponse(told)


@router.get("/assessment/tasks/{item_id}")
async def task(request: Request, visitor: Visitor, item_id: str) -> Response:
    """Show a task with what was saved."""
    assessment = await visitor.load()
    if assessment.status is Status.PAUSED:
        return break_page(request.url.path)
    if notice := must_read(assessment, request.url.path):
        return notice
    if assessment.status is not Status.IN_PROGRESS or assessment.is_over(current_time()):
        return see("/assessment")
    found = await visitor.services.answering.task(assessment, item_id)
    if found.item.category is Category.INTERVIEW:
        return see("/assessment/interview")
    return await task_page(request, visitor, found, typed(found.draft.payload))


@router.post("/assessment/tasks/{item_id}")
async def answer(request: Request, visitor: Visitor, item_id: str) -> Response:
    """Hand a task in, or save it where the browser has no scripts. Nothing typed is lost either way."""
    fields, base, wants = await _sent(request)
    found = await visitor.services.answering.task(await visitor.load(), item_id)
    if wants == "preview":
        return await task_page(request, visitor, found, fields, base=base, previewed=True)
    try:
        if wants in ("hand_in", "hand_in_as_it_is"):
            await _save_for_handing_in(visitor, found, fields, base)
            payload = read_response(found.item, fields, found.shown_order)
            if wants == "hand_in" and broken_demands(found.item, fields):
                return await _ask_once_more(request, visitor, item_id, fields)
            await visitor.services.answering.hand_in(visitor.assessment_id, item_id, payload)
            return see(f"/assessment?handed_in={item_id}#handed-in")
        if wants == "go_on":
            await visitor.services.pausing.resume(visitor.assessment_id)
        await _save(visitor, item_id, fields, base or 0)
        if wants == "break":
            await visitor.services.pausing.pause(visitor.assessment_id)
        return see(f"/assessment/tasks/{item_id}")
    except (Conflict, InvalidInput, TooLarge) as error:
        found = await visitor.services.answering.task(await visitor.load(), item_id)
        return await task_page(request, visitor, found, fields, error, base=base)


@router.post("/assessment/tasks/{item_id}/preview")
async def show_preview(request: Request, visitor: Visitor, item_id: str) -> Response:
    """Show what was typed as its readers will see it. Nothing is stored."""
    fields, _, _ = await _sent(request)
    assessment = await visitor.load()
    assessment.require("previewing", Status.IN_PROGRESS)
    found = await visitor.services.answering.task(assessment, item_id)
    return await preview_part(request, visitor, found, _accepted(fields))


async def _sent(request: Request) -> tuple[dict[str, str], int | None, str]:
    """Return the fields, the revision that they are on top of if the form says, and the button pressed."""
    form = await request.form(max_fields=MAX_DRAFT_FIELDS)
    sent = {name: normalised(value) for name, value in form.items() if isinstance(value, str)}
    fields = {name: value for name, value in sent.items() if name not in CONTROLS_OF_FORMS}
    wants = sent.get("do", "")
    base = whole_number(sent["revision"]) if "revision" in sent else None
    # Whoever names no button is a program: nobody is there to be asked once more.
    return fields, base, wants if wants in BUTTONS else "hand_in_as_it_is"


async def _save(visitor: Visit, item_id: str, fields: Fields, base: int) -> Draft:
    return await visitor.services.answering.save_draft(
        visitor.assessment_id, item_id, _accepted(fields), base
    )


def _accepted(fields: Fields) -> dict[str, str]:
    return {control: accept_text(control[:80], text) for control, text in fields.items()}


async def _save_for_handing_in(visitor: Visit, found: Task, fields: Fields, base: int | None) -> None:
    # Saved first, so that what is refused is kept as well, and nothing that another window saved is replaced
    # unseen. What is saved already needs no second time: a button may be pressed twice.
    if fields != typed(found.draft.payload):
        await _save(visitor, found.item.id, fields, found.draft.revision if base is None else base)


async def _ask_once_more(request: Request, visitor: Visit, item_id: str, fields: Fields) -> Response:
    """Name the demands that are not kept, and leave it to the candidate to hand in all the same."""
    found = await visitor.services.answering.task(await visitor.load(), item_id)
    return await task_page(request, visitor, found, fields, asks=True)
