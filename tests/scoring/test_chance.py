"""Measures count what goes beyond chance: perfect is 1, blind answering is near 0, better is never less."""

import itertools
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.item import Category, DimensionKey, ErrorClass, Outcome, StepLabel
from assessor.scoring import rate_by_rule
from assessor.scoring.chance import beyond_chance
from assessor.scoring.evaluation import crps, expected, rating_skill
from tests.scoring.works import WHY, work

SHARES = st.lists(st.floats(0, 1), min_size=2, max_size=9)


@pytest.mark.parametrize(
    ("value", "at_random", "left"),
    [(1, (1, 0), 1), (0.5, (1, 0), 0), (0.75, (1, 0), 0.5), (0, (1, 0, 0, 0), 0), (1, (1, 1), 1)],
)
def test_what_is_left_beyond_chance(value: float, at_random: tuple[float, ...], left: float) -> None:
    assert beyond_chance(value, at_random) == left


@given(SHARES, st.floats(0, 1), st.floats(0, 1))
def test_a_better_answer_never_earns_less(at_random: list[float], one: float, other: float) -> None:
    low, high = sorted((beyond_chance(one, at_random), beyond_chance(other, at_random)))

    assert 0 <= low <= high <= 1
    assert beyond_chance(max(one, other), at_random) == high


@given(SHARES)
def test_before_it_is_cut_off_at_0_a_random_answer_earns_nothing_on_average(shares: list[float]) -> None:
    chance = fmean(shares)
    if chance < 0.99:
        assert fmean((share - chance) / (1 - chance) for share in shares) == pytest.approx(0, abs=1e-9)


@given(st.floats(1, 5), st.floats(0.05, 2))
def test_a_rating_is_worth_1_at_best_and_more_the_better_the_crps(rating: float, tolerance: float) -> None:
    key = DimensionKey(rating=rating, tolerance=tolerance, rationale=WHY)
    by_crps = sorted(range(1, 6), key=lambda given_: crps(expected(key), given_))

    skills = [rating_skill(key, given_) for given_ in by_crps]

    assert skills[0] == 1
    assert skills == sorted(skills, reverse=True)
    assert skills[-1] == 0


def test_constant_answers_that_need_no_look_at_the_task_earn_little() -> None:
    """Whoever gives the same label, outcome and class everywhere is not carried by their frequency."""
    earned = [
        fmean(
            score.value or 0.0
            for score in rate_by_rule(
                work(
                    Category.TRAJECTORY,
                    labels=dict.fromkeys(("s1", "s2", "s3", "s4", "s5"), label),
                    first_error="s1",
                    error_class=error_class,
                    outcome=outcome,
                )
            )
        )
        for label, error_class, outcome in itertools.product(
            StepLabel, (each for each in ErrorClass if each is not ErrorClass.NONE), Outcome
        )
    ]

    assert fmean(earned) < 0.2
