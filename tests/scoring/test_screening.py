from dataclasses import replace

import pytest

from assessor.domain.item import Category
from assessor.scoring import needs_reader, rate_by_rule
from tests.scoring.works import ANSWER, EVALUATED, INTERVIEW, RUBRIC, SFT, talk, work

WITHOUT_CONTENT = [
    ":",
    " ",
    "Let's solve this problem step by step.",
    "Let us think about this carefully, step by step.",
    "Thought process:",
    "Answer:",
    "Here is my final answer:",
    "{}",
    "Solution",
    "Thank you for the question!",
    "\u200b\u200b\u2060",
    "yes yes yes yes yes",
    "No idea",
]


@pytest.mark.parametrize("text", WITHOUT_CONTENT)
def test_an_answer_without_content_gets_the_lowest_level_by_rule_and_meets_no_model(text: str) -> None:
    for done in (talk(text), work(Category.SFT, text=text or ".") if text.strip() else talk(text)):
        found = rate_by_rule(done)

        assert {score.value for score in found} == {0.0}
        assert {score.rater for score in found} == {"rule:no_content"}
        assert not needs_reader(done)


@pytest.mark.parametrize(
    "text",
    [
        INTERVIEW.question,
        INTERVIEW.question.upper().replace(",", ""),
        "Sure: " + INTERVIEW.question,
        INTERVIEW.question + " " + INTERVIEW.question,
        INTERVIEW.question + " That is the question.",
    ],
)
def test_the_question_pasted_back_is_no_answer(text: str) -> None:
    assert not needs_reader(talk(text))


RUBRIC_WORDS = " ".join([RUBRIC.purpose, *(criterion.text for criterion in RUBRIC.criteria)])


@pytest.mark.parametrize(
    "text",
    [
        RUBRIC_WORDS,
        f"{INTERVIEW.question} {RUBRIC_WORDS}",
        " ".join(sorted(f"{INTERVIEW.question} {RUBRIC_WORDS}".split())),
        " ".join(sorted(f"mutable, of course: {INTERVIEW.question} {RUBRIC_WORDS}".split(), reverse=True)),
    ],
)
def test_the_words_of_task_and_rubric_are_no_answer_in_whatever_order(text: str) -> None:
    (reason,) = {score.reason for score in rate_by_rule(talk(text))}

    assert not needs_reader(talk(text))
    assert reason.startswith("This lists words")


def test_a_short_answer_may_consist_of_the_rubrics_words() -> None:
    assert needs_reader(talk("The default list is shared, so None is the default I would use."))


def test_the_evaluated_response_pasted_back_is_no_justification() -> None:
    assert not needs_reader(work(Category.EVALUATION, rubric=talk("x").rubric, justification=EVALUATED))


@pytest.mark.parametrize(
    "text",
    [
        ANSWER,
        "It is shared.",
        "I do not know this one.",
        "Process-wide state: every call sees one list.",
        INTERVIEW.question + " " + ANSWER,
        "デフォルトのリストは一度だけ作られる。",
        "الافتراضي مشترك بين كل الاستدعاءات",
        "My first answer would be None, but let's go step by step through what a call does.",
    ],
)
def test_whatever_has_words_of_its_own_goes_on_to_a_reader(text: str) -> None:
    assert needs_reader(talk(text))
    assert rate_by_rule(talk(text)) == ()


def test_an_answer_that_the_interviewer_quotes_back_stays_the_candidates_own() -> None:
    answer = "Because it is shared between calls."
    done = talk(answer, "Yes.")
    quoted = done.turns[2].changed(text=f"You said “{answer}”. Can you give an example?")
    done = type(done)(done.item, done.rubric, None, done.texts, (*done.turns[:2], quoted, *done.turns[3:]))

    assert needs_reader(done)


def test_an_ideal_response_may_repeat_the_prompts_code_with_one_word_put_right() -> None:
    assert needs_reader(
        work(Category.SFT, text="My function `def add(x, items=None)` remembers things between calls.")
    )
    assert not needs_reader(work(Category.SFT, text=SFT.prompt))


SEVEN = "because it is made only once ever"


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        (f"{INTERVIEW.question} {SEVEN}", False),
        (f"{INTERVIEW.question} {SEVEN} so", True),  # eight words that the question does not have
        ("The default of a parameter", False),
        ("The default of a parameter matters", True),  # one run of five words of two is the question's
        ("The default of a parameter is made only once, when def runs.", True),
    ],
)
def test_how_much_of_the_question_an_answer_may_repeat(text: str, *, is_read: bool) -> None:
    assert needs_reader(talk(text)) is is_read


def test_a_task_that_was_done_without_a_word_was_answered() -> None:
    done = replace(work(Category.RANKING), texts=())

    assert {score.value for score in rate_by_rule(done)} == {1.0}
