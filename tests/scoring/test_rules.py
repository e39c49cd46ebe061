import re
from dataclasses import replace
from typing import Any

import pytest

from assessor.domain.item import Category
from assessor.domain.score import Score, Unscored, difficulty_in_logits
from assessor.scoring import needs_reader, rate_by_rule, waiting
from assessor.scoring.applied_rubric import APPLIED_SHARES
from assessor.scoring.rater import passages_of
from tests.scoring.works import ANSWER, GOOD, INTERVIEW, ITEMS, RUBRIC, talk, unanswered, work

TASKS = [category for category in Category if category is not Category.INTERVIEW]
RUBRIC_IDS = {criterion.id for criterion in RUBRIC.criteria}

MEASURED = {
    Category.INTERVIEW: set(),
    Category.EVALUATION: {"rating:correctness", "rating:clarity", "issues"},
    Category.RANKING: {"order"},
    Category.RUBRIC_WRITING: {"lint"},
    Category.SFT: {"constraint:1", "constraint:2"},
    Category.TRAJECTORY: {"first_error", "labels", "error_class", "outcome"},
}

READ = {
    category: RUBRIC_IDS | (set(APPLIED_SHARES) if category is Category.RUBRIC_WRITING else set())
    for category in Category
}
"""What a reader scores: the rubric's criteria, and what a rubric that was written does."""


def by_criterion(scores: tuple[Score, ...]) -> dict[str, Score]:
    found = {score.criterion: score for score in scores}
    assert len(found) == len(scores)
    return found


@pytest.mark.parametrize("category", TASKS)
def test_a_good_response_earns_full_marks_on_everything_that_rules_measure(category: Category) -> None:
    found = by_criterion(rate_by_rule(work(category)))

    assert set(found) == MEASURED[category]
    assert {name: score.value for name, score in found.items()} == dict.fromkeys(found, 1.0)
    assert {score.rater for score in found.values()} == {f"rule:{category.value}"}


@pytest.mark.parametrize("category", list(Category))
def test_what_was_not_answered_gets_the_lowest_level_on_every_criterion(category: Category) -> None:
    not_answered = talk() if category is Category.INTERVIEW else unanswered(category)

    found = by_criterion(rate_by_rule(not_answered))

    assert set(found) == MEASURED[category] | (READ[category] if ITEMS[category].rubric else set())
    assert {score.value for score in found.values()} == {0.0}
    assert {score.rater for score in found.values()} == {"rule:unanswered"}
    assert all(score.reason for score in found.values())
    assert not needs_reader(not_answered)
    assert waiting(not_answered) == ()


@pytest.mark.parametrize("category", list(Category))
def test_rules_and_waiting_together_cover_each_criterion_once(category: Category) -> None:
    done = talk(ANSWER) if category is Category.INTERVIEW else work(category, RUBRIC)

    found = by_criterion((*rate_by_rule(done), *waiting(done)))

    assert set(found) == MEASURED[category] | READ[category]


def test_a_rubric_that_waits_keeps_weights_competencies_and_what_is_required() -> None:
    found = by_criterion(waiting(talk(ANSWER), Unscored.POLICY_WANTS_PERSON))

    assert {score.unscored for score in found.values()} == {Unscored.POLICY_WANTS_PERSON}
    assert {score.rater for score in found.values()} == {"none"}
    assert (found["fix"].weight, found["fix"].competency, found["fix"].required) == (2, "semantics", False)
    assert found["test"].required
    assert found["cause"].text == RUBRIC.criteria[0].text


def test_a_higher_level_is_harder_around_the_difficulty_of_the_item() -> None:
    found = by_criterion(waiting(talk(ANSWER)))

    assert difficulty_in_logits(INTERVIEW.difficulty) == 0.0
    assert [found[name].difficulty for name in ("cause", "fix", "test")] == [-0.6, 0.2, 0.6]


@pytest.mark.parametrize("category", TASKS)
def test_what_rules_measure_has_the_difficulty_and_competency_of_its_item(category: Category) -> None:
    item = ITEMS[category]

    for score in rate_by_rule(work(category)):
        assert score.difficulty == difficulty_in_logits(item.difficulty)
        assert score.competency == item.competency
        assert not score.required


@pytest.mark.parametrize("category", [Category.EVALUATION, Category.RANKING, Category.TRAJECTORY])
def test_without_a_justification_the_key_still_scores_and_the_rubric_gets_the_lowest_level(
    category: Category,
) -> None:
    words = "fix" if category is Category.TRAJECTORY else "justification"

    found = by_criterion(rate_by_rule(work(category, RUBRIC, **{words: "ok"})))

    assert {found[name].value for name in MEASURED[category]} == {1.0}
    assert {(found[name].value, found[name].rater) for name in RUBRIC_IDS} == {(0.0, "rule:no_content")}


def test_an_item_without_a_rubric_leaves_nothing_to_read() -> None:
    done = work(Category.TRAJECTORY)

    assert not needs_reader(done)
    assert waiting(done) == ()


