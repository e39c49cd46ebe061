"""Follow-up questions: a reviewer asks a candidate about their own answer.

The answer is for the reviewer to read beside the work. It enters no score by itself, and silence is no
evidence of anything.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from assessor.domain import events as e

TERM: Final = timedelta(days=5)
"""How long a candidate has to answer, and how much longer each time they ask for more time."""
EXTENSIONS: Final = 2
"""How often they have it for the asking. Then the platform has to help."""
MOST: Final = 3
"""Questions of one assessment: a conversation was held before."""
READY: Final = (
    "How did you come to this answer?",
    "Which part of it would you change now, and why?",
    "Please explain the most important step in your own words, to somebody who is new to the field.",
)
"""Questions that a reviewer may choose instead of writing one."""

FollowUpState = Literal["waiting", "answered", "over", "not_needed"]
"""`not_needed`: it was decided without the answer, or what was asked about counts no more."""


@dataclass(frozen=True)
class FollowUp:
    """One question about one item."""

    id: str
    reviewer: str
    item_id: str
    question: str
    asked_at: datetime
    due_at: datetime
    extensions: int = 0
    answer: str | None = None
    answered_at: datetime | None = None

    def state(self, now: datetime, *, is_wanted: bool) -> FollowUpState:
        """Return how it stands; `is_wanted` is whether the case still waits for a person."""
        if self.answer is not None:
            return "answered"
        if not is_wanted:
            return "not_needed"
        return "waiting" if now < self.due_at else "over"

    @property
    def may_be_extended(self) -> bool:
        """Whether more time is to be had for the asking."""
        return self.extensions < EXTENSIONS


def followed_up(
    questions: tuple[FollowUp, ...],
    at: datetime,
    fact: e.FollowUpAsked | e.FollowUpExtended | e.FollowUpAnswered,
) -> tuple[FollowUp, ...]:
    """Return the questions after one more fact, the oldest first."""
    if isinstance(fact, e.FollowUpAsked):
        question = FollowUp(fact.follow_up_id, fact.reviewer, fact.item_id, fact.question, at, fact.due_at)
        return (*questions, question)
    return tuple(_changed(one, fact, at) if one.id == fact.follow_up_id else one for one in questions)


def _changed(one: FollowUp, fact: e.FollowUpExtended | e.FollowUpAnswered, at: datetime) -> FollowUp:
    if isinstance(fact, e.FollowUpExtended):
        return replace(one, due_at=fact.due_at, extensions=one.extensions + 1)
    return replace(one, answer=fact.text, answered_at=at)
