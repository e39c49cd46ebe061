"""A reviewer's questions about one's own answers: to answer, or to have more time for."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response

from assessor.domain.assessment import Assessment
from assessor.domain.errors import AssessorError, Conflict, InvalidInput, TooLarge
from assessor.services.entered import normalised
from assessor.services.follow_ups import MAX_ANSWER_CHARS
from assessor.web.candidate.visit import PageRoute, Visit, Visitor, current_time, see
from assessor.web.pages import render
from assessor.web.problems import kind_of

PAGE: Final = "/assessment/questions"

router = APIRouter(route_class=PageRoute)

Text = Annotated[str, Form()]


@router.get(PAGE)
async def questions(request: Request, visitor: Visitor) -> Response:
    """Show what was asked, what it is for, and what was answered."""
    return await _page(request, visitor)


@router.post(PAGE)
async def answer(request: Request, visitor: Visitor, question: Text = "", text: Text = "") -> Response:
    """Keep an answer; what cannot be accepted stays in the form."""
    try:
        await visitor.services.follow_ups.answer(visitor.assessment_id, question, normalised(text))
    except (InvalidInput, TooLarge, Conflict) as refused:
        return await _page(request, visitor, question, text, refused)
    return see(PAGE)


@router.post(f"{PAGE}/more-time")
async def more_time(request: Request, visitor: Visitor, question: Text = "", text: Text = "") -> Response:
    """Give more time at once. What was typed so far stays in the form."""
    refused = None
    try:
        await visitor.services.follow_ups.extend(visitor.assessment_id, question)
    except Conflict as refusal:
        refused = refusal
    return await _page(request, visitor, question, text, refused, extended=refused is None)


def waits_for_answer(assessment: Assessment) -> bool:
    """Whether a question can be answered now."""
    return any(
        one.state(current_time(), is_wanted=assessment.needs_person) == "waiting"
        for one in assessment.follow_ups
    )


async def _page(
    request: Request,
    visitor: Visit,
    question: str = "",
    text: str = "",
    refused: AssessorError | None = None,
    *,
    extended: bool = False,
) -> Response:
    assessment = await visitor.load()
    if not assessment.follow_ups:
        return see("/assessment/result")
    library = await visitor.services.content.library(assessment.ordered.track)
    track, now = library.track(assessment.ordered.track), current_time()
    return render(
        request,
        "candidate/questions.html",
        kind_of(type(refused)).status if refused else 200,
        assessment=assessment,
        track=track,
        questions=[
            (
                one,
                one.state(now, is_wanted=assessment.needs_person),
                library.item(track.id, one.item_id).title,
            )
            for one in assessment.follow_ups
        ],
        words_of={
            one.item_id: [own.text for own in assessment.texts_of(one.item_id)]
            for one in assessment.follow_ups
        },
        max_answer=MAX_ANSWER_CHARS,
        asked=question,
        text=text,
        refused=refused,
        extended=extended,
    )
