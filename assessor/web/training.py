"""Pages on which reviewers train: answers with known scores, scored blind, then what is known beside it."""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from assessor.domain.errors import AssessorError, Conflict, InvalidInput
from assessor.domain.training import STANDARD
from assessor.ports import Reviewer
from assessor.web import casework
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import Scores
from assessor.web.problems import problem_of
from assessor.web.reviewer import MARKS, field_problems_of

MAX_FIELDS: Final = 50
_MARK: Final = "mark."
"""Before the id of a criterion, in the name of its field."""

router = APIRouter(prefix="/review/training", include_in_schema=False)


@router.get("")
async def standings(
    request: Request, service: Running, reviewer: Scores, wanted: Annotated[str, Query(alias="for")] = ""
) -> Response:
    """Show where this reviewer stands in each track. `for` is the track that they came for."""
    return render(
        request,
        "reviewer/training.html",
        standings=await service.training.standings(reviewer),
        wanted=wanted,
        standard=STANDARD,
    )


@router.get("/{track}")
async def task(request: Request, service: Running, reviewer: Scores, track: str) -> Response:
    """Show the next answer to score, or that there is none."""
    return await _task_page(request, service, reviewer, track, {})


@router.post("/{track}")
async def mark(request: Request, service: Running, reviewer: Scores, track: str) -> Response:
    """Keep the marks of one answer, and show what is known of it."""
    form = await request.form(max_fields=MAX_FIELDS)
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    given = {name.removeprefix(_MARK): value for name, value in fields.items() if name.startswith(_MARK)}
    try:
        scored = await service.training.mark(reviewer, track, fields.get("answer", ""), given)
    except (InvalidInput, Conflict) as refused:
        return await _task_page(request, service, reviewer, track, given, refused)
    return RedirectResponse(f"/review/training/{quote(track, safe='')}/{scored.answer}", 303)


@router.get("/{track}/{answer}")
async def marked(request: Request, service: Running, reviewer: Scores, track: str, answer: str) -> Response:
    """Show an answer with this reviewer's marks beside what is known, and at its end how the round went."""
    return render(
        request,
        "reviewer/training_marked.html",
        marked=await service.training.marked(reviewer, track, answer),
        standard=STANDARD,
        marks=MARKS,
        words=casework,
    )


async def _task_page(
    request: Request,
    service: Running,
    reviewer: Reviewer,
    track: str,
    given: dict[str, str],
    refused: AssessorError | None = None,
) -> Response:
    next_one = await service.training.next(reviewer, track)
    if next_one is None:
        return RedirectResponse("/review/training", 303)
    criteria = next_one.answer.rubric.criteria
    return render(
        request,
        "reviewer/training_task.html",
        problem_of(refused).kind.status if refused else 200,
        task=next_one,
        given=given,
        problems=field_problems_of(refused),
        targets={one.id: f"mark-{number}" for number, one in enumerate(criteria, 1)},
        labels={one.id: one.text for one in criteria},
        standard=STANDARD,
        marks=MARKS,
        words=casework,
    )
