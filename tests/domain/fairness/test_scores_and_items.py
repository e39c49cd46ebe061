"""Scores in standard deviations, and items at equal ability."""

import numpy as np
import pytest

from assessor.domain.fairness import (
    Course,
    ItemAnswer,
    ItemDifference,
    item_differences,
    score_differences,
)
from assessor.domain.fairness.scores import standardised


def scored(group: str, scores: list[float]) -> list[Course]:
    return [Course(score=score, groups={"sex": group}) for score in scores]


def spread_around(mean: float, n: int) -> list[float]:
    """Return n scores with this mean and a standard deviation near ten."""
    return [mean + 10 * (1 if place % 2 else -1) for place in range(n)]


def test_the_difference_is_in_pooled_standard_deviations_from_the_largest_group() -> None:
    everybody = scored("Male", spread_around(60, 80)) + scored("Female", spread_around(55, 40))

    male, female = score_differences("sex", everybody).groups

    assert (male.group, male.status, male.difference) == ("Male", "compared_with", None)
    assert female.difference == pytest.approx(-0.496, abs=1e-3)
    assert female.low is not None
    assert female.high is not None
    assert female.low < -0.496 < female.high < 0


def test_the_interval_is_as_hedges_and_olkin_give_it() -> None:
    # Equal groups of 10 and d = .5: variance 20 / 100 + .25 / 40 = .20625.
    one, other = [1.0, 2.0] * 5, [0.0, 1.0] * 5

    measured = standardised(one, other)

    assert measured is not None
    d, low, high = measured
    assert (high - low) / 2 == pytest.approx(1.959964 * (0.2 + d * d / 40) ** 0.5)


def test_few_scores_and_scores_that_are_all_alike_give_no_difference() -> None:
    few = scored("Male", spread_around(60, 80)) + scored("Female", spread_around(55, 29))
    alike = scored("Male", [60.0] * 80) + scored("Female", [60.0] * 40)

    assert [score_differences("sex", one).groups[1].status for one in (few, alike)] == ["insufficient"] * 2


def test_a_group_of_four_is_not_told_apart() -> None:
    everybody = scored("Male", spread_around(60, 80)) + scored("Female", spread_around(90, 4))

    assert [one.group for one in score_differences("sex", everybody).groups] == ["Male"]


def answers(n: int, harder_for_focal: float, ability_gap: float = 0.0) -> list[ItemAnswer]:
    """Draw answers by a Rasch model; `harder_for_focal` is in logits, at equal ability."""
    chance = np.random.default_rng(11)
    drawn = []
    for group, size, gap, harder in (
        ("Male", n + 1, 0.0, 0.0),
        ("Female", n, -ability_gap, harder_for_focal),
    ):
        abilities = chance.normal(gap, 1.0, size)
        right = chance.random(size) < 1 / (1 + np.exp(-(abilities - harder)))
        drawn += [
            ItemAnswer("item-1", bool(one), 60 + 15 * float(ability), {"sex": group})
            for one, ability in zip(right, abilities, strict=True)
        ]
    return drawn


def only(found: tuple[ItemDifference, ...]) -> ItemDifference:
    (one,) = found
    return one


def test_an_item_that_is_harder_at_equal_ability_is_of_class_c() -> None:
    found = only(item_differences("sex", answers(800, harder_for_focal=1.0)))

    assert found.dif is not None
    assert (found.status, found.dif.ets_class) == ("measured", "C")
    assert found.dif.delta == pytest.approx(-2.35, abs=0.6)  # -2.35 times a log odds ratio of 1


def test_groups_of_unequal_ability_do_not_make_an_item_unfair() -> None:
    found = only(item_differences("sex", answers(800, harder_for_focal=0.0, ability_gap=0.8)))

    assert found.dif is not None
    assert found.dif.ets_class == "A"


def test_with_too_few_answers_an_item_waits() -> None:
    found = only(item_differences("sex", answers(99, harder_for_focal=1.0)))

    assert (found.status, found.dif, found.note) == ("insufficient", None, "each group needs 100 answers")


def test_an_item_that_everybody_gets_right_is_undetermined() -> None:
    all_right = [one._replace(right=True) for one in answers(120, 0.0)]

    found = only(item_differences("sex", all_right))

    assert (found.status, found.dif) == ("undetermined", None)
