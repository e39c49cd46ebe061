"""A practice turn and a check of the device: both optional, and nothing of either is kept.

The practice conversation has one scripted question. The server forgets the answer as soon as it has shown
it; the reply is the same for everybody, so a dropped stream starts again and the page leaves out what it
has shown.
"""

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.sse import format_sse_event

from assessor.bootstrap import Services
from assessor.domain.assessment import Assessment
from assessor.domain.errors import AssessorError, InvalidInput, TooLarge, invalid
from assessor.domain.text import accept_text
from assessor.services.entered import normalised
from assessor.web.candidate.visit import PageRoute, load, visit
from assessor.web.dependencies import Running
from assessor.web.markdown import markdown
from assessor.web.pages import render
from assessor.web.problems import is_navigation, problem_of

QUESTION: Final = (
    "This is a practice question. Which tool do you use every day in your work, and what would you change "
    "about it?"
)
REPLY: Final = (
    "Thank you. In the interview I would now ask about what you wrote, for example for a case in which it "
    "mattered. That is all there is to it: take your time, write as you would to a colleague, and send."
)
SECONDS_A_WORD: Final = 0.03
_REPLY_SEQ: Final = 3
"""After the question, which is 1, and the answer, which is 2."""
_MESSAGE_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
_STREAM: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

router = APIRouter(route_class=PageRoute)


@dataclass(frozen=True)
class Door:
    """From where somebody practises: by their invite link, or let in already."""

    services: Services
    base: str
    assessment: Assessment


async def door(request: Request, services: Running) -> Door:
    """Return the door of an unused link, or of a session. Raises Gone or Unauthenticated."""
    if token := request.path_params.get("token"):
        return Door(services, f"/c/{token}", await services.inviting.look_at(token))
    visitor = await visit(request, services)
    return Door(services, "/assessment", await load(services, visitor.assessment_id))


Through = Annotated[Door, Depends(door)]
Text = Annotated[str, Form()]


async def practise(request: Request, through: Through) -> Response:
    """Ask the practice question."""
    return _page(request, through)


async def answer(request: Request, through: Through, cmid: Text = "", text: Text = "") -> Response:
    """Answer it."""
    return _answered(request, through, cmid, text)


async def reply(_through: Through) -> Response:
    """Stream the scripted reply."""
    return StreamingResponse(_reply(), media_type="text/event-stream", headers=_STREAM)


async def check(request: Request, through: Through) -> Response:
    """Show what can be checked of the device."""
    return render(request, "candidate/device.html", assessment=through.assessment, base=through.base)


async def beat(_through: Through) -> Response:
    """Send one event, with the time here."""
    return StreamingResponse(_beat(), media_type="text/event-stream", headers=_STREAM)


for _base in ("/c/{token}", "/assessment"):
    router.add_api_route(f"{_base}/practice", practise, methods=["GET"])
    router.add_api_route(f"{_base}/practice", answer, methods=["POST"])
    router.add_api_route(f"{_base}/practice/stream", reply, methods=["GET"])
    router.add_api_route(f"{_base}/device", check, methods=["GET"])
    router.add_api_route(f"{_base}/device/stream", beat, methods=["GET"])


def _answered(request: Request, door: Door, cmid: str, text: str) -> Response:
    try:
        limit = door.services.settings.max_message_chars
        text = accept_text("message", normalised(text), limit=limit, required=True)
        if not _MESSAGE_ID.fullmatch(cmid):
            raise invalid("cmid", "is not 8 to 64 letters, digits, - or _", "Send a random UUID.")
    except (InvalidInput, TooLarge) as refused:
        if not is_navigation(request):
            raise
        return _page(request, door, typed=text, error=refused)
    if is_navigation(request):
        return _page(request, door, said=text)
    return JSONResponse({"cmid": cmid}, 202)


def _page(
    request: Request, door: Door, *, said: str = "", typed: str = "", error: AssessorError | None = None
) -> Response:
    return render(
        request,
        "candidate/practice.html",
        problem_of(error).kind.status if error else 200,
        assessment=door.assessment,
        base=door.base,
        question=QUESTION,
        reply=REPLY,
        said=said,
        typed=typed,
        error=error,
        cmid=secrets.token_hex(16),
        has_model=door.services.model_name is not None,
    )


async def _reply() -> AsyncIterator[bytes]:
    """Speak as the interviewer does: word by word, and then the whole."""
    yield _event("state", {"seconds_left": None, "paused": False})
    yield _event("start", {}, f"{_REPLY_SEQ}.practice.0")
    place = 0
    for word in re.findall(r"\S+\s*", REPLY):
        place += len(word)
        await asyncio.sleep(SECONDS_A_WORD)
        yield _event("tok", word, f"{_REPLY_SEQ}.practice.{place}")
    yield _event("done", {"html": str(markdown(REPLY)), "text": REPLY}, str(_REPLY_SEQ + 1))
    yield _event("end", {})


async def _beat() -> AsyncIterator[bytes]:
    yield _event("beat", {"at": datetime.now(UTC).isoformat(timespec="milliseconds")})


def _event(kind: str, data: object, id_: str | None = None) -> bytes:
    return format_sse_event(event=kind, data_str=json.dumps(data), id=id_)
