"""Exact tests of small counts, against figures worked out by hand or by brute force."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.exact_tests import at_least, evenness, rank_sum

CHANCES = st.lists(st.floats(0, 1), max_size=8)


@given(CHANCES, st.integers(0, 9))
def test_the_upper_tail_is_the_sum_over_every_way_in_which_trials_can_end(
    chances: list[float], count: int
) -> None:
    ways = itertools.product((0, 1), repeat=len(chances))
    expected = math.fsum(
        math.prod(chance if won else 1 - chance for won, chance in zip(way, chances, strict=True))
        for way in ways
        if sum(way) >= count
    )

    assert at_least(count, chances) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("drawn", "chi_square", "p"),
    [
        ([(0, 3)] * 3, 6.0, 1 / 9),  # three of 27 ways are all in one place
        ([(0, 2), (0, 2)], 2.0, 0.5),
        ([(0, 2), (1, 2)], 0.0, 1.0),
        ([(2, 4)], 3.0, 1.0),
    ],
)
def test_small_samples_are_tested_exactly(drawn: list[tuple[int, int]], chi_square: float, p: float) -> None:
    found = evenness(drawn)

    assert found is not None
    assert found.chi_square == pytest.approx(chi_square)
    assert found.p == pytest.approx(p, abs=1e-4)


def test_places_that_few_items_have_are_expected_less_often() -> None:
    found = evenness([(0, 3), (1, 4), (3, 4)])

    assert found is not None
    assert found.counts == (1, 1, 0, 1)
    assert found.expected == pytest.approx((0.8333, 0.8333, 0.8333, 0.5))


@pytest.mark.parametrize(
    ("counts", "p"),
    # Critical values of chi-square at 5% as tables have them: 3.841, 5.991, 7.815, 9.488.
    [((61, 39), 0.0278), ((50, 30, 40), 0.0821), ((40, 20, 30, 30), 0.0833), ((30, 20, 20, 10, 20), 0.0404)],
)
def test_large_samples_are_tested_by_chi_square(counts: tuple[int, ...], p: float) -> None:
    drawn = [(place, len(counts)) for place, count in enumerate(counts) for _ in range(count)]

    found = evenness(drawn)

    assert found is not None
    assert found.p == pytest.approx(p, abs=2e-4)


@pytest.mark.parametrize("drawn", [[], [(0, 1)]])
def test_where_there_is_no_choice_there_is_nothing_to_test(drawn: list[tuple[int, int]]) -> None:
    assert evenness(drawn) is None


SIZES = st.lists(st.integers(0, 5), min_size=1, max_size=4)


@given(SIZES, SIZES)
def test_the_rank_sum_is_tested_against_every_way_to_divide_the_values(
    some: list[int], others: list[int]
) -> None:
    def longer(first: list[int], second: list[int]) -> float:
        pairs = itertools.product(first, second)
        return sum((a > b) + (a == b) / 2 for a, b in pairs) / (len(first) * len(second))

    values = [*some, *others]
    far = []
    for chosen in itertools.combinations(range(len(values)), len(some)):
        left = [values[place] for place in range(len(values)) if place not in chosen]
        far.append(abs(longer([values[place] for place in chosen], left) - 0.5))
    found = longer(some, others)
    expected = sum(one >= abs(found - 0.5) - 1e-9 for one in far) / len(far)

    assert rank_sum(some, others) == pytest.approx((found, expected), abs=1e-4)


def test_nothing_is_said_where_one_side_is_empty() -> None:
    assert rank_sum([], [1.0]) is None
