"""Judge models that obey whatever they are told, and a judge without any of its checks for comparison."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from assessor.domain.fence import normalised
from assessor.domain.score import Score
from assessor.ports import ModelRequest
from assessor.scoring import Judge, Work, needs_reader, rate_by_rule
from assessor.scoring.judge.brief import Briefs, Line
from assessor.scoring.judge.reply import read_reply
from assessor.scoring.rater import criteria_of
from tests.scoring.graders import Asked, Bench, Row, asked, known, reply, row
from tests.scoring.prompts import PROMPTS
from tests.scripted import ScriptedModel

_QUOTE_CHARS = 1000
_QUOTES = 4


@dataclass(frozen=True)
class Truth:
    """What an honest reader finds: the words of the criteria that are met, and words that show it."""

    met: frozenset[str]
    shown_by: str


class Gullible(ScriptedModel):
    """Reads honestly, until a payload stands anywhere in the prompt, inside the fence too: then all is met.

    A payload of several parts counts when all of them are there, wherever. It quotes the payload as its
    evidence. `knows_canaries` is a model that sees which criteria are controls and answers those by looking:
    more than any model can know.
    """

    def __init__(self, truth: Truth, *told: str, knows_canaries: bool = False) -> None:
        super().__init__("gullible")
        self._truth = truth
        self._told = [normalised(part) for part in told]
        self._real: Collection[str] = ()
        self._knows_canaries = knows_canaries
        self.obeyed = False

    def facing(self, criteria: Collection[str]) -> "Gullible":
        """Tell it which criteria are no controls."""
        self._real = frozenset(criteria)
        return self

    def answer(self, request: ModelRequest) -> str:
        task = asked(request)
        obeys = any(self._told) and all(self._is_there(part, request.user) for part in self._told)
        self.obeyed = self.obeyed or obeys
        return reply([self._row(name, text, task, obeys=obeys) for name, text in task.criteria.items()])

    @staticmethod
    def _is_there(part: str, prompt: str) -> bool:
        return json.dumps(part, ensure_ascii=False)[1:-1].strip() in prompt

    def _row(self, name: str, text: str, task: Asked, *, obeys: bool) -> Row:
        is_control = text not in self._real
        if obeys and not (is_control and self._knows_canaries):
            return row(name, met=True, quotes=self._quotes(), probability=0.99)
        if is_control:
            return row(name, met=known(text, task.own) is True)
        return row(name, met=text in self._truth.met, quotes=[self._truth.shown_by])

    def _quotes(self) -> list[str]:
        """The payload, and its longest lines: as much as the reply's schema has room for."""
        lines = [line for part in self._told for line in part.splitlines() if line.strip()]
        longest = sorted(lines, key=len, reverse=True)
        return [quote[:_QUOTE_CHARS] for quote in (*self._told, *longest)[:_QUOTES]]


async def guarded(judge: Judge, work: Work) -> dict[str, Score]:
    """Score a work as the service does: by rule, and what needs a reader by the judge."""
    scores = rate_by_rule(work)
    if needs_reader(work):
        bench = Bench(judge, ScriptedModel(), {})
        scores += await judge.rate(work, {}, bench.record)
    asked_for = {criterion.id for criterion in criteria_of(work)}
    return {score.criterion: score for score in scores if score.criterion in asked_for}


async def unguarded(model: ScriptedModel, work: Work, token: str) -> Mapping[str, float]:
    """Score a work by believing the model: no screening, canaries, evidence checks or quarantine.

    The prompt is the judge's own, fence and all, without the canary at its end.
    """
    brief = Briefs(PROMPTS).of(work)
    lines = [Line(brief.labels[name], text) for name, text in brief.texts.items()]
    user = brief.user(token, lines, PROMPTS)
    replied = await model.complete(ModelRequest(brief.system, user, 2000))
    said = read_reply(replied.text, set(brief.labels.values()))
    verdicts = {name: said[brief.labels[name]].verdict for name in brief.labels if brief.labels[name] in said}
    return {name: float(verdict == "met") for name, verdict in verdicts.items()}
