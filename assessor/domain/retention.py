"""How long what is kept of a candidate stays: by the operator's choice, and the longest hold wins.

The numbers are settings of a platform, not statements about any law. There are two classes: a candidate's
*work*, which one data key of their own opens, and their *results*, which name them by the platform's
reference alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from assessor.domain.errors import Conflict
from assessor.domain.value import Value

MAX_DAYS: Final = 36_500
Days = Annotated[int, Field(ge=0, le=MAX_DAYS)]

UNTIL_LIFTED: Final = datetime.max.replace(tzinfo=UTC)
"""Where a hold has no end: later than any term."""

ErasedBy = Literal["candidate", "operator", "term"]
"""Who wanted an erasure: the candidate, the operator on somebody's behalf, or the end of the term."""


class Term(Value):
    """How long one class is kept, counted from the end of the latest assessment."""

    least_days: Days
    """So long it stays, although its candidate asks for deletion."""
    most_days: Days
    """After so long it goes, although nobody asks."""

    @model_validator(mode="after")
    def _least_is_not_beyond_most(self) -> Self:
        if self.least_days > self.most_days:
            raise ValueError("least_days: is more than most_days")
        return self


class Retention(Value):
    """A platform's terms. The defaults are ours; who operates the service chooses."""

    work: Term = Term(least_days=0, most_days=730)
    """Conversation, answers, drafts, scores with their quotes, recorded replies of models, declarations."""
    result: Term = Term(least_days=1461, most_days=1461)
    """Signed verdicts, by the platform's reference; they quote nothing. Four years have a leap day."""

    @model_validator(mode="after")
    def _results_outlast_the_work(self) -> Self:
        pairs = ((self.work.least_days, self.result.least_days), (self.work.most_days, self.result.most_days))
        if any(work > result for work, result in pairs):
            raise ValueError("result: is kept for less long than the work that it rests on")
        return self


@dataclass(frozen=True)
class LegalHold:
    """Why nothing of a candidate may go for now, whatever the terms say."""

    id: str
    reason: str
    by: str
    placed_at: datetime
    until: datetime | None
    """None: until somebody lifts it."""
    lifted_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.lifted_at is None and (self.until is None or now < self.until)


@dataclass(frozen=True)
class Schedule:
    """From when each class may go on request, and when it goes by itself."""

    work_may_go: datetime
    work_goes: datetime
    result_may_go: datetime
    result_goes: datetime
    is_held: bool
    """Whether a legal hold, not a term alone, keeps it."""

    def result_ends(self, erased_by: ErasedBy | None) -> datetime:
        """When the results go: sooner where their candidate, or somebody for them, asked for deletion."""
        return self.result_goes if erased_by in {None, "term"} else self.result_may_go


def schedule(
    retention: Retention, ended: Iterable[datetime], holds: Iterable[LegalHold], now: datetime
) -> Schedule:
    """Return when what is kept of one candidate may go, and goes.

    `ended` are the ends of all their assessments: one key opens them all, so the latest counts. Of all that
    holds something, what holds it longest wins.
    """
    in_force = [one for one in holds if one.holds(now)]
    latest = min(now, max(ended, default=now))  # another machine's clock may be ahead

    def after(days: int) -> datetime:
        return max([latest + timedelta(days=days), *(one.until or UNTIL_LIFTED for one in in_force)])

    return Schedule(
        work_may_go=after(retention.work.least_days),
        work_goes=after(retention.work.most_days),
        result_may_go=after(retention.result.least_days),
        result_goes=after(retention.result.most_days),
        is_held=bool(in_force),
    )


def held_back(until: datetime, *, by_law: bool) -> Conflict:
    """Return the refusal to erase what is held, with the way out."""
    when = "until somebody lifts the hold" if until == UNTIL_LIFTED else f"until {until:%Y-%m-%d}"
    if by_law:
        return Conflict(
            f"A legal hold keeps this candidate's data {when}", "Lift it first, if it may be lifted."
        )
    return Conflict(
        f"The platform's least term keeps this candidate's data {when}",
        "Wait for it, or erase with --before-term if you may.",
    )
