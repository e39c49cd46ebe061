"""The judge: a language model that reads one response and says, criterion by criterion, what it shows.

One call for up to eight criteria. The model has no tools and no memory, sees one submission, and
writes no total. Code checks everything it says: two criteria whose answer is known, words that must
stand in the candidate's own text, and another reading of what is uncertain.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial

from assessor.domain.events import ModelReplied
from assessor.domain.item import Item, RubricWritingItem
from assessor.domain.response import RubricWritingResponse
from assessor.domain.rubric import Criterion
from assessor.domain.score import Notice, Score, Unscored
from assessor.ports import Model, Prompts
from assessor.scoring.applied_rubric import Table
from assessor.scoring.judge.applying import applied, applied_scores, rubric_applied
from assessor.scoring.judge.brief import Brief, Briefs
from assessor.scoring.judge.exchange import Budget, Exchange, Memory, Record, Watch
from assessor.scoring.judge.hearing import CRITERIA_A_CALL, Heard, Hearing, Means, Opinion, in_calls
from assessor.scoring.judge.reasons import NOBODY_READ, reason_for
from assessor.scoring.judge.reply import Verdict
from assessor.scoring.judge.settling import Settled, needs_more, settle
from assessor.scoring.rater import criteria_of, needs_reader
from assessor.scoring.work import Work, rubric_score


class Judge:
    """Rates with a model. `token` draws 32 hexadecimal digits, anew for each fence.

    `second` is asked where readings of the first model differ; without one a person is.
    """

    def __init__(
        self,
        model: Model,
        prompts: Prompts,
        token: Callable[[], str],
        *,
        second: Model | None = None,
        budget: Budget | None = None,
        top_logprobs: int = 0,
        watch: Watch | None = None,
    ) -> None:
        self._model = model
        self._second = second
        self._prompts = prompts
        self._token = token
        self._budget = budget or Budget()
        self._top_logprobs = top_logprobs
        self._watch = watch
        self._briefs = Briefs(prompts)
        self._memory = Memory()

    async def rate(
        self, work: Work, replies: Mapping[str, ModelReplied], record: Record
    ) -> tuple[Score, ...]:
        """Return a score for each criterion of the rubric, and for what a rubric that was written does.

        `replies` are those recorded before, by request hash: they are read instead of calling, so a
        replay scores alike. Every new one goes to `record` before the next call. A model that fails
        leaves unscored what it was asked: never a zero, never an error.
        """
        if not needs_reader(work):
            return ()
        brief = self._briefs.of(work)
        means = self._means(work.item, replies, record)
        first: dict[str, Heard] = {}
        for ids in in_calls(list(brief.texts), CRITERIA_A_CALL):
            first |= await Hearing(means, brief, "first").hear(ids)
        scores = []
        for criterion in criteria_of(work):
            outcome = await self._settled(means, brief, criterion.id, first[criterion.id])
            scores.append(self._score(work, criterion, outcome, means.notices.of(criterion.id)))
        # The same exchange goes on: its budget counts what was paid for the reading.
        by_deeds = await applied_scores(means, self._briefs, work, brief.sources, self.rater)
        return (*scores, *by_deeds)

    async def apply(
        self,
        item: Item,
        criteria: Mapping[str, str],
        response: str,
        replies: Mapping[str, ModelReplied],
        record: Record,
    ) -> Mapping[str, Verdict] | Unscored:
        """Say of each of a candidate's criteria, by its id, whether a response that we have meets it."""
        return await applied(self._means(item, replies, record), self._briefs, item, criteria, response)

    async def apply_rubric(
        self,
        item: RubricWritingItem,
        response: RubricWritingResponse,
        replies: Mapping[str, ModelReplied],
        record: Record,
    ) -> Table | Unscored:
        """Apply a candidate's rubric to every hidden response: a row a criterion."""
        return await rubric_applied(self._means(item, replies, record), self._briefs, item, response)

    @property
    def rater(self) -> str:
        """The name under which its scores stand."""
        return f"judge:{self._model.name}"

    def _means(self, item: Item, replies: Mapping[str, ModelReplied], record: Record) -> Means:
        exchange = Exchange(item.id, replies, record, self._budget, self._memory, self._watch)
        return Means(self._model, self._prompts, self._token, exchange, self._top_logprobs)

    async def _settled(self, means: Means, brief: Brief, name: str, heard: Heard) -> Settled | Unscored:
        addressed = bool(brief.sources.addressed_to_grader)
        if isinstance(heard, Unscored):
            return heard
        if not needs_more(heard, addressed=addressed):
            return Settled(heard)

        readings: list[Heard] = [heard]

        async def again(number: int) -> Heard:
            readings.append((await Hearing(means, brief, f"fresh {number}").hear([name]))[name])
            return readings[-1]

        outcome = await settle(heard, again, self._by_second(means, brief, name), addressed=addressed)
        if {True, False} <= {one.vote for one in readings if isinstance(one, Opinion)}:
            means.notices.add(Notice.READINGS_DIFFERED, [name])
        return outcome

    def _by_second(self, means: Means, brief: Brief, name: str) -> Callable[[], Awaitable[Heard]] | None:
        if self._second is None:
            return None
        other = replace(means, model=self._second)

        async def read() -> Heard:
            return (await Hearing(other, brief, "second").hear([name]))[name]

        return read

    def _score(
        self, work: Work, criterion: Criterion, outcome: Settled | Unscored, noticed: tuple[Notice, ...]
    ) -> Score:
        score = partial(rubric_score, work.item, criterion, noticed=noticed)
        if isinstance(outcome, Unscored):
            rater = "none" if outcome in NOBODY_READ else self.rater
            return score(rater=rater, unscored=outcome, reason=reason_for(outcome))
        opinion = outcome.opinion
        rater = f"judge:{self._second.name}" if outcome.by_second and self._second else self.rater
        if opinion.vote is None:
            return score(rater=rater, unscored=Unscored.CANNOT_ASSESS, reason=opinion.analysis)
        return score(
            rater=rater,
            value=1.0 if opinion.vote else 0.0,
            evidence=opinion.evidence,
            reason=opinion.analysis,
        )
