"""Appealing a criterion of the result: the form, and how each appeal stands."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from fastapi import APIRouter, Request, Response

from assessor.domain.appeal import Appeal, Choice
from assessor.domain.assessment import Assessment
from assessor.domain.errors import AssessorError, Conflict, InvalidInput, TooLarge
from assessor.domain.library import Library
from assessor.services.appealing import GROUNDS, MAX_NOTE_CHARS, Filing, appeal_until
from assessor.services.entered import normalised
from assessor.web.candidate.result import Seen
from assessor.web.candidate.visit import PageRoute, Visit, Visitor, current_time, see
from assessor.web.pages import render
from assessor.web.problems import kind_of

PAGE: Final = "/assessment/appeal"
MAX_FIELDS: Final = 300

router = APIRouter(route_class=PageRoute)


@dataclass(frozen=True)
class Sent:
    """What stands in the form."""

    keys: Sequence[str] = ()
    ground: str = ""
    note: str = ""


@dataclass(frozen=True)
class Told:
    """How one appeal stands, as the candidate reads it: of one criterion, or of a part as a whole."""

    title: str
    appeals: tuple[Appeal, ...]
    state: str
    """`waiting`, `late`, `kept`, `raised` or `void`."""

    @property
    def first(self) -> Appeal:
        """What they have in common: when and why it was filed."""
        return self.appeals[0]

    @property
    def text(self) -> str | None:
        """The criterion in words; None for a part whose criteria are not told."""
        return None if self.first.is_untold else self.first.before.text

    @property
    def before(self) -> Seen:
        """The score that was appealed."""
        return Seen(self.first.before, ())

    @property
    def after(self) -> Seen | None:
        """The score since the answer; None while there is none, and for a part as a whole."""
        answer = self.first.answer
        return Seen(answer.after, ()) if answer and not self.first.is_untold else None

    @property
    def reasons(self) -> list[str]:
        """What the reviewer said, each reason once."""
        return list(dict.fromkeys(one.answer.reason for one in self.appeals if one.answer))

    @property
    def answered_at(self) -> datetime | None:
        """When the last answer came."""
        return max((one.answer.at for one in self.appeals if one.answer), default=None)


@router.get(PAGE)
async def appeal(request: Request, visitor: Visitor, done: str = "") -> Response:
    """Show how earlier appeals stand, and the form for another one while there is time."""
    return await _page(request, visitor, Sent(), done=done == "filed")


@router.post(PAGE)
async def file(request: Request, visitor: Visitor) -> Response:
    """File an appeal; what cannot be accepted stays in the form."""
    form = await request.form(max_fields=MAX_FIELDS)
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    sent = Sent(
        keys=[value for value in form.getlist("criteria") if isinstance(value, str)],
        ground=fields.get("ground", ""),
        note=normalised(fields.get("note", "")),
    )
    filing = Filing(fields.get("appeal_id", ""), sent.keys, sent.ground, sent.note)
    try:
        await visitor.services.appealing.file(visitor.assessment_id, filing)
    except (InvalidInput, TooLarge, Conflict) as refused:
        return await _page(request, visitor, sent, refused)
    return see(f"{PAGE}?done=filed")


async def _page(
    request: Request, visitor: Visit, sent: Sent, refused: AssessorError | None = None, *, done: bool = False
) -> Response:
    assessment, now = await visitor.load(), current_time()
    until = appeal_until(assessment)
    if until is None and not assessment.appeals and not refused:
        return see("/assessment/result")
    track = assessment.ordered.track
    library = await visitor.services.content.library(track)
    return render(
        request,
        "candidate/appeal.html",
        kind_of(type(refused)).status if refused else 200,
        assessment=assessment,
        track=library.track(track),
        told=told(assessment, library, now),
        parts=_by_part(visitor.services.appealing.choices(assessment), assessment, library),
        until=until,
        is_over=until is not None and now > until,
        answer_by=now + timedelta(days=assessment.policy.review_days),
        grounds=GROUNDS,
        max_note=MAX_NOTE_CHARS,
        sent=sent,
        refused=refused,
        problems=refused.problems if isinstance(refused, InvalidInput) else (),
        done=done,
        appeal_id=secrets.token_hex(16),
    )


def told(assessment: Assessment, library: Library, now: datetime) -> list[Told]:
    """Return how every appeal stands, the latest filed first."""
    together = groupby(
        assessment.appeals.values(),
        key=lambda one: (one.id, one.before.item_id, None if one.is_untold else one.before.criterion),
    )
    found = [_told(assessment, library, tuple(some), now) for _, some in together]
    return sorted(found, key=lambda one: one.first.filed_at, reverse=True)


def _told(assessment: Assessment, library: Library, appeals: tuple[Appeal, ...], now: datetime) -> Told:
    title = library.item(assessment.ordered.track, appeals[0].before.item_id).title
    return Told(title, appeals, _state(assessment, appeals, now))


def _state(assessment: Assessment, appeals: Iterable[Appeal], now: datetime) -> str:
    states = [assessment.appeal_state(one) for one in appeals]
    if "waiting" in states:
        return "late" if any(one.is_late(now) for one in appeals) else "waiting"
    return next(state for state in ("raised", "kept", "void") if state in states)


def _by_part(
    choices: Iterable[Choice], assessment: Assessment, library: Library
) -> list[tuple[str, list[tuple[Choice, Seen]]]]:
    """Return the choices under the titles of their parts."""
    return [
        (
            library.item(assessment.ordered.track, item_id).title,
            [(one, Seen(one.scores[0], ())) for one in some],
        )
        for item_id, some in groupby(choices, key=lambda one: one.item_id)
    ]
