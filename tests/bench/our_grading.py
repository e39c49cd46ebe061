"""Ours: the judge as the service has it, with its prompts, its limiter, its retries and its provider.

Beside it only what a service keeps on disk is kept in memory: replies and the cost ledger.

python -m tests.bench.our_grading ORIGIN WORKLOAD BEHAVIOUR litellm|bare
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from assessor.adapters.clock import SystemClock, SystemRandom
from assessor.adapters.model import Gateway, Limiter, LitellmModel
from assessor.adapters.model.resilient import Provider
from assessor.adapters.prompts import FilePrompts
from assessor.domain.events import ModelReplied
from assessor.domain.evidence import OwnText
from assessor.domain.item import InterviewItem, Probe, ProbeKind
from assessor.domain.rubric import Criterion, Rubric
from assessor.domain.transcript import Turn
from assessor.ports import ModelCall, Usage
from assessor.scoring import Work
from assessor.scoring.judge import Judge
from tests.bench.peers.measured import AT_ONCE, KEY, Given, Verdicts, main
from tests.bench.provider import HttpxProvider

PROMPTS: Final = Path(__file__).resolve().parents[2] / "prompts"
BARE: Final = "bare"
_COMPETENCY: Final = "reading"


class InMemoryLedger:
    """Adds up what calls cost; the database is measured elsewhere."""

    def __init__(self) -> None:
        self.calls: list[ModelCall] = []

    async def record(self, *calls: ModelCall) -> None:
        self.calls.extend(calls)

    async def usage(self) -> tuple[Usage, ...]:
        return ()


class Engine:
    """Grades answers to one question, each as one candidate's interview."""

    def __init__(self, given: Given) -> None:
        gateway = Gateway(Limiter(AT_ONCE), InMemoryLedger(), SystemClock())
        random = SystemRandom()
        self._judge = Judge(
            gateway.model([_provider(given)]), FilePrompts(PROMPTS), lambda: random.bytes(16).hex()
        )
        self._item = item(given)
        self._rubric = rubric(given)

    async def grade(self, submissions: Sequence[str]) -> Verdicts:
        return await asyncio.gather(*map(self._graded, submissions))

    async def _graded(self, submission: str) -> list[bool | None]:
        replies: dict[str, ModelReplied] = {}

        async def record(reply: ModelReplied) -> None:
            replies[reply.request_hash] = reply

        scores = await self._judge.rate(self._work(submission), dict(replies), record)
        values = {score.criterion: score.value for score in scores}
        found = (values.get(criterion.id) for criterion in self._rubric.criteria)
        return [None if value is None else value > 0 for value in found]

    def _work(self, submission: str) -> Work:
        turns = (
            Turn(seq=3, speaker="interviewer", text=self._item.question, item_id=self._item.id),
            Turn(seq=4, speaker="candidate", text=submission, item_id=self._item.id),
        )
        texts = (OwnText(event_seq=4, text=submission),)
        return Work(item=self._item, rubric=self._rubric, response=None, texts=texts, turns=turns)


def item(given: Given) -> InterviewItem:
    """Return the task as an interview question."""
    probes = (Probe(id=f"p{place}", kind=ProbeKind.DEPTH, text="Can you say more?") for place in range(1, 5))
    return InterviewItem(
        id="bench",
        title="A default that is kept",
        competency=_COMPETENCY,
        difficulty=3,
        minutes=4,
        question=given.task,
        probes=tuple(probes),
        rubric="bench",
    )


def rubric(given: Given) -> Rubric:
    """Return the criteria as a rubric of ours."""
    criteria = tuple(
        Criterion(id=f"c{place}", text=text, competency=_COMPETENCY, level=place % 4 + 1)
        for place, text in enumerate(given.criteria)
    )
    return Rubric(id="bench", purpose=given.purpose, criteria=criteria)


def _provider(given: Given) -> Provider:
    kind = HttpxProvider if given.mode == BARE else LitellmModel
    return kind("openai/bench", base_url=given.base_url, api_key=KEY)


if __name__ == "__main__":
    main(lambda given: Engine(given).grade)
