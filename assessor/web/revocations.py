"""A reviewer's pages for taking a verdict back: the reason, a look at what it does, and then the deed."""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from assessor.domain.errors import AssessorError, Conflict, InvalidInput, NotFound, TooLarge
from assessor.ports import Reviewer
from assessor.services.revoking import MAX_REASON_CHARS, accepted_reason
from assessor.web import casework
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import Revokes
from assessor.web.problems import problem_of
from assessor.web.reviewer import field_problems_of

_LABELS: Final = {"reason": "The reason"}
_TARGETS: Final = {"reason": "reason"}

router = APIRouter(prefix="/review", include_in_schema=False)

Text = Annotated[str, Form()]


@router.get("/{assessment_id}/revoke")
async def ask_why(request: Request, service: Running, reviewer: Revokes, assessment_id: str) -> Response:
    """Say what a revocation does, and ask for its reason."""
    return await _page(request, service, reviewer, assessment_id)


@router.post("/{assessment_id}/revoke")
async def revoke(
    request: Request,
    service: Running,
    reviewer: Revokes,
    assessment_id: str,
    verdict_id: Text = "",
    reason: Text = "",
    confirmed: Text = "",
) -> Response:
    """Ask once more, with the reason as it will be told; when that is confirmed, revoke the verdict."""
    try:
        accepted_reason(reason)
        if confirmed != "true":
            return await _page(request, service, reviewer, assessment_id, reason, confirming=True)
        await service.revoking.revoke_as_reviewer(reviewer, assessment_id, verdict_id, reason)
    except (InvalidInput, TooLarge, Conflict) as refused:
        return await _page(request, service, reviewer, assessment_id, reason, refused)
    return RedirectResponse(f"/review/{quote(assessment_id, safe='')}?done=revoked#act", 303)


async def _page(
    request: Request,
    service: Running,
    reviewer: Reviewer,
    assessment_id: str,
    reason: str = "",
    refused: AssessorError | None = None,
    *,
    confirming: bool = False,
) -> Response:
    """Raises NotFound where there is no verdict."""
    assessment = await service.ordering.get(reviewer.tenant, assessment_id)
    if assessment.verdict is None:
        raise NotFound("verdict", f"of {assessment_id}")
    return render(
        request,
        "reviewer/revoke.html",
        problem_of(refused).kind.status if refused else 200,
        assessment=assessment,
        confirming=confirming and not assessment.revoked,
        reason=reason,
        max_reason=MAX_REASON_CHARS,
        problems=field_problems_of(refused),
        labels=_LABELS,
        targets=_TARGETS,
        words=casework,
    )
