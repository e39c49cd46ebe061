"""Pages for reviewers: sign in, the case, scoring what is open, deciding."""

import re
from collections.abc import Sequence
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from assessor.domain.assessment import OPEN, Assessment, Status
from assessor.domain.audit_log import Action, AuditRecord
from assessor.domain.errors import (
    AccountDisabled,
    AccountLocked,
    AssessorError,
    Conflict,
    Erased,
    FieldProblem,
    InvalidInput,
    TooLarge,
    Unauthenticated,
)
from assessor.domain.queue import Lease
from assessor.domain.roles import Permission
from assessor.domain.verdict import THRESHOLDS, stated_rules
from assessor.ports import ActFilter, Reviewer
from assessor.services.access import LOCK_AFTER
from assessor.services.marking import Sheet
from assessor.web import casework, finding, leaves, sheets
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import FRESH, HandlesFaults, OpensCases, Scores, SignedIn
from assessor.web.problems import problem_of
from assessor.web.security import REVIEWER_COOKIE, clear_session_cookie, set_session_cookie
from assessor.web.throttle import Throttle, TooManyTries

TRIES: Final = 10
WINDOW_SECONDS: Final = 600
MARKS: Final = {"met": "Met", "unmet": "Not met", "cannot_assess": "Cannot assess"}
DECISIONS: Final = {
    "qualified": "Qualified",
    "not_qualified": "Not qualified",
    "inconclusive": "Inconclusive: it cannot be judged, and the candidate may try again",
}
DONE: Final = {
    "scored": "Your score is stored.",
    "decided": "Your decision is stored, and the verdict that it makes is signed.",
    "overridden": "The new score is stored beside the old one, and the verdict that follows is signed.",
    "disputed": "Your reading is stored beside your colleague's. A senior who gave neither decides.",
    "asked": "The candidate is asked, and told until when. You read the answer beside the work.",
    "retried": "It is being scored again.",
    "differences": "It is noted that what the second look found is left as it is.",
    "seen": "It is noted that you have seen to what the candidate asked for.",
    "revoked": "The verdict is revoked, and the platform is told.",
    "given-back": "The attempt does not count. A new one was ordered on the same terms.",
}

_OUR_PAGE = re.compile(
    r"/review(/[a-z0-9_]{1,64}(/(time|second-look|revoke|appeal))?|/changes/[a-z0-9_]{1,64})?"
)

router = APIRouter(prefix="/review", include_in_schema=False)

Text = Annotated[str, Form()]


def new_throttle() -> Throttle:
    """Return the counter of tries to sign in."""
    return Throttle(TRIES, WINDOW_SECONDS)


@router.get("/login")
async def sign_in_page(
    request: Request,
    next: str = "/review",  # noqa: A002 - the name in the address
    again: str = "",
) -> Response:
    """Show the sign-in form; `again` to somebody who is signed in, and has been for long."""
    return sign_in_form(request, next, again=bool(again))


@router.post("/login")
async def sign_in(
    request: Request,
    service: Running,
    email: Text = "",
    password: Text = "",
    next: Text = "/review",  # noqa: A002 - the name in the form
) -> Response:
    """Open a session. A wrong try stays on the page, and too many have to wait."""
    throttle: Throttle = request.app.state.sign_in_throttle
    account = f"account {email.strip().casefold()[:200]}"
    try:
        throttle.count(f"address {request.client.host if request.client else ''}", account)
        secret = await service.access.sign_in(email.strip(), password)
    except (AccountLocked, AccountDisabled) as barred:
        return sign_in_form(request, next, email, str(barred), status=403)
    except Unauthenticated:
        return sign_in_form(request, next, email, "The address or the password is wrong.", status=401)
    except TooManyTries as wait:
        page = sign_in_form(request, next, email, str(wait), status=429)
        page.headers["Retry-After"] = str(wait.retry_after)
        return page
    throttle.forgive(account)
    response = _to(next if _OUR_PAGE.fullmatch(next) else "/review")
    set_session_cookie(response, REVIEWER_COOKIE, secret, service.settings)
    return response


@router.post("/logout")
async def sign_out(service: Running, reviewer: SignedIn) -> Response:
    """End every session of this reviewer."""
    await service.access.sign_out(reviewer)
    response = _to("/review/login")
    clear_session_cookie(response, REVIEWER_COOKIE, service.settings)
    return response


