"""A reviewer's page for the quality sample: one item at a time, without any score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from assessor.domain.errors import AssessorError, Conflict, FieldProblem, InvalidInput, LeaseHeld, TooLarge
from assessor.ports import KnownCase, Reviewer
from assessor.services.entered import normalised
from assessor.services.known_cases import KnownItem
from assessor.services.second_looks import LookAt
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


@dataclass(frozen=True)
class Barred:
    """Why somebody may not look, and who may instead."""

    reason: Conflict | None = None
    impartial: Sequence[Reviewer] = ()


NOT_BARRED: Final = Barred()


@dataclass(frozen=True)
class Typed:
    """What a form had: marks and reasons by criterion, and the page of the work."""

    marks: Mapping[str, str]
    reasons: Mapping[str, str] = field(default_factory=dict)
    page: str = ""


@router.get("/{assessment_id}/second-look")
async def second_look(
    request: Request, service: Running, reviewer: Scores, assessment_id: str, page: str = ""
) -> Response:
    """Show the next item of the sample, or that nothing is left."""
    if known := await service.known_cases.of(reviewer, assessment_id):
        return await _known_page(request, service, known, Typed({}))
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
    if known := await service.known_cases.of(reviewer, assessment_id):
        typed = Typed(given, reasons, page)
        return await _mark_known(request, service, known, fields.get("item_id", ""), typed)
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
    return RedirectResponse(address(assessment_id), 303)


@router.post("/{assessment_id}/differences-seen")
async def seen(service: Running, reviewer: Adjudicates, assessment_id: str) -> Response:
    """Note that this senior leaves what a colleague and the judge differ in as it is."""
    await service.second_looks.seen(reviewer, assessment_id)
    return RedirectResponse(f"/review/{quote(assessment_id, safe='')}?done=differences", 303)


def address(case_id: str) -> str:
    """Return where somebody takes a second look, or scores a known case, which looks the same."""
    return f"/review/{quote(case_id, safe='')}/second-look"


async def _mark_known(
    request: Request, service: Running, known: KnownCase, item_id: str, typed: Typed
) -> Response:
    """Keep the marks; reasons are for whoever decides, and nobody decides here."""
    try:
        await service.known_cases.mark(known, item_id, typed.marks)
    except (InvalidInput, Conflict) as refused:
        return await _known_page(request, service, known, typed, refused)
    return RedirectResponse(address(known.id), 303)


async def _known_page(
    request: Request,
    service: Running,
    known: KnownCase,
    typed: Typed,
    refused: AssessorError | None = None,
) -> Response:
    """Show the next answer of a known case as any other; when all are scored, what is known."""
    look = await service.known_cases.next_item(known)
    if look is not None:
        return _shown(request, known.id, look, typed, refused)
    told = await service.known_cases.told(known)
    return render(request, "reviewer/known_case.html", case=known, told=told, marks=MARKS, words=casework)


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
    impartial = await service.leasing.impartial(reviewer, assessment_id) if barred else ()
    typed = Typed(given, reasons, page)
    return _shown(request, assessment_id, look, typed, refused, Barred(barred, impartial))


def _shown(
    request: Request,
    case_id: str,
    look: LookAt | KnownItem | None,
    typed: Typed,
    refused: AssessorError | None,
    barred: Barred = NOT_BARRED,
) -> Response:
    here = address(case_id)
    return render(
        request,
        "reviewer/second_look.html",
        problem_of(refused).kind.status if refused else 200,
        assessment_id=case_id,
        look=look,
        barred=barred.reason,
        is_held=isinstance(barred.reason, LeaseHeld),
        impartial=barred.impartial,
        leaf=leaves.leaf([look.item], typed.page, here, here) if look else None,
        given=typed.marks,
        reasons=typed.reasons,
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
