"""Three questions about the assessment: after submitting, and only for who wants to answer."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response

from assessor.domain.errors import InvalidInput, invalid
from assessor.domain.feedback import LEAST_TOLD, SENTENCES, Feedback
from assessor.web.candidate.visit import PageRoute, Visitor, see
from assessor.web.pages import render

PAGE: Final = "/assessment/feedback"

router = APIRouter(route_class=PageRoute)

Choice = Annotated[str, Form()]


@router.get(PAGE)
async def feedback(request: Request, visitor: Visitor, done: str = "") -> Response:
    """Ask, with what was answered before, if anything was."""
    if (await visitor.load()).submitted_at is None:
        return see("/assessment")
    said = await visitor.services.listening.look(visitor.assessment_id)
    return _page(request, said, done=done == "kept" and said is not None)


@router.post(PAGE)
async def keep(
    request: Request, visitor: Visitor, clear: Choice = "", shown: Choice = "", time: Choice = ""
) -> Response:
    """Keep the answers in place of earlier ones; a question that is left open is not answered."""
    given = {"clear": clear, "shown": shown, "time": time}
    try:
        said = Feedback(**{name: _number(name, text) for name, text in given.items()})
    except InvalidInput:
        return _page(request, None, problem=True, status=422)
    await visitor.services.listening.keep(visitor.assessment_id, said)
    return see(f"{PAGE}?done=kept")


def _page(
    request: Request, said: Feedback | None, *, done: bool = False, problem: bool = False, status: int = 200
) -> Response:
    return render(
        request,
        "candidate/feedback.html",
        status,
        said=said.model_dump() if said else {},
        sentences=SENTENCES,
        least=LEAST_TOLD,
        done=done,
        problem=problem,
    )


def _number(field: str, said: str) -> int | None:
    if said == "":
        return None
    if said not in {"1", "2", "3", "4", "5"}:
        raise invalid(field, "is none of the answers", "Choose one of them, or leave it open.")
    return int(said)
