"""Code in an ideal response: what is run, and what becomes of the outcomes."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.code import CodeCall, CodeNotRunError, CodeOutcome, CodeTest
from assessor.domain.constraint import Constraint
from assessor.domain.evidence import OwnText
from assessor.domain.item import Category
from assessor.domain.response import own_texts, parse_response
from assessor.domain.score import Score, Unscored
from assessor.scoring import Work, rate_by_rule, with_code_run
from assessor.scoring.code import finding
from tests.scoring.prose import is_sentence
from tests.scoring.works import RUBRIC, SFT, work

TESTS = tuple(
    CodeTest(call=CodeCall(function="double", args=(number,)), returns=2 * number) for number in (1, 2, 3, 4)
)
ITEM = SFT.changed(
    constraints=(*SFT.constraints, Constraint(kind="runs", label="`double(n)` does what was asked")),
    key=SFT.key.changed(tests=TESTS),
)
ANSWER = "Take None as the default, and this:\n\n```python\ndef double(n): return 2 * n\n```"


class WorkingRunner:
    """Runs code that we wrote, in this process: a `CodeRunner` for tests of what is done with outcomes."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def run(self, code: str, calls: Sequence[CodeCall]) -> tuple[CodeOutcome, ...]:
        self.asked.append(code)
        names: dict[str, object] = {}
        exec(code, names)  # noqa: S102 - the tests' own code
        found = (names[call.function] for call in calls)
        return tuple(
            CodeOutcome(kind="returned", value=function(*call.args) if callable(function) else None)
            for function, call in zip(found, calls, strict=True)
        )


class RefusingRunner:
    """Can keep nothing apart."""

    async def run(self, _code: str, _calls: Sequence[CodeCall]) -> tuple[CodeOutcome, ...]:
        raise CodeNotRunError("namespaces: Operation not permitted")


def answered(text: str) -> Work:
    response = parse_response(ITEM, {"text": text})
    texts = tuple(OwnText(event_seq=11, path=path, text=own) for path, own in own_texts(response).items())
    return Work(item=ITEM, rubric=RUBRIC, response=response, texts=texts)


def of_the_code(done: Work) -> Score:
    return next(score for score in rate_by_rule(done) if score.criterion == "constraint:3")


@pytest.mark.parametrize(
    ("code", "share"),
    [
        ("def double(n): return 2 * n", 1.0),
        ("def double(n): return n * n", 0.25),
        ("def double(n): return n + 2", 0.25),
        ("def double(n): return 2 * n if n < 4 else 0", 0.75),
        ("def double(n): return True", 0.0),
    ],
)
async def test_the_score_is_the_share_of_tests_that_pass(code: str, share: float) -> None:
    text = f"Take None as the default, and this:\n\n```python\n{code}\n```"

    score = of_the_code(await with_code_run(answered(text), WorkingRunner()))

    assert (score.value, score.rater) == (share, "rule:sft")


async def test_code_that_could_not_be_run_is_open_to_a_person_and_never_a_zero() -> None:
    score = of_the_code(await with_code_run(answered(ANSWER), RefusingRunner()))

    assert (score.value, score.unscored, score.is_open) == (None, Unscored.TECHNICAL_FAULT, True)


async def test_code_that_nobody_ran_is_unscored_too() -> None:
    assert of_the_code(answered(ANSWER)).unscored is Unscored.TECHNICAL_FAULT


async def test_an_answer_without_code_is_scored_without_running_anything() -> None:
    runner = WorkingRunner()

    score = of_the_code(await with_code_run(answered("Use None:\n```text\nno code\n```\nand so on"), runner))

    assert (score.value, runner.asked) == (0.0, [])


async def test_what_has_no_content_and_items_without_tests_are_not_run() -> None:
    runner = WorkingRunner()

    empty = await with_code_run(answered("ok"), runner)
    without_tests = await with_code_run(work(Category.SFT), runner)

    assert (empty.ran, without_tests.ran, runner.asked) == ({}, {}, [])
    assert of_the_code(empty).value == 0.0


async def test_the_candidate_sees_the_demand_and_no_test() -> None:
    assert "double(n)" in str(ITEM.presented())
    assert "tests" not in ITEM.presented()
    assert "key" not in ITEM.presented()


async def test_no_reason_tells_a_test_or_its_value() -> None:
    for code in ("def double(n): return 2 * n", "def double(n): return 4", "def double(n): return None"):
        done = await with_code_run(answered(f"So:\n```python\n{code}\n```"), WorkingRunner())
        assert not any(character.isdigit() for character in of_the_code(done).reason)


OUTCOMES = st.sampled_from(
    [
        CodeOutcome(kind="returned", value=4),
        CodeOutcome(kind="returned", value=2),
        CodeOutcome(kind="raised", classes=("ValueError",)),
        CodeOutcome(kind="stopped", why="cpu"),
    ]
)


@given(st.lists(OUTCOMES, min_size=4, max_size=4), st.integers(0, 3))
def test_passing_one_more_test_never_lowers_the_value(outcomes: list[CodeOutcome], place: int) -> None:
    better = list(outcomes)
    better[place] = CodeOutcome(kind="returned", value=TESTS[place].returns)

    before, after = finding(TESTS, outcomes).value, finding(TESTS, better).value

    assert before is not None
    assert after is not None
    assert 0 <= before <= after <= 1


def test_other_measures_do_not_depend_on_the_run() -> None:
    done = answered(ANSWER)
    ran = replace(done, ran={"constraint:3": finding(TESTS, [CodeOutcome(kind="returned", value=2)] * 4)})

    def others(of: Work) -> list[Score]:
        return [score for score in rate_by_rule(of) if score.criterion != "constraint:3"]

    assert others(done) == others(ran)


RIGHT, WRONG = CodeOutcome(kind="returned", value=4), CodeOutcome(kind="returned", value=0)
ENDLESS = CodeOutcome(kind="stopped", why="cpu")


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ([RIGHT, RIGHT], "in every case"),
        ([RIGHT, WRONG], "in some of the cases"),
        ([WRONG, WRONG], "in none of the cases"),
        ([RIGHT, ENDLESS], "did not come to an end"),
        ([WRONG, ENDLESS], "did not come to an end"),
    ],
)
def test_of_code_it_is_said_in_how_many_cases_it_did_what_was_asked(
    outcomes: list[CodeOutcome], told: str
) -> None:
    found = finding([TESTS[1]] * 2, outcomes)

    assert told in found.reason
    assert is_sentence(found.reason)


async def test_of_an_answer_without_code_it_is_said_that_there_is_none() -> None:
    score = of_the_code(
        await with_code_run(answered("Use None:\n```text\nno code\n```\nand so on"), WorkingRunner())
    )

    assert "no code" in score.reason
    assert is_sentence(score.reason)


def test_each_test_has_an_outcome() -> None:
    with pytest.raises(ValueError, match="shorter"):
        finding(TESTS, [RIGHT])
