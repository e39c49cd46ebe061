"""What was said: taking words back, correcting an answer, and the summary at the end."""

import re
import secrets
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import AssessorError, Conflict, InvalidInput, NotFound, TooLarge, invalid
from assessor.domain.item import InterviewItem
from assessor.domain.redaction import has_words
from assessor.domain.transcript import Correction, Transcript, Turn
from assessor.services.entered import normalised
from assessor.web.candidate.visit import PageRoute, Visit, Visitor, current_time, see
from assessor.web.pages import render
from assessor.web.problems import kind_of

router = APIRouter(route_class=PageRoute)

Said = e.CandidateMessage | e.AnswerCorrected

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_REFUSED = (Conflict, InvalidInput, TooLarge)


class Wanted(BaseModel):
    """What the candidate wants to take back, and whether they have seen what that does."""

    what: Literal["passage", "whole"] = "passage"
    passage: str = ""
    everywhere: bool = False
    confirmed: bool = False
    redaction_id: str = ""

    @property
    def words(self) -> str | None:
        """The passage, None for the whole message."""
        return None if self.what == "whole" else normalised(self.passage)


def may_redact(assessment: Assessment) -> bool:
    """Whether words can be taken back: until it is submitted, also when the time is over."""
    return assessment.status in (Status.IN_PROGRESS, Status.PAUSED)


def may_correct(assessment: Assessment) -> bool:
    """Whether answers can be corrected: while there is time."""
    return assessment.status is Status.IN_PROGRESS and not assessment.is_over(current_time())


def amendments(transcript: Transcript) -> dict[int, list[Correction]]:
    """Return what stands below each turn as it counts now: its correction, and additions to its question."""
    below: dict[int, list[Correction]] = {}
    last = {turn.item_id: turn.seq for turn in transcript.turns}
    last |= {turn.item_id: turn.seq for turn in transcript.turns if turn.speaker == "candidate"}
    for turn in transcript.turns:
        if version := transcript.version_of(turn.seq):
            below.setdefault(turn.seq, []).append(version)
    for one in transcript.corrections:
        if one.replaces is None:
            below.setdefault(last[one.item_id], []).append(transcript.version_of(one.seq) or one)
    return below


_FIRST = Wanted(everywhere=True)


@router.get("/assessment/interview/words/{seq}/redact")
async def choose_words(request: Request, visitor: Visitor, seq: int) -> Response:
    """Show a message of one's own, and ask what of it is to be taken back."""
    assessment = await visitor.load()
    return _redact_page(request, assessment, _own(assessment, seq), seq)


@router.post("/assessment/interview/words/{seq}/redact")
async def take_back(
    request: Request,
    visitor: Visitor,
    seq: int,
    wanted: Annotated[Wanted, Form()],
) -> Response:
    """Show what would be left and ask once more; when that is confirmed, take the words back for good."""
    amending, words = visitor.services.amending, wanted.words
    try:
        if wanted.confirmed:
            _require_id("redaction_id", wanted.redaction_id)
            await amending.redact(
                visitor.assessment_id, wanted.redaction_id, seq, words, everywhere=wanted.everywhere
            )
            return see(f"/assessment/interview#turn-{seq}")
        preview = await amending.preview(visitor.assessment_id, seq, words, everywhere=wanted.everywhere)
    except _REFUSED as error:
        assessment = await visitor.load()
        return _redact_page(request, assessment, _own(assessment, seq), seq, wanted, error)
    return render(
        request,
        "candidate/redact_confirm.html",
        assessment=await visitor.load(),
        now=current_time(),
        seq=seq,
        preview=preview,
        wanted=wanted,
        redaction_id=secrets.token_hex(16),
    )


@router.get("/assessment/interview/words/{seq}/correct")
async def ask_for_correction(request: Request, visitor: Visitor, seq: int, back: str = "") -> Response:
    """Show an answer as it counts now, to be corrected."""
    assessment = await visitor.load()
    turn = _answer(assessment, seq)
    return await _correct_page(request, visitor, assessment, str(turn.item_id), seq, back=back)


@router.post("/assessment/interview/words/{seq}/correct")
async def correct(
    request: Request,
    visitor: Visitor,
    seq: int,
    text: Annotated[str, Form()] = "",
    correction_id: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
) -> Response:
    """Store what the candidate says instead. The first version is kept, and shown as corrected."""
    turn = _answer(await visitor.load(), seq)
    return await _store(request, visitor, str(turn.item_id), seq, text, correction_id, back)


@router.get("/assessment/interview/answers/{item_id}/add")
async def ask_for_addition(request: Request, visitor: Visitor, item_id: str, back: str = "") -> Response:
    """Show an answer, to be added to."""
    assessment = await visitor.load()
    if not assessment.transcript.about(item_id):
        raise NotFound("question", item_id)
    return await _correct_page(request, visitor, assessment, item_id, None, back=back)


