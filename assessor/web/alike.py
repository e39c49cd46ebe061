"""A reviewer's page for two answers that are alike: both passages side by side, and what a person finds."""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from assessor.domain.errors import AssessorError, Conflict, InvalidInput, TooLarge
from assessor.domain.near_duplicate import MEASURED
from assessor.ports import Reviewer
from assessor.services.entered import normalised
from assessor.services.marking import MAX_REASON_CHARS
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import OpensCases, Scores
from assessor.web.problems import problem_of
from assessor.web.reviewer import field_problems_of

_LABELS: Final = {"reason": "The reason", "outcome": "What you find"}

router = APIRouter(prefix="/review", include_in_schema=False)

Text = Annotated[str, Form()]


@router.get("/{assessment_id}/alike")
async def look(request: Request, service: Running, reviewer: OpensCases, assessment_id: str) -> Response:
    """Show both passages of every pair."""
    return await _page(request, service, reviewer, assessment_id)


@router.post("/{assessment_id}/alike")
async def judge(
    request: Request,
    service: Running,
    reviewer: Scores,
    assessment_id: str,
    item: Text = "",
    outcome: Text = "",
    reason: Text = "",
) -> Response:
    """Keep what was found; what cannot be kept stays in the form."""
    reason = normalised(reason)
    try:
        await service.alike_answers.judge(reviewer, assessment_id, item, outcome, reason)
    except (InvalidInput, TooLarge, Conflict) as refused:
        return await _page(request, service, reviewer, assessment_id, item, outcome, reason, refused)
    return RedirectResponse(f"/review/{quote(assessment_id, safe='')}/alike?done=stored", 303)


async def _page(
    request: Request,
    service: Running,
    reviewer: Reviewer,
    assessment_id: str,
    item: str = "",
    outcome: str = "",
    reason: str = "",
    refused: AssessorError | None = None,
) -> Response:
    assessment, pairs = await service.alike_answers.look(reviewer, assessment_id)
    return render(
        request,
        "reviewer/alike.html",
        problem_of(refused).kind.status if refused else 200,
        assessment=assessment,
        pairs=pairs,
        may=reviewer.may,
        chosen=item,
        outcome=outcome,
        reason=reason,
        measured=MEASURED,
        max_reason=MAX_REASON_CHARS,
        problems=field_problems_of(refused),
        labels=_LABELS,
        targets={name: f"{name}-{item}" for name in _LABELS},
        done=request.query_params.get("done") == "stored",
    )
