"""When a difference between groups is an alert, when it is watched, and when nothing can be said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.errors import InvalidInput
from assessor.domain.fairness import RULE, Course, compared, stage_rates
from assessor.domain.fairness.selection import Count, GroupRate, ratio_interval
from tests.domain.fairness.people import courses

counts = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d"]),
    st.integers(5, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))).map(lambda c: Count(*c)),
    min_size=1,
)


def one(groups: tuple[GroupRate, ...], name: str) -> GroupRate:
    return next(group for group in groups if group.group == name)


def test_the_uniform_guidelines_example_is_reckoned_as_they_do() -> None:
    # 48 of 80 white and 12 of 40 black applicants hired: 60% and 30%, a ratio of 30 / 60.
    groups, highest = compared({"white": Count(48, 80), "black": Count(12, 40)})

    black = one(groups, "black")
    assert highest == "white"
    assert (black.rate, black.ratio) == (0.3, 0.5)
    assert black.p == pytest.approx(0.00341, abs=5e-6)
    assert black.status == "alert"


@pytest.mark.parametrize(
    ("female", "male", "status"),
    [
        ((2, 10), (9, 20), "insufficient"),  # a ratio of .44, which is chance
        ((60, 300), (80, 300), "watch"),  # a ratio of .75, and p = .07
        ((850, 1000), (950, 1000), "watch"),  # p < .001, and a ratio of .89
        ((180, 300), (240, 300), "alert"),
        ((0, 60), (20, 60), "alert"),
        ((5, 30), (30, 100), "insufficient"),
    ],
)
def test_it_takes_size_and_chance_together(
    female: tuple[int, int], male: tuple[int, int], status: str
) -> None:
    groups, _ = compared({"female": Count(*female), "male": Count(*male)})

    assert one(groups, "female").status == status


def test_with_more_groups_a_difference_must_be_clearer() -> None:
    two = {"a": Count(60, 120), "b": Count(40, 120)}
    four = two | {"c": Count(58, 120), "d": Count(58, 120)}

    (alone, _), (among_others, _) = compared(two), compared(four)

    assert one(alone, "b").p == one(among_others, "b").p
    assert one(alone, "b").status == "alert"
    assert one(among_others, "b").p_adjusted == pytest.approx(6 * (one(alone, "b").p or 0))
    assert one(among_others, "b").status != "alert"


@pytest.mark.parametrize(("first", "second"), [(100, 30), (300, 100), (1000, 300)])
def test_without_a_true_difference_at_most_one_report_in_twenty_alerts(first: int, second: int) -> None:
    draws = np.random.default_rng(5).binomial([first, second], 0.31, size=(2000, 2)).tolist()

    found = [compared({"a": Count(a, first), "b": Count(b, second)})[0] for a, b in draws]

    alerts = sum(any(group.status == "alert" for group in groups) for groups in found)
    assert alerts / len(found) <= 0.05


def test_with_a_halved_rate_four_reports_in_five_alert_once_there_are_enough_people() -> None:
    draws = np.random.default_rng(5).binomial([120, 120], [0.31, 0.155], size=(2000, 2)).tolist()

    found = [compared({"a": Count(a, 120), "b": Count(b, 120)})[0] for a, b in draws]

    assert sum(one(groups, "b").status == "alert" for groups in found) / len(found) >= 0.75


def test_a_lucky_group_of_nine_is_not_the_highest() -> None:
    groups, highest = compared({"nine": Count(9, 9), "many": Count(50, 100)})

    assert highest == "many"
    assert one(groups, "nine").ratio == 2.0


@pytest.mark.parametrize("passed", [0, 50])
def test_where_everybody_or_nobody_passed_no_chance_is_reckoned(passed: int) -> None:
    groups, highest = compared({"a": Count(passed, 50), "b": Count(passed, 50)})

    other = next(group for group in groups if group.group != highest)
    assert other.p is None
    assert other.status in {"insufficient", "watch"}


@given(counts)
def test_rates_lie_in_their_intervals_and_ratios_below_one_of_the_highest(given_: dict[str, Count]) -> None:
    groups, highest = compared(given_)

    assert all(group.low <= group.rate <= group.high for group in groups)
    assert {group.group for group in groups} == set(given_)
    for group in groups:
        if group.ratio is not None and group.n >= RULE.least_compared_with:
            assert group.ratio <= 1.0
        if group.status == "alert":
            assert group.ratio is not None
            assert group.ratio < RULE.four_fifths
            assert group.p_adjusted is not None
            assert group.p_adjusted < RULE.significance
    assert sum(group.status is None for group in groups) == (highest is not None)


@pytest.mark.parametrize("count", [Count(3, 2), Count(-1, 2), Count(0, 0)])
def test_counts_that_cannot_be_are_refused(count: Count) -> None:
    with pytest.raises(InvalidInput, match="counts: cannot be"):
        compared({"a": count})


def test_a_group_of_one_can_be_counted() -> None:
    (group,), highest = compared({"a": Count(1, 1)})

    assert (group.n, group.passed, highest) == (1, 1, None)


def test_a_group_of_three_is_not_told_apart() -> None:
    found = stage_rates("final", "sex", courses(Male=(50, 100), Female=(40, 100), Another=(1, 3)))

    assert {group.group for group in found.groups} == {"Male", "Female"}
    assert (found.n, found.n_in_groups) == (203, 200)


def test_where_those_who_passed_declare_themselves_more_often_nothing_is_compared() -> None:
    everybody = courses(Male=(50, 55), Female=(50, 55), unknown=(10, 110))

    found = stage_rates("final", "sex", everybody)

    assert (found.status, found.groups) == ("insufficient", ())
    assert found.note.startswith("91% of those who passed are in a group and 9% of those who did not")


def test_of_those_who_never_submitted_nothing_is_known_and_so_nothing_is_said() -> None:
    stayed_away = [Course(began=False)] * 60

    found = stage_rates("began", "sex", [*courses(Male=(20, 50), Female=(20, 50)), *stayed_away])

    assert (found.n, found.passed, found.status) == (160, 100, "insufficient")
    assert found.groups == ()


def test_one_group_alone_is_not_compared() -> None:
    found = stage_rates("final", "sex", courses(Male=(50, 100)))

    assert (found.status, found.note) == ("insufficient", "fewer than two groups can be shown")


@pytest.mark.parametrize(
    ("course", "overall"),
    [
        (Course(began=False), False),
        (Course(began=True, submitted=False), False),
        (Course(began=True, submitted=True), None),
        (Course(began=True, submitted=True, final=True), True),
        (Course(began=None), None),
    ],
)
def test_the_whole_way_counts_who_dropped_out_and_leaves_out_who_is_still_on_it(
    course: Course,
    overall: bool | None,  # noqa: FBT001 - a row of the table
) -> None:
    assert course.overall is overall


@pytest.mark.parametrize(
    ("own", "top", "interval"),
    [
        (Count(12, 40), Count(30, 40), (0.2411, 0.6635)),
        (Count(40, 40), Count(30, 40), (1.1149, 1.5946)),
        (Count(0, 40), Count(30, 40), None),
        (Count(30, 40), Count(0, 40), None),
        (Count(40, 40), Count(40, 40), None),
    ],
)
def test_a_ratio_of_rates_has_the_interval_of_katz_where_it_has_one(
    own: Count, top: Count, interval: tuple[float, float] | None
) -> None:
    assert ratio_interval(own, top) == interval