@router.get("/{assessment_id}")
async def case(
    request: Request,
    service: Running,
    reviewer: OpensCases,
    assessment_id: str,
    done: str = "",
    page: str = "",
    find: str = "",
) -> Response:
    """Show one case, with the form for what has to be done next."""
    return await _case_page(
        request, service, reviewer, assessment_id, Sheet(), done=DONE.get(done), page=page, find=find
    )


@router.post("/{assessment_id}/sheet")
async def hand_in(request: Request, service: Running, reviewer: Scores, assessment_id: str) -> Response:
    """Store what a reviewer scored and decided; what cannot be stored stays on the page.

    Whoever only turns over to another page of the transcript, or looks for words in it, takes along what they
    typed.
    """
    form = await request.form(max_fields=sheets.MAX_FIELDS)
    sheet, page, find = sheets.read(form), leaves.page_in(form), finding.asked_in(form)
    try:
        await service.leasing.hold(reviewer, assessment_id)
        if leaves.turns_over(form) or finding.searches(form):
            return await _case_page(request, service, reviewer, assessment_id, sheet, page=page, find=find)
        await service.sheets.hand_in(reviewer, assessment_id, sheet)
    except (InvalidInput, TooLarge, Conflict) as refused:
        return await _case_page(
            request, service, reviewer, assessment_id, sheet, refused, page=page, find=find
        )
    await service.leasing.end_if_done(reviewer, assessment_id)
    return _to_case(assessment_id, "decided" if sheet.decision else "scored")


@router.post("/{assessment_id}/outlook")
async def outlook(request: Request, service: Running, reviewer: Scores, assessment_id: str) -> Response:
    """Say what would be open after these scores. Nothing is stored."""
    sheet = sheets.read(await request.form(max_fields=sheets.MAX_FIELDS))
    ahead = await service.sheets.preview(reviewer, assessment_id, sheet)
    page = render(request, "reviewer/outlook.html", ahead=ahead)
    page.headers["X-Settled"] = "yes" if ahead.is_settled else "no"
    return page


@router.post("/{assessment_id}/retry")
async def retry(request: Request, service: Running, reviewer: HandlesFaults, assessment_id: str) -> Response:
    """Release a hold and score again."""
    try:
        await service.leasing.hold(reviewer, assessment_id)
        await service.reviewing.retry_scoring(reviewer, assessment_id)
    except Conflict as refused:
        return await _case_page(request, service, reviewer, assessment_id, Sheet(), refused)
    await service.leasing.end_if_done(reviewer, assessment_id)
    return _to_case(assessment_id, "retried")


@router.post("/{assessment_id}/give-back")
async def give_back(
    request: Request, service: Running, reviewer: HandlesFaults, assessment_id: str, reason: Text = ""
) -> Response:
    """Void an attempt that our fault spoiled; the candidate gets another."""
    try:
        await service.leasing.hold(reviewer, assessment_id)
        await service.reviewing.give_back(reviewer, assessment_id, reason)
    except (InvalidInput, TooLarge, Conflict) as refused:
        return await _case_page(request, service, reviewer, assessment_id, Sheet(reason=reason), refused)
    await service.leasing.end_if_done(reviewer, assessment_id)
    return _to_case(assessment_id, "given-back")


def sign_in_form(
    request: Request,
    next_page: str,
    email: str | None = None,
    problem: str = "",
    status: int = 200,
    *,
    again: bool = False,
) -> HTMLResponse:
    """Show the sign-in page, with what went wrong; `email` where it was with a password."""
    return render(
        request,
        "reviewer/login.html",
        status,
        next_page=next_page,
        email=email,
        problem=problem,
        again=again,
        fresh_minutes=FRESH.seconds // 60,
        lock_after=LOCK_AFTER,
    )


