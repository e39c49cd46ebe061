"""A reviewer's page for replacing one score: the work, the score that stands, and the form for a new one."""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from assessor.domain.errors import AssessorError, Conflict, InvalidInput, NotFound, TooLarge
from assessor.ports import Reviewer
from assessor.services.entered import normalised
from assessor.services.overriding import NewScore, disputes, fingerprint, require_may_override
from assessor.web import casework
from assessor.web.dependencies import Running
from assessor.web.leaves import Leaf
from assessor.web.pages import render
from assessor.web.permitted import Scores
from assessor.web.problems import problem_of
from assessor.web.reviewer import MARKS, field_problems_of
from assessor.web.sheets import alone, place_of

_LABELS: Final = {
    "mark": "The new score",
    "code": "Why it was wrong",
    "reason": "The reason",
    "quote": "The quote",
}
_TARGETS: Final = {"mark": "mark-first", "code": "code", "reason": "reason", "quote": "quote"}

router = APIRouter(prefix="/review", include_in_schema=False)

Text = Annotated[str, Form()]


@router.get("/{assessment_id}/override")
async def ask(
    request: Request, service: Running, reviewer: Scores, assessment_id: str, of: str = ""
) -> Response:
    """Show one score with the work that it is about."""
    return await _page(request, service, reviewer, assessment_id, of, NewScore(""))


@router.post("/{assessment_id}/override")
async def override(
    request: Request,
    service: Running,
    reviewer: Scores,
    assessment_id: str,
    of: Text = "",
    seen: Text = "",
    mark: Text = "",
    code: Text = "",
    reason: Text = "",
    quoted: Annotated[str, Form(alias="quote")] = "",
) -> Response:
    """Replace the score; what cannot be stored stays on the page."""
    given = NewScore(seen, mark, code, normalised(reason), normalised(quoted))
    try:
        await service.leasing.hold(reviewer, assessment_id)
        after = await service.overriding.override(reviewer, assessment_id, place_of(of), given)
    except (InvalidInput, TooLarge, Conflict) as refused:
        return await _page(request, service, reviewer, assessment_id, of, given, refused)
    await service.leasing.end_if_done(reviewer, assessment_id)
    disputed = any(one.place == place_of(of) for one in after.disagreements)
    if disputed and not after.needs_person:
        await service.leasing.give_back(reviewer, assessment_id)
    done = "disputed" if disputed else "overridden"
    return RedirectResponse(f"/review/{quote(assessment_id, safe='')}?done={done}#act", 303)


async def _page(
    request: Request,
    service: Running,
    reviewer: Reviewer,
    assessment_id: str,
    of: str,
    given: NewScore,
    refused: AssessorError | None = None,
) -> Response:
    """Show the score as it stands now, with what was given. Raises NotFound for one that is not there."""
    await service.leasing.require_stranger(reviewer, assessment_id)
    await service.leasing.require_trained(reviewer, assessment_id)
    case = await service.reviewing.case(reviewer, assessment_id)
    score = case.assessment.scores.get(place_of(of))
    if score is None:
        raise NotFound("criterion", of)
    barred = None
    try:
        require_may_override(case.assessment, score)
    except Conflict as bar:
        barred = bar
    refused = refused or barred
    item = alone(case, score)
    return render(
        request,
        "reviewer/override.html",
        problem_of(refused).kind.status if refused else 200,
        assessment=case.assessment,
        item=item,
        leaf=Leaf((item,), 1, 1, {}, ""),
        score=score,
        seen=fingerprint(score),
        of=of,
        given=given,
        barred=barred,
        disputes=disputes(score, reviewer),
        earlier=case.assessment.reviews.overrides_of(place_of(of)),
        problems=field_problems_of(refused),
        targets=_TARGETS,
        labels=_LABELS,
        marks=MARKS,
        words=casework,
    )
