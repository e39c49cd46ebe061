"""Asking for accommodations: what would help, what holds, and what waits for the platform."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request, Response

from assessor.domain.assessment import OPEN
from assessor.domain.errors import AssessorError, Conflict, InvalidInput, TooLarge, invalid
from assessor.domain.wishes import BY_DESIGN, FACTORS, MAX_NOTE_CHARS, Wish, is_met
from assessor.services.entered import normalised
from assessor.web.candidate.breaks import way_back
from assessor.web.candidate.visit import PageRoute, Visit, Visitor, current_time, see
from assessor.web.pages import render
from assessor.web.problems import problem_of

ADDRESS: Final = "/assessment/accommodations"
MAX_TICKS: Final = 20

router = APIRouter(route_class=PageRoute)

Text = Annotated[str, Form()]
Ticks = Annotated[list[str], Form(default_factory=list)]


@router.get(ADDRESS)
async def accommodations(
    request: Request, visitor: Visitor, back: str = "", done: Annotated[str, Query(max_length=10)] = ""
) -> Response:
    """Show what holds and what waits, and the form to ask."""
    return await _page(request, visitor, back, done=done == "asked")


@router.post(ADDRESS)
async def ask(
    request: Request,
    visitor: Visitor,
    wish: Ticks,
    time: Text = "",
    note: Text = "",
    back: Text = "",
) -> Response:
    """Take the request. What the policy gives holds when this returns."""
    try:
        wishes = _wishes([time] if time else [], wish)
        await visitor.services.asking.ask(visitor.assessment_id, wishes, normalised(note))
    except (InvalidInput, TooLarge, Conflict) as refused:
        return await _page(request, visitor, back, refused=refused, ticked={time, *wish}, note=note)
    return see(f"{ADDRESS}?done=asked&back={way_back(back)}")


def _wishes(time: list[str], ticks: list[str]) -> list[Wish]:
    known = set(Wish)
    if any(name not in known for name in (*time, *ticks)) or len(ticks) > MAX_TICKS:
        raise invalid("wish", "is none of the listed ones", "Tick what stands in the list.")
    return [Wish(name) for name in (*time, *ticks)]


async def _page(
    request: Request,
    visitor: Visit,
    back: str,
    *,
    done: bool = False,
    refused: AssessorError | None = None,
    ticked: set[str] | None = None,
    note: str | None = None,
) -> Response:
    assessment, now = await visitor.load(), current_time()
    asked = assessment.asked
    if ticked is None:
        ticked = {wish.value for wish in asked.wishes} if asked else set()
    return render(
        request,
        "candidate/accommodations.html",
        problem_of(refused).kind.status if refused else 200,
        assessment=assessment,
        tenant=await visitor.services.store.tenant(assessment.ordered.tenant),
        is_open=assessment.status in OPEN,
        asked=asked,
        is_met={wish: is_met(wish, assessment.accommodation) for wish in Wish},
        waiting=assessment.waits_for_platform,
        factors=FACTORS,
        by_design=BY_DESIGN,
        limit=assessment.accommodation.limit(assessment.form.time_limit_minutes),
        break_minutes=None if assessment.break_budget is None else assessment.break_budget / 60,
        at_once=assessment.policy.at_once,
        max_note=MAX_NOTE_CHARS,
        ticked=ticked,
        has_time=any(wish in ticked for wish in FACTORS),
        note=note if note is not None else (asked.note if asked else ""),
        error=refused,
        done=done,
        back=way_back(back),
        now=now,
    )
