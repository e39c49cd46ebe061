"""What judging costs, and that nothing is paid for twice."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from assessor.domain.errors import ModelFault
from assessor.domain.events import ModelReplied
from assessor.domain.score import Unscored
from assessor.ports import ModelReply, ModelRequest
from assessor.scoring import Budget, Judge
from tests.scoring.graders import Bench, Grader, Row, asked, bench, crediting, reply
from tests.scoring.prompts import PROMPTS
from tests.scoring.works import ANSWER, RUBRIC, talk

ALL = [criterion.text for criterion in RUBRIC.criteria]
WORDS = "every call shares it"


class Killed(BaseException):
    """The process ended."""


def met_with(probability: Callable[[], float]) -> Grader:
    return Grader(lambda text, _: {"quotes": [WORDS], "probability": probability()} if text in ALL else None)


def uncertain() -> Grader:
    """Every criterion takes three readings, and the first reply is cut."""
    model = met_with(lambda: 0.7 - 0.6 * (len(model.history) % 2))

    def answer(call: int, rows: list[Row]) -> str:
        criteria = asked(model.history[-1]).criteria
        return reply([r for r in rows if criteria[r["id"]] != ALL[2]] if call == 1 else rows)

    model.spoil = answer
    return model


async def test_a_kill_after_any_reply_resumes_without_paying_for_it_again() -> None:
    whole = bench(uncertain())
    expected = await whole.rate(talk(ANSWER))
    calls = len(whole.model.history)
    assert calls > 6

    for killed_after in range(1, calls + 1):
        recorded: dict[str, ModelReplied] = {}
        interrupted = bench(uncertain())

        async def record(replied: ModelReplied, recorded: dict[str, ModelReplied] = recorded) -> None:
            recorded[replied.request_hash] = replied
            if len(recorded) == killed_after:  # noqa: B023 -- called within this round only
                raise Killed

        with pytest.raises(Killed):
            await interrupted.judge.rate(talk(ANSWER), {}, record)
        resumed = Bench(bench(remembering(whole)).judge, whole.model, recorded)
        scores = await resumed.rate(talk(ANSWER))

        assert scores == expected
        assert len(recorded) == calls


def remembering(whole: Bench) -> Grader:
    """A model that says to each request what was said to it before: as one that is deterministic."""

    class Remembering(Grader):
        def answer(self, request: object) -> str:
            key = request.idempotency_key  # type: ignore[attr-defined]
            return whole.recorded[key].reply

    return Remembering(crediting())


async def test_every_reply_is_recorded_before_the_next_call_is_made() -> None:
    model = uncertain()
    judge = bench(model)
    seen: list[tuple[int, int]] = []

    async def record(replied: ModelReplied) -> None:
        await judge.record(replied)
        seen.append((len(model.history), len(judge.recorded)))

    await judge.judge.rate(talk(ANSWER), {}, record)

    assert seen == [(number, number) for number in range(1, len(model.history) + 1)]


async def test_a_replay_scores_alike_and_calls_nobody() -> None:
    judge = bench(uncertain())
    scores = await judge.rate(talk(ANSWER))
    silent = Grader(crediting())
    silent.spoil = lambda _call, _rows: ModelFault("unavailable", "a replay calls nobody")

    again = await Bench(bench(silent).judge, silent, judge.recorded).rate(talk(ANSWER))

    assert again == scores
    assert silent.history == []


async def test_the_same_words_under_the_same_rubric_are_paid_for_once_and_recorded_each_time() -> None:
    model = Grader(crediting(*ALL))
    one = bench(model)
    other = Bench(one.judge, model, {})

    scores = await one.rate(talk(ANSWER))
    again = await other.rate(talk(ANSWER))

    assert again == scores
    assert len(model.history) == 1
    (paid,), (free,) = one.recorded.values(), other.recorded.values()
    assert free.reply == paid.reply
    assert paid.prompt_tokens > free.prompt_tokens == free.completion_tokens == 0


async def test_the_key_of_a_call_depends_on_every_word_but_not_on_the_fence() -> None:
    keys = []
    for done in (talk(ANSWER), talk(ANSWER), talk(ANSWER + " Really.")):
        model = Grader(crediting())
        await bench(model).rate(done)
        keys.append(model.history[0].idempotency_key)

    one, same, other = keys
    assert one == same != other


@pytest.mark.parametrize("limit", [0, 1, 2, 3])
async def test_when_the_budget_is_spent_the_rest_waits_for_a_person(limit: int) -> None:
    model = met_with(lambda: 0.6)
    judge = bench(model, budget=Budget(calls=limit))

    scores = await judge.rate(talk(ANSWER))

    settled = [1.0] * max(limit - 1, 0)
    assert [score.value for score in scores.values()] == settled + [None] * (3 - len(settled))
    open_ones = [score for score in scores.values() if score.value is None]
    assert {(s.unscored, s.rater) for s in open_ones} <= {(Unscored.BUDGET_EXHAUSTED, "none")}
    assert len(model.history) == limit


async def test_what_was_paid_before_counts_against_the_budget_in_calls_and_tokens() -> None:
    paid = ModelReplied(purpose="judge", model="m1", request_hash="sha256:1", reply="{}", prompt_tokens=900)
    model = Grader(crediting(*ALL))

    for budget in (Budget(calls=1), Budget(tokens=900)):
        judge = bench(model, budget=budget)
        judge.recorded["sha256:1"] = paid
        scores = await judge.rate(talk(ANSWER))
        assert {score.unscored for score in scores.values()} == {Unscored.BUDGET_EXHAUSTED}

    assert model.history == []


class Priced(Grader):
    """Bills 400 millionths of a US dollar for every reply, or for every fault."""

    async def complete(self, request: ModelRequest) -> ModelReply:
        try:
            return replace(await super().complete(request), cost=400)
        except ModelFault as fault:
            fault.cost = 400
            raise


@pytest.mark.parametrize(
    ("money", "calls", "left_open"), [(1, 1, 3), (400, 1, 3), (401, 2, 2), (1200, 3, 1), (1201, 4, 0)]
)
async def test_judging_ends_when_its_money_is_spent_and_a_person_scores_the_rest(
    money: int, calls: int, left_open: int
) -> None:
    model = Priced(lambda text, _: {"quotes": [WORDS], "probability": 0.6} if text in ALL else None)
    judge = bench(model, budget=Budget(money=money))

    scores = await judge.rate(talk(ANSWER))

    open_ones = [score.unscored for score in scores.values() if score.value is None]
    assert open_ones == [Unscored.BUDGET_EXHAUSTED] * left_open
    assert [replied.cost for replied in judge.recorded.values()] == [400] * calls


async def test_a_model_without_a_price_spends_no_money() -> None:
    model = met_with(lambda: 0.6)

    scores = await bench(model, budget=Budget(money=1)).rate(talk(ANSWER))

    assert {score.value for score in scores.values()} == {1.0}


async def test_a_refusal_that_was_billed_counts_against_the_money() -> None:
    model = Priced(crediting())
    model.spoil = lambda _call, _rows: ModelFault("refused", "no")
    judge = bench(model, budget=Budget(money=400))

    await judge.rate(talk(ANSWER))

    assert [replied.cost for replied in judge.recorded.values()] == [400]
    assert len(model.history) == 1


@pytest.mark.parametrize("asked_for", [0, 5])
async def test_token_probabilities_are_asked_for_only_where_they_are_wanted(asked_for: int) -> None:
    model = Grader(crediting())
    judge = Judge(model, PROMPTS, lambda: "0" * 32, top_logprobs=asked_for)

    await judge.rate(talk(ANSWER), {}, bench(model).record)

    assert [request.top_logprobs for request in model.history] == [asked_for]


async def test_token_probabilities_are_recorded_and_decide_what_is_uncertain() -> None:
    judge = bench(Grader(lambda text, _: {"quotes": [WORDS]} if text == ALL[0] else None))
    await judge.rate(talk(ANSWER))
    ((key, replied),) = judge.recorded.items()
    ids = {text: name for name, text in asked(judge.model.history[0]).criteria.items()}
    doubtful = {key: replied.changed(probabilities={ids[ALL[0]]: 0.6})}
    model = met_with(lambda: 0.9)

    scores = await Bench(bench(model).judge, model, doubtful).rate(talk(ANSWER))

    assert scores["cause"].value == 1.0
    assert [len(asked(request).criteria) for request in model.history] == [3]
