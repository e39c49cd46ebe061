"""What candidates may do about their own words before they submit: take them back, correct them,
confirm a summary of what was covered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from assessor.domain import events as e
from assessor.domain.amending import correction, redaction
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import IllegalTransition
from assessor.domain.item import Category, InterviewItem
from assessor.domain.redaction import has_words, marked_spans
from assessor.domain.text import accept_text
from assessor.ports import Clock, Content, Store
from assessor.services.closing import INTERVIEW_DRAFT
from assessor.services.log import AssessmentLog

MAX_PASSAGE_CHARS = 20_000


@dataclass(frozen=True)
class Preview:
    """What taking words back would leave, for the candidate to look at first."""

    left: e.CandidateMessage | e.AnswerCorrected
    """Of the message that was chosen."""
    words: int
    """How many are taken back from it."""
    own_messages: int
    """How many of the candidate's messages lose words, this one among them."""
    interviewer_messages: int


@dataclass(frozen=True)
class Covered:
    """One question of the interview, as the summary names it. Nothing here is a judgement."""

    item_id: str
    question: str
    competency: str
    state: Literal["answered", "asked", "not_reached"]
    words: int
    """That the candidate said to it, as they count."""
    corrections: int


class Amending:
    """Redactions, corrections, and the summary at the end."""

    def __init__(
        self,
        store: Store,
        assessments: AssessmentLog,
        content: Content,
        clock: Clock,
        *,
        max_message_chars: int,
    ) -> None:
        self._store = store
        self._assessments = assessments
        self._content = content
        self._clock = clock
        self._max_chars = max_message_chars

    async def preview(
        self, assessment_id: str, seq: int, passage: str | None, *, everywhere: bool = False
    ) -> Preview:
        """Return what a redaction would leave; nothing is stored.

        Raises InvalidInput when the passage is not in the message, IllegalTransition after submitting.
        """
        assessment = await self._assessments.load(assessment_id)
        fact = self._redaction(assessment, seq, passage, everywhere=everywhere, redaction_id="preview-only")
        changed = [one for one in fact.left if assessment.spoken[one.seq] != one.fact]
        left = next(one.fact for one in changed if one.seq == seq)
        if not isinstance(left, e.CandidateMessage | e.AnswerCorrected):
            raise TypeError(f"event {seq} is no message of the candidate")
        return Preview(
            left=left,
            words=_words_gone(left) - _words_gone(assessment.spoken[seq]),
            own_messages=sum(isinstance(one.fact, e.CandidateMessage | e.AnswerCorrected) for one in changed),
            interviewer_messages=sum(isinstance(one.fact, e.InterviewerMessage) for one in changed),
        )

    async def redact(
        self,
        assessment_id: str,
        redaction_id: str,
        seq: int,
        passage: str | None,
        *,
        everywhere: bool = False,
    ) -> Assessment:
        """Take back a passage of an own message, or all of it when `passage` is None. For good.

        When this returns, the words are destroyed. The same id twice is one redaction. Raises
        InvalidInput when the passage is not in the message, IllegalTransition after submitting.
        """

        def decide(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            if _has_redaction(assessment, redaction_id):
                return []
            return [
                self._redaction(
                    assessment, seq, passage, everywhere=everywhere, redaction_id=redaction_id, at=now
                )
            ]

        assessment = await self._assessments.load(assessment_id)
        if decide(assessment, self._clock.now()):
            await self._clean_draft(assessment, seq, passage)
        return await self._assessments.change(assessment_id, decide)

    async def correct(
        self, assessment_id: str, correction_id: str, item_id: str, replaces: int | None, text: str
    ) -> Assessment:
        """Correct what was said to a question, or add to it when `replaces` is None.

        The same id twice is one correction. Raises InvalidInput or TooLarge for the text, IllegalTransition
        when the time is over or it was submitted, Conflict when the answer was corrected too often.
        """
        text = accept_text("text", text, limit=self._max_chars, required=True)

        def decide(assessment: Assessment, now: datetime) -> Sequence[e.Fact]:
            made = assessment.transcript.corrections
            if any(one.correction_id == correction_id for one in made):
                return []
            assessment.require("correcting an answer", Status.IN_PROGRESS)
            if assessment.is_over(now):
                raise IllegalTransition(
                    "The time is over", "What you said before is kept. You can still take words back."
                )
            return [correction(assessment, item_id, replaces, correction_id=correction_id, text=text)]

        return await self._assessments.change(assessment_id, decide)

    async def summary(self, assessment: Assessment) -> tuple[Covered, ...]:
        """Return what the interview covered, question by question, in the order of the form."""
        track_id = assessment.ordered.track
        library = await self._content.library(track_id)
        competencies = {one.id: one.title for one in library.track(track_id).competencies}
        items = [library.item(track_id, place.item_id) for place in assessment.form.of(Category.INTERVIEW)]
        return tuple(
            _covered(assessment, item, competencies[item.competency])
            for item in items
            if isinstance(item, InterviewItem)
        )

    async def confirm_summary(self, assessment_id: str) -> Assessment:
        """Record that the candidate confirmed the summary. Confirming twice is once."""

        def decide(assessment: Assessment, _now: datetime) -> Sequence[e.Fact]:
            if assessment.summary_confirmed_at:
                return []
            assessment.require("confirming the summary", Status.IN_PROGRESS)
            if not assessment.interview_finished:
                raise IllegalTransition("The interview is not finished", "Go on with it first.")
            places = assessment.form.of(Category.INTERVIEW)
            asked = [place.item_id for place in places if assessment.transcript.about(place.item_id)]
            return [e.SummaryConfirmed(item_ids=tuple(asked))]

        return await self._assessments.change(assessment_id, decide)

    def _redaction(
        self,
        assessment: Assessment,
        seq: int,
        passage: str | None,
        *,
        everywhere: bool,
        redaction_id: str,
        at: datetime | None = None,
    ) -> e.WordsRedacted:
        # Also when the time is over: what names a patient must not stay because somebody was slow.
        assessment.require("taking words back", Status.IN_PROGRESS, Status.PAUSED)
        if passage is not None:
            passage = accept_text("passage", passage, limit=MAX_PASSAGE_CHARS, required=True)
        return redaction(
            assessment,
            seq,
            passage,
            everywhere=everywhere,
            redaction_id=redaction_id,
            at=at or self._clock.now(),
        )

    async def _clean_draft(self, assessment: Assessment, seq: int, passage: str | None) -> None:
        """Take the words out of the saved message box too; it may hold the message as it was sent."""
        draft = await self._store.draft(assessment.id, INTERVIEW_DRAFT)
        typed, said = str(draft.payload.get("text", "")), assessment.spoken[seq]
        if not typed.strip() or isinstance(said, e.WordsRedacted):
            return
        is_sent = typed.strip() == said.text.strip()
        spans = marked_spans(passage or said.text, typed)
        if not is_sent and not spans:
            return
        kept = "" if is_sent else _cut(typed, spans)
        await self._store.save_draft(
            assessment.id, INTERVIEW_DRAFT, {"text": kept}, draft.revision, self._clock.now()
        )


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in reversed(spans):
        text = text[:start] + text[end:]
    return text


def _has_redaction(assessment: Assessment, redaction_id: str) -> bool:
    return any(
        isinstance(fact, e.WordsRedacted) and fact.redaction_id == redaction_id
        for fact in assessment.spoken.values()
    )


def _words_gone(fact: e.Spoken) -> int:
    return 0 if isinstance(fact, e.WordsRedacted) else sum(one.words for one in fact.redactions)


def _covered(assessment: Assessment, item: InterviewItem, competency: str) -> Covered:
    transcript = assessment.transcript
    own = [turn for turn in transcript.corrected(item.id) if turn.speaker == "candidate"]
    said = [turn for turn in own if has_words(turn.text, turn.redactions)]
    asked: Literal["asked", "not_reached"] = "asked" if transcript.about(item.id) else "not_reached"
    return Covered(
        item_id=item.id,
        question=item.question,
        competency=competency,
        state="answered" if said else asked,
        words=sum(
            len(turn.text.split()) - sum(len(turn.text[r.start : r.end].split()) for r in turn.redactions)
            for turn in said
        ),
        corrections=len(transcript.corrections_of(item.id)),
    )
