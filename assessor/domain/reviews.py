"""What people did about scores that stood, as an assessment's log adds it up."""

from dataclasses import dataclass, replace
from datetime import datetime

from assessor.domain import events as e
from assessor.domain.adjudication import Adjudication, Dispute, Reading
from assessor.domain.appeal import Place
from assessor.domain.override import VALUES, Override, raised_by
from assessor.domain.quality import QualityMark
from assessor.domain.score import Score


@dataclass(frozen=True)
class Reviews:
    """Scores that people replaced or differed from, and whether a verdict has told of them yet."""

    overrides: tuple[Override, ...] = ()
    """The oldest first, as everything here."""
    disputes: tuple[Dispute, ...] = ()
    """Readings beside a colleague's score that nobody has decided about."""
    adjudications: tuple[Adjudication, ...] = ()
    is_untold: bool = False
    """Whether a score was replaced since the latest verdict was issued: then one is due."""
    has_raised: bool = False
    """Whether one of those was raised."""

    def after(
        self, at: datetime, fact: e.ScoreOverridden | e.ScoreDisputed | e.ScoreAdjudicated, standing: Score
    ) -> "Reviews":
        """Return what it is after one more fact; `standing` is the score before it."""
        match fact:
            case e.ScoreOverridden():
                made = Override(at, fact.reviewer, fact.code, fact.mark, fact.reason, standing)
                return replace(self._replaced(standing, fact.mark), overrides=(*self.overrides, made))
            case e.ScoreDisputed():
                reading = Reading(fact.mark, fact.reason, fact.evidence, f"person:{fact.reviewer}")
                return replace(self, disputes=(*self.disputes, Dispute(at, standing, reading)))
            case e.ScoreAdjudicated():
                decided = Adjudication(at, fact.reviewer, fact.mark, fact.reason, standing)
                return replace(
                    self._replaced(standing, fact.mark),
                    disputes=tuple(one for one in self.disputes if one.standing != standing),
                    adjudications=(*self.adjudications, decided),
                )

    def told(self) -> "Reviews":
        """Return what it is once a verdict has been issued."""
        return replace(self, is_untold=False, has_raised=False)

    def overrides_of(self, place: Place) -> tuple[Override, ...]:
        """Return the overrides of one criterion, the oldest first."""
        return tuple(one for one in self.overrides if one.place == place)

    def _replaced(self, standing: Score, mark: QualityMark) -> "Reviews":
        if VALUES[mark] == standing.value:
            return self
        return replace(self, is_untold=True, has_raised=self.has_raised or raised_by(mark, standing))
