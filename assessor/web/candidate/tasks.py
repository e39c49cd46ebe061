"""The task pages: drafts while the candidate works, and handing in."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from assessor.domain.assessment import Status
from assessor.domain.errors import (
    AssessorError,
    Conflict,
    FieldProblem,
    InvalidInput,
    StaleRevision,
    TooLarge,
)
from assessor.domain.item import Category, RankingItem
from assessor.domain.text import accept_text
from assessor.ports import Draft
from assessor.services.answering import Task
from assessor.web.candidate.breaks import break_page
from assessor.web.candidate.entered import (
    ISSUE_ROWS,
    NO_STEP,
    Fields,
    control_names,
    letter,
    normalised,
    read_response,
    whole_number,
)
from assessor.web.candidate.visit import PageRoute, Visit, Visitor, current_time, see
from assessor.web.pages import iso, render
from assessor.web.problems import kind_of

router = APIRouter(route_class=PageRoute)

MAX_DRAFT_FIELDS = 200
CONTROLS_OF_FORMS = frozenset({"revision", "do"})
"""What a task's form sends beside the candidate's own work."""

BUTTONS = frozenset({"save", "hand_in", "break", "go_on"})


class DraftIn(BaseModel):
    """Work in progress, on top of the revision that the page knows."""

    base_revision: Annotated[int, Field(ge=0)]
    payload: Annotated[dict[str, str], Field(max_length=MAX_DRAFT_FIELDS)]


@router.put("/assessment/drafts/{name}")
async def save_draft(visitor: Visitor, name: str, draft: Annotated[DraftIn, Body()]) -> Response:
    """Save work as it is. 409 carries what another window saved meanwhile."""
    payload = {control: accept_text(control[:80], text) for control, text in draft.payload.items()}
    saved = await visitor.services.answering.save_draft(
        visitor.assessment_id, name, payload, draft.base_revision
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
    if assessment.status is not Status.IN_PROGRESS or assessment.is_over(current_time()):
        return see("/assessment")
    found = await visitor.services.answering.task(assessment, item_id)
    if found.item.category is Category.INTERVIEW:
        return see("/assessment/interview")
    return await _page(request, visitor, found, _strings(found.draft.payload))


@router.post("/assessment/tasks/{item_id}")
async def answer(request: Request, visitor: Visitor, item_id: str) -> Response:
    """Hand a task in, or save it where the browser has no scripts. Nothing typed is lost either way."""
    fields, base, wants = await _sent(request)
    found = await visitor.services.answering.task(await visitor.load(), item_id)
    try:
        if wants == "hand_in":
            return await _hand_in(visitor, found, fields)
        if wants == "go_on":
            await visitor.services.pausing.resume(visitor.assessment_id)
        await _save(visitor, item_id, fields, base)
        if wants == "break":
            await visitor.services.pausing.pause(visitor.assessment_id)
        return see(f"/assessment/tasks/{item_id}")
    except (Conflict, InvalidInput, TooLarge) as error:
        found = await visitor.services.answering.task(await visitor.load(), item_id)
        return await _page(request, visitor, found, fields, error)


async def _sent(request: Request) -> tuple[dict[str, str], int, str]:
    """Return the fields, the revision that they are on top of, and which button was pressed."""
    form = await request.form(max_fields=MAX_DRAFT_FIELDS)
    sent = {name: normalised(value) for name, value in form.items() if isinstance(value, str)}
    fields = {name: value for name, value in sent.items() if name not in CONTROLS_OF_FORMS}
    wants = sent.get("do", "")
    return fields, whole_number(sent.get("revision", "")), wants if wants in BUTTONS else "hand_in"


async def _save(visitor: Visit, item_id: str, fields: Fields, base: int) -> Draft:
    payload = {control: accept_text(control[:80], text) for control, text in fields.items()}
    return await visitor.services.answering.save_draft(visitor.assessment_id, item_id, payload, base)


async def _hand_in(visitor: Visit, found: Task, fields: Fields) -> Response:
    item_id = found.item.id
    # Saved first, so that what is refused is kept as well.
    await _save(visitor, item_id, fields, found.draft.revision)
    payload = read_response(found.item, fields, found.shown_order)
    await visitor.services.answering.hand_in(visitor.assessment_id, item_id, payload)
    return see(f"/assessment#{item_id}")


async def _page(
    request: Request,
    visitor: Visit,
    found: Task,
    fields: Fields,
    error: AssessorError | None = None,
) -> Response:
    assessment = await visitor.load()
    stored = _strings(error.stored_payload) if isinstance(error, StaleRevision) else None
    return render(
        request,
        f"candidate/tasks/{found.item.category.value}.html",
        kind_of(type(error)).status if error else 200,
        assessment=assessment,
        task=found,
        item=found.item.presented(),
        shown=_shown(found),
        fields=fields,
        error=error,
        problems=_by_control(error),
        names=control_names(found.item, found.shown_order),
        stored=stored,
        now=current_time(),
        issue_rows=ISSUE_ROWS,
        no_step=NO_STEP,
    )


def _shown(found: Task) -> list[dict[str, str]]:
    """Return the responses of a ranking as the page shows them: in this candidate's order, by letter."""
    if not isinstance(found.item, RankingItem):
        return []
    texts = {response.id: response.text for response in found.item.responses}
    return [
        {"id": name, "letter": letter(place), "text": texts[name]}
        for place, name in enumerate(found.shown_order)
    ]


def _by_control(error: AssessorError | None) -> dict[str, FieldProblem]:
    return {problem.field: problem for problem in error.problems} if isinstance(error, InvalidInput) else {}


def _strings(payload: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in payload.items() if isinstance(value, str)}
