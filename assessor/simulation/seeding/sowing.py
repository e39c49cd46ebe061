"""Playing one simulated assessment after the other, each at its own time in the past."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import invalid
from assessor.domain.feedback import Feedback
from assessor.domain.ids import make_id
from assessor.domain.policy import Grade, Policy
from assessor.ports import Tenant
from assessor.services.order import Order
from assessor.services.outcomes import Report
from assessor.settings import Settings
from assessor.simulation.interviews import seeded
from assessor.simulation.playing import MAX_MESSAGES, SimulationStuck
from assessor.simulation.seeding.audits import Audits
from assessor.simulation.seeding.gauge import Gauge
from assessor.simulation.seeding.people import EYES, Colleague, VariedCandidate, declaration
from assessor.simulation.seeding.plan import DECLARES, FATES, LEVELS, TELLS, WORKS, SeedPlan, drawn
from assessor.simulation.seeding.workshop import Workshop, workshop

POLICY: Final = Policy(
    judge_may_score=True, least_basis=Grade.NONE, rules_may_decide=("qualified", "not_qualified")
)
"""Rules decide on whatever basis there is: nothing depends on it."""
SECONDS_A_MESSAGE: Final = 60
OPENED_AFTER_DAYS: Final = 1.2
PACE: Final = 0.6
"""Of a task's minutes."""
METRIC: Final = "audit_score"

Tell = Callable[[int], None]


async def seed(settings: Settings, plan: SeedPlan, tell: Tell = lambda _: None) -> dict[str, Any]:
    """Sow what the plan says; return what came of it, in counts. `tell` hears how many are done.

    Raises InvalidInput for a track that is not shipped, and where the same was sown before.
    """
    async with workshop(settings, plan) as shop:
        tenant = await _platform(shop, plan)
        colleagues = await _colleagues(shop, plan)
        sowing, gauge = Sowing(shop, plan, tenant, Audits(shop, plan, colleagues)), Gauge(shop, plan)
        for number, moment in enumerate(plan.moments()):
            await gauge.until(moment)
            await sowing.one(number, moment)
            tell(number + 1)
        shop.clock.at = plan.until
        outcomes = await sowing.report_outcomes()
    return {**sowing.counts, "outcomes": outcomes, "reviewers": len(colleagues)}


