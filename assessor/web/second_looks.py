"""A reviewer's page for the quality sample: one item at a time, without any score."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from assessor.domain.errors import AssessorError, Conflict, FieldProblem, InvalidInput, LeaseHeld, TooLarge
from assessor.ports import Reviewer
from assessor.services.entered import normalised
from assessor.web import casework, leaves
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import Adjudicates, Scores
from assessor.web.problems import problem_of
from assessor.web.reviewer import MARKS

MAX_FIELDS: Final = 100
_MARK: Final = "mark."
_REASON: Final = "reason."
"""Before the id of a criterion, in the names of its fields."""

router = APIRouter(prefix="/review", include_in_schema=False)


@router.get("/{assessment_id}/second-look")
async def second_look(
    request: Request, service: Running, reviewer: Scores, assessment_id: str, page: str = ""
) -> Response:
    """Show the next item of the sample, or that nothing is left."""
    return await _page(request, service, reviewer, assessment_id, {}, page=page)


@router.post("/{assessment_id}/second-look")
async def mark(request: Request, service: Running, reviewer: Scores, assessment_id: str) -> Response:
    """Score every criterion of one item, and go on with the next."""
    form = await request.form(max_fields=MAX_FIELDS)
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    given = {name.removeprefix(_MARK): value for name, value in fields.items() if name.startswith(_MARK)}
    reasons = {
        name.removeprefix(_REASON): normalised(value)
        for name, value in fields.items()
        if name.startswith(_REASON)
    }
    page = leaves.page_in(form)
    try:
        await service.leasing.hold(reviewer, assessment_id)
        if leaves.turns_over(form):
            return await _page(request, service, reviewer, assessment_id, given, page=page, reasons=reasons)
        await service.second_looks.mark(reviewer, assessment_id, fields.get("item_id", ""), given, reasons)
    except (InvalidInput, TooLarge, Conflict) as refused:
        return await _page(
            request, service, reviewer, assessment_id, given, refused, page=page, reasons=reasons
        )
    await service.leasing.end_if_done(reviewer, assessment_id)
    return RedirectResponse(f"/review/{quote(assessment_id, safe='')}/second-look", 303)


@router.post("/{assessment_id}/differences-seen")
async def seen(service: Running, reviewer: Adjudicates, assessment_id: str) -> Response:
    """Note that this senior leaves what a colleague and the judge differ in as it is."""
    await service.second_looks.seen(reviewer, assessment_id)
    return RedirectResponse(f"/review/{quote(assessment_id, safe='')}?done=differences", 303)


async def _page(
    request: Request,
    service: Running,
    reviewer: Reviewer,
    assessment_id: str,
    given: dict[str, str],
    refused: AssessorError | None = None,
    *,
    page: str = "",
    reasons: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """Show the item with what was given; to somebody who may not look, why not and who may."""
    await service.leasing.require_fit(reviewer, assessment_id)
    look = barred = None
    try:
        look = await service.second_looks.next_item(reviewer, assessment_id)
        if look and not refused:
            await service.leasing.hold(reviewer, assessment_id)
    except Conflict as reason:
        look, barred = None, reason
    address = f"/review/{assessment_id}/second-look"
    return render(
        request,
        "reviewer/second_look.html",
        problem_of(refused).kind.status if refused else 200,
        assessment_id=assessment_id,
        look=look,
        barred=barred,
        is_held=isinstance(barred, LeaseHeld),
        impartial=await service.leasing.impartial(reviewer, assessment_id) if barred else (),
        leaf=leaves.leaf([look.item], page, address, address) if look else None,
        given=given,
        reasons=reasons,
        problems=_problems(refused),
        targets={one.id: f"mark-{one.id}-met" for one in look.criteria} if look else {},
        labels={one.id: one.text for one in look.criteria} if look else {},
        marks=MARKS,
        words=casework,
    )


def _problems(refused: AssessorError | None) -> tuple[FieldProblem, ...]:
    if isinstance(refused, InvalidInput):
        return tuple(refused.problems)
    return (FieldProblem("", str(refused), ""),) if refused else ()
