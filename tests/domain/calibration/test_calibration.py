"""What a judge has to show, and what its numbers are worked out from."""

from datetime import UTC, datetime
from typing import Any

import pytest

from assessor.domain.agreement import wilson
from assessor.domain.calibration import (
    REQUIRED,
    Case,
    Mark,
    Source,
    Standing,
    agreement_by_criterion,
    agreement_of,
    alarm,
    baseline_of,
    drift_of,
    graded,
    judged_levels,
    latest,
    people_of,
)
from assessor.domain.policy import Grade
from tests.domain.calibration.simulated import (
    agreement,
    baseline,
    calibration,
    cases,
    measure,
)


def grade_of(found: list[Case], source: Source = "labels") -> tuple[Grade, tuple[str, ...]]:
    return graded(agreement_of(found, seed=1), people_of(found, seed=1), baseline_of(found, seed=1), source)


def test_a_judge_that_reads_as_people_do_is_calibrated() -> None:
    assert grade_of(cases(1000, seed=11)) == (Grade.CALIBRATED, ())


@pytest.mark.parametrize("seed", range(10))
def test_a_judge_lenient_by_three_tenths_is_refused_although_its_kappa_passes(seed: int) -> None:
    found = cases(300, seed=seed, leniency=0.3)

    grade, obstacles = grade_of(found)

    kappa = agreement_of(found, seed=1).qwk.value
    assert kappa is not None
    assert kappa > REQUIRED.qwk
    assert grade is Grade.NONE
    assert any(one.startswith("the judge is too lenient (SMD +0.") for one in obstacles)


@pytest.mark.parametrize(
    ("numbers", "people", "words", "source", "grade", "said"),
    [
        ({}, 0.82, 0.4, "labels", Grade.CALIBRATED, None),
        ({"qwk": measure(0.69)}, 0.7, 0.4, "labels", Grade.NONE, "agreement (QWK) is 0.69"),
        ({"qwk": measure(None, note="all are alike")}, 0.7, 0.4, "labels", Grade.NONE, "no number: all are"),
        ({"smd": measure(0.16)}, 0.82, 0.4, "labels", Grade.NONE, "too lenient (SMD +0.16)"),
        ({"smd": measure(-0.16)}, 0.82, 0.4, "labels", Grade.NONE, "too severe (SMD -0.16)"),
        ({"smd": measure(None, note="no spread")}, 0.82, 0.4, "labels", Grade.NONE, "no number: no spread"),
        ({}, 0.86, 0.4, "labels", Grade.NONE, "two people reach 0.86"),
        ({}, 0.82, 0.8, "labels", Grade.NONE, "counting words reaches 0.80"),
        ({"responses": 199}, 0.82, 0.4, "labels", Grade.PROVISIONAL, "199 responses were compared; 200"),
        ({"responses": 9}, 0.82, 0.4, "labels", Grade.NONE, "9 responses were compared; at least 10"),
        ({"responses": 5}, None, 0.4, "anchors", Grade.PROVISIONAL, "the rubrics' own examples"),
        ({"responses": 4}, None, 0.4, "anchors", Grade.NONE, "4 responses were compared; at least 5"),
        ({}, None, 0.4, "labels", Grade.PROVISIONAL, "two people's labels; 30 are asked for"),
        ({}, 0.82, None, "labels", Grade.CALIBRATED, None),
        ({}, 0.82, 0.4, "anchors", Grade.PROVISIONAL, "the rubrics' own examples"),
        ({}, 0.82, 0.9, "anchors", Grade.PROVISIONAL, "the rubrics' own examples"),
        ({"smd": measure(0.3)}, 0.82, 0.4, "anchors", Grade.NONE, "too lenient"),
    ],
)
def test_the_grade_follows_from_the_numbers_and_says_what_is_missing(
    numbers: dict[str, Any],
    people: float | None,
    words: float | None,
    source: Source,
    grade: Grade,
    said: str | None,
) -> None:
    found, obstacles = graded(
        agreement(**numbers), measure(people, 50 if people else 0), baseline(words), source
    )

    assert found is grade
    assert not obstacles if said is None else any(said in one for one in obstacles)


def test_thresholds_are_kept_by_who_just_reaches_them() -> None:
    least = agreement(responses=REQUIRED.responses, qwk=measure(REQUIRED.qwk), smd=measure(REQUIRED.smd))

    found = graded(least, measure(REQUIRED.qwk, REQUIRED.labelled_twice), baseline(), "labels")

    assert found == (Grade.CALIBRATED, ())


def test_people_who_labelled_too_few_responses_twice_say_nothing_for_or_against_a_judge() -> None:
    grade, obstacles = graded(agreement(), measure(0.99, 29), baseline(), "labels")

    assert grade is Grade.PROVISIONAL
    assert "29 responses have two people's labels" in obstacles[0]


def mark(people: tuple[int, ...], judge: int | None, weight: float = 1.0, name: str = "r/c") -> Mark:
    return Mark(name, weight, people, judge)


def test_a_level_is_the_share_of_weight_met_over_what_both_marked() -> None:
    one = Case("a", (mark((1,), 1, 3), mark((0,), 1, 1), mark((1,), None, 4), mark((), 1, 4)))

    assert [(person, judge) for _, person, judge in judged_levels([one])] == [(3, 4)]


