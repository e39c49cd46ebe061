"""What people did about scores that stood, as an assessment's log adds it up."""

from dataclasses import dataclass, replace
from datetime import datetime

from assessor.domain import events as e
from assessor.domain.appeal import Place
from assessor.domain.override import Override, raised_by
from assessor.domain.score import Score


@dataclass(frozen=True)
class Reviews:
    """Scores that people replaced, and whether a verdict has told of them yet."""

    overrides: tuple[Override, ...] = ()
    """The oldest first."""
    is_untold: bool = False
    """Whether a score was replaced since the latest verdict was issued: then one is due."""
    has_raised: bool = False
    """Whether one of those was raised."""

    def after(self, at: datetime, fact: e.ScoreOverridden, standing: Score) -> "Reviews":
        """Return what it is after one more fact; `standing` is the score before it."""
        override = Override(at, fact.reviewer, fact.code, fact.mark, fact.reason, standing)
        raised = self.has_raised or raised_by(fact.mark, standing)
        return replace(self, overrides=(*self.overrides, override), is_untold=True, has_raised=raised)

    def told(self) -> "Reviews":
        """Return what it is once a verdict has been issued."""
        return replace(self, is_untold=False, has_raised=False)

    def overrides_of(self, place: Place) -> tuple[Override, ...]:
        """Return the overrides of one criterion, the oldest first."""
        return tuple(one for one in self.overrides if one.place == place)
