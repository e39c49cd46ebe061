"""A reviewer's page for taking an assessment out as an audit package: the reason first, then the file."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response

from assessor.domain.errors import AssessorError, InvalidInput, TooLarge
from assessor.ports import Reviewer
from assessor.services.auditing import MAX_REASON_CHARS
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import Exports
from assessor.web.problems import problem_of
from assessor.web.reviewer import field_problems_of

_LABELS: Final = {"reason": "The reason"}
_TARGETS: Final = {"reason": "reason"}

router = APIRouter(prefix="/review", include_in_schema=False)


@router.get("/{assessment_id}/export")
async def ask_why(request: Request, service: Running, reviewer: Exports, assessment_id: str) -> Response:
    """Say what a package holds, and ask what it is for."""
    return await _page(request, service, reviewer, assessment_id)


@router.post("/{assessment_id}/export")
async def export(
    request: Request,
    service: Running,
    reviewer: Exports,
    assessment_id: str,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Hand the package out, once it is recorded who takes it and why."""
    try:
        made = await service.packing.pack_for(reviewer, assessment_id, reason)
    except (InvalidInput, TooLarge) as refused:
        return await _page(request, service, reviewer, assessment_id, reason, refused)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.content, media_type="application/zip", headers=headers)


async def _page(
    request: Request,
    service: Running,
    reviewer: Reviewer,
    assessment_id: str,
    reason: str = "",
    refused: AssessorError | None = None,
) -> Response:
    """Raises NotFound, Erased."""
    assessment = await service.ordering.get(reviewer.tenant, assessment_id)
    return render(
        request,
        "reviewer/export.html",
        problem_of(refused).kind.status if refused else 200,
        assessment=assessment,
        reason=reason,
        max_reason=MAX_REASON_CHARS,
        problems=field_problems_of(refused),
        labels=_LABELS,
        targets=_TARGETS,
    )
