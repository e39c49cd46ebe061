"""The `python` bank as a whole: what it holds, and that its forms keep their promises."""

import ast
import itertools
from collections import Counter
from pathlib import Path

import pytest

from assessor.adapters.content import check
from assessor.domain.item import (
    Category,
    EvaluationItem,
    InterviewItem,
    RankingItem,
    SftItem,
    TrajectoryItem,
)
from assessor.domain.library import Library
from tests.banks.snippets import items, value_of

ROOT = Path(__file__).parents[2]
BANKS, RUBRICS = ROOT / "question_banks", ROOT / "rubrics"


def test_the_library_has_no_error_and_no_cue_that_candidates_see() -> None:
    report = check(BANKS, RUBRICS)

    assert report.errors == ()
    assert [
        one
        for one in report.warnings
        if one.file.endswith(("evaluation.yaml", "ranking.yaml"))
        and not one.problem.startswith("a bank needs")
    ] == []


def test_every_category_has_the_items_that_the_forms_need(library: Library) -> None:
    counts = Counter(entry.category for entry in library.items["python"].values())

    assert counts[Category.INTERVIEW] >= 8
    assert all(counts[category] >= 3 for category in Category)


def test_every_question_has_probes_of_several_kinds(library: Library) -> None:
    for question in items(library, InterviewItem):
        assert len(question.probes) >= 4, question.id
        assert len({probe.kind for probe in question.probes}) >= 4, question.id


def test_the_bank_spans_several_difficulties_in_every_category(library: Library) -> None:
    spread: dict[Category, set[int]] = {category: set() for category in Category}
    for entry in library.items["python"].values():
        spread[entry.category].add(entry.difficulty)

    assert all(len(difficulties) >= 3 for difficulties in spread.values()), spread


@pytest.mark.parametrize(("form", "minutes"), [("full", 45), ("short", 8)])
def test_no_possible_draw_takes_longer_than_the_form_promises(
    library: Library, form: str, minutes: float
) -> None:
    plan = {str(name): plan for name, plan in library.track("python").forms.items()}[form]

    longest = 0.0
    for section in plan.sections:
        eligible = [
            entry.minutes
            for entry in library.items["python"].values()
            if entry.category is section.category and entry.minutes <= section.max_minutes
        ]
        draws = [sum(draw) for draw in itertools.combinations(eligible, section.count)]
        longest += max(draws)

    assert longest <= plan.minutes <= minutes


def test_rubrics_stay_short_and_gate_sparingly(library: Library) -> None:
    for rubric in library.rubrics.values():
        assert 4 <= len(rubric.criteria) <= 6, rubric.id
        assert sum(criterion.required for criterion in rubric.criteria) <= 1, rubric.id
        assert {criterion.level for criterion in rubric.criteria} == {1, 2, 3, 4}, rubric.id


def test_the_best_interview_anchors_are_full_answers(library: Library) -> None:
    for question in items(library, InterviewItem):
        best = [a.answer for a in library.rubric(question.rubric).anchors if a.level == 4]
        assert all(80 <= len(answer.split()) <= 180 for answer in best), question.id


def test_anchors_of_written_answers_keep_to_the_limits_of_their_item(library: Library) -> None:
    for task in items(library, SftItem):
        for anchor in library.rubric(task.rubric).anchors:
            broken = [c.label for c in task.constraints if not c.met_by(anchor.answer)]
            assert broken == [], (task.id, anchor.level)


def test_the_place_of_the_best_response_varies(library: Library) -> None:
    places = set()
    for task in items(library, RankingItem):
        (best,) = task.key.order[0]
        places.add([response.id for response in task.responses].index(best))

    assert len(places) >= 3


def test_trajectories_differ_in_their_first_error_and_some_have_none(library: Library) -> None:
    keys = [task.key for task in items(library, TrajectoryItem)]
    wrong = [key for key in keys if key.first_error is not None]

    assert len({key.error_class for key in wrong}) == len(wrong)
    assert 1 <= len(keys) - len(wrong) < len(wrong)


def test_some_evaluations_are_of_simply_good_responses(library: Library) -> None:
    tasks = items(library, EvaluationItem)

    assert 0 < sum(not task.key.issues for task in tasks) < len(tasks) / 2


def test_what_example_answers_say_about_python_is_so() -> None:
    hostile = "().__class__.__base__.__subclasses__()"
    rows = sorted(["Meyer", "MEYER", "Meyer"], key=str.lower)
    size, five = 2, [1, 2, 3, 4, 5]
    defaults: dict[str, list[str]] = {"hosts": []}
    settings = dict(defaults)
    settings["hosts"].append("first customer")

    assert int("1000") is not int("1000")
    assert len(value_of(hostile, {"__builtins__": {}})) > 50
    with pytest.raises(ValueError, match="malformed"):
        ast.literal_eval("2 * 3")
    assert len([key for key, _ in itertools.groupby(rows)]) == 3
    assert sum(len(five[at * size : (at + 1) * size]) for at in range(len(five) // size)) == 4
    assert defaults == {"hosts": ["first customer"]}
    assert not issubclass(KeyboardInterrupt, Exception)
