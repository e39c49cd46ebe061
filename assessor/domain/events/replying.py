"""What the candidate says to the result: appeals, follow-up questions, the right of reply."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from assessor.domain.appeal import AppealedCriterion, AppealOutcome, Ground
from assessor.domain.evidence import Evidence
from assessor.domain.ids import Slug
from assessor.domain.quality import QualityMark
from assessor.domain.signal_rule import Noticed, Outcome
from assessor.domain.value import Value


class AppealFiled(Value):
    """The candidate asked that criteria be scored again, by somebody who has not seen their scores."""

    type: Literal["appeal.filed"] = "appeal.filed"
    appeal_id: Annotated[str, Field(min_length=8, max_length=64)]
    """Made by the client, like a message's: the same id twice is one appeal."""
    criteria: Annotated[tuple[AppealedCriterion, ...], Field(min_length=1)]
    ground: Ground
    note: Annotated[str, Field(max_length=4000)] = ""


class AppealAnswered(Value):
    """A person who had not seen the score looked at one criterion again. A raised score comes just before."""

    type: Literal["appeal.answered"] = "appeal.answered"
    reviewer: str
    item_id: Slug
    criterion: str
    mark: QualityMark
    outcome: AppealOutcome
    reason: Annotated[str, Field(min_length=10, max_length=2000)]
    """The candidate reads it."""
    is_last: bool
    """Whether no other appeal of the assessment waits."""


class FollowUpAsked(Value):
    """A reviewer asked the candidate about their own answer."""

    type: Literal["follow_up.asked"] = "follow_up.asked"
    follow_up_id: str
    reviewer: str
    item_id: Slug
    question: Annotated[str, Field(min_length=10, max_length=1000)]
    due_at: datetime


class FollowUpExtended(Value):
    """The candidate asked for more time to answer, and has it."""

    type: Literal["follow_up.extended"] = "follow_up.extended"
    follow_up_id: str
    due_at: datetime


class FollowUpAnswered(Value):
    """The candidate answered. For the reviewer to read beside the work; no score follows from it."""

    type: Literal["follow_up.answered"] = "follow_up.answered"
    follow_up_id: str
    text: Annotated[str, Field(min_length=1, max_length=4000)]


class AnswerFoundAlike(Value):
    """An answer shares much of its wording with one that another candidate handed in before. No score follows
    from it, and nothing at all in the log of the other."""

    type: Literal["answer.found_alike"] = "answer.found_alike"
    item_id: Slug
    other: str
    """The other assessment."""
    likeness: Annotated[float, Field(ge=0, le=1)]
    passages: tuple[Evidence, ...]
    """The longest that both have, in the candidate's own words: the other's stay in the other's log."""
    rule: str
    """The edition of the rule that found it."""


class AnswerQuotesKey(Value):
    """An answer has the canary of its item, which stands in the key alone. No score follows from it."""

    type: Literal["answer.quotes_key"] = "answer.quotes_key"
    item_id: Slug
    passages: tuple[Evidence, ...]
    """Where, in the candidate's own words."""
    rule: str
    """The edition of the rule that found it."""


class SignalJudged(Value):
    """A person looked at what a rule noticed. No score and no decision follows from what they found."""

    type: Literal["signal.judged"] = "signal.judged"
    reviewer: str
    what: Noticed
    item_id: Slug
    rule: str
    """The edition of the rule that noticed it."""
    outcome: Outcome
    reason: Annotated[str, Field(min_length=10, max_length=2000)]
    """The candidate may read it."""
    awaits_second: bool = False
    """Whether it holds only once another person finds the same: nothing is confirmed by one alone."""


class SignalUnanswered(Value):
    """The candidate let the time for a reply pass, which says nothing. From now on it waits for a person."""

    type: Literal["signal.unanswered"] = "signal.unanswered"


class SignalReplied(Value):
    """The candidate said something about all that was noticed so far in their words."""

    type: Literal["signal.replied"] = "signal.replied"
    text: Annotated[str, Field(min_length=1, max_length=2000)]
