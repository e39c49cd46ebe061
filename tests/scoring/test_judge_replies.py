"""Every reply that a judge can give and should not."""

import json
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.score import Unscored
from assessor.ports import ModelReply, Token
from assessor.scoring.judge.reply import MAX_REPLY_CHARS, read_reply, verdict_probabilities
from tests.scoring.graders import Grader, Row, asked, bench, crediting, known, reply, row
from tests.scoring.works import ANSWER, RUBRIC, talk

ALL = [criterion.text for criterion in RUBRIC.criteria]

Spoil = Callable[[list[Row], Row], str]
"""From the rows of a good reply, and one of them that is about a criterion, to a bad reply."""


def instead(**changes: object) -> Spoil:
    return lambda rows, one: reply([{**r, **changes} if r is one else r for r in rows])


def _doubled(rows: list[Row], one: Row) -> str:
    return reply([*rows, {**one, "verdict": "unmet", "probability": 0.0}])


def _key_twice(rows: list[Row], one: Row) -> str:
    text = json.dumps(one)
    return reply(rows).replace(text, text.replace('"verdict"', '"verdict": "unmet", "verdict"'))


def _cut(rows: list[Row], one: Row) -> str:
    return reply([*(r for r in rows if r is not one), one])[:-9]


ONE_IS_LOST: dict[str, Spoil] = {
    "a missing criterion": lambda rows, one: reply([r for r in rows if r is not one]),
    "a repeated criterion": _doubled,
    "an id in capitals": lambda rows, one: instead(id=one["id"].upper() + "X")(rows, one),
    "a number as a string": instead(probability="0.9"),
    "a percentage": instead(probability=90),
    "not a number": instead(probability=math.nan),
    "infinity": instead(probability=math.inf),
    "a truth value": instead(probability=True),
    "another verdict": instead(verdict="exemplary"),
    "a verdict in another language": instead(verdict="erfüllt"),
    "a quote that is no list": instead(quotes=ANSWER),
    "a decision": instead(qualified=True),
    "a key twice": _key_twice,
    "half a surrogate pair": instead(analysis="\ud800"),
    "a long analysis": instead(analysis="x" * 5000),
    "truncated": _cut,
}

ALL_IS_LOST: dict[str, str] = {
    "an apology": "I am sorry, I cannot help with that.",
    "another language": "Die Antwort erfüllt alle Kriterien.",
    "white space": "  \n",
    "a list": json.dumps([row("aaaaaaaa")]),
    "no criterion": json.dumps({"criteria": []}),
    "only what was not asked for": reply([row("bonus")]),
    "a score": '{"score": 4}',
    "cut off at once": '{"criteria": [{"id": "',
    "deep nesting": '{"criteria": [' + "[" * 30_000,
    "deep nesting within": '{"criteria": [' + '{"id":' * 20_000,
    "100 kB": "word " * 20_000,
    "100 kB of a quote": '{"criteria": [{"id": "aaaaaaaa", "quotes": ["' + "x" * 100_000,
}

NOTHING_IS_LOST: dict[str, Callable[[list[Row]], str]] = {
    "an extra criterion": lambda rows: reply([*rows, row("bonus")]),
    "words around it": lambda rows: f"Here you are: {reply(rows)}. Good luck!",
    "a fence around it": lambda rows: f"```json\n{reply(rows)}\n```",
    "a total": lambda rows: json.dumps({"criteria": rows, "total": 4}),
    "cut off after the last one": lambda rows: reply(rows)[:-2],
    "other white space": lambda rows: json.dumps({"criteria": rows}, indent=4),
}


def is_real(one: Row, own: str, criteria: dict[str, str]) -> bool:
    return known(criteria[one["id"]], own) is None and criteria[one["id"]] in ALL


def spoiled(spoil: Spoil, times: int) -> Grader:
    """A grader whose first replies are spoiled at one criterion."""
    model = Grader(crediting(*ALL))

    def answer(call: int, rows: list[Row]) -> str:
        criteria = dict(asked(model.history[-1]).criteria)
        one = next(r for r in rows if is_real(r, ANSWER, criteria))
        return spoil(rows, one) if call <= times else reply(rows)

    model.spoil = answer
    return model


@pytest.mark.parametrize("spoil", ONE_IS_LOST.values(), ids=ONE_IS_LOST)
async def test_what_is_right_in_a_bad_reply_is_kept_and_only_the_rest_is_asked_again(spoil: Spoil) -> None:
    model = spoiled(spoil, times=1)

    scores = await bench(model).rate(talk(ANSWER))

    assert {score.value for score in scores.values()} == {1.0}
    first, second = model.history
    assert len(asked(first).criteria) == 5
    assert len(asked(second).criteria) == 3
    assert first.idempotency_key != second.idempotency_key


