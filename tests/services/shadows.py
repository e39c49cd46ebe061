"""Changes of the grading in a world: who proposes them, and models that are opened by their names."""

from dataclasses import dataclass, field
from typing import Any

from assessor.adapters.code import JailedCode
from assessor.domain.assessment import Assessment
from assessor.domain.grading import Grading
from assessor.domain.notice import CURRENT, QUALITY
from assessor.ports import Model
from assessor.scoring import Judge
from assessor.services.graders import Graders
from assessor.services.shadowing import Proposal, Shadowing
from tests.services import plays
from tests.services.attempts import PROMPTS, TOKEN
from tests.services.grading import GradingModel
from tests.world import SeededRandom, World

REASON = "A newer model agrees better with people."
NEWER = Grading(models=("newer",))


@dataclass
class Providers:
    """What can be opened by a name."""

    models: dict[str, Model] = field(default_factory=dict)

    def named(self, name: str) -> Model:
        return self.models.setdefault(name, GradingModel(name))


def graders(world: World, providers: Providers, installed: Model | None = None) -> Graders:
    """The judges of a world."""
    return Graders(
        (installed or GradingModel(),),
        PROMPTS,
        lambda models, prompts: Judge(models[0], prompts, lambda: TOKEN) if models else None,
        providers.named,
    )


def shadowing(world: World, providers: Providers) -> Shadowing:
    return Shadowing(
        world.store,
        world.content,
        graders(world, providers),
        JailedCode("full"),
        world.clock,
        SeededRandom(7),
    )


def proposal(grading: Grading = NEWER, **changed: Any) -> Proposal:
    terms: dict[str, Any] = {"tenant": "acme", "by": "olga", "reason": REASON, "population": "test"} | changed
    return Proposal(grading=grading, **terms)


async def usable(world: World, level: int = 4, *, agrees: bool = True) -> Assessment:
    """Somebody whose work was judged, and who agreed that it may be looked at again."""
    assessment = await plays.submitted(world, level=level)
    await world.consenting.answer(assessment.id, {QUALITY: agrees}, CURRENT.version)
    return await world.log.load(assessment.id)
