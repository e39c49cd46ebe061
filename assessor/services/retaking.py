"""Another attempt: whether the track's policy allows it, and what it must not show again."""

from dataclasses import dataclass
from datetime import datetime

from assessor.domain.assessment import Assessment
from assessor.domain.errors import RetakeTooEarly
from assessor.domain.retakes import History, require_retake
from assessor.domain.track import Track
from assessor.ports import Projections, Retirements
from assessor.services.log import AssessmentLog


@dataclass(frozen=True)
class Attempt:
    """What an attempt has to know of those before it."""

    number: int
    earlier: tuple[datetime, ...]
    """When those were made that count."""
    waived: str | None
    """Why the policy does not hold; None where it allows the attempt."""
    avoid: frozenset[str]
    retired: frozenset[str]
    assessments: int
    """All that the candidate has for the track, whether they count or not."""


class Retaking:
    """Looks at what a candidate did before."""

    def __init__(self, projections: Projections, retirements: Retirements, log: AssessmentLog) -> None:
        self._projections = projections
        self._retirements = retirements
        self._log = log

    async def attempt(
        self, candidate_id: str, track: Track, now: datetime, *, livemode: bool, waive: str | None
    ) -> Attempt:
        """Return the next attempt of a candidate. Raises RetakeTooEarly unless `waive` says why not."""
        history = await self._history(candidate_id, track)
        waived = None
        try:
            require_retake(track.retakes, history, now, livemode=livemode)
        except RetakeTooEarly:
            if waive is None:
                raise
            waived = waive
        earlier = history.used(livemode=livemode)
        return await self._drawn_after(history, track, len(earlier) + 1, earlier, waived)

    async def again(self, spoiled: Assessment, track: Track) -> Attempt:
        """Return the attempt that is given in place of one which a fault of ours spoiled."""
        terms = spoiled.ordered
        history = await self._history(terms.candidate_id, track)
        return await self._drawn_after(history, track, terms.attempt, terms.earlier_attempts, None)

    async def practice(self, track: Track) -> Attempt:
        """Return an attempt of nobody: a program plays it, so there is nothing to limit."""
        return await self._drawn_after(History(()), track, 1, (), None)

    async def _history(self, candidate_id: str, track: Track) -> History:
        ids = await self._projections.earlier(candidate_id, track.id)
        return History([await self._log.load(assessment_id) for assessment_id in ids])

    async def _drawn_after(
        self,
        history: History,
        track: Track,
        number: int,
        earlier: tuple[datetime, ...],
        waived: str | None,
    ) -> Attempt:
        return Attempt(
            number=number,
            earlier=earlier,
            waived=waived,
            avoid=history.seen if track.retakes.another_form else frozenset(),
            retired=frozenset(one.item_id for one in await self._retirements.retired(track.id)),
            assessments=len(history.assessments),
        )
