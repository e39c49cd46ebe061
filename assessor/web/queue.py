"""The reviewers' queue: what waits and why, taking the next case, and giving one back."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from assessor.domain.assessment import Projection
from assessor.domain.errors import invalid
from assessor.domain.queue import LEASE, QueuePlace, Reason, reasons_of
from assessor.domain.roles import Permission
from assessor.ports import ListPlace, QueueFilter, Reviewer
from assessor.web import casework, second_looks
from assessor.web.candidate.visit import current_time
from assessor.web.cursors import cursor_of, place_of
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import Assigns, Scores, SeesQueue

PAGE: Final = 50
COUNTED: Final = 1000
"""Counting stops here: more is more than anybody works off, and a count must not read a million rows."""
_SHOWN: Final = {"help": Reason.HELP, "appeals": Reason.APPEAL}
"""Addresses that documents and mails name."""

Text = Annotated[str, Form()]

router = APIRouter(prefix="/review", include_in_schema=False)


@router.get("")
async def queue(
    request: Request,
    service: Running,
    reviewer: SeesQueue,
    show: str = "",
    reason: str = "",
    track: str = "",
    after: str = "",
    none: str = "",
) -> Response:
    """Show one page of what waits for a person, who needs help first. The address holds every filter."""
    wanted = QueueFilter(_SHOWN.get(show) or _reason(reason), track or None)
    if show == "mine":
        rows = [*await service.leasing.in_hand(reviewer)]
    else:
        rows = [*await service.reviewing.queue(reviewer, wanted, _place(after), PAGE + 1)]
    shown, more = rows[:PAGE], len(rows) > PAGE
    tenant = await service.store.tenant(reviewer.tenant)
    return render(
        request,
        "reviewer/queue.html",
        rows=shown,
        held=await _held(service, shown),
        me=reviewer,
        filters={"reason": wanted.reason or "", "track": track},
        mine=show == "mine",
        tracks=await _tracks(service, reviewer),
        next_page=_next_page(wanted, shown[-1]) if more else "",
        later=bool(after),
        nothing_to_take=bool(none),
        is_alone=len(await service.leasing.scorers(reviewer.tenant)) == 1,
        untrained=await _untrained(service, reviewer),
        due=lambda row: due(row, tenant.policy.review_days),
        now=current_time(),
        review_days=tenant.policy.review_days,
        minutes=int(LEASE.total_seconds() / 60),
        **await _counts(service, reviewer),
    )


@router.get("/counts")
async def counts(request: Request, service: Running, reviewer: SeesQueue, reason: str = "") -> Response:
    """Return how many wait for which reason, for a page that is open already."""
    current = {"reason": _reason(reason) or ""}
    found = await _counts(service, reviewer)
    return render(request, "reviewer/counts.html", filters=current, mine=False, **found)


@router.post("/next")
async def take_next(service: Running, reviewer: Scores) -> Response:
    """Take the next case that is for this reviewer, and open it; now and then a known one comes before."""
    if known := await service.known_cases.begun(reviewer):
        return RedirectResponse(second_looks.address(known.id), 303)
    in_hand = {row.id for row in await service.leasing.in_hand(reviewer)}
    row = await service.leasing.next(reviewer)
    if row is None:
        return RedirectResponse("/review?none=1", 303)
    if row.id not in in_hand and (known := await service.known_cases.instead_of(reviewer, row)):
        await service.leasing.give_back(reviewer, row.id)
        return RedirectResponse(second_looks.address(known.id), 303)
    return RedirectResponse(_case(row, reviewer), 303)


@router.post("/{assessment_id}/release")
async def release(service: Running, reviewer: Scores, assessment_id: str) -> Response:
    """Give a case back to the queue."""
    await service.leasing.give_back(reviewer, assessment_id)
    return RedirectResponse("/review", 303)


@router.post("/{assessment_id}/know")
async def know(service: Running, reviewer: Scores, assessment_id: str) -> Response:
    """Note that this reviewer knows the candidate, and give the case back."""
    await service.leasing.recuse(reviewer, assessment_id)
    return RedirectResponse("/review", 303)


@router.post("/{assessment_id}/assign")
async def assign(service: Running, senior: Assigns, assessment_id: str, colleague: Text = "") -> Response:
    """Hand a case to a colleague."""
    await service.leasing.assign(senior, assessment_id, colleague)
    return RedirectResponse("/review", 303)


def due(row: Projection, review_days: int) -> datetime:
    """Return by when a person should have looked: an appeal's own date, else so many days from its start."""
    return row.appeal_due or row.queue_place.since + timedelta(days=review_days)


def _case(row: Projection, reviewer: Reviewer) -> str:
    page = casework.page_of(row, adjudicates=reviewer.may(Permission.ADJUDICATE))
    return f"/review/{quote(row.id, safe='')}{page}"


def _reason(name: str) -> Reason | None:
    if not name:
        return None
    if name not in list(Reason):
        raise invalid("reason", f"{name!r} is none", f"Use one of: {', '.join(Reason)}.")
    return Reason(name)


def _place(after: str) -> QueuePlace | None:
    """Read where the page before ended. Raises InvalidInput for what no page gave out."""
    if not after:
        return None
    place = place_of(after)
    rank, _, id_ = place.id.partition(".")
    if not re.fullmatch("[0-9]{1,2}", rank):
        raise invalid("after", "is none that a page gave out", "Leave it out to begin at the front.")
    return QueuePlace(int(rank), place.at, id_)


def _next_page(wanted: QueueFilter, last: Projection) -> str:
    place = last.queue_place
    cursor = cursor_of(ListPlace(place.since, f"{place.rank}.{place.id}"))
    fields = {"reason": wanted.reason, "track": wanted.track, "after": cursor}
    return "/review?" + urlencode({name: value for name, value in fields.items() if value})


async def _held(service: Running, rows: list[Projection]) -> dict[str, Reviewer]:
    """Return who has which case in hand."""
    leases = await service.leasing.held([row.id for row in rows])
    return {one.assessment_id: await service.store.reviewer(one.holder) for one in leases.values()}


async def _counts(service: Running, reviewer: Reviewer) -> dict[str, Any]:
    return {
        "counts": await service.store.waiting_counts(reviewer.tenant, COUNTED),
        "counted": COUNTED,
        "reasons": casework.REASON_WORDS,
        "reasons_of": reasons_of,
        "badges": casework.HELP_BADGES,
        "why": casework.why_it_waits,
        "page": casework.page_of,
    }


async def _untrained(service: Running, reviewer: Reviewer) -> list[str]:
    """Return the titles of the tracks that this person would score, had they trained for them."""
    if not reviewer.may(Permission.SCORE):
        return []
    return [one.title for one in await service.training.standings(reviewer) if one.state == "open"]


async def _tracks(service: Running, reviewer: Reviewer) -> dict[str, str]:
    library = await service.content.library()
    shared = {one.id: one.title for one in library.tracks.values() if one.id not in library.owners}
    return shared | {one.id: one.title for one in await service.libraries.offered(reviewer.tenant)}
