from typing import Any

import pytest
from pydantic import ValidationError

from assessor.domain.constraint import Constraint
from assessor.domain.errors import InvalidInput, TooLarge
from assessor.domain.item import Category
from assessor.domain.response import own_texts, parse_response
from tests.domain.samples import is_sentence
from tests.scoring.works import EVALUATED, GOOD, INTERVIEW, ITEMS, handed_in

TASKS = [category for category in Category if category is not Category.INTERVIEW]
LABELS = GOOD[Category.TRAJECTORY]["labels"]


@pytest.mark.parametrize("category", TASKS)
def test_a_complete_response_is_accepted_as_it_was_given(category: Category) -> None:
    response = handed_in(category)

    assert response.category is category
    assert parse_response(ITEMS[category], response.model_dump(mode="json")) == response


BAD: list[tuple[Category, dict[str, Any], str, str]] = [
    (Category.EVALUATION, {"ratings": {"correctness": 1}}, "ratings.clarity", "not rated yet"),
    (
        Category.EVALUATION,
        {"ratings": {"correctness": 0, "clarity": 3}},
        "ratings.correctness",
        "greater than",
    ),
    (Category.EVALUATION, {"ratings": {"correctness": 6, "clarity": 3}}, "ratings.correctness", "less than"),
    (
        Category.EVALUATION,
        {"ratings": {"correctness": 1, "clarity": 3, "beauty": 5}},
        "ratings.beauty",
        "not a dimension",
    ),
    (
        Category.EVALUATION,
        {"issues": [{"tag": "factual_error", "quote": "never said"}]},
        "issues.0.quote",
        "not in the response",
    ),
    (Category.EVALUATION, {"issues": [{"tag": "ugly"}]}, "issues.0.tag", "Input should be"),
    (Category.RANKING, {"order": [["aa"], ["bb"], ["cc"]]}, "order", "leaves out 'dd'"),
    (Category.RANKING, {"order": [["aa", "aa"], ["bb"], ["cc"], ["dd"]]}, "order", "'aa' more than once"),
    (Category.RANKING, {"order": [["aa"], ["bb"], ["cc"], ["dd"], ["zz"]]}, "order", "'zz', which is not"),
    (Category.RANKING, {"cannot_judge": True, "justification": " "}, "justification", "is empty"),
    (
        Category.RUBRIC_WRITING,
        {"rows": [{"criterion": "Says it once", "weight": 100}]},
        "rows",
        "has 1 criteria",
    ),
    (
        Category.RUBRIC_WRITING,
        {"rows": [{"criterion": f"Says thing {n}", "weight": 30} for n in range(3)]},
        "rows",
        "add up to 90",
    ),
    (Category.SFT, {"text": " \n"}, "text", "is empty"),
    (Category.SFT, {"": "a field without a name"}, "response", "Extra inputs"),
    (Category.SFT, {"text": "a\x00b"}, "text", "NUL"),
    (Category.SFT, {"a\x00b": "x"}, "name", "NUL"),
    (Category.TRAJECTORY, {"labels": {"s\ud800": "good"}}, "labels name", "surrogate"),
    (Category.RUBRIC_WRITING, {"rows": [{"criterion": "a\x00b"}]}, "rows.0.criterion", "NUL"),
    (Category.SFT, {"text": "a\ud800b"}, "text", "surrogate"),
    (Category.SFT, {"other": "x"}, "other", "Extra inputs"),
    (Category.TRAJECTORY, {"labels": {"s1": "good"}}, "labels.s2", "no label yet"),
    (Category.TRAJECTORY, {"labels": LABELS | {"s9": "good"}}, "labels.s9", "not a step"),
    (Category.TRAJECTORY, {"first_error": "s9"}, "first_error", "not a step"),
    (Category.TRAJECTORY, {"first_error": None}, "error_class", "does not fit"),
    (Category.TRAJECTORY, {"error_class": "none"}, "error_class", "does not fit"),
    (Category.TRAJECTORY, {"outcome": "fine"}, "outcome", "Input should be"),
]


