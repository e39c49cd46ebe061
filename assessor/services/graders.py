"""The judges of an installation: the one that is configured, and those that a grading names instead."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from assessor.domain.grading import INSTALLED, Grading
from assessor.ports import Model, ModelReply, ModelRequest, Prompts
from assessor.scoring import Judge

JudgeWith = Callable[[Sequence[Model], Prompts], Judge | None]
"""Returns a judge with these models and prompts: the first reads, a second is asked in doubt."""

ModelNamed = Callable[[str], Model]
"""Opens a provider's model by its name. Raises Conflict for one that cannot be had in this process."""


@dataclass(frozen=True)
class Graders:
    """Makes each judge once. `installed` are the configured models, the one that reads first."""

    installed: Sequence[Model]
    installed_prompts: Prompts
    judge_with: JudgeWith
    named: ModelNamed
    _made: dict[tuple[tuple[str, ...], str], Judge | None] = field(default_factory=dict)

    def names(self, grading: Grading) -> tuple[str, ...]:
        """Return the names of the models that read under a grading."""
        return grading.models or tuple(model.name for model in self.installed)

    def prompts(self, grading: Grading) -> Prompts:
        """Return the prompts that hold under a grading."""
        return self.installed_prompts.replaced(grading.prompts)

    def models(self, grading: Grading) -> tuple[Model, ...]:
        """Return the models that read under a grading. Raises Conflict for one that cannot be had."""
        known = {model.name: model for model in self.installed}
        return tuple(known.get(name) or self.named(name) for name in self.names(grading))

    def judge(self, grading: Grading = INSTALLED) -> Judge | None:
        """Return the judge of a grading; None where no model is set. Raises Conflict."""
        prompts = self.prompts(grading)
        key = (self.names(grading), prompts.hash)
        if key not in self._made:
            self._made[key] = self.judge_with(self.models(grading), prompts)
        return self._made[key]


@dataclass
class Timed:
    """A model whose calls are timed, by their idempotency keys."""

    model: Model
    seconds: dict[str, float]

    @property
    def name(self) -> str:
        """The model's own."""
        return self.model.name

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Ask, and note how long the answer took. Raises ModelFault."""
        began = time.monotonic()
        reply = await self.model.complete(request)
        self.seconds[request.idempotency_key] = time.monotonic() - began
        return reply

    async def stream(self, request: ModelRequest) -> AsyncIterator[str]:
        """Pass on what the model says; judges do not stream."""
        async for part in self.model.stream(request):
            yield part
