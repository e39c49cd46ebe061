"""Agreement of a panel about an item, and about a category."""

import pytest

from assessor.domain.agreement import counted, gwet_ac, krippendorff_alpha
from assessor.domain.item import Category
from assessor.domain.panel import PanelRatings, agreement_of, pooled
from tests.scoring.works import EVALUATION, RANKING, SFT, TRAJECTORY


def places(*orders: str) -> PanelRatings:
    """Each expert's order, the best first."""
    answers = {f"place:{name * 2}": tuple(str(order.index(name) + 1) for order in orders) for name in "abcd"}
    return PanelRatings(
        item=RANKING.id,
        version=1,
        hash=RANKING.hash,
        answers=answers | {"difficulty": ("2",) * len(orders)},
    )


def test_the_statistics_are_those_of_the_places() -> None:
    units = counted([(1, 1, 2), (2, 2, 1), (3, 4, 3), (4, 3, 4)])

    found = agreement_of(RANKING, places("abcd", "abdc", "bacd"))

    assert found.gwet == pytest.approx(gwet_ac(units, range(1, 5), "quadratic"), abs=1e-4)
    assert found.alpha == pytest.approx(krippendorff_alpha(units, "ordinal"), abs=1e-4)
    assert (found.experts, found.units) == (3, 4)
    assert found.alike == pytest.approx(1 / 3, abs=1e-4)
    assert found.is_above_chance


def test_experts_who_contradict_each_other_agree_less_than_by_chance() -> None:
    found = agreement_of(RANKING, places("abcd", "dcba"))

    assert found.gwet is not None
    assert found.gwet < 0
    assert not found.is_above_chance


def test_all_saying_the_same_of_everything_is_agreement_without_a_statistic() -> None:
    ratings = PanelRatings(
        item=SFT.id, version=1, hash=SFT.hash, answers={"reference": ("5", "5"), "difficulty": ("2", "3")}
    )

    found = agreement_of(SFT, ratings)

    assert (found.gwet, found.alpha, found.alike) == (None, None, 1)
    assert found.is_above_chance


def test_labels_have_no_distance() -> None:
    said: dict[str, tuple[str, ...]] = {f"step:s{n}": ("good", "good") for n in range(1, 5)}
    said |= {"step:s5": ("poor", "not_needed"), "first_error": ("s5", "s5"), "difficulty": ("2", "2")}
    said |= {"error_class": ("misread_goal",) * 2, "outcome": ("success",) * 2}
    ratings = PanelRatings(
        item=TRAJECTORY.id,
        version=1,
        hash=TRAJECTORY.hash,
        answers=said,
    )
    units = counted([(1, 1)] * 4 + [(2, 4)])

    found = agreement_of(TRAJECTORY, ratings)

    assert found.units == 5
    assert found.gwet == pytest.approx(gwet_ac(units, range(1, 5), "identity"), abs=1e-4)


def test_items_with_different_numbers_of_experts_are_pooled() -> None:
    found = pooled(
        Category.RANKING, [(RANKING, places("abcd", "abcd", "abdc")), (RANKING, places("bacd", "abcd"))]
    )

    assert (found.experts, found.units) == (3, 8)
    assert found.is_above_chance


def test_a_rating_for_each_expert_is_demanded() -> None:
    with pytest.raises(ValueError, match="one answer of each expert"):
        PanelRatings(item=EVALUATION.id, version=1, hash="h", answers={"a": ("1", "2"), "b": ("1", "2", "3")})
    with pytest.raises(ValueError, match="at least 2"):
        PanelRatings(item=EVALUATION.id, version=1, hash="h", answers={"a": ("1",)})
