"""What a comparison of groups is able to find."""

import pytest

from assessor.domain.fairness.rule import Status, overall, power_to_see_halved


@pytest.mark.parametrize(
    ("rate", "compared_with", "group", "power"),
    # By hand for .31 and .155: h = 2 asin sqrt .31 - 2 asin sqrt .155 = .3725; z = 1.96.
    # 113 and 113: .3725 * sqrt(56.5) - 1.96 = .84, and Phi of it .80. 100 and 30: .3725 * sqrt(23.08) - 1.96.
    [(0.31, 113, 113, 0.80), (0.31, 100, 30, 0.43), (0.31, 30, 100, 0.43)],
)
def test_the_power_to_see_a_halved_rate_in_worked_examples(
    rate: float, compared_with: int, group: int, power: float
) -> None:
    assert power_to_see_halved(rate, compared_with, group, 1) == pytest.approx(power, abs=0.005)


def test_the_more_pairs_are_compared_the_less_one_comparison_finds() -> None:
    # .05 / 5 / 2 is .005: z = 2.576, and Phi(.3725 * sqrt(56.5) - 2.576) = Phi(.224).
    assert power_to_see_halved(0.31, 113, 113, 5) == pytest.approx(0.589, abs=0.005)


def test_more_people_and_a_higher_rate_make_a_difference_easier_to_find() -> None:
    found = [power_to_see_halved(0.31, 100, people, 1) for people in (10, 30, 100, 300)]
    rates = [power_to_see_halved(rate, 100, 30, 1) for rate in (0.1, 0.3, 0.6, 1.0)]

    assert found == sorted(found)
    assert rates == sorted(rates)


@pytest.mark.parametrize(
    ("statuses", "gravest"),
    [
        ([], "insufficient"),
        (["watch", "alert", "insufficient"], "alert"),
        (["watch", "insufficient"], "insufficient"),
        (["watch", "watch"], "watch"),
    ],
)
def test_one_alert_is_one_and_a_gap_is_not_made_good_by_the_rest(
    statuses: list[Status], gravest: Status
) -> None:
    assert overall(statuses) == gravest
