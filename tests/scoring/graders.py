"""Models that read the judge's prompt and answer it: a careful one, and what can go wrong with it."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from assessor.domain.errors import ModelFault
from assessor.domain.events import ModelReplied
from assessor.domain.score import Score
from assessor.ports import ModelRequest
from assessor.scoring import Judge, Work
from assessor.scoring.judge import Budget
from tests.scoring.prompts import PROMPTS
from tests.scripted import ScriptedModel

_LISTED = re.compile(r"^- ([0-9a-f]{8}): (.*)$", re.MULTILINE)
_FENCED = re.compile(r"^(.*):\n<<<[0-9a-f]{32}\n(.*)\n[0-9a-f]{32}>>>$", re.MULTILINE)
_USES = re.compile(r"^Uses the word “(\w+)” at least once\.$")
_LONGER = re.compile(r"^Is longer than (\d+) words\.$")

Row = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """What a judge's call asks."""

    criteria: Mapping[str, str]
    """The words of each criterion by its id in the prompt."""
    own: str
    """The candidate's words, or those of the response that a rubric is applied to."""
    passages: Sequence[tuple[str, str]]


def asked(request: ModelRequest) -> Asked:
    """Read a prompt as a model would."""
    fenced = [(heading, json.loads(words)) for heading, words in _FENCED.findall(request.user)]
    if "THE CRITERIA" in request.user:
        response = request.user.split("RESPONSE TO THE PROMPT, as JSON\n")[1].splitlines()[0]
        return Asked(dict(fenced), json.loads(response), ())
    _, _, listed = request.user.rpartition("Grade exactly these criteria")
    own = "\n".join(words for heading, words in fenced if heading != "Interviewer")
    return Asked(dict(_LISTED.findall(listed)), own, fenced)


def known(criterion: str, own: str) -> bool | None:
    """Return the answer to a canary that can be looked up; None for any other criterion."""
    if uses := _USES.match(criterion):
        return uses[1] in re.findall(r"\w+", own.casefold())
    if longer := _LONGER.match(criterion):
        return len(own.split()) > int(longer[1])
    return None


def row(name: str, *, met: bool = True, quotes: Sequence[str] = (), **changes: Any) -> Row:
    """A judgement in the right form."""
    verdict, probability = ("met", 0.95) if met else ("unmet", 0.05)
    basics = {"id": name, "quotes": list(quotes), "analysis": "It says so.", "verdict": verdict}
    return basics | {"probability": probability} | changes


def reply(rows: Sequence[Row]) -> str:
    return json.dumps({"criteria": rows})


Says = Callable[[str, str], Row | None]
"""From a criterion's words and the candidate's to what is said of it beside the id; None for unmet."""


class Grader(ScriptedModel):
    """Answers canaries by looking and criteria as it is told; what is enqueued comes first.

    `spoil` changes the rows of a call, given its number from 1, into the text of the reply.
    """

    def __init__(self, says: Says, name: str = "m1") -> None:
        super().__init__(name)
        self._says = says
        self.spoil: Callable[[int, list[Row]], str | Exception] = lambda _, rows: reply(rows)

    def answer(self, request: ModelRequest) -> str | Exception:
        task = asked(request)
        rows = [self._row(name, text, task.own) for name, text in task.criteria.items()]
        return self.spoil(len(self.history), rows)

    def _row(self, name: str, text: str, own: str) -> Row:
        looked_up = known(text, own)
        if looked_up is not None:
            return row(name, met=looked_up)
        said = self._says(text, own)
        return row(name, met=False) if said is None else row(name, **said)


def first_words(own: str, number: int = 6) -> str:
    return " ".join(own.split()[:number])


def crediting(*texts: str) -> Says:
    """Find these criteria met, each by the first words of the answer."""

    def says(criterion: str, own: str) -> Row | None:
        return {"quotes": [first_words(own)]} if criterion in texts else None

    return says


@dataclass
class Bench:
    """A judge, its models, and the replies that were recorded."""

    judge: Judge
    model: ScriptedModel
    recorded: dict[str, ModelReplied]

    async def record(self, replied: ModelReplied) -> None:
        assert replied.request_hash not in self.recorded
        self.recorded[replied.request_hash] = replied

    async def rate(self, work: Work) -> dict[str, Score]:
        scores = await self.judge.rate(work, dict(self.recorded), self.record)
        return {score.criterion: score for score in scores}


def bench(model: ScriptedModel, second: ScriptedModel | None = None, budget: Budget | None = None) -> Bench:
    numbers = count(1)
    judge = Judge(model, PROMPTS, lambda: f"{next(numbers):032x}", second=second, budget=budget)
    return Bench(judge, model, {})


def fault(kind: str) -> ModelFault:
    return ModelFault(kind, "no answer")
