"""Handing in to the workers what was submitted and not scored, once a minute.

A process may have ended between a commit and the handing in, and a job may have ended with a fault that it
could not even record, as when the database was away for long.
"""

from assessor.ports import Jobs, Projections
from assessor.services.log import each_overdue
from assessor.services.scoring import Scoring


class HandingIn:
    """Hands in again what waits; what was handed in already only when its log has moved on since.

    A backlog of thousands would otherwise be read and queued anew each minute, by those who are to score it.
    """

    def __init__(self, store: Projections, scoring: Scoring, jobs: Jobs) -> None:
        self._store = store
        self._scoring = scoring
        self._jobs = jobs
        self._handed_in: dict[str, int] = {}
        """Where the logs ended then, by assessment."""

    async def hand_in(self) -> int:
        """Hand in what waits. Returns how many."""
        if await self._jobs.forget_failed():
            self._handed_in.clear()
        waiting = await self._store.unscored()
        self._handed_in = {one: seq for one, seq in self._handed_in.items() if waiting.get(one) == seq}

        async def score(assessment_id: str) -> bool:
            tenant, round_ = await self._scoring.round_of(assessment_id)
            await self._jobs.score(tenant, assessment_id, round_)
            self._handed_in[assessment_id] = waiting[assessment_id]
            return True

        return await each_overdue("score", [one for one in waiting if one not in self._handed_in], score)
