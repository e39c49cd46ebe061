"""A reviewer's page for time and breaks, and noting that a call for help was seen to.

What was granted is shown here and nowhere else, and only until the work is handed in: who scores it must
not know.
"""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from assessor.domain.accommodation import MAX_BREAK_MINUTES
from assessor.domain.assessment import OPEN
from assessor.domain.errors import AssessorError, Conflict, InvalidInput, TooLarge, invalid
from assessor.domain.wishes import WANTED_BREAK_MINUTES, Wish
from assessor.ports import Reviewer
from assessor.services.caring import MAX_REASON_CHARS, MAX_TOLD_CHARS, Reply, Wanted
from assessor.services.entered import whole_number
from assessor.web.candidate.visit import current_time
from assessor.web.dependencies import Running
from assessor.web.pages import render
from assessor.web.permitted import GrantsTime
from assessor.web.problems import problem_of
from assessor.web.reviewer import field_problems_of

TIMES: Final = {
    "": "As it is",
    "1.25": "25% more",
    "1.5": "50% more",
    "2": "Twice as long",
    "untimed": "No time limit",
}
_LABELS: Final = {
    "time_factor": "The working time",
    "untimed": "The working time",
    "extra_break_minutes": "The extra break time",
    "reason": "The reason",
    "answer": "The answer to the request",
    "message": "The message",
}
_TARGETS: Final = {field: "time" if field == "untimed" else field for field in _LABELS} | {
    "time_factor": "time"
}
_EMPTY: Final = {"time": "", "extra_break_minutes": "", "reason": "", "answer": "", "message": ""}
_ANSWERS: Final = {"": "Not yet", "granted": "Yes", "declined": "No"}
WISHES: Final = {
    Wish.EXTRA_TIME_25: "25% more time",
    Wish.EXTRA_TIME_50: "50% more time",
    Wish.EXTRA_TIME_100: "Twice the time",
    Wish.BREAKS: f"{WANTED_BREAK_MINUTES} more minutes of breaks",
    Wish.TEXT_ONLY: "Text only",
    Wish.LARGER_TEXT: "Larger text",
    Wish.SCREEN_READER: "A screen reader",
    Wish.OTHER: "Something else",
}

router = APIRouter(prefix="/review", include_in_schema=False)

Text = Annotated[str, Form()]


@router.post("/{assessment_id}/help-seen")
async def help_seen(
    service: Running, reviewer: GrantsTime, assessment_id: str, message: Text = ""
) -> Response:
    """Note that this reviewer has seen to what the candidate asked for."""
    number = whole_number(message)
    if not number:
        raise invalid("message", "is not the number of a message", "Use the button on the page of the case.")
    await service.caring.seen(reviewer, assessment_id, number)
    return RedirectResponse(f"/review/{quote(assessment_id, safe='')}?done=seen", 303)


@router.get("/{assessment_id}/time")
async def time_and_breaks(
    request: Request, service: Running, reviewer: GrantsTime, assessment_id: str, done: str = ""
) -> Response:
    """Show what time this candidate has, and the form to give more."""
    return await _page(request, service, reviewer, assessment_id, {}, done=done == "granted")


@router.post("/{assessment_id}/time")
async def grant(
    request: Request,
    service: Running,
    reviewer: GrantsTime,
    assessment_id: str,
    time: Text = "",
    extra_break_minutes: Text = "",
    reason: Text = "",
    answer: Text = "",
    message: Text = "",
) -> Response:
    """Give more time or more breaks, with a reason, and answer what the candidate asked for."""
    given = {
        "time": time,
        "extra_break_minutes": extra_break_minutes,
        "reason": reason,
        "answer": answer,
        "message": message,
    }
    try:
        reply = _reply(answer, message)
        wanted = _wanted(time, extra_break_minutes, answers=reply is not None)
        await service.caring.grant_by_reviewer(reviewer, assessment_id, wanted, reason, reply)
    except (InvalidInput, TooLarge, Conflict) as refused:
        return await _page(request, service, reviewer, assessment_id, given, refused)
    return RedirectResponse(f"/review/{quote(assessment_id, safe='')}/time?done=granted", 303)


def _reply(answer: str, message: str) -> Reply | None:
    if answer not in _ANSWERS:
        raise invalid("answer", "is none of the listed ones", "Choose one of the list.")
    if message.strip() and not answer:
        raise invalid("answer", "is not chosen", "Choose yes or no: the message goes with it.")
    return Reply(answer == "granted", message) if answer else None


def _wanted(time: str, extra_break_minutes: str, *, answers: bool) -> Wanted:
    if time not in TIMES:
        raise invalid("time_factor", "is none of the listed ones", "Choose one of the list.")
    if not time and not extra_break_minutes.strip() and not answers:
        raise invalid("time_factor", "stays as it is, and so do the breaks", "Choose what to give.")
    factor = float(time) if time not in ("", "untimed") else None
    return Wanted(factor, True if time == "untimed" else None, _minutes(extra_break_minutes.strip()))


def _minutes(text: str) -> int | None:
    if not text:
        return None
    number = whole_number(text)
    if not 1 <= number <= MAX_BREAK_MINUTES:
        raise invalid(
            "extra_break_minutes",
            f"is not a whole number from 1 to {MAX_BREAK_MINUTES}",
            "Write minutes, or leave it empty.",
        )
    return number


async def _page(
    request: Request,
    service: Running,
    reviewer: Reviewer,
    assessment_id: str,
    given: dict[str, str],
    refused: AssessorError | None = None,
    *,
    done: bool = False,
) -> Response:
    assessment = await service.ordering.get(reviewer.tenant, assessment_id)
    now = current_time()
    return render(
        request,
        "reviewer/time.html",
        problem_of(refused).kind.status if refused else 200,
        assessment=assessment,
        is_open=assessment.status in OPEN,
        seconds_left=assessment.time_left(now),
        break_left=assessment.break_left(now),
        limit=assessment.accommodation.limit(assessment.form.time_limit_minutes),
        times=TIMES,
        answers=_ANSWERS,
        wishes=WISHES,
        max_message=MAX_TOLD_CHARS,
        max_reason=MAX_REASON_CHARS,
        given=_EMPTY | given,
        problems=field_problems_of(refused),
        labels=_LABELS,
        targets=_TARGETS,
        done=done,
    )
