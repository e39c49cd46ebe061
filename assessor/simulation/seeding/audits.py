"""What simulated reviewers do with simulated assessments: reviews, second looks, appeals."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from assessor.domain.assessment import Assessment
from assessor.services.appealing import Filing
from assessor.services.hearing import Answer
from assessor.services.marking import Given, Mark, Sheet
from assessor.simulation.interviews import seeded
from assessor.simulation.seeding.people import Colleague, VariedCandidate
from assessor.simulation.seeding.plan import APPEALS, SeedPlan
from assessor.simulation.seeding.workshop import Workshop

KNOWN: Final = 0.1
"""So many assessments are followed by a known case: more than in earnest, so that the page has figures."""
WHY: Final = "Looked at by a simulated reviewer, and marked by what was meant to be shown."
REVIEWED_AFTER_HOURS: Final = 30.0
MET_FOR_QUALIFIED: Final = 0.6
"""Share of the criteria from which a simulated reviewer decides that somebody is qualified."""
MOST_APPEALED: Final = 3
SEEN: Final = 0.9
"""Share of the differences between a colleague and the judge that somebody sees to."""


class Audits:
    """Reviewers at work, each with their own eye."""

    def __init__(self, shop: Workshop, plan: SeedPlan, colleagues: Sequence[Colleague]) -> None:
        self._shop = shop
        self._plan = plan
        self._colleagues = colleagues

    async def of(self, assessment_id: str, candidate: VariedCandidate, dice: random.Random) -> None:
        """Do everything that falls due for one assessment before the end of the plan."""
        assessment = await self._load(assessment_id)
        if assessment.needs_person and self._passes(dice, REVIEWED_AFTER_HOURS):
            assessment = await self._reviewed(assessment_id, candidate, dice)
        if assessment.quality == "due" and self._passes(dice, 2 * REVIEWED_AFTER_HOURS):
            await self._looked_at_again(assessment_id, candidate, dice)
        if dice.random() < APPEALS and self._passes(dice, 2 * REVIEWED_AFTER_HOURS):
            await self._appealed(assessment_id, candidate, dice)
        await self._measured(assessment_id, assessment.ordered.track)

    async def _measured(self, assessment_id: str, track: str) -> None:
        """Let somebody score a known case now and then, with dice of its own: no other draw hangs on it."""
        dice = seeded(self._plan.seed, assessment_id, "known case")
        if dice.random() >= KNOWN or self._shop.clock.now() >= self._plan.until:
            return
        who, known_cases = dice.choice(self._colleagues), self._shop.known_cases
        case = await known_cases.made_for(who.account, track)
        while case and (look := await known_cases.next_item(case)):
            marks = {one.id: str(who.mark(dice, met=one.id in look.met)) for one in look.criteria}
            await known_cases.mark(case, look.item.item.id, marks)

    def _passes(self, dice: random.Random, hours: float) -> bool:
        """Let about so many hours pass; whether the plan still goes on then."""
        self._shop.clock.at += timedelta(hours=dice.lognormvariate(0, 0.7) * hours)
        return self._shop.clock.at < self._plan.until

    async def _load(self, assessment_id: str) -> Assessment:
        return await self._shop.conversing.open(assessment_id)

    def _somebody(self, assessment: Assessment, dice: random.Random) -> Colleague:
        """Return somebody who has not seen the case."""
        unseen = [one for one in self._colleagues if one.account.id not in assessment.opened_by]
        return dice.choice(unseen or self._colleagues)

    async def _reviewed(
        self, assessment_id: str, candidate: VariedCandidate, dice: random.Random
    ) -> Assessment:
        """Score what is open, and decide what is left to a person."""
        reviewing = self._shop.reviewing
        who = self._somebody(await self._load(assessment_id), dice)
        case = await reviewing.case(who.account, assessment_id)
        marks = {}
        for score in case.open:
            met = candidate.meets(score.item_id, score.criterion)
            marks[score.item_id, score.criterion] = Given(who.mark(dice, met=met), WHY)
            self._shop.clock.pass_seconds(40)
        if marks:
            await self._shop.sheets.hand_in(who.account, assessment_id, Sheet(marks))
        assessment = await self._load(assessment_id)
        if not assessment.needs_person:
            return assessment
        values = [one.value for one in assessment.scores.values() if one.value is not None]
        good = sum(values) >= MET_FOR_QUALIFIED * max(1, len(values))
        return await reviewing.decide(
            who.account, assessment_id, "qualified" if good else "not_qualified", WHY
        )

    async def _looked_at_again(
        self, assessment_id: str, candidate: VariedCandidate, dice: random.Random
    ) -> None:
        looks = self._shop.second_looks
        who = self._somebody(await self._load(assessment_id), dice)
        while look := await looks.next_item(who.account, assessment_id):
            item_id = look.item.item.id
            marks = {
                one.id: str(who.mark(dice, met=candidate.meets(item_id, one.id))) for one in look.criteria
            }
            self._shop.clock.pass_seconds(120)
            await looks.mark(who.account, assessment_id, item_id, marks)
        if dice.random() < SEEN and self._passes(dice, REVIEWED_AFTER_HOURS):
            await looks.seen(dice.choice(self._colleagues).account, assessment_id)

    async def _appealed(self, assessment_id: str, candidate: VariedCandidate, dice: random.Random) -> None:
        """Appeal a few criteria, and have that answered by somebody who has not seen the case."""
        assessment = await self._load(assessment_id)
        choices = self._shop.appealing.choices(assessment)
        if not choices:
            return
        keys = [one.key for one in dice.sample(choices, min(len(choices), MOST_APPEALED))]
        filing = Filing(f"appeal-{dice.randrange(10**9):09}", keys, "overlooked", "A simulated appeal.")
        await self._shop.appealing.file(assessment_id, filing)
        if not self._passes(dice, 2 * REVIEWED_AFTER_HOURS):
            return
        who = self._somebody(await self._load(assessment_id), dice)
        while found := await self._shop.hearing.next_item(who.account, assessment_id):
            item_id = found.item.item.id
            marks: dict[str, Mark] = {
                one.before.criterion: who.mark(dice, met=candidate.meets(item_id, one.before.criterion))
                for one in found.appeals
            }
            answers = {name: Answer(str(mark), WHY) for name, mark in marks.items()}
            await self._shop.hearing.answer(who.account, assessment_id, item_id, answers)
