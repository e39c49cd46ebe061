"""The interview."""

from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.evidence import Evidence
from assessor.domain.form import FormItem
from assessor.domain.ids import Slug
from assessor.domain.redaction import Redaction
from assessor.domain.value import Value


class CandidateMessage(Value):
    """What the candidate said in the interview."""

    type: Literal["message.candidate"] = "message.candidate"
    message_id: Annotated[str, Field(min_length=8, max_length=64)]
    """Made by the client once a message and kept over retries: the same id twice is one message."""
    item_id: Slug | None
    """The question that was open; None is the unscored opening."""
    text: str
    redactions: tuple[Redaction, ...] = ()


class InterviewerMessage(Value):
    """What the interviewer said."""

    type: Literal["message.interviewer"] = "message.interviewer"
    run: str
    kind: Literal["opening", "core", "probe", "answer", "closing"]
    """`answer` replies to something that is not an answer: a request to repeat, for a person."""
    item_id: Slug | None = None
    probe_id: Slug | None = None
    reply_to: int | None = None
    """Sequence number of the candidate's message; None for the opening."""
    text: str
    source: Literal["authored", "model"]
    guard: str | None = None
    """Why the model's words were replaced, when they were."""
    redactions: tuple[Redaction, ...] = ()
    """Where it had repeated what the candidate took back."""


class ItemSwapped(Value):
    """A question gave way to another of the same competency. It is neither scored nor asked again."""

    type: Literal["interview.item_swapped"] = "interview.item_swapped"
    item_id: Slug
    place: FormItem
    """What stands on the form instead."""
    reason: Literal["not_my_field", "background"]


class AnswerCorrected(Value):
    """The candidate corrected, or added to, what they had said to a question."""

    type: Literal["answer.corrected"] = "answer.corrected"
    correction_id: Annotated[str, Field(min_length=8, max_length=64)]
    """Made by the client, like a message's: the same id twice is one correction."""
    item_id: Slug
    replaces: int | None = None
    """Sequence number of the message, or of the addition, that no longer counts; None only adds."""
    text: str
    redactions: tuple[Redaction, ...] = ()


class WordsRedacted(Value):
    """The candidate took words back. What those events held was destroyed in the same transaction."""

    type: Literal["words.redacted"] = "words.redacted"
    redaction_id: Annotated[str, Field(min_length=8, max_length=64)]
    """Made by the client, like a message's: the same id twice is one redaction."""
    left: tuple["Left", ...] = ()
    """What is left of each of them. A later redaction of the same event takes this over, and leaves none."""


class Left(Value):
    """What an event says once its words are gone."""

    seq: Annotated[int, Field(ge=1)]
    fact: Annotated[
        CandidateMessage | InterviewerMessage | AnswerCorrected | WordsRedacted, Field(discriminator="type")
    ]


class SummaryConfirmed(Value):
    """The candidate confirmed the summary of what the interview covered."""

    type: Literal["summary.confirmed"] = "summary.confirmed"
    item_ids: tuple[Slug, ...]
    """The questions that it named."""


class AnswerObserved(Value):
    """What an observer found in an answer. It steers later follow-ups, and has no effect on scores."""

    type: Literal["interview.observed"] = "interview.observed"
    message: int
    """Sequence number of the last message that was looked at."""
    item_id: Slug
    covered: tuple[Slug, ...]
    """The approved probes that the answer has covered already."""
    terms: tuple[Evidence, ...] = ()
    """Where terms stand that are worth quoting back. The words themselves stay in the message alone."""
    model: str


class InterviewFinished(Value):
    """Every core question has been asked, or skipped for a recorded reason.

    `conduct`: the candidate kept insulting after a warning.
    """

    type: Literal["interview.finished"] = "interview.finished"
    reason: Literal["complete", "time", "conduct"]
