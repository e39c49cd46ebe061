"""The pages on which a change of the grading is looked at, approved by two people, switched on and off."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from assessor.domain.audit_log import Action
from assessor.domain.errors import AssessorError, Conflict, InvalidInput, TooLarge
from assessor.domain.roles import Permission, may
from assessor.domain.thresholds import THRESHOLDS
from assessor.ports import Reviewer
from assessor.services.auditing import MAX_REASON_CHARS
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import ChangesGrading, SeesQuality, sign_in_again, signed_in_lately
from assessor.web.problems import problem_of
from assessor.web.reviewer import field_problems_of

_LABELS: Final = {"reason": "The reason"}
_TARGETS: Final = {"reason": "reason"}

router = APIRouter(prefix="/review/changes", include_in_schema=False)

Text = Annotated[str, Form()]


@router.get("")
async def changes(request: Request, service: Running, reader: SeesQuality) -> Response:
    """Show every change that was proposed for the platform, the newest first."""
    found = await service.changing.all(reader.tenant)
    return render(request, "reviewer/changes.html", found=found, names=await _names(service, reader))


@router.get("/{change_id}")
async def change(request: Request, service: Running, reader: SeesQuality, change_id: str) -> Response:
    """Show one change with its report; to the role fairness groups, too, and that it looked is recorded."""
    if may(reader.roles, Permission.SEE_FAIRNESS):
        seen = await service.changing.look(reader.tenant, change_id)
        await service.auditing.record(
            reader.id, Action.FAIRNESS_SEEN, seen.change.id, tenant=reader.tenant, report="change"
        )
    return await _page(request, service, reader, change_id)


@router.post("/{change_id}/approve")
async def approve(
    request: Request,
    service: Running,
    person: ChangesGrading,
    change_id: str,
    report: Text = "",
    reason: Text = "",
) -> Response:
    """Approve a change on the report that was shown."""
    return await _done(
        request,
        service,
        person,
        change_id,
        reason,
        lambda: service.changing.approve(person, change_id, report, reason),
    )


@router.post("/{change_id}/reject")
async def reject(
    request: Request, service: Running, person: ChangesGrading, change_id: str, reason: Text = ""
) -> Response:
    """End a change that was not switched on."""
    return await _done(
        request,
        service,
        person,
        change_id,
        reason,
        lambda: service.changing.reject(person, change_id, reason),
    )


@router.post("/{change_id}/switch-on")
async def switch_on(
    request: Request, service: Running, person: ChangesGrading, change_id: str, reason: Text = ""
) -> Response:
    """Let orders have it from now on."""
    return await _done(
        request,
        service,
        person,
        change_id,
        reason,
        lambda: service.changing.switch_on(person, change_id, reason),
    )


@router.post("/{change_id}/roll-back")
async def roll_back(
    request: Request, service: Running, person: ChangesGrading, change_id: str, reason: Text = ""
) -> Response:
    """Let orders have what was before it."""
    return await _done(
        request,
        service,
        person,
        change_id,
        reason,
        lambda: service.changing.roll_back(person.tenant, person.id, change_id, reason),
    )


async def _done(
    request: Request,
    service: Running,
    person: Reviewer,
    change_id: str,
    reason: str,
    act: Callable[[], Awaitable[None]],
) -> Response:
    """Do it and show the change; what was refused is shown on the page, with what was typed."""
    try:
        await act()
    except (InvalidInput, TooLarge, Conflict) as refused:
        return await _page(request, service, person, change_id, reason, refused)
    return RedirectResponse(f"/review/changes/{change_id}", 303)


async def _names(service: Running, reader: Reviewer) -> dict[str, str]:
    """Return the names of who reviews for the platform; who is none of them stands by what was noted."""
    return {one.id: one.name for one in await service.store.reviewers() if one.tenant == reader.tenant}


async def _page(
    request: Request,
    service: Running,
    reader: Reviewer,
    change_id: str,
    reason: str = "",
    refused: AssessorError | None = None,
) -> Response:
    """Raises NotFound, also for another platform's."""
    return render(
        request,
        "reviewer/change.html",
        problem_of(refused).kind.status if refused else 200,
        seen=await service.changing.look(reader.tenant, change_id),
        is_lately=refused is not None or await signed_in_lately(request, service),
        again=sign_in_again(f"/review/changes/{change_id}"),
        names=await _names(service, reader),
        bar=THRESHOLDS.switching,
        reason=reason,
        max_reason=MAX_REASON_CHARS,
        problems=field_problems_of(refused),
        labels=_LABELS,
        targets=_TARGETS,
    )
