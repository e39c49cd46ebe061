"""Simulated candidates for test keys: each plays its assessment to the outcome that was ordered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from assessor.bootstrap import Services
from assessor.domain.events import Outcome
from assessor.ports import Reviewer
from assessor.simulation.candidate import EXPERT, MIDDLING, WEAK, SimulatedCandidate
from assessor.simulation.playing import Player

LEVELS: dict[Outcome, int] = {"qualified": EXPERT, "not_qualified": WEAK, "needs_review": MIDDLING}
AT_ONCE = 4
"""Simulated people must not crowd out real ones."""
REASON = "Decided by a simulated reviewer, as the order in test mode asked for."

log = structlog.get_logger()


class SimulatedOutcomes:
    """Plays in the background of a web process; what it has not finished when that ends stays as it is."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(AT_ONCE)

    def begin(self, assessment_id: str, token: str, outcome: Outcome) -> None:
        """Play an assessment, from its invite link to the outcome that is wanted."""
        task = asyncio.create_task(
            self._play(assessment_id, token, outcome), name=f"simulate {assessment_id}"
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait until nobody plays."""
        await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        """Stop playing."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _play(self, assessment_id: str, token: str, outcome: Outcome) -> None:
        try:
            async with self._places:
                await self._to_the_end(assessment_id, token, outcome)
        except Exception:
            # Nobody waits for this task: what went wrong has to be seen in the log.
            log.exception("simulated candidate failed", assessment=assessment_id)

    async def _to_the_end(self, assessment_id: str, token: str, outcome: Outcome) -> None:
        services = self._services
        assessment, _session = await services.inviting.redeem(token)
        await services.conversing.begin(assessment_id)
        library = await services.content.library(assessment.ordered.track)
        candidate = SimulatedCandidate(library, assessment.ordered.track, LEVELS[outcome])
        player = Player(services, assessment_id, candidate)
        await player.interview()
        await player.tasks()
        await player.submit()
        if outcome == "needs_review":
            return
        reviewer = Reviewer(
            "rev_simulated", assessment.ordered.tenant, "simulated@invalid", "Simulated reviewer", ""
        )
        reviewed = await player.review(reviewer)
        if reviewed.needs_person:
            await services.reviewing.decide(reviewer, assessment_id, outcome, REASON)


@asynccontextmanager
async def simulating(services: Services) -> AsyncIterator[SimulatedOutcomes]:
    """Let simulated candidates play for as long as a web process runs."""
    outcomes = SimulatedOutcomes(services)
    try:
        yield outcomes
    finally:
        await outcomes.close()
