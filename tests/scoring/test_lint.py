"""The craft of a rubric that was written: what code sees of it, and what a reader gets."""

import re

import pytest

from assessor.domain.item import Category
from assessor.domain.response import RubricRow, RubricWritingResponse
from assessor.scoring.rater import passages_of
from assessor.scoring.rubric_writing import CRITERION, findings, lint, measures
from tests.scoring.works import RUBRIC_WRITING, work


@pytest.mark.parametrize(
    ("criteria", "wrong"),
    [
        (["Names the value"], [0]),
        (["Names the default value"], []),
        (["Names the file and its line"], []),
        (["Names the file and its line or the name"], [0]),
        (["Names the file and/or its line"], [0]),
        (["Shows how None works", "Shows how None works here"], [1]),  # four words of five in common
        (["Shows how None works now", "Shows how None works here"], []),  # four of six
        (["Names the value", "Names the value"], [0, 1]),
    ],
)
def test_a_criterion_stands_alone_asks_for_one_thing_and_differs(
    criteria: list[str], wrong: list[int]
) -> None:
    assert sorted(lint(criteria)) == wrong


def written(*criteria: str) -> RubricWritingResponse:
    return RubricWritingResponse(rows=tuple(RubricRow(criterion=text, weight=10) for text in criteria))


def test_each_problem_is_told_in_a_sentence_with_the_number_that_the_candidate_saw() -> None:
    given = written(
        "Clear", "Gives an example which runs", "Short and clear and right", "Example which runs gives an"
    )

    found = findings(RUBRIC_WRITING, given)[CRITERION]

    sentences = re.findall(r"Criterion (\d) [a-z ]+\.", found.reason)
    assert sentences == ["1", "3", "4"]
    assert re.fullmatch(r"(Criterion \d [a-z ]+\.(?: |$))+", found.reason)
    assert found.value == 0.25


def test_a_rubric_without_criteria_has_no_craft() -> None:
    assert findings(RUBRIC_WRITING, written())[CRITERION].value == 0.0


def test_craft_is_a_tenth_of_the_item_beside_a_reading_of_weight_1() -> None:
    (lint_measure,) = measures(RUBRIC_WRITING, None)

    assert lint_measure.weight == pytest.approx(0.1 / 0.4)


def test_a_reader_gets_each_criterion_with_its_weight_and_levels_beside_it() -> None:
    assert [(one.label, one.text) for one in passages_of(work(Category.RUBRIC_WRITING))] == [
        ("Criterion 1, weight 50 of 100", "Says that the default is made only once"),
        ("Criterion 2, weight 30 of 100", "Shows the way out with None"),
        ("Levels of criterion 2", "Yes or no"),
        ("Criterion 3, weight 20 of 100", "Gives a short example that runs"),
    ]
