"""What is said of a score: to the candidate why, to everybody what was looked at."""

from typing import Any

import pytest

from assessor.domain.item import Category
from assessor.domain.score import Unscored
from assessor.scoring import Work, rate_by_rule, waiting
from assessor.scoring.judge.reasons import reason_for
from tests.scoring.prose import is_prose, is_sentence
from tests.scoring.works import ANSWER, GOOD, INTERVIEW, talk, unanswered, work

UNCLEAR = "Says what is wrong and what is right and why"
RESPONSES: dict[Category, list[dict[str, Any]]] = {
    Category.EVALUATION: [
        {},
        {"ratings": {"correctness": 5, "clarity": 2}, "issues": []},
        {"issues": GOOD[Category.EVALUATION]["issues"][:1]},
    ],
    Category.RANKING: [
        {},
        {"order": [["aa"], ["cc"], ["dd"], ["bb"]]},
        {"order": [["dd"], ["cc", "bb"], ["aa"]]},
        {"order": [], "cannot_judge": True, "justification": "No context is given."},
    ],
    Category.RUBRIC_WRITING: [
        {},
        {"rows": [{"criterion": c, "weight": w} for c, w in ((UNCLEAR, 40), ("Clear", 40), (UNCLEAR, 20))]},
    ],
    Category.SFT: [{}, {"text": "Make the list inside the body of the function. " * 9}],
    Category.TRAJECTORY: [
        {},
        {"first_error": "s1", "error_class": "scope_creep", "outcome": "partial"},
        {"first_error": None, "error_class": "none", "outcome": "success"},
        {"labels": dict.fromkeys(GOOD[Category.TRAJECTORY]["labels"], "good")},
        {"labels": dict.fromkeys(GOOD[Category.TRAJECTORY]["labels"], "not_needed")},
    ],
}
DONE = [work(category, **changes) for category, several in RESPONSES.items() for changes in several]
EMPTY = [
    talk(),
    talk("ok"),
    talk("Let us think about this carefully, step by step."),
    talk(INTERVIEW.question),
    unanswered(Category.SFT),
]


@pytest.mark.parametrize("done", [*DONE, *EMPTY])
def test_every_score_by_rule_says_in_words_what_was_looked_at_and_why(done: Work) -> None:
    for score in (*rate_by_rule(done), *waiting(done)):
        assert is_sentence(score.reason)
        assert is_prose(score.text.removesuffix("."))


@pytest.mark.parametrize("why", Unscored)
def test_every_gap_that_a_model_leaves_is_explained(why: Unscored) -> None:
    assert is_sentence(reason_for(why))


def reasons(done: Work) -> dict[str, str]:
    return {score.criterion: score.reason for score in rate_by_rule(done)}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ok", "too few words"),
        ("Let us think about this carefully, step by step.", "announces an answer"),
        (INTERVIEW.question, "repeats the text of the task"),
    ],
)
def test_of_an_answer_without_content_it_is_said_what_it_lacks(text: str, told: str) -> None:
    assert all(told in reason for reason in reasons(talk(text)).values())


@pytest.mark.parametrize(
    ("text", "kept"), [("Default to None.", (True, True)), ("So do it then. " * 11, (False, False))]
)
def test_of_each_constraint_it_is_said_whether_it_was_kept(text: str, kept: tuple[bool, bool]) -> None:
    found = reasons(work(Category.SFT, text=text))

    assert tuple("does not" not in found[f"constraint:{number}"] for number in (1, 2)) == kept


@pytest.mark.parametrize(
    ("changes", "measure", "told"),
    [
        ({}, "first_error", "or one beside it"),
        ({"first_error": "s4"}, "first_error", "or one beside it"),
        ({"first_error": "s2"}, "first_error", "or one beside it"),
        ({"first_error": "s5"}, "first_error", "another first wrong step"),
        ({"first_error": None, "error_class": "none"}, "first_error", "careful people see one"),
        ({}, "labels", "Most"),
        ({"labels": dict.fromkeys(("s1", "s2", "s3", "s4", "s5"), "good")}, "labels", "About half"),
        ({"labels": dict.fromkeys(("s1", "s2", "s3", "s4", "s5"), "poor")}, "labels", "Few"),
        ({}, "error_class", "as careful people do"),
        ({"error_class": "scope_creep"}, "error_class", "some careful people"),
        ({"error_class": "wrong_tool"}, "error_class", "another kind"),
        ({}, "outcome", "as careful people do"),
        ({"outcome": "partial"}, "outcome", "another outcome"),
    ],
)
def test_of_a_run_it_is_told_how_it_was_seen_by_careful_people(
    changes: dict[str, Any], measure: str, told: str
) -> None:
    assert told in reasons(work(Category.TRAJECTORY, **changes))[measure]


@pytest.mark.parametrize(
    ("issues", "told"),
    [
        (GOOD[Category.EVALUATION]["issues"], "are those"),
        (GOOD[Category.EVALUATION]["issues"][:1], "in part"),
        ([], "hardly"),
    ],
)
def test_the_flaws_found_are_those_of_careful_people_or_some_or_hardly_any(
    issues: list[dict[str, str]], told: str
) -> None:
    assert told in reasons(work(Category.EVALUATION, issues=issues))["issues"]


def test_a_rubric_that_waits_says_who_scores_it() -> None:
    found = [*waiting(talk(ANSWER)), *waiting(work(Category.RUBRIC_WRITING))]

    assert {(score.reason, score.rater) for score in found} == {("A person scores this.", "none")}
