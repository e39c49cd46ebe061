"""A provider that grades by rule, for tests that count what is asked of it."""

import hashlib
from collections.abc import AsyncIterator

from assessor.domain.errors import ModelFault
from assessor.ports import ModelReply, ModelRequest
from assessor.simulation.models import ScriptedModel, SimulatedClock
from tests.scoring.graders import Row, asked, first_words, known, reply, row
from tests.scoring.prompts import PROMPTS

_DECOYS = PROMPTS.render("judge/decoys.j2")
_OF_ALL_KINDS = 12


class GradingModel:
    """Interviews as the scripted model does; as a judge it finds criteria met by the roll of a hash.

    `faulty` lets one answer in twelve go unread, and another get a reply that is no judgement.
    """

    def __init__(self, name: str = "grader", *, faulty: bool = False) -> None:
        self.name = name
        self.judged: list[str] = []
        """The idempotency keys of the calls that asked for a judgement."""
        self._faulty = faulty
        self._interviewer = ScriptedModel(SimulatedClock())

    async def complete(self, request: ModelRequest) -> ModelReply:
        if request.purpose != "judge":
            return await self._interviewer.complete(request)
        self.judged.append(request.idempotency_key)
        return ModelReply(self._judgement(request), self.name, prompt_tokens=100, completion_tokens=20)

    async def stream(self, request: ModelRequest) -> AsyncIterator[str]:
        async for chunk in self._interviewer.stream(request):
            yield chunk

    def _judgement(self, request: ModelRequest) -> str:
        task = asked(request)
        kind = _rolled(self.name, task.own) % _OF_ALL_KINDS
        if self._faulty and kind == 0:
            raise ModelFault("unavailable", "no connection")
        if self._faulty and kind == 1:
            return "I am sorry, I would rather not."
        return reply([self._row(label, text, task.own) for label, text in task.criteria.items()])

    def _row(self, label: str, text: str, own: str) -> Row:
        looked_up = False if text in _DECOYS else known(text, own)
        if looked_up is not None:
            return row(label, met=looked_up)
        verdict = ("met", "met", "unmet", "cannot_assess")[_rolled(self.name, text, own) % 4]
        quotes = [first_words(own)] if verdict == "met" else []
        probability = {"met": 0.95, "unmet": 0.05}.get(verdict, 0.5)
        return row(label, quotes=quotes, verdict=verdict, probability=probability)


def _rolled(*parts: str) -> int:
    return hashlib.sha256("\n".join(parts).encode()).digest()[0]
