"""Letting candidates begin: so many interviews at once that those who are at work do not suffer.

Who comes beyond that waits on a calm page, in the order in which they came. Their clock has not started, and
the term of their invitation is held open. Interviews that have begun are never sent back.
"""

from collections.abc import Callable
from typing import Final

import structlog

from assessor.domain.assessment import Assessment, Status
from assessor.domain.identification import CheckState
from assessor.domain.places import Standing, wait_minutes
from assessor.ports import Clock, InterviewPlaces
from assessor.services.consenting import has_read

STRAINED_SECONDS: Final = 2.0
"""When a reply has waited so long for the model, nobody new begins: at 8 seconds an authored question comes
in its place."""

log = structlog.get_logger()


class LettingIn:
    """Gives places to those who want to begin, and knows whose interviews go on in this process."""

    def __init__(
        self,
        places: InterviewPlaces,
        clock: Clock,
        *,
        at_once: int,
        waited: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """`waited` says for how many seconds the first reply in line has waited for the model."""
        self._places = places
        self._clock = clock
        self._at_once = at_once
        self._waited = waited
        self._seen: set[str] = set()

    async def may_start(self, assessment: Assessment) -> bool:
        """Whether the clock of one may start now; then the interview holds a place."""
        if assessment.ordered.simulate:  # takes no model, and has a limit of its own
            return True
        return (await self._ask(assessment.id, begins=True)).may_begin

    async def look(self, assessment_id: str) -> Standing:
        """Return how somebody who waits stands. With a place, it is kept until they begin."""
        return await self._ask(assessment_id, begins=False)

    def wait_minutes(self, standing: Standing) -> int:
        """Return about how many minutes until a place is free, at least 1."""
        return wait_minutes(standing.ahead, self._at_once)

    def seen(self, assessment: Assessment) -> None:
        """Note that somebody is at their interview. It is written down with others, every few seconds."""
        if assessment.status is Status.IN_PROGRESS and not assessment.interview_finished:
            self._seen.add(assessment.id)

    async def leave(self, assessment_id: str) -> None:
        """Give a place free. What fails is left to the place's own term: nobody's turn may fail by it."""
        self._seen.discard(assessment_id)
        try:
            await self._places.leave_place(assessment_id)
        except Exception:
            log.exception("a place was not given free", assessment=assessment_id)

    async def write_down(self) -> None:
        """Write down who was seen since the last time."""
        seen, self._seen = self._seen, set()
        await self._places.hold_places(sorted(seen), self._clock.now())

    async def forget_old(self) -> int:
        """Remove those who did not come back. Returns how many."""
        return await self._places.forget_places(self._clock.now())

    async def _ask(self, assessment_id: str, *, begins: bool) -> Standing:
        at_once = 0 if self._waited() > STRAINED_SECONDS else self._at_once
        return await self._places.ask_for_place(assessment_id, self._clock.now(), at_once, begins=begins)


def waits_to_begin(assessment: Assessment) -> bool:
    """Whether everything before the start is done, and only a place is missing."""
    if assessment.status is Status.OPENED:
        return assessment.identity.is_met and has_read(assessment)
    return assessment.status is Status.IDENTITY and assessment.identity.state is not CheckState.NOT_BEGUN