@pytest.mark.parametrize("each", [1, 4])
def test_labels_of_one_response_hang_together_so_their_intervals_are_those_of_fewer(each: int) -> None:
    found = [
        Case(str(n), tuple(mark((1,), int(n % 10 != 0), name=f"r/{place}") for place in range(each)))
        for n in range(40)
    ]

    tpr = agreement_of(found, seed=1).tpr

    low, high = wilson(36 * each, 40 * each, design_effect=1 + (each - 1) * 0.3)
    assert (tpr.value, tpr.n) == (0.9, 40 * each)
    assert (tpr.low, tpr.high) == pytest.approx((low, high), abs=1e-3)


def test_what_the_judge_leaves_to_people_is_counted_apart_and_is_no_disagreement() -> None:
    found = [
        Case(str(n), (mark((n % 2,), n % 2, name="r/a"), mark((1,), None, name="r/b"))) for n in range(12)
    ]

    whole, parts = agreement_of(found, seed=1), agreement_by_criterion(found, seed=1)

    assert (whole.responses, whole.labels, whole.abstained, whole.qwk.value) == (12, 12, 12, 1.0)
    assert (parts["r/b"].labels, parts["r/b"].abstained, parts["r/b"].kappa.value) == (0, 12, None)


def test_labels_of_one_response_count_as_fewer_than_so_many_independent_ones() -> None:
    whole = agreement_of(cases(100, seed=5), seed=1)
    parts = agreement_by_criterion(cases(100, seed=5), seed=1)

    singles = sum(one.tpr.n for one in parts.values())
    assert whole.tpr.n == singles
    assert whole.tpr.low is not None
    assert whole.tpr.high is not None
    independent = whole.tpr.value and 2 * 1.96 * (whole.tpr.value * (1 - whole.tpr.value) / singles) ** 0.5
    assert independent is not None
    assert whole.tpr.high - whole.tpr.low > 1.2 * independent


def test_two_people_are_compared_on_what_both_labelled() -> None:
    found = [
        Case("a", (mark((1, 0), 1), mark((1,), 1))),
        Case("b", (mark((1, 1), 0),)),
        Case("c", (mark((0, 0), 0),)),
        Case("d", (mark((1,), 1),)),
    ]

    assert people_of(found, seed=1).n == 3


def test_the_baseline_is_as_good_as_recall_can_be_and_says_when_there_is_none() -> None:
    perfect = [Case(c.response, c.marks, float(person)) for c, person, _ in judged_levels(cases(60, seed=3))]
    without = [Case(c.response, c.marks) for c in perfect]
    alike = [Case(c.response, c.marks, 0.5) for c in perfect]

    assert baseline_of(perfect, seed=1).qwk.value == 1.0
    assert baseline_of(perfect, seed=1).correlation.value == pytest.approx(1.0)
    assert baseline_of(without, seed=1).qwk.note == "no response has a reference to compare with"
    assert baseline_of(alike, seed=1).qwk.note == "word recall is the same for every response"


def test_no_case_at_all_gives_no_number_and_no_grade() -> None:
    grade, obstacles = grade_of([])

    assert grade is Grade.NONE
    assert obstacles[0].startswith("0 responses were compared")


def errors(seed: int, leniency: float = 0.0, n: int = 200) -> list[float]:
    return [judge - person for _, person, judge in judged_levels(cases(n, seed=seed, leniency=leniency))]


def test_a_judge_that_has_become_lenient_by_three_tenths_falls_within_200_gold_responses() -> None:
    fallen = [alarm(errors(seed + 900, 0.3), drift_of(cases(300, seed=seed))) for seed in range(100)]

    in_time = [one for one in fallen if one]
    assert len(in_time) >= 97
    assert {name for name, _ in in_time} == {"lenient"}
    assert sum(count for _, count in in_time) / len(in_time) < 100


def test_a_judge_that_is_steady_hardly_ever_falls_within_200_gold_responses() -> None:
    fallen = [alarm(errors(seed + 900), drift_of(cases(300, seed=seed))) for seed in range(100)]

    assert sum(one is not None for one in fallen) <= 15


def test_a_judge_that_turns_severe_or_answers_at_random_falls_by_that_name() -> None:
    calibrated = drift_of(cases(300, seed=1))

    severe, erratic = alarm(errors(7, -0.6), calibrated), alarm([2.0, -2.0] * 50, calibrated)

    assert severe is not None
    assert erratic is not None
    assert (severe[0], erratic[0]) == ("severe", "erratic")


def test_the_newest_calibration_stands_and_people_go_before_examples() -> None:
    old, new = calibration(id="old"), calibration(id="new", grade=Grade.NONE)
    examples = calibration(id="examples", source="anchors", measured_at=datetime(2026, 11, 9, tzinfo=UTC))
    german = calibration(id="german", language="de")

    newest_first = [Standing.of(one) for one in (examples, new, german, old)]
    held = latest([newest_first[0], newest_first[1], newest_first[2].fallen(), newest_first[3]])

    assert {one.calibration_id: (one.grade, one.stopped) for one in held} == {
        "new": (Grade.NONE, False),
        "german": (Grade.NONE, True),
    }
