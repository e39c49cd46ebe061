"""How well scores predict later work: worked examples, and what always holds."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assessor.domain.agreement import Undetermined
from assessor.domain.errors import InvalidInput
from assessor.domain.validity import (
    LEAST_PEOPLE,
    Pair,
    correlation,
    fisher_interval,
    spread,
    unrestricted,
    validity,
)
from tests.domain.samples import is_sentence

# Anscombe 1973, The American Statistician 27, 17-21, table 1: the first of the four sets.
ANSCOMBE = [
    Pair(*point)
    for point in [
        (10, 8.04), (8, 6.95), (13, 7.58), (9, 8.81), (11, 8.33), (14, 9.96), (6, 7.24), (4, 4.26),
        (12, 10.84), (7, 4.82), (5, 5.68),
    ]
]  # fmt: skip

correlations = st.floats(-1, 1)
inner = st.floats(-0.999, 0.999)
ratios = st.floats(0.01, 100)
numbers = st.floats(-1e6, 1e6)


def people(n: int, *, slope: float = 1.0) -> list[Pair]:
    """Scores that rise, and outcomes that follow them up to a wave."""
    return [Pair(40 + number, slope * number + 9 * math.sin(number * 2.4)) for number in range(n)]


def test_anscombes_correlation_is_as_printed() -> None:
    assert correlation(ANSCOMBE) == pytest.approx(0.816, abs=5e-4)


def test_fishers_interval_is_that_of_the_transformed_correlation() -> None:
    # z = .5493, standard error 1 / sqrt(27) = .1925: z from .1721 to .9265.
    assert fisher_interval(0.5, 30) == pytest.approx((0.1704, 0.7290), abs=5e-4)


@pytest.mark.parametrize(
    ("r", "ratio", "corrected"),
    [
        (0.30, 2.0, 0.5324),  # .6 / sqrt(1 + .09 * 3)
        (0.25, 1.5, 0.3612),  # .375 / sqrt(1 + .0625 * 1.25)
        (-0.30, 2.0, -0.5324),
        (0.30, 0.5, 0.1553),  # a spread that is wider than everybody's makes it smaller
        (0.0, 3.0, 0.0),
        (1.0, 3.0, 1.0),
    ],
)
def test_thorndikes_second_case_corrects_for_a_narrow_range(r: float, ratio: float, corrected: float) -> None:
    assert unrestricted(r, ratio) == pytest.approx(corrected, abs=5e-5)


@given(correlations)
def test_without_restriction_nothing_is_corrected(r: float) -> None:
    assert unrestricted(r, 1.0) == pytest.approx(r, abs=1e-12)


@given(correlations, ratios)
def test_correcting_never_changes_the_sign_and_never_leaves_the_scale(r: float, ratio: float) -> None:
    corrected = unrestricted(r, ratio)

    assert math.copysign(1, corrected) == math.copysign(1, r)
    assert abs(corrected) <= 1


@given(correlations, correlations, ratios)
def test_a_larger_correlation_stays_the_larger_one(one: float, other: float, ratio: float) -> None:
    assume(abs(one - other) > 1e-9)

    assert (unrestricted(one, ratio) <= unrestricted(other, ratio)) == (one < other)


@given(inner, ratios)
def test_correcting_back_gives_what_was_observed(r: float, ratio: float) -> None:
    assert unrestricted(unrestricted(r, ratio), 1 / ratio) == pytest.approx(r, abs=1e-6)


@given(inner, st.integers(4, 10_000))
def test_an_interval_holds_its_correlation_and_narrows_with_more_people(r: float, n: int) -> None:
    low, high = fisher_interval(r, n)
    narrower = fisher_interval(r, 4 * n)

    assert low <= r <= high
    assert narrower[1] - narrower[0] < high - low


@given(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=20), st.floats(0.1, 10), numbers)
def test_the_unit_of_an_outcome_does_not_matter(
    points: list[tuple[float, float]], unit: float, zero: float
) -> None:
    pairs = [Pair(*point) for point in points]
    # Spreads far below what a float of this size can tell apart are noise.
    assume(spread([pair.score for pair in pairs]) > 1 and spread([pair.outcome for pair in pairs]) > 1)

    rescaled = [Pair(pair.score, pair.outcome * unit + zero) for pair in pairs]

    assert correlation(rescaled) == pytest.approx(correlation(pairs), abs=1e-3)


@pytest.mark.parametrize(
    ("pairs", "why"),
    [
        ([Pair(50, 1), Pair(50, 2), Pair(50, 3)], "all scores are alike"),
        ([Pair(50, 1), Pair(60, 1), Pair(70, 1)], "all outcomes are alike"),
        ([Pair(50, 1)], "fewer than two people"),
    ],
)
def test_what_does_not_vary_has_no_correlation(pairs: list[Pair], why: str) -> None:
    with pytest.raises(Undetermined, match=why):
        correlation(pairs)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("field", ["score", "outcome"])
def test_what_is_no_number_is_refused_by_name(field: str, wrong: float) -> None:
    pairs = people(LEAST_PEOPLE)
    pairs[4] = pairs[4]._replace(**{field: wrong})

    with pytest.raises(InvalidInput, match=f"{field}: of person 5 is not a finite number"):
        validity("python", "accepted", pairs, [50.0, 60.0])


@pytest.mark.parametrize(
    ("r", "ratio"), [(math.nan, 1.0), (1.1, 1.0), (0.5, 0.0), (0.5, math.inf), (0.5, -1)]
)
def test_nothing_is_corrected_by_what_is_no_ratio(r: float, ratio: float) -> None:
    with pytest.raises(InvalidInput) as refused:
        unrestricted(r, ratio)
    assert all(is_sentence(problem.remedy) for problem in refused.value.problems)


def test_enough_people_give_both_correlations_with_their_intervals() -> None:
    pairs = people(40)
    everybody = [20.0 + number for number in range(80)]

    found = validity("python", "accepted", pairs, everybody)

    assert found.observed is not None
    assert found.corrected is not None
    assert found.observed.low < found.observed.value < found.observed.high
    assert found.corrected.value == pytest.approx(
        unrestricted(found.observed.value, spread(everybody) / spread([pair.score for pair in pairs])),
        abs=1e-3,
    )
    assert found.corrected.value > found.observed.value
    assert (found.status, found.n) == ("measured", 40)


def test_too_few_people_are_told_how_many_are_needed_and_get_no_number() -> None:
    found = validity("python", "accepted", people(29), [50.0, 60.0])

    assert (found.status, found.n, found.needed) == ("insufficient", 29, 30)
    assert found.observed is found.corrected is None
    assert found.note == "29 people have a score and an outcome; 30 are needed"


def test_of_a_group_of_three_nothing_is_told_not_even_how_many() -> None:
    found = validity("python", "accepted", people(3), [50.0, 60.0], "sex: Female")

    assert (found.status, found.n, found.observed) == ("suppressed", None, None)


def test_outcomes_that_follow_from_scores_exactly_are_doubted() -> None:
    pairs = [Pair(float(number), 2.0 * number) for number in range(40)]

    found = validity("python", "accepted", pairs, [float(number) for number in range(40)])

    assert (found.status, found.observed) == ("undetermined", None)
    assert "measured apart" in found.note


def test_constant_outcomes_are_undetermined_with_the_reason() -> None:
    pairs = [pair._replace(outcome=1.0) for pair in people(40)]

    found = validity("python", "accepted", pairs, [50.0, 60.0])

    assert (found.status, found.note) == ("undetermined", "all outcomes are alike")