@pytest.mark.parametrize(("category", "share"), [(Category.SFT, 0.2), (Category.RUBRIC_WRITING, 0.1)])
def test_what_code_checks_is_a_small_stated_share_of_the_item(category: Category, share: float) -> None:
    done = work(category)

    by_rule = sum(score.weight for score in rate_by_rule(done))
    by_reader = sum(score.weight for score in waiting(done))

    assert by_rule / (by_rule + by_reader) == pytest.approx(share)


def test_what_a_rubric_does_counts_half_of_the_item() -> None:
    done = work(Category.RUBRIC_WRITING)
    weights = {score.criterion: score.weight for score in (*rate_by_rule(done), *waiting(done))}

    assert sum(weights[name] for name in APPLIED_SHARES) / sum(weights.values()) == pytest.approx(0.5)


def test_each_constraint_is_checked_on_its_own() -> None:
    found = by_criterion(rate_by_rule(work(Category.SFT, text="Default to None, " + "and so on " * 20)))

    assert (found["constraint:1"].value, found["constraint:2"].value) == (0.0, 1.0)
    assert found["constraint:1"].text == "At most 40 words"


@pytest.mark.parametrize(
    ("rows", "value", "problem"),
    [
        (
            ["Says that the default is made only once", "Shows the way out with None"],
            1.0,
            "Every criterion passes.",
        ),
        (["Correctness", "Shows the way out with None"], 0.5, "Criterion 1 is too short"),
        (
            ["Is correct and/or complete in all ways", "Shows the way out with None"],
            0.5,
            "more than one thing",
        ),
        (
            ["Is short and clear and correct throughout", "Shows the way out with None"],
            0.5,
            "more than one thing",
        ),
        (
            ["Shows the way out with None", "shows the way out with NONE!"],
            0.5,
            "Criterion 2 looks for the same",
        ),
        (["Clear", "Nice"], 0.0, "Criterion 2 is too short"),
    ],
)
def test_the_lint_sees_the_craft_of_a_rubric(rows: list[str], value: float, problem: str) -> None:
    written = [{"criterion": text, "weight": 100 // len(rows) - 10} for text in rows]
    third = {"criterion": "Gives an example which really runs", "weight": 20}

    (found,) = rate_by_rule(work(Category.RUBRIC_WRITING, rows=[*written, third]))

    assert found.value == pytest.approx((value * len(rows) + 1) / (len(rows) + 1))
    assert problem in found.reason


def test_reasons_tell_a_candidate_roughly_how_far_off_and_never_the_key() -> None:
    poor = {**GOOD[Category.EVALUATION], "ratings": {"correctness": 3, "clarity": 3}, "issues": []}

    found = by_criterion(rate_by_rule(work(Category.EVALUATION, **poor)))

    assert "somewhat off what careful people give" in found["rating:correctness"].reason
    assert "agrees with what careful people give" in found["rating:clarity"].reason
    assert "created anew" not in found["issues"].reason


@pytest.mark.parametrize("category", [Category.EVALUATION, Category.RANKING, Category.TRAJECTORY])
def test_no_reason_by_a_key_tells_a_number(category: Category) -> None:
    poor: dict[Category, dict[str, Any]] = {
        Category.EVALUATION: {"ratings": {"correctness": 5, "clarity": 2}, "issues": []},
        Category.RANKING: {},
        Category.TRAJECTORY: {"first_error": "s5", "outcome": "success"},
    }

    found = rate_by_rule(work(category, **poor[category]))

    assert [score.reason for score in found if re.search(r"\d", score.reason)] == []


@pytest.mark.parametrize("named", ["s1", "s5"])
def test_two_wrong_steps_alike_are_told_alike(named: str) -> None:
    found = by_criterion(rate_by_rule(work(Category.TRAJECTORY, first_error=named)))

    assert found["first_error"].reason == "Careful people see another first wrong step, or none."


@pytest.mark.parametrize(
    ("category", "label", "text"),
    [
        (Category.EVALUATION, "Justification", GOOD[Category.EVALUATION]["justification"]),
        (Category.RANKING, "Justification", GOOD[Category.RANKING]["justification"]),
        (Category.SFT, "Response", GOOD[Category.SFT]["text"]),
        (Category.TRAJECTORY, "Fix", GOOD[Category.TRAJECTORY]["fix"]),
    ],
)
def test_a_reader_gets_the_candidates_own_words_and_nothing_where_there_are_none(
    category: Category, label: str, text: str
) -> None:
    assert [(one.label, one.text) for one in passages_of(work(category))] == [(label, text)]
    assert passages_of(unanswered(category)) == ()


def test_a_reader_gets_a_conversation_turn_by_turn() -> None:
    done = talk(ANSWER, "Yes.")

    assert [(one.label, one.text) for one in passages_of(done)] == [
        (turn.speaker.title(), turn.text) for turn in done.turns
    ]


def test_constraints_have_their_share_beside_a_reading_of_weight_1_where_no_rubric_says_more() -> None:
    done = replace(work(Category.SFT), rubric=None)

    # Readers have .8 of the item, the two constraints .1 each.
    assert [score.weight for score in rate_by_rule(done)] == pytest.approx([0.1 / 0.8] * 2)