async def _case_page(
    request: Request,
    service: Running,
    reviewer: Reviewer,
    assessment_id: str,
    typed: Sheet,
    refused: AssessorError | None = None,
    *,
    done: str | None = None,
    page: str = "",
    find: str = "",
) -> Response:
    """Show the case again with what was given, so that nothing has to be typed twice."""
    if reviewer.may(Permission.SCORE):
        await service.leasing.require_fit(reviewer, assessment_id)
    try:
        found = await service.reviewing.case(reviewer, assessment_id)
    except Erased as erased:
        return await _erased_page(request, service, assessment_id, erased)
    stands = casework.stands(found.assessment)
    form = None
    if stands == "undecided" and reviewer.may(Permission.SCORE):
        form = sheets.form_of(found, await service.reviewing.outlook(found), typed)
    lease = await _lease(service, reviewer, found.assessment)
    is_theirs = lease is None or lease[0].holder == reviewer.id or refused is not None
    items, address = sheets.in_order(found, form), f"/review/{assessment_id}"
    search = finding.search(items, find)
    return render(
        request,
        "reviewer/case.html",
        problem_of(refused).kind.status if refused else 200,
        case=found,
        assessment=found.assessment,
        stands=stands,
        form=form,
        ahead=form.ahead if form else None,
        items=items,
        search=search,
        leaf=leaves.leaf(
            items,
            page,
            address,
            f"{address}/sheet" if form and is_theirs else "",
            f"&find={quote(search.words, safe='')}" if search.words else "",
        ),
        overtaken=sheets.overtaken(found, typed),
        is_open=found.assessment.status in OPEN,
        held=found.assessment.status is Status.TECHNICAL_HOLD,
        given=typed,
        problems=field_problems_of(refused),
        targets=form.targets if form else {"reason": "decision-reason"},
        labels=form.labels if form else {"reason": "The reason"},
        done=done,
        may=reviewer.may,
        lease=lease,
        refused=refused is not None,
        colleagues=await _colleagues(service, reviewer),
        seen_by=await _openings(service, reviewer, assessment_id),
        marks=MARKS,
        decisions=DECISIONS,
        signalled=service.signal_findings.waiting(found.assessment),
        words=casework,
        cut=f"{THRESHOLDS.score_at_cut:g}",
        rules=stated_rules(found.assessment.policy_in_force, found.track),
    )


async def _lease(
    service: Running, reviewer: Reviewer, assessment: Assessment
) -> tuple[Lease, Reviewer] | None:
    """Return who has a case in hand that waits; who opens it to work on it takes it when nobody has."""
    if not assessment.needs_person:
        return None
    if reviewer.may(Permission.SCORE):
        lease = await service.leasing.take(reviewer, assessment.id)
    else:
        held = await service.leasing.held([assessment.id])
        if assessment.id not in held:
            return None
        lease = held[assessment.id]
    return lease, await service.store.reviewer(lease.holder)


async def _colleagues(service: Running, reviewer: Reviewer) -> Sequence[Reviewer]:
    """Return whom this person may hand a case to."""
    return await service.leasing.scorers(reviewer.tenant) if reviewer.may(Permission.ASSIGN) else ()


async def _openings(
    service: Running, reviewer: Reviewer, assessment_id: str
) -> tuple[tuple[AuditRecord, str], ...]:
    """Return who opened an assessment, each with a name for it, for those who may know."""
    if not reviewer.may(Permission.SEE_AUDIT):
        return ()
    names = {one.id: one.name for one in await service.store.reviewers() if one.tenant == reviewer.tenant}
    opened = ActFilter(reviewer.tenant, action=Action.TRANSCRIPT_OPENED, subject=assessment_id)
    return tuple((one, names.get(one.actor, one.actor)) for one in await service.store.recorded(opened))


async def _erased_page(request: Request, service: Running, assessment_id: str, erased: Erased) -> Response:
    """Say what is left of a case whose candidate was erased."""
    row = await service.store.projection(assessment_id)
    return render(request, "reviewer/erased.html", problem_of(erased).kind.status, row=row)


def field_problems_of(refused: AssessorError | None) -> tuple[FieldProblem, ...]:
    """Return what a page lists as wrong; a problem of no single field has an empty name."""
    match refused:
        case None:
            return ()
        case InvalidInput():
            return tuple(refused.problems)
        case TooLarge():
            return (FieldProblem(refused.what, str(refused), ""),)
        case _:
            return (FieldProblem("", str(refused), ""),)


def _to(address: str) -> Response:
    return RedirectResponse(address, 303)


def _to_case(assessment_id: str, done: str) -> Response:
    return _to(f"/review/{quote(assessment_id, safe='')}?done={done}#act")