@router.post("/assessment/interview/answers/{item_id}/add")
async def add(
    request: Request,
    visitor: Visitor,
    item_id: str,
    text: Annotated[str, Form()] = "",
    correction_id: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
) -> Response:
    """Store what the candidate adds to an answer."""
    if not (await visitor.load()).transcript.about(item_id):
        raise NotFound("question", item_id)
    return await _store(request, visitor, item_id, None, text, correction_id, back)


@router.get("/assessment/interview/summary")
async def summary(request: Request, visitor: Visitor) -> Response:
    """Show what the interview covered. Nothing waits for it: every page can be reached without it."""
    assessment = await visitor.load()
    if not assessment.interview_finished:
        return see("/assessment/interview")
    return render(
        request,
        "candidate/summary.html",
        assessment=assessment,
        now=current_time(),
        covered=await visitor.services.amending.summary(assessment),
        said={item_id: _counting(assessment, item_id) for item_id in _asked(assessment)},
        may_correct=may_correct(assessment),
    )


@router.post("/assessment/interview/summary")
async def confirm(visitor: Visitor) -> Response:
    """Record that the summary is right, and go on to the other parts."""
    await visitor.services.amending.confirm_summary(visitor.assessment_id)
    return see("/assessment")


async def _store(
    request: Request,
    visitor: Visit,
    item_id: str,
    replaces: int | None,
    text: str,
    correction_id: str,
    back: str,
) -> Response:
    try:
        _require_id("correction_id", correction_id)
        await visitor.services.amending.correct(
            visitor.assessment_id, correction_id, item_id, replaces, normalised(text)
        )
    except _REFUSED as error:
        assessment = await visitor.load()
        return await _correct_page(
            request, visitor, assessment, item_id, replaces, back=back, typed=text, error=error
        )
    return see("/assessment/interview/summary" if back == "summary" else "/assessment/interview#latest")


def _redact_page(
    request: Request,
    assessment: Assessment,
    said: Said,
    seq: int,
    wanted: Wanted = _FIRST,
    error: AssessorError | None = None,
) -> Response:
    return render(
        request,
        "candidate/redact.html",
        kind_of(type(error)).status if error else 200,
        assessment=assessment,
        now=current_time(),
        seq=seq,
        said=said,
        error=error,
        wanted=wanted,
        may_redact=may_redact(assessment) and has_words(said.text, said.redactions),
    )


async def _correct_page(
    request: Request,
    visitor: Visit,
    assessment: Assessment,
    item_id: str,
    replaces: int | None,
    *,
    back: str,
    typed: str | None = None,
    error: AssessorError | None = None,
) -> Response:
    track = assessment.ordered.track
    item = (await visitor.services.content.library(track)).item(track, item_id)
    said = _counting(assessment, item_id)
    if typed is None:
        version = next((turn for root, turn in said if root == replaces), None)
        typed = _typed_words(version) if version else ""
    return render(
        request,
        "candidate/correct.html",
        kind_of(type(error)).status if error else 200,
        assessment=assessment,
        now=current_time(),
        question=item.question if isinstance(item, InterviewItem) else item.title,
        item_id=item_id,
        replaces=replaces,
        said=said,
        typed=typed,
        error=error,
        back="summary" if back == "summary" else "",
        correction_id=secrets.token_hex(16),
        may_correct=may_correct(assessment),
    )


def _counting(assessment: Assessment, item_id: str) -> list[tuple[int, Turn]]:
    """Return what counts of an answer, each text with the number of what a correction of it replaces."""
    transcript = assessment.transcript
    roots = [turn.seq for turn in transcript.about(item_id)]
    roots += [one.seq for one in transcript.corrections_of(item_id) if one.replaces is None]
    pairs = zip(roots, transcript.corrected(item_id), strict=True)
    return [(root, turn) for root, turn in pairs if turn.speaker == "candidate"]


def _asked(assessment: Assessment) -> set[str]:
    return {turn.item_id for turn in assessment.transcript.turns if turn.item_id}


def _own(assessment: Assessment, seq: int) -> Said:
    said = assessment.spoken.get(seq)
    if not isinstance(said, Said):
        raise NotFound("message", str(seq))
    return said


def _answer(assessment: Assessment, seq: int) -> Said:
    said = _own(assessment, seq)
    if said.item_id is None:
        raise NotFound("answer", str(seq))
    return said


def _typed_words(turn: Turn) -> str:
    """Return the text without its tombstones: they are no words of the candidate."""
    text = turn.text
    for one in reversed(turn.redactions):
        text = text[: one.start] + text[one.end :]
    return text


def _require_id(field: str, text: str) -> None:
    if not _ID.fullmatch(text):
        raise invalid(field, "is not 8 to 64 letters, digits, - or _", "Load the page again and retry.")
