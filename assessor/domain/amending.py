"""What a candidate may still change about what they said, before they submit."""

from collections.abc import Mapping
from datetime import datetime

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict, invalid
from assessor.domain.redaction import (
    Span,
    has_words,
    marked_spans,
    masked,
    spans_of,
    traces,
    without,
    words_in,
)
from assessor.domain.wording import worded

MAX_CORRECTIONS = 10
"""For each question."""

Own = e.CandidateMessage | e.AnswerCorrected
"""What the candidate said, in the interview or about it."""


def redaction(
    assessment: Assessment,
    seq: int,
    passage: str | None,
    *,
    everywhere: bool,
    redaction_id: str,
    at: datetime,
) -> e.WordsRedacted:
    """Return the fact that takes back a passage of one's own message, or all of it when it is None.

    `everywhere` takes the passage out of all own messages. Interviewer's messages that repeat the
    words lose them as well. Raises InvalidInput.
    """
    own = {place: fact for place, fact in assessment.spoken.items() if isinstance(fact, Own)}
    if seq not in own:
        raise invalid("message", "is not one of yours", "Choose one of your messages.")
    if not has_words(own[seq].text, own[seq].redactions):
        raise invalid("message", "was taken back already", "Choose another one of your messages.")
    spans = _own_spans(own, seq, passage, everywhere=everywhere)
    changed: dict[int, e.Spoken] = {place: _without(own[place], spans[place], at) for place in spans}
    taken = [own[place].text[start:end] for place in spans for start, end in spans[place]]
    kept = [changed.get(place, fact) for place, fact in own.items()]
    changed |= _without_repeats(assessment, min(spans), taken, kept, at)
    return e.WordsRedacted(redaction_id=redaction_id, left=_left(assessment, changed))


def _own_spans(
    own: Mapping[int, Own], seq: int, passage: str | None, *, everywhere: bool
) -> dict[int, tuple[Span, ...]]:
    if passage is None:
        return {seq: ((0, len(own[seq].text)),)}
    readable = {place: masked(fact.text, fact.redactions) for place, fact in own.items()}
    marked = marked_spans(passage, readable[seq])
    if not marked:
        raise invalid(
            "passage", "is not in this message, word for word", "Copy the words from the message above."
        )
    others = {place: spans_of(passage, text) for place, text in readable.items() if everywhere}
    return {place: found for place, found in others.items() if found} | {seq: marked}


def _without_repeats(
    assessment: Assessment, first: int, taken: list[str], kept: list[e.Spoken], at: datetime
) -> dict[int, e.Spoken]:
    """Return what later interviewer's messages say without repeats. Authored questions repeat nothing."""
    known = words_in(" ".join(_words(fact) for fact in kept))
    changed: dict[int, e.Spoken] = {}
    for seq, fact in assessment.spoken.items():
        if not isinstance(fact, e.InterviewerMessage):
            continue
        if seq < first:
            known |= words_in(fact.text)
        elif found := _repeats(taken, fact, known):
            changed[seq] = _without(fact, found, at)
    return changed


def _repeats(taken: list[str], fact: e.InterviewerMessage, known: frozenset[str]) -> tuple[Span, ...]:
    if fact.kind in ("probe", "answer") or fact.source == "model":
        return traces(taken, masked(fact.text, fact.redactions), known)
    return ()


def _words(fact: e.Spoken) -> str:
    return "" if isinstance(fact, e.WordsRedacted) else masked(fact.text, fact.redactions)


def _without(
    fact: Own | e.InterviewerMessage, spans: tuple[Span, ...], at: datetime
) -> Own | e.InterviewerMessage:
    text, redactions = without(fact.text, fact.redactions, spans, at)
    return fact.changed(text=text, redactions=redactions)


def _left(assessment: Assessment, changed: Mapping[int, e.Spoken]) -> tuple[e.Left, ...]:
    """Return what is left of all events to destroy: an earlier redaction that keeps one of them as well.

    It holds the words that are taken back only now, so its whole content moves here.
    """
    left: dict[int, e.Spoken] = {}
    for seq, fact in assessment.spoken.items():
        if isinstance(fact, e.WordsRedacted) and any(one.seq in changed for one in fact.left):
            left |= {one.seq: one.fact for one in fact.left}
            left[seq] = fact.changed(left=())
    left |= changed
    return tuple(e.Left(seq=seq, fact=left[seq]) for seq in sorted(left))


def correction(
    assessment: Assessment, item_id: str, replaces: int | None, *, correction_id: str, text: str
) -> e.AnswerCorrected:
    """Return the fact that corrects or adds to an answer.

    Raises InvalidInput for a question that was not asked or words that are not an answer to it, Conflict
    when it was corrected too often.
    """
    if assessment.form.place_of(item_id) is None or not assessment.transcript.about(item_id):
        raise invalid("question", "was not asked", "Choose one of the questions of your interview.")
    made = assessment.transcript.corrections_of(item_id)
    if len(made) >= MAX_CORRECTIONS:
        raise Conflict(
            worded("This answer was corrected %(n)s times", n=MAX_CORRECTIONS),
            "What you wrote last counts; nothing is lost.",
        )
    answers = [turn.seq for turn in assessment.transcript.about(item_id) if turn.speaker == "candidate"]
    additions = [one.seq for one in made if one.replaces is None]
    if replaces is not None and replaces not in (*answers, *additions):
        raise invalid("replaces", "is not an answer of yours to this question", "Choose one that is listed.")
    return e.AnswerCorrected(correction_id=correction_id, item_id=item_id, replaces=replaces, text=text)
