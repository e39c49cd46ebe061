"""The page on which people see how often each rule is set aside, and switch one on again."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from assessor.domain.errors import AssessorError, Conflict, InvalidInput, TooLarge
from assessor.domain.thresholds import THRESHOLDS
from assessor.ports import Reviewer
from assessor.services.auditing import MAX_REASON_CHARS
from assessor.services.entered import normalised
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import ChangesGrading, SeesQuality, sign_in_again, signed_in_lately
from assessor.web.problems import problem_of
from assessor.web.reviewer import field_problems_of

PAGE: Final = "/review/quality/signals"

router = APIRouter(prefix=PAGE, include_in_schema=False)


@router.get("")
async def rules(request: Request, service: Running, reader: SeesQuality) -> Response:
    """Show every rule with what people found of it."""
    return await _page(request, service, reader)


@router.post("/{what}/switch-on")
async def switch_on(
    request: Request,
    service: Running,
    person: ChangesGrading,
    what: str,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Let a rule notice again; a reason that cannot be kept stays in the form."""
    reason = normalised(reason)
    try:
        await service.signal_rules.switch_on(person, what, reason)
    except (InvalidInput, TooLarge, Conflict) as refused:
        return await _page(request, service, person, {what: reason}, refused)
    return RedirectResponse(f"{PAGE}?done={what}", 303)


async def _page(
    request: Request,
    service: Running,
    reader: Reviewer,
    typed: dict[str, str] | None = None,
    refused: AssessorError | None = None,
) -> Response:
    return render(
        request,
        "reviewer/signal_rules.html",
        problem_of(refused).kind.status if refused else 200,
        standings=await service.signal_rules.standings(reader.tenant),
        names={one.id: one.name for one in await service.store.reviewers() if one.tenant == reader.tenant},
        limits=THRESHOLDS.overturning,
        may=reader.may,
        is_lately=refused is not None or await signed_in_lately(request, service),
        again=sign_in_again(PAGE),
        typed=typed or {},
        max_reason=MAX_REASON_CHARS,
        problems=field_problems_of(refused),
        labels={"reason": "The reason"},
        targets={"reason": f"reason-{next(iter(typed), '')}" if typed else "reason"},
        done=request.query_params.get("done", ""),
    )
