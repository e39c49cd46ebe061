"""The interview: the page, the messages, and the stream that a browser can take up again."""

import asyncio
import json
import random
import re
import secrets
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Form, Header, Request, Response
from fastapi.responses import JSONResponse
from fastapi.sse import format_sse_event

from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import AssessorError, Conflict, InvalidInput, TooLarge, invalid
from assessor.domain.transcript import Turn
from assessor.services.closing import INTERVIEW_DRAFT, unsent
from assessor.services.following import Frame
from assessor.web.candidate.amending import amendments, may_correct, may_redact
from assessor.web.candidate.breaks import INTERVIEW, break_page
from assessor.web.candidate.hub import ENDED
from assessor.web.candidate.notice import must_read
from assessor.web.candidate.visit import PageRoute, Visit, Visitor, current_time, see
from assessor.web.markdown import markdown
from assessor.web.pages import render
from assessor.web.problems import is_navigation, kind_of
from assessor.web.streaming import EventStream, Streams

router = APIRouter(route_class=PageRoute)

SECONDS_FOR_FIRST_WORDS = 5.0
"""How long the page waits for an opening that needs no model, so that it does not come up empty."""
SECONDS_FOR_REPLY = 8.0
"""How long a plain form post waits for the reply, so that most people without scripts never reload."""
RECONNECT_MILLISECONDS = 1000
"""How long a browser waits before it takes the stream up again."""
LOOK_AGAIN_MILLISECONDS = 3000, 6000
"""The same where there is no place for one more stream; by chance, so that not all come at once."""

_BARE = {"start": "start", "paused": "pause", "finished": "end"}
"""What frames without content are called in the stream."""

_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_POSITION = re.compile(r"[0-9]{1,9}(\.[a-z0-9_]*\.[0-9]{1,9})?")


@router.get("/assessment/interview")
async def page(request: Request, visitor: Visitor) -> Response:
    """Show what was said so far; the stream brings the rest."""
    assessment = await visitor.services.conversing.open(visitor.assessment_id)
    if notice := must_read(assessment, INTERVIEW):
        return notice
    # After distress the interviewer's words stay in sight; for a break there is a calmer page.
    if assessment.status is Status.PAUSED and assessment.pause_reason == "break":
        return break_page(INTERVIEW)
    if assessment.status is Status.IN_PROGRESS and not assessment.transcript.turns:
        assessment = await _settled(visitor, SECONDS_FOR_FIRST_WORDS)
    elif assessment.status in ENDED or not assessment.transcript.turns:
        return see("/assessment")
    return await _page(request, visitor, assessment)


@router.post("/assessment/interview/messages")
async def send(
    request: Request,
    visitor: Visitor,
    cmid: Annotated[str, Form()] = "",
    text: Annotated[str, Form()] = "",
) -> Response:
    """Take a message. Answered once it is on disk; the same `cmid` twice is one message."""
    try:
        if not _MESSAGE_ID.fullmatch(cmid):
            raise invalid("cmid", "is not 8 to 64 letters, digits, - or _", "Send a random UUID.")
        assessment = await visitor.services.conversing.receive(visitor.assessment_id, cmid, text)
    except (Conflict, InvalidInput, TooLarge) as error:
        if not is_navigation(request):
            raise
        assessment = await visitor.load()
        return await _page(request, visitor, assessment, typed=text, error=error)
    if is_navigation(request):
        await _settled(visitor, SECONDS_FOR_REPLY)
        return see("/assessment/interview#latest")
    return JSONResponse({"cmid": cmid, "seq": _seq_of(assessment, cmid)}, 202)


