"""Playing a whole assessment through the services, as the web does for people."""

import asyncio
from dataclasses import dataclass

from assessor.bootstrap import Services
from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import AssessorError
from assessor.ports import Reviewer, Tenant
from assessor.services.marking import Mark
from assessor.services.order import Order
from assessor.simulation.candidate import SimulatedCandidate

MAX_MESSAGES = 60
SCORING_SECONDS = 60.0
POLL_SECONDS = 0.05


class SimulationStuck(AssessorError):
    """A simulated assessment did not come to its end."""

    code = "simulation-stuck"


@dataclass(frozen=True)
class Player:
    """One simulated candidate in one assessment."""

    services: Services
    assessment_id: str
    candidate: SimulatedCandidate

    async def interview(self) -> None:
        """Talk until the interviewer closes."""
        for turn in range(MAX_MESSAGES):
            assessment = await self.services.conversing.settled(self.assessment_id)
            if assessment.interview_finished:
                return
            text = self.candidate.answer(assessment.transcript.turns[-1].item_id)
            await self.services.conversing.receive(self.assessment_id, f"simulated-{turn:04}", text)
        raise SimulationStuck(f"the interview did not end within {MAX_MESSAGES} messages")

    async def tasks(self) -> None:
        """Hand in every task that comes."""
        assessment = await self.services.conversing.settled(self.assessment_id)
        while left := [one for one in assessment.form.tasks if one.item_id not in assessment.responses]:
            response = self.candidate.response(left[0].item_id)
            assessment = await self.services.answering.hand_in(self.assessment_id, left[0].item_id, response)

    async def submit(self) -> Assessment:
        """Submit, and wait for the first verdict."""
        await self.services.answering.submit(self.assessment_id)
        for _ in range(int(SCORING_SECONDS / POLL_SECONDS)):
            assessment = await self.services.conversing.open(self.assessment_id)
            if assessment.status in (Status.DECIDED, Status.TECHNICAL_HOLD):
                return assessment
            await asyncio.sleep(POLL_SECONDS)
        raise SimulationStuck(f"scoring did not end within {SCORING_SECONDS:.0f} seconds")

    async def review(self, reviewer: Reviewer) -> Assessment:
        """Score what is open as a careful person would, and confirm what waits for a decision."""
        case = await self.services.reviewing.case(reviewer, self.assessment_id)
        assessment = case.assessment
        for score in case.open:
            met = self.candidate.meets(score.item_id, score.criterion)
            assessment = await self.services.reviewing.score(
                reviewer,
                self.assessment_id,
                score.item_id,
                score.criterion,
                Mark.MET if met else Mark.UNMET,
                "Scored by the simulation from the level that this candidate plays.",
            )
        return assessment


async def begin(
    services: Services, tenant: Tenant, reference: str, form: str, track: str, level: int
) -> Player:
    """Order a simulated assessment and open it."""
    order = Order(candidate_ref=reference, track=track, form=form, simulated=True, livemode=False)
    ordered = await services.ordering.order(tenant, order)
    token = ordered.invite_url.rsplit("/", 1)[-1]
    assessment, _session = await services.inviting.redeem(token)
    await services.conversing.begin(assessment.id)
    own = assessment.ordered.track
    return Player(
        services, assessment.id, SimulatedCandidate(await services.content.library(own), own, level)
    )
