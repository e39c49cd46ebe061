"""One hearing: criteria of one brief put to a model, until each has an opinion or a reason for none."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from assessor.domain.events import ModelReplied
from assessor.domain.evidence import Evidence
from assessor.domain.fence import normalised
from assessor.domain.score import Notice, Unscored
from assessor.domain.value import content_hash
from assessor.ports import Model, ModelRequest, Prompts
from assessor.scoring.judge.brief import Brief, Line, label
from assessor.scoring.judge.canaries import Canary, digest
from assessor.scoring.judge.exchange import Exchange, NoReplyError
from assessor.scoring.judge.reply import Judgement, Verdict, read_reply, reply_schema

CRITERIA_A_CALL = 8
TOKENS_PER_CRITERION = 250
TOKENS_BESIDE = 100
BUDGET_SECONDS = 120.0
"""For one call with its retries, and its waiting behind the turns of interviews: nobody sits and waits."""
ANALYSIS_WORDS = 25

MISSING_REPEATS: Final = 3
"""How often what a broken reply left out is asked for again: every tenth reply may come cut off."""

UNCERTAIN: Final = (0.2, 0.8)
"""Probabilities from and to which another reading is asked for."""


@dataclass(frozen=True)
class Opinion:
    """What one reading says of one criterion, after the checks."""

    verdict: Verdict
    probability: float
    evidence: tuple[Evidence, ...]
    analysis: str
    contradicts_itself: bool = False

    @property
    def is_unsupported(self) -> bool:
        """Whether it says `met` and shows no words for it."""
        return self.verdict == "met" and not self.evidence

    @property
    def vote(self) -> bool | None:
        """What it counts for: met, not met, or nothing."""
        if self.verdict == "cannot_assess" or self.contradicts_itself or self.is_unsupported:
            return None
        return self.verdict == "met"

    @property
    def is_certain(self) -> bool:
        """Whether it needs no other reading."""
        low, high = UNCERTAIN
        return not self.contradicts_itself and not low <= self.probability <= high


Heard = Opinion | Unscored


class Notices:
    """What was noticed about each criterion while one piece of work was read."""

    def __init__(self) -> None:
        self._of: defaultdict[str, set[Notice]] = defaultdict(set)

    def add(self, notice: Notice, ids: Iterable[str]) -> None:
        """Note something about criteria."""
        for name in ids:
            self._of[name].add(notice)

    def of(self, name: str) -> tuple[Notice, ...]:
        """Return what was noticed about a criterion, sorted."""
        return tuple(sorted(self._of[name]))


@dataclass(frozen=True)
class Means:
    """What a hearing works with."""

    model: Model
    prompts: Prompts
    token: Callable[[], str]
    exchange: Exchange
    top_logprobs: int = 0
    """Tokens whose probabilities are asked for at each place; none where the provider refuses that."""
    notices: Notices = field(default_factory=Notices)


@dataclass(frozen=True)
class _Call:
    request: ModelRequest
    canaries: Mapping[str, Verdict]
    """The known answers by label."""


@dataclass
class Hearing:
    """A fresh call after a quarantine, one more for what is unsupported, and some for what is missing."""

    means: Means
    brief: Brief
    name: str
    """Tells this reading from others of the same criteria."""
    _open: list[str] = field(default_factory=list)
    _heard: dict[str, Heard] = field(default_factory=dict)
    _was_quarantined: bool = False
    _repeats: int = 0
    _calls: int = 0

    async def hear(self, ids: Iterable[str]) -> Mapping[str, Heard]:
        """Return an opinion for each criterion, or why there is none."""
        self._open = list(ids)
        while self._open:
            call = self._next_call()
            try:
                replied = await self.means.exchange.ask(self.means.model, call.request)
            except NoReplyError as missing:
                self._give_up(missing.why)
            else:
                self._take(call, replied)
        return self._heard

    def _take(self, call: _Call, replied: ModelReplied) -> None:
        labels = {self.brief.labels[name]: name for name in self._open}
        judgements = read_reply(replied.reply, {*labels, *call.canaries})
        seen = {name: judgements[name].verdict for name in call.canaries if name in judgements}
        if any(verdict != call.canaries[name] for name, verdict in seen.items()):
            self.means.notices.add(Notice.QUARANTINED, self._open)
            if self._was_quarantined:
                self._give_up(Unscored.QUARANTINED)
            self._was_quarantined = True
            return
        if not replied.reply:
            self._give_up(Unscored.MODEL_OUTPUT_INVALID)
        elif len(seen) == len(call.canaries):
            for one, name in labels.items():
                if one in judgements:
                    self._heard[name] = self._opinion(judgements[one], replied.probabilities.get(one))
        self._settle_round()

    def _settle_round(self) -> None:
        """Leave open what is missing or unsupported, while there is another call for it."""
        waiting = [name for name in self._open if not _is_settled(self._heard.get(name))]
        last = [name for name in waiting if self._repeats >= (1 if name in self._heard else MISSING_REPEATS)]
        self._open = last
        self._give_up(Unscored.MODEL_OUTPUT_INVALID)
        self._open = [name for name in waiting if name not in last]
        self._repeats += 1

    def _give_up(self, why: Unscored) -> None:
        for name in self._open:
            unsupported = isinstance(self._heard.get(name), Opinion) and why is Unscored.MODEL_OUTPUT_INVALID
            self._heard[name] = Unscored.EVIDENCE_NOT_FOUND if unsupported else why
        self._open = []

    def _opinion(self, judgement: Judgement, probability: float | None) -> Opinion:
        found = map(self.brief.sources.evidence, judgement.quotes)
        return Opinion(
            verdict=judgement.verdict,
            probability=judgement.probability if probability is None else probability,
            evidence=tuple(dict.fromkeys(one for one in found if one is not None)),
            analysis=_shortened(judgement.analysis),
            contradicts_itself=judgement.contradicts_itself,
        )

    def _next_call(self) -> _Call:
        """Put the next call together. Its key is the hash of every word but the fence's token."""
        self._calls += 1
        brief, prompts = self.brief, self.means.prompts
        seed = digest(brief.hash, self.name, str(self._calls), *self._open)
        canaries = (brief.decoys[self._was_quarantined], brief.canary(prompts, seed))
        named = [self._labelled(canary) for canary in canaries]
        asked = [*(Line(brief.labels[name], brief.texts[name]) for name in self._open), *named]
        asked.sort(key=lambda one: digest(seed, one.id))
        user = brief.user(self.means.token(), asked, prompts)
        if self._repeats:
            user = f"{user}\n{prompts.render('judge/again.j2')}"
        request = ModelRequest(
            system=brief.system,
            user=user,
            max_tokens=TOKENS_BESIDE + TOKENS_PER_CRITERION * len(asked),
            schema=reply_schema([one.id for one in asked]),
            idempotency_key=content_hash({"model": self.means.model.name, "seed": seed, "asked": asked}),
            purpose="judge",
            within_seconds=BUDGET_SECONDS,
            top_logprobs=self.means.top_logprobs,
            reads_fragments=True,
        )
        expected = {one.id: canary.expected for one, canary in zip(named, canaries, strict=True)}
        return _Call(request, expected)

    def _labelled(self, canary: Canary) -> Line:
        return Line(label(self.brief.seed, canary.text), canary.text)


def _is_settled(heard: Heard | None) -> bool:
    return heard is not None and not (isinstance(heard, Opinion) and heard.is_unsupported)


def _shortened(analysis: str) -> str:
    """Keep to the number of words that was asked for, and to characters that can be stored and shown."""
    said = normalised(analysis).split()
    return " ".join(said[:ANALYSIS_WORDS])[:400] + (" …" if len(said) > ANALYSIS_WORDS else "")


def in_calls(ids: Sequence[str], most: int) -> list[Sequence[str]]:
    """Deal criteria to as few calls as possible, about as many to each."""
    calls = -(-len(ids) // most)
    return [ids[number::calls] for number in range(calls)]
