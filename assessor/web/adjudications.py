"""A senior's page where two readings differ: both side by side, without who gave which."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from assessor.domain.errors import AssessorError, Conflict, InvalidInput, LeaseHeld, TooLarge
from assessor.ports import Reviewer
from assessor.services.entered import normalised
from assessor.services.marking import Given
from assessor.web import casework
from assessor.web.dependencies import Running
from assessor.web.leaves import Leaf
from assessor.web.pages import render
from assessor.web.permitted import Adjudicates
from assessor.web.problems import problem_of
from assessor.web.reviewer import MARKS, field_problems_of
from assessor.web.sheets import name_of, place_of

router = APIRouter(prefix="/review", include_in_schema=False)

Text = Annotated[str, Form()]


@router.get("/{assessment_id}/adjudicate")
async def ask(
    request: Request, service: Running, reviewer: Adjudicates, assessment_id: str, done: str = ""
) -> Response:
    """Show the next criterion of which there are two readings, or that nothing is left."""
    return await _page(request, service, reviewer, assessment_id, Given(), done=done == "decided")


@router.post("/{assessment_id}/adjudicate")
async def decide(
    request: Request,
    service: Running,
    reviewer: Adjudicates,
    assessment_id: str,
    of: Text = "",
    seen: Text = "",
    mark: Text = "",
    reason: Text = "",
    quoted: Annotated[str, Form(alias="quote")] = "",
) -> Response:
    """Decide between two readings, and go on with the next."""
    given = Given(mark, normalised(reason), normalised(quoted))
    try:
        await service.leasing.hold(reviewer, assessment_id)
        await service.adjudicating.decide(reviewer, assessment_id, place_of(of), seen, given)
    except (InvalidInput, TooLarge, Conflict) as refused:
        return await _page(request, service, reviewer, assessment_id, given, refused)
    await service.leasing.end_if_done(reviewer, assessment_id)
    return RedirectResponse(f"/review/{quote(assessment_id, safe='')}/adjudicate?done=decided", 303)


async def _page(
    request: Request,
    service: Running,
    reviewer: Reviewer,
    assessment_id: str,
    given: Given,
    refused: AssessorError | None = None,
    *,
    done: bool = False,
) -> Response:
    """Show both readings with what was given; to somebody who gave one of them, only why not."""
    found = None
    try:
        await service.leasing.require_stranger(reviewer, assessment_id)
        found = await service.adjudicating.next_criterion(reviewer, assessment_id)
        if found and not refused:
            await service.leasing.hold(reviewer, assessment_id)
    except LeaseHeld as held:
        found, refused = None, held
    except Conflict as barred:
        refused = barred
    return render(
        request,
        "reviewer/adjudicate.html",
        problem_of(refused).kind.status if refused else 200,
        assessment_id=assessment_id,
        found=found,
        leaf=Leaf((found.item,), 1, 1, {}, "") if found else None,
        of=name_of(found.disagreement.place) if found else "",
        seen=found.seen if found else "",
        given=given,
        problems=field_problems_of(refused),
        targets={"mark": "mark-first", "reason": "reason", "quote": "quote"},
        labels={"mark": "Your decision", "reason": "The reason", "quote": "The quote"},
        marks=MARKS,
        words=casework,
        done=done,
    )