class Sowing:
    """Plays assessments. What has not happened by the end of the plan is left undone."""

    def __init__(self, shop: Workshop, plan: SeedPlan, tenant: Tenant, audits: Audits) -> None:
        self._shop = shop
        self._plan = plan
        self._tenant = tenant
        self._audits = audits
        self._reports: list[Report] = []
        self.counts: Counter[str] = Counter()
        self._tracks = plan.shares_of(shop.library)

    async def one(self, number: int, moment: datetime) -> None:
        """Play one, from the order to whatever becomes of it."""
        dice = seeded(self._plan.seed, number)
        fate, track = drawn(dice, FATES), drawn(dice, self._tracks)
        assessment_id, token = await self._ordered(number, moment, track)
        opens = moment + timedelta(days=dice.expovariate(1 / OPENED_AFTER_DAYS))
        if fate == "never_opens" or opens > self._plan.until - timedelta(hours=2):
            self.counts["not opened"] += 1
            return
        candidate = VariedCandidate(self._shop.library, track, drawn(dice, LEVELS), dice)
        self._take_up(candidate, track, opens)
        await self._shop.inviting.redeem(token)
        await self._shop.conversing.begin(assessment_id)
        if fate == "withdraws":
            await self._shop.consenting.withdraw(assessment_id)
            self.counts["withdrawn"] += 1
            return
        await self._interview(assessment_id, candidate)
        if fate == "fault":
            await self._shop.scoring.hold(assessment_id, "simulated outage")
            self.counts["held"] += 1
            return
        await self._tasks(assessment_id, candidate)
        submitted = await self._shop.answering.submit(assessment_id)
        await self._afterwards(submitted, dice)
        await self._audits.of(assessment_id, candidate, dice)
        await self._looked_back(assessment_id, dice)

    def _take_up(self, candidate: VariedCandidate, track: str, moment: datetime) -> None:
        """Put the candidate before the judge that was in use then."""
        desk, later = self._shop.desk, moment >= self._plan.changed_judge
        desk.judge, desk.scoring = self._shop.judges[later], self._shop.scorings[later]
        desk.candidate, desk.track = candidate, track
        self._shop.clock.at = moment

    async def _ordered(self, number: int, moment: datetime, track: str) -> tuple[str, str]:
        self._shop.clock.at = moment
        order = Order(
            candidate_ref=f"simulated-{self._plan.seed}-{number:06}",
            track=track,
            simulated=True,
            livemode=False,
            metadata={"seed": str(self._plan.seed)},
        )
        ordered = await self._shop.ordering.order(self._tenant, order)
        self.counts["ordered"] += 1
        return ordered.assessment.id, ordered.invite_url.rsplit("/", 1)[-1]

    async def _interview(self, assessment_id: str, candidate: VariedCandidate) -> None:
        for turn in range(MAX_MESSAGES):
            assessment = await self._shop.conversing.settled(assessment_id)
            if assessment.interview_finished:
                return
            self._shop.clock.pass_seconds(SECONDS_A_MESSAGE)
            text = candidate.answer(assessment.transcript.turns[-1].item_id)
            await self._shop.conversing.receive(assessment_id, f"simulated-{turn:04}", text)
        raise SimulationStuck(f"the interview did not end within {MAX_MESSAGES} messages")

    async def _tasks(self, assessment_id: str, candidate: VariedCandidate) -> None:
        assessment = await self._shop.conversing.settled(assessment_id)
        while left := [one for one in assessment.form.tasks if one.item_id not in assessment.responses]:
            self._shop.clock.pass_seconds(60 * PACE * left[0].minutes)
            response = candidate.response(left[0].item_id)
            assessment = await self._shop.answering.hand_in(assessment_id, left[0].item_id, response)

    async def _afterwards(self, assessment: Assessment, dice: random.Random) -> None:
        """Do what candidates may do once they have handed in; and enter what scoring cost."""
        judge, store = self._shop.desk.judge, self._shop.store
        if judge.calls:
            await store.record(*judge.calls)
            judge.calls.clear()
        self.counts["submitted"] += 1
        if dice.random() < DECLARES:
            await self._shop.declaring.declare(assessment.id, declaration(dice))
        if dice.random() < TELLS:
            said = {name: dice.choices((1, 2, 3, 4, 5), (1, 2, 4, 8, 6))[0] for name in Feedback.model_fields}
            await store.keep_feedback(assessment.id, Feedback(**said), self._shop.clock.now())

    async def _looked_back(self, assessment_id: str, dice: random.Random) -> None:
        """Note what became of it, and what the platform will report of later work."""
        row = await self._shop.store.projection(assessment_id)
        self.counts["waiting" if row.needs_person else row.status.value] += 1
        seen = self._shop.clock.now() + timedelta(days=14 + 7 * dice.random())
        works = row.status is Status.DECIDED and row.decision == "qualified" and dice.random() < WORKS
        if works and seen < self._plan.until:
            value = round(min(1.0, max(0.0, dice.gauss(0.8, 0.12))), 3)
            self._reports.append(Report(METRIC, value, seen, assessment_id=assessment_id))

    async def report_outcomes(self) -> int:
        """Hand in what the platform saw of later work."""
        await self._shop.recording.record(self._tenant.id, self._reports, livemode=False)
        return len(self._reports)


async def _platform(shop: Workshop, plan: SeedPlan) -> Tenant:
    known = {tenant.id: tenant for tenant in await shop.store.tenants()}
    if plan.platform not in known:
        return await shop.access.add_tenant(plan.platform, "Simulated platform", POLICY)
    for row in await shop.store.assessments(plan.platform):
        if row.simulated and row.candidate_ref.startswith(f"simulated-{plan.seed}-"):
            raise invalid(
                "--seed",
                f"{plan.seed} was sown for {plan.platform!r} already",
                "Use another seed, or another --platform.",
            )
    return known[plan.platform]


UNTRAINED: Final = "A simulated reviewer: how it errs is known."


async def _colleagues(shop: Workshop, plan: SeedPlan) -> Sequence[Colleague]:
    """Return the simulated reviewers of a platform. Nobody can sign in as one of them."""
    colleagues = []
    for number, eye in enumerate(EYES, 1):
        email = f"simulated-{number}@{plan.platform}.invalid"
        account = await shop.store.reviewer_by_email(email)
        if account is None:
            password = make_id("", seeded(plan.seed, email, shop.clock.now()).randbytes(16))
            account = await shop.access.add_reviewer(plan.platform, email, eye.name, password)
            await shop.training.waive("simulation", plan.platform, account.id, None, UNTRAINED)
        colleagues.append(Colleague(account, eye))
    return colleagues
