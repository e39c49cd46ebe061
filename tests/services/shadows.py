"""Changes of the grading in a world: who proposes them, and models that are opened by their names."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from assessor.adapters.clock import SystemRandom
from assessor.adapters.code import JailedCode
from assessor.domain.assessment import Assessment
from assessor.domain.change import (
    Change,
    CriterionPair,
    FamilyRead,
    InjectionResult,
    ShadowCase,
    Spending,
    Trial,
    reported,
)
from assessor.domain.change.shadow import Decided
from assessor.domain.grading import Grading
from assessor.domain.ids import make_id
from assessor.domain.injection import INJECTIONS
from assessor.domain.item import Category
from assessor.domain.notice import CURRENT, QUALITY
from assessor.ports import Model, Store
from assessor.scoring import Judge
from assessor.services.graders import Graders
from assessor.services.shadowing import Proposal, Shadowing
from tests.services import plays
from tests.services.attempts import PROMPTS, TOKEN
from tests.services.grading import GradingModel
from tests.world import World

REASON = "A newer model agrees better with people."
NEWER = Grading(models=("newer",))


@dataclass
class Providers:
    """What can be opened by a name."""

    models: dict[str, Model] = field(default_factory=dict)

    def named(self, name: str) -> Model:
        return self.models.setdefault(name, GradingModel(name))


def graders(providers: Providers, installed: Model | None = None) -> Graders:
    """The judges of a world."""
    return Graders(
        (installed or GradingModel(),),
        PROMPTS,
        lambda models, prompts: Judge(models[0], prompts, lambda: TOKEN) if models else None,
        providers.named,
    )


def shadowing(
    world: World, providers: Providers, *, worker: str = "here", installed: Model | None = None
) -> Shadowing:
    return Shadowing(
        world.store,
        world.content,
        graders(providers, installed),
        JailedCode("full"),
        world.clock,
        SystemRandom(),
        worker=worker,
    )


def proposal(grading: Grading = NEWER, **changed: Any) -> Proposal:
    terms: dict[str, Any] = {"tenant": "acme", "by": "olga", "reason": REASON, "population": "test"} | changed
    return Proposal(grading=grading, **terms)


async def usable(world: World, level: int = 4, *, agrees: bool = True) -> Assessment:
    """Somebody whose work was judged, and who agreed that it may be looked at again."""
    assessment = await plays.submitted(world, level=level)
    await world.consenting.answer(assessment.id, {QUALITY: agrees}, CURRENT.version)
    return await world.log.load(assessment.id)


def case(before: Decided = "qualified", after: Decided = "qualified") -> ShadowCase:
    """One assessment that was graded again, with what everything else needs."""
    return ShadowCase(
        before=before,
        after=after,
        score_before=62.0,
        score_after=61.0,
        criteria=(CriterionPair(rubric="python-sft", criterion="warns", before=1.0, after=0.0),),
        families=(FamilyRead(category=Category.SFT, competency="python_semantics", language="en"),),
        spent_before=Spending(calls=3, tokens=900, cost=2100),
        spent=Spending(calls=4, tokens=800, cost=1200),
        seconds=(0.4, 0.6, 1.1, 2.0),
    )


async def tried(store: Store, tenant: str, at: datetime, *, lost: int = 0, cases: int = 60) -> Change:
    """A change with a report, as a shadow run leaves it, of which so many are qualified no more."""
    flipped = [case(after="not_qualified")] * lost
    trials = tuple(
        Trial(kind=one.kind, item="sft-naive-aware", gained=(), noticed=True) for one in INJECTIONS
    )
    change = Change(
        id=make_id("chg", SystemRandom().bytes(16)),
        tenant=tenant,
        proposed=NEWER,
        by="olga",
        reason=REASON,
        at=at,
        sample=cases,
        population="test",
    )
    report = reported(
        [*flipped, *[case()] * (cases - lost)],
        [{"sex": "female" if place % 2 else "male"} for place in range(cases)],
        (),
        ("newer", PROMPTS.hash),
        InjectionResult(fences=108, trials=trials),
        change=change.id,
        proposed=change.proposed.hash,
        base=(),
        at=at,
        wanted=cases,
    )
    await store.add_change(change, ())
    await store.reported(change.id, report, at)
    return await store.change(tenant, change.id)
