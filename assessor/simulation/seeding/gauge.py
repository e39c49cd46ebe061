"""Measuring the simulated judges: a calibration when one comes into use, and gold responses every week."""

from datetime import datetime

from assessor.domain.item import Category
from assessor.scoring.labelled import Labelled
from assessor.services.gold import turn
from assessor.services.labelling import anchors
from assessor.services.watching import Afresh
from assessor.simulation.seeding.plan import GOLD_EVERY, GOLD_RESPONSES, SeedPlan
from assessor.simulation.seeding.workshop import Workshop


class Gauge:
    """Measures on the rubrics' own examples, whose labels are known."""

    def __init__(self, shop: Workshop, plan: SeedPlan) -> None:
        self._shop = shop
        self._plan = plan
        self._next = plan.since
        self._calibrated: set[bool] = set()
        self._examples: tuple[Labelled, ...] = ()

    async def until(self, moment: datetime) -> None:
        """Do all measurements that fall due before a moment."""
        while self._next <= moment:
            at, later = self._next, self._next >= self._plan.changed_judge
            self._next = at + GOLD_EVERY
            self._shop.clock.at = at
            self._shop.judges[later].reading = None
            if later in self._calibrated:
                await self._replay(at, later=later)
            else:
                await self._calibrate(later=later)

    async def _calibrate(self, *, later: bool) -> None:
        self._calibrated.add(later)
        name = self._shop.judges[later].name
        if any(one.calibration.model == name for one in await self._shop.store.ledger()):
            return  # for another platform, or by another seed
        await self._shop.watchings[later].calibrating.calibrate(self._interviews(), Afresh(), "anchors")

    async def _replay(self, at: datetime, *, later: bool) -> None:
        some = turn(self._interviews(), GOLD_RESPONSES, at.date())
        await self._shop.watchings[later].watch(some)

    def _interviews(self) -> tuple[Labelled, ...]:
        """Return the examples of one track's interview: enough for a chart, and measured in seconds."""
        if not self._examples:
            library = self._shop.library
            track = self._plan.tracks_of(library)[0]
            found = anchors(library, track)
            self._examples = tuple(one for one in found if one.item.category is Category.INTERVIEW)
        return self._examples