@router.get("/assessment/interview/stream")
async def stream(
    request: Request,
    visitor: Visitor,
    after: str = "",
    last_event_id: Annotated[str, Header()] = "",
) -> Response:
    """Send what came after a stream id. 204 tells the browser that nothing will come any more.

    A pause ends the stream as well, and says so: it is taken up again afterwards.
    """
    assessment = await visitor.services.conversing.open(visitor.assessment_id)
    position = _later(after, last_event_id)
    is_live = assessment.status in (Status.IN_PROGRESS, Status.PAUSED) and not assessment.interview_finished
    if not is_live and _seq(position) >= _last_seq(assessment):
        return Response(status_code=204)
    return EventStream(
        _events(visitor, assessment, position, request.app.state.streams),
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _page(
    request: Request,
    visitor: Visit,
    assessment: Assessment,
    *,
    typed: str | None = None,
    error: AssessorError | None = None,
) -> Response:
    services = visitor.services
    draft = await services.answering.draft(assessment.id, INTERVIEW_DRAFT)
    now = current_time()
    is_open = assessment.status is Status.IN_PROGRESS and not assessment.is_over(now)
    return render(
        request,
        "candidate/interview.html",
        kind_of(type(error)).status if error else 200,
        assessment=assessment,
        turns=assessment.transcript.turns,
        amendments=amendments(assessment.transcript),
        may_redact=may_redact(assessment),
        may_correct=may_correct(assessment),
        last=_last_seq(assessment),
        draft=draft,
        typed=unsent(assessment, draft) if typed is None else typed,
        error=error,
        cmid=secrets.token_hex(16),
        now=now,
        is_paused=assessment.status is Status.PAUSED,
        is_open=is_open and not assessment.interview_finished,
        is_due=is_open and not assessment.interview_finished and _waits_for_reply(assessment),
        has_model=services.model_name is not None,
    )


async def _settled(visitor: Visit, seconds: float) -> Assessment:
    try:
        return await asyncio.wait_for(visitor.services.conversing.settled(visitor.assessment_id), seconds)
    except TimeoutError:  # the turn goes on; the page or the stream shows it when it is there
        return await visitor.load()


async def _events(
    visitor: Visit, assessment: Assessment, position: str, streams: Streams
) -> AsyncIterator[bytes]:
    conversing = visitor.services.conversing
    state = _state(assessment.time_left(current_time()), assessment.status)
    with streams.place() as has_place:
        if not has_place:
            pause = random.randint(*LOOK_AGAIN_MILLISECONDS)  # noqa: S311 - not a secret
            yield _event("state", {**state, "brief": True}, "", retry=pause)
            for frame in conversing.since(assessment, position):
                yield _frame(frame)
            return
        yield _event("state", state, "", retry=RECONNECT_MILLISECONDS)
        async for frame in conversing.follow(visitor.assessment_id, position):
            if frame.kind == "heartbeat" and not await visitor.is_let_in():
                yield _event("moved", {}, frame.id)
                return
            yield _frame(frame)


def _frame(frame: Frame) -> bytes:
    match frame.kind:
        case "turn" if frame.turn is not None:
            return _turn(frame.turn, frame.id)
        case "words":
            return _event("tok", frame.text, frame.id)
        case "clock":
            return _event("state", _state(frame.seconds_left, Status.IN_PROGRESS), frame.id)
        case _:
            return _event(_BARE.get(frame.kind, "hb"), {}, frame.id)


def _turn(turn: Turn, id_: str) -> bytes:
    if turn.speaker == "candidate":
        told = {"cmid": turn.message_id, "text": turn.text, "is_answer": turn.item_id is not None}
        return _event("user", told, id_)
    return _event("done", {"html": str(markdown(turn.text)), "text": turn.text}, id_)


def _event(kind: str, data: Any, id_: str, retry: int | None = None) -> bytes:
    # ASCII, so that a lone line separator in somebody's words cannot split an event.
    return format_sse_event(event=kind, data_str=json.dumps(data), id=id_ or None, retry=retry)


def _state(seconds_left: float | None, status: Status) -> dict[str, float | bool | None]:
    return {"seconds_left": seconds_left, "paused": status is Status.PAUSED}


def _later(after: str, last_event_id: str) -> str:
    """Choose the later position. On a tie the browser's own: the address is as old as the connection."""
    asked, seen = (text if _POSITION.fullmatch(text) else "" for text in (after, last_event_id))
    return seen if seen and _seq(seen) >= _seq(asked) else asked


def _seq(position: str) -> int:
    return int(position.partition(".")[0] or 0)


def _last_seq(assessment: Assessment) -> int:
    turns = assessment.transcript.turns
    return turns[-1].seq if turns else 0


def _seq_of(assessment: Assessment, cmid: str) -> int | None:
    return next((turn.seq for turn in assessment.transcript.turns if turn.message_id == cmid), None)


def _waits_for_reply(assessment: Assessment) -> bool:
    return not assessment.transcript.turns or assessment.transcript.unanswered is not None
