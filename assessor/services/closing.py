"""What counts when the working time runs out: what was written in time, handed in or not."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.errors import AssessorError, IllegalTransition
from assessor.domain.form import FormItem
from assessor.domain.library import Library
from assessor.domain.response import parse_response
from assessor.domain.text import accept_text
from assessor.ports import Draft
from assessor.services.blocks import finished_block
from assessor.services.entered import read_response, typed
from assessor.services.log import following
from assessor.services.showing import shown_order

INTERVIEW_DRAFT = "interview"
"""The name under which the interview's message box is saved."""

LATE_ARRIVAL = timedelta(minutes=15)
"""How long after the end work may arrive that was written before it: a browser may have been offline.

When it was written, the browser says. One that lies gains this much and no more.
"""
LAST_MESSAGE_ID = "at-the-deadline"


def require_in_time(assessment: Assessment, now: datetime, age: timedelta) -> None:
    """Raise IllegalTransition for work that was written after the end, or comes too long after it."""
    if assessment.is_over(now - min(age, LATE_ARRIVAL)):
        raise IllegalTransition(
            "The time is over",
            "What you wrote before counts where it is complete. Submit what you have.",
        )


def is_closed(assessment: Assessment, now: datetime) -> bool:
    """Whether nothing can arrive any more that was written in time."""
    return assessment.is_over(now - LATE_ARRIVAL)


def open_tasks(assessment: Assessment) -> Iterator[FormItem]:
    """Yield the tasks that could be handed in, and were not."""
    for place in assessment.form.tasks:
        if place.item_id in assessment.responses:
            continue  # what was handed in stays as it was handed in
        if assessment.form.block_of(place.item_id) in (None, assessment.blocks_finished):
            yield place


def written_in_time(
    assessment: Assessment, library: Library, drafts: Mapping[str, Draft], now: datetime
) -> list[e.Fact]:
    """Return what was written and not sent as if it had been, before the end was.

    A task that is not complete stays unanswered, as nobody could tell how it was to go on.
    """
    track = assessment.ordered.track
    facts = list(_last_message(assessment, drafts[INTERVIEW_DRAFT]))
    for place in open_tasks(assessment):
        if place.item_id not in drafts:
            continue  # opened while the drafts were read
        item = library.item(track, place.item_id)
        order = shown_order(assessment, item)
        try:
            payload = read_response(item, typed(drafts[place.item_id].payload), order)
            response = parse_response(item, payload)
        except AssessorError:
            continue
        facts.append(e.ResponseHandedIn(item_id=place.item_id, response=response, shown_order=order))
    block = finished_block(following(assessment, facts, now), library)
    return facts if block is None else [*facts, block]


def unsent(assessment: Assessment, draft: Draft) -> str:
    """Return the saved text of the message box, unless it is what was sent last."""
    saved = str(draft.payload.get("text", ""))
    own = [turn.text for turn in assessment.transcript.turns if turn.speaker == "candidate"]
    return "" if own and own[-1].strip() == saved.strip() else saved


def _last_message(assessment: Assessment, draft: Draft) -> Iterator[e.Fact]:
    turns, text = assessment.transcript.turns, unsent(assessment, draft)
    waits = bool(turns) and not assessment.transcript.unanswered and not assessment.interview_finished
    if not waits or not text.strip() or LAST_MESSAGE_ID in assessment.message_ids:
        return
    try:
        text = accept_text("message", text)
    except AssessorError:
        return
    yield e.CandidateMessage(message_id=LAST_MESSAGE_ID, item_id=turns[-1].item_id, text=text)
