"""A reviewer's page for appeals: one item at a time, without any score, with what the candidate says."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from assessor.domain.errors import AssessorError, Conflict, InvalidInput, LeaseHeld
from assessor.ports import Reviewer
from assessor.services.entered import normalised
from assessor.services.hearing import Answer
from assessor.web import casework, leaves
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import Scores
from assessor.web.problems import problem_of
from assessor.web.reviewer import MARKS, field_problems_of

MAX_FIELDS: Final = 150
_NAMES: Final = {"mark": "The score", "quote": "The quote", "reason": "The reason"}

router = APIRouter(prefix="/review", include_in_schema=False)


@router.get("/{assessment_id}/appeal")
async def appeal(
    request: Request,
    service: Running,
    reviewer: Scores,
    assessment_id: str,
    done: str = "",
    page: str = "",
) -> Response:
    """Show the next item with an appeal, or that nothing is left."""
    return await _page(request, service, reviewer, assessment_id, {}, done=done == "answered", page=page)


@router.post("/{assessment_id}/appeal")
async def answer(request: Request, service: Running, reviewer: Scores, assessment_id: str) -> Response:
    """Answer every appeal of one item, and go on with the next."""
    form = await request.form(max_fields=MAX_FIELDS)
    fields = {name: normalised(value) for name, value in form.items() if isinstance(value, str)}
    page = leaves.page_in(form)
    try:
        await service.leasing.hold(reviewer, assessment_id)
        if leaves.turns_over(form):
            return await _page(request, service, reviewer, assessment_id, fields, page=page)
        await service.hearing.answer(reviewer, assessment_id, fields.get("item_id", ""), _answers(fields))
    except (InvalidInput, Conflict) as refused:
        return await _page(request, service, reviewer, assessment_id, fields, refused, page=page)
    await service.leasing.end_if_done(reviewer, assessment_id)
    return RedirectResponse(f"/review/{quote(assessment_id, safe='')}/appeal?done=answered", 303)


def _answers(fields: Mapping[str, str]) -> dict[str, Answer]:
    """Read `<part>.<criterion>`; the id of a criterion may have a point in it."""
    criteria = {name.partition(".")[2] for name in fields if name.partition(".")[0] in _NAMES}
    return {
        one: Answer(*(fields.get(f"{part}.{one}", "") for part in ("mark", "reason", "quote")))
        for one in criteria
    }


async def _page(
    request: Request,
    service: Running,
    reviewer: Reviewer,
    assessment_id: str,
    given: Mapping[str, str],
    refused: AssessorError | None = None,
    *,
    done: bool = False,
    page: str = "",
) -> Response:
    """Show the item with what was given; to somebody who may not answer, why not and who may."""
    await service.leasing.require_fit(reviewer, assessment_id)
    found = barred = None
    try:
        found = await service.hearing.next_item(reviewer, assessment_id)
        if found and not refused:
            await service.leasing.hold(reviewer, assessment_id)
    except Conflict as reason:
        found, barred = None, reason
    address = f"/review/{assessment_id}/appeal"
    criteria = [one.before.criterion for one in found.appeals] if found else []
    return render(
        request,
        "reviewer/appeal.html",
        problem_of(refused).kind.status if refused else 200,
        assessment_id=assessment_id,
        found=found,
        barred=barred,
        is_held=isinstance(barred, LeaseHeld),
        impartial=await service.leasing.impartial(reviewer, assessment_id) if barred else (),
        leaf=leaves.leaf([found.item], page, address, address) if found else None,
        given=given,
        problems=field_problems_of(refused),
        targets={
            f"{part}.{one}": f"{part}-{number}" for number, one in enumerate(criteria, 1) for part in _NAMES
        },
        labels={
            f"{part}.{one}": f"{title} of appeal {number}"
            for number, one in enumerate(criteria, 1)
            for part, title in _NAMES.items()
        },
        grounds=casework.GROUND_WORDS,
        marks=MARKS,
        words=casework,
        done=done,
    )