@pytest.mark.parametrize(("category", "changes", "field", "problem"), BAD)
def test_what_is_wrong_is_named_by_field_with_the_way_out(
    category: Category, changes: dict[str, Any], field: str, problem: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        handed_in(category, **changes)

    found = {each.field: each for each in refused.value.problems}
    assert problem in found[field].problem
    assert is_sentence(found[field].remedy)


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        handed_in(Category.EVALUATION, ratings={"beauty": 3}, issues=[{"tag": "bias", "quote": "never said"}])

    assert {each.field for each in refused.value.problems} == {
        "ratings.correctness",
        "ratings.clarity",
        "ratings.beauty",
        "issues.0.quote",
    }


def test_a_text_over_the_limit_is_refused_before_anything_is_read() -> None:
    with pytest.raises(TooLarge):
        handed_in(Category.SFT, text="x" * 200_000)


def test_an_interview_question_is_not_answered_as_a_task() -> None:
    with pytest.raises(InvalidInput, match="in the conversation"):
        parse_response(INTERVIEW, {"text": "It is shared."})


def test_the_category_is_the_items_and_not_what_the_payload_claims() -> None:
    response = parse_response(ITEMS[Category.SFT], {"category": "ranking", "text": "Some words of mine."})

    assert response.category is Category.SFT


@pytest.mark.parametrize(
    ("category", "paths"),
    [
        (Category.EVALUATION, {"justification"}),
        (Category.RANKING, {"justification"}),
        (
            Category.RUBRIC_WRITING,
            {"rows.0.criterion", "rows.1.criterion", "rows.1.levels", "rows.2.criterion"},
        ),
        (Category.SFT, {"text"}),
        (Category.TRAJECTORY, {"fix"}),
    ],
)
def test_own_words_are_what_the_candidate_wrote_and_no_quotes_of_the_task(
    category: Category, paths: set[str]
) -> None:
    texts = own_texts(handed_in(category))

    assert set(texts) == paths
    assert not any(text in EVALUATED for text in texts.values())


@pytest.mark.parametrize(
    ("kind", "value", "met", "unmet"),
    [
        ("min_words", 3, "one two three", "one two"),
        ("max_words", 3, "one two\nthree", "one two three four"),
        ("must_include", "None", "use NONE here", "use nothing"),
        ("must_not_include", "eval(", "use literal_eval", "use EVAL(x)"),
        ("code_block", None, "So:\n```python\nx = 1\n```", "So: ```x = 1``` inline"),
        ("valid_json", None, '{"a": [1, 2]}', "{'a': 1}"),
        (
            "language",
            "en",
            "The list is made once, so all of the calls share it.",
            "La lista se crea una vez.",
        ),
        (
            "language",
            "en",
            "It is this:\n```python\nfor x in y: pass\n```",
            "```python\nif a and not b: c\n```",
        ),
        (
            "language",
            "en",
            "Use `datetime.now()` and do not mix the two.",
            "Die Liste wird nur einmal erzeugt.",
        ),
        (
            "language",
            "de-AT",
            "Die Liste wird nur einmal erzeugt, und alle teilen sie.",
            "It is made only once.",
        ),
        ("language", "de", "Das ist so, weil die Liste geteilt wird.", "我们只创建一次列表。"),
        ("runs", None, "```python\nx = 1\n```", "```text\nnothing\n```"),
    ],
)
def test_constraints_that_code_can_check(kind: Any, value: int | str | None, met: str, unmet: str) -> None:
    constraint = Constraint(kind=kind, value=value, label="What is asked for")

    assert constraint.met_by(met)
    assert not constraint.met_by(unmet)


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        ("max_words", None, "max_words takes int"),
        ("max_words", 0, "at least 1"),
        ("must_include", 3, "must_include takes str"),
        ("must_include", "", "is empty"),
        ("valid_json", 1, "valid_json takes none"),
        ("runs", "f", "runs takes none"),
        ("language", "xx", "not a language that can be told; known are en, de"),
    ],
)
def test_a_constraint_takes_a_value_of_its_kind(kind: Any, value: Any, problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        Constraint(kind=kind, value=value, label="What is asked for")