@pytest.mark.parametrize("spoil", ONE_IS_LOST.values(), ids=ONE_IS_LOST)
async def test_what_is_wrong_four_times_is_unscored_and_the_rest_is_not(spoil: Spoil) -> None:
    model = spoiled(spoil, times=4)
    judge = bench(model)

    scores = await judge.rate(talk(ANSWER))

    assert sorted(str(score.unscored) for score in scores.values()) == [
        "None",
        "None",
        "model_output_invalid",
    ]
    assert len(model.history) == 4
    again = await judge.rate(talk(ANSWER))
    assert again == scores
    assert len(model.history) == 4


@pytest.mark.parametrize("bad", ALL_IS_LOST.values(), ids=ALL_IS_LOST)
async def test_a_reply_with_nothing_usable_is_asked_for_once_more(bad: str) -> None:
    model = Grader(crediting(*ALL))
    model.enqueue(bad)

    scores = await bench(model).rate(talk(ANSWER))

    assert {score.value for score in scores.values()} == {1.0}
    assert len(model.history) == 2


@pytest.mark.parametrize("bad", ALL_IS_LOST.values(), ids=ALL_IS_LOST)
async def test_four_replies_with_nothing_usable_leave_everything_unscored(bad: str) -> None:
    model = Grader(crediting(*ALL))
    model.enqueue(bad, bad, bad, bad)
    judge = bench(model)

    scores = await judge.rate(talk(ANSWER))

    assert {score.unscored for score in scores.values()} == {Unscored.MODEL_OUTPUT_INVALID}
    assert {score.value for score in scores.values()} == {None}
    assert len(model.history) == 4
    assert all(len(replied.reply) <= MAX_REPLY_CHARS for replied in judge.recorded.values())
    assert await judge.rate(talk(ANSWER)) == scores


@pytest.mark.parametrize("change", NOTHING_IS_LOST.values(), ids=NOTHING_IS_LOST)
async def test_what_does_no_harm_costs_no_call(change: Callable[[list[Row]], str]) -> None:
    model = Grader(crediting(*ALL))
    model.spoil = lambda _, rows: change(rows)

    scores = await bench(model).rate(talk(ANSWER))

    assert {score.value for score in scores.values()} == {1.0}
    assert len(model.history) == 1


@given(st.text(max_size=300) | st.binary(max_size=100).map(lambda raw: raw.decode("latin-1")))
def test_no_reply_is_ever_guessed_at(text: str) -> None:
    assert read_reply(text, ["aaaaaaaa"]) == {}


@given(st.integers(min_value=0, max_value=600))
def test_a_reply_cut_anywhere_gives_only_what_stands_in_it_whole(at: int) -> None:
    rows = [row("a" * 8, quotes=["one } two"]), row("b" * 8, met=False), row("c" * 8)]
    text = reply(rows)

    found = read_reply(text[:at], ["a" * 8, "b" * 8, "c" * 8])

    assert list(found) == [r["id"] for r in rows if text.find(json.dumps(r)) + len(json.dumps(r)) <= at]


@pytest.mark.parametrize(
    ("said", "at", "rivals", "probability"),
    [
        ("met", "met", {"met": 0.6, "un": 0.3}, 0.666667),
        ("met", "met", {"met": 0.99, "unmet": 0.01}, 0.99),
        ("unmet", "un", {"un": 0.8, "met": 0.2}, 0.2),
        ("unmet", "un", {"un": 0.5, "u": 0.2, "m": 0.3}, 0.3),
        ("met", "met", {"met": 0.3, "cannot": 0.7}, None),
    ],
)
def test_the_probability_of_a_verdict_is_that_of_its_token(
    said: str, at: str, rivals: dict[str, float], probability: float | None
) -> None:
    text = reply([row("a" * 8, quotes=['say "verdict": "unmet"'], verdict=said, analysis="Fine, I see.")])
    start = text.rindex(said)
    marked = text[:start] + "\x00" + text[start + len(at) :]

    found = verdict_probabilities(tokens_at(marked, at, rivals))

    assert found.get("a" * 8) == probability


def tokens_at(marked: str, at: str, rivals: dict[str, float]) -> ModelReply:
    before, _, after = marked.partition("\x00")
    return ModelReply(
        before + at + after,
        "m1",
        tokens=[
            Token(before, -0.1, {}),
            Token(at, math.log(rivals[at]), {k: math.log(v) for k, v in rivals.items()}),
            Token(after, -0.1, {}),
        ],
    )


def test_without_tokens_or_with_those_of_another_text_there_is_no_probability() -> None:
    text = reply([row("a" * 8)])

    assert verdict_probabilities(ModelReply(text, "m1")) == {}
    assert verdict_probabilities(ModelReply(text, "m1", tokens=[Token("met", -0.1, {})])) == {}
