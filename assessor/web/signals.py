"""A reviewer's page for what rules noticed in a candidate's words, and for what a person finds of it."""

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


@router.get("/{assessment_id}/signals")
async def look(request: Request, service: Running, reviewer: OpensCases, assessment_id: str) -> Response:
    """Show every passage, of answers that are alike both beside each other."""
    return await _page(request, service, reviewer, assessment_id)


@router.post("/{assessment_id}/signals")
async def judge(
    request: Request,
    service: Running,
    reviewer: Scores,
    assessment_id: str,
    what: Text = "",
    item: Text = "",
    outcome: Text = "",
    reason: Text = "",
) -> Response:
    """Keep what was found; what cannot be kept stays in the form."""
    typed = {"what": what, "item": item, "outcome": outcome, "reason": normalised(reason)}
    try:
        await service.leasing.require_fit(reviewer, assessment_id)
        await service.signal_findings.judge(reviewer, assessment_id, what, item, outcome, typed["reason"])
    except (InvalidInput, TooLarge, Conflict) as refused:
        return await _page(request, service, reviewer, assessment_id, typed, refused)
    await service.leasing.end_if_done(reviewer, assessment_id)
    return RedirectResponse(f"/review/{quote(assessment_id, safe='')}/signals?done=stored", 303)


async def _page(
    request: Request,
    service: Running,
    reviewer: Reviewer,
    assessment_id: str,
    typed: dict[str, str] | None = None,
    refused: AssessorError | None = None,
) -> Response:
    assessment, shown = await service.signal_findings.look(reviewer, assessment_id)
    typed = typed or {}
    return render(
        request,
        "reviewer/signals.html",
        problem_of(refused).kind.status if refused else 200,
        assessment=assessment,
        addressed=[one for one in shown if one.signal.what == "addressed"],
        quoted=[one for one in shown if one.signal.what == "quoted"],
        alike=[one for one in shown if one.signal.what == "alike"],
        standings={one.what: one for one in await service.signal_rules.standings(reviewer.tenant)},
        may=reviewer.may,
        reader=reviewer.id,
        is_confirmed=any(one.signal.outcome == "confirmed" for one in shown),
        typed=typed,
        measured=MEASURED,
        max_reason=MAX_REASON_CHARS,
        problems=field_problems_of(refused),
        labels=_LABELS,
        targets={name: f"{name}-{typed.get('what')}-{typed.get('item')}" for name in _LABELS},
        done=request.query_params.get("done") == "stored",
    )
