"""Appeals: a candidate asks that a criterion be scored again, by a person who has not seen its score.

An appeal raises a score or keeps it. Whoever asks can only gain, so nobody has to weigh whether to ask.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from assessor.domain.ids import Slug
from assessor.domain.score import Score, Unscored
from assessor.domain.value import Value

Ground = Literal["overlooked", "misunderstood", "task", "other"]
"""Why somebody appeals: words were overlooked, or understood otherwise than they were meant; the task, or
what it is scored by, is wrong or unclear; something else."""

AppealOutcome = Literal["kept", "raised"]
AppealState = Literal["waiting", "kept", "raised", "void"]
"""`void`: the criterion counts no more, for instance because its item was retired."""

Place = tuple[str, str]
"""Item id and criterion."""

UNANSWERED: Final = "rule:unanswered"
NO_CONTENT: Final = "rule:no_content"
"""Who scored work that says nothing of its own. Its criteria stay untold: an empty answer must not buy the
list of what a good one has."""
FULL: Final = 0.995
"""From here on a value is read as full."""
WHOLE: Final = "*"
"""Stands for every criterion of a part whose criteria are untold."""


class AppealedCriterion(Value):
    """One criterion that is to be looked at again."""

    item_id: Slug
    criterion: str


@dataclass(frozen=True)
class AppealAnswer:
    """What a person who had not seen the score came to. The candidate reads the reason."""

    outcome: AppealOutcome
    reason: str
    at: datetime
    after: Score


@dataclass(frozen=True)
class Appeal:
    """The appeal of one criterion; there is one at most."""

    id: str
    """Of what was filed together."""
    ground: Ground
    note: str
    filed_at: datetime
    due_at: datetime
    """By when it is to be answered."""
    before: Score
    """As it was when the appeal was filed."""
    decision: str | None
    """What the verdict said then."""
    answer: AppealAnswer | None = None

    @property
    def place(self) -> Place:
        """The item and the criterion."""
        return self.before.item_id, self.before.criterion

    @property
    def is_untold(self) -> bool:
        """Whether the candidate appealed a part as a whole, whose criteria are not told."""
        return self.before.rater == NO_CONTENT

    def is_late(self, now: datetime) -> bool:
        """Whether we owe the answer."""
        return self.answer is None and now > self.due_at


@dataclass(frozen=True)
class Choice:
    """What a candidate may appeal: one criterion, or a part whose criteria are untold."""

    item_id: str
    scores: tuple[Score, ...]

    @property
    def is_whole(self) -> bool:
        """Whether it is a part as a whole."""
        return self.scores[0].rater == NO_CONTENT

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.item_id}/{WHOLE if self.is_whole else self.scores[0].criterion}"


def choices(scores: Iterable[Score], appealed: Collection[Place]) -> tuple[Choice, ...]:
    """Return what may be appealed: what is settled, short of full, and was not appealed before."""
    found: list[Choice] = []
    untold: dict[str, list[Score]] = {}
    for score in scores:
        if not _can_gain(score) or (score.item_id, score.criterion) in appealed:
            continue
        if score.rater == NO_CONTENT:
            untold.setdefault(score.item_id, []).append(score)
        else:
            found.append(Choice(score.item_id, (score,)))
    return (*found, *(Choice(item_id, tuple(some)) for item_id, some in untold.items()))


def raises(marked: Score, standing: Score) -> bool:
    """Whether what a person marked is more than what stands. What could not be assessed is no more."""
    if marked.value is None:
        return False
    return marked.value > standing.value if standing.value is not None else marked.value > 0


def _can_gain(score: Score) -> bool:
    if score.is_open or score.rater == UNANSWERED or score.unscored is Unscored.CANDIDATE_COULD_NOT_JUDGE:
        return False
    return score.value is None or score.value < FULL
