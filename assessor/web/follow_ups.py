"""A reviewer's page for asking a candidate about their own answer."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from assessor.domain.errors import AssessorError, Conflict, InvalidInput, TooLarge
from assessor.domain.follow_up import READY, TERM
from assessor.ports import Reviewer
from assessor.services.entered import normalised
from assessor.services.questioning import MAX_QUESTION_CHARS
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import Scores
from assessor.web.problems import problem_of
from assessor.web.reviewer import field_problems_of

router = APIRouter(prefix="/review", include_in_schema=False)

Text = Annotated[str, Form()]


@router.get("/{assessment_id}/follow-up")
async def ask(request: Request, service: Running, reviewer: Scores, assessment_id: str) -> Response:
    """Show the form for a question."""
    return await _page(request, service, reviewer, assessment_id)


@router.post("/{assessment_id}/follow-up")
async def send(
    request: Request,
    service: Running,
    reviewer: Scores,
    assessment_id: str,
    item: Text = "",
    ready: Text = "",
    question: Text = "",
) -> Response:
    """Ask the candidate; what was written takes the place of a ready question."""
    question = normalised(question)
    try:
        await service.leasing.hold(reviewer, assessment_id)
        await service.questioning.ask(reviewer, assessment_id, item, question.strip() or ready)
    except (InvalidInput, TooLarge, Conflict) as refused:
        return await _page(request, service, reviewer, assessment_id, item, ready, question, refused)
    return RedirectResponse(f"/review/{quote(assessment_id, safe='')}?done=asked#act", 303)


async def _page(
    request: Request,
    service: Running,
    reviewer: Reviewer,
    assessment_id: str,
    item: str = "",
    ready: str = "",
    question: str = "",
    refused: AssessorError | None = None,
) -> Response:
    await service.leasing.require_stranger(reviewer, assessment_id)
    case = await service.reviewing.case(reviewer, assessment_id)
    own = [one for one in case.items if not one.retired and case.assessment.texts_of(one.item.id)]
    return render(
        request,
        "reviewer/follow_up.html",
        problem_of(refused).kind.status if refused else 200,
        assessment=case.assessment,
        items=own,
        ready_made=READY,
        days=TERM.days,
        chosen=item,
        ready=ready,
        question=question,
        max_question=MAX_QUESTION_CHARS,
        problems=field_problems_of(refused),
        targets={"item": "item", "question": "question"},
        labels={"item": "The part", "question": "The question"},
    )
