"""Shares, exact tests, differential functioning and intervals against what their sources print."""

import math

import pytest

from assessor.domain.agreement import (
    Stratum,
    Undetermined,
    Units,
    chi_squared,
    counted,
    fisher_exact,
    mantel_haenszel,
    measured,
    quadratic_kappa,
    true_negative_rate,
    true_positive_rate,
    wilson,
)
from assessor.domain.errors import InvalidInput
from tests.domain.agreement.tables import cross

# Agresti 2002, table 6.6 (Liu 1992): smoking and lung cancer in eight cities of China.
CITIES = [
    Stratum(*counts)
    for counts in [
        (126, 100, 35, 61),
        (908, 688, 497, 807),
        (913, 747, 336, 598),
        (235, 172, 58, 121),
        (402, 308, 121, 215),
        (182, 156, 72, 98),
        (60, 99, 11, 43),
        (104, 89, 21, 36),
    ]
]


@pytest.mark.parametrize(
    ("successes", "n", "printed"),
    [
        (81, 263, (0.2553, 0.3662)),  # Newcombe 1998, table I, method 3
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
        (0, 25, (0.0, 0.1332)),  # Agresti 2002, 1.4.3: no vegetarian among 25
    ],
)
def test_wilsons_interval_is_as_newcombe_and_agresti_print_it(
    successes: int, n: int, printed: tuple[float, float]
) -> None:
    assert wilson(successes, n) == pytest.approx(printed, abs=5e-5)


def test_cases_that_hang_together_widen_the_interval_as_fewer_cases_would() -> None:
    assert wilson(80, 100, design_effect=2) == pytest.approx(wilson(40, 50))


def test_rates_count_what_people_call_met_and_not_met_apart() -> None:
    units = cross([[45, 5], [2, 18]])  # rows are people's labels

    hits, passes = true_positive_rate(units), true_negative_rate(units)

    assert (hits.value, hits.n) == (0.9, 20)
    assert (passes.value, passes.n) == (0.9, 50)
    assert (hits.low, hits.high) == pytest.approx(wilson(18, 20), abs=1e-6)


def test_a_rate_over_no_cases_is_no_number_and_says_why() -> None:
    rate = true_negative_rate(cross([[0, 0], [3, 9]]))

    assert (rate.value, rate.low, rate.n) == (None, None, 0)
    assert rate.note == "everything is met, as people see it"


def test_the_lady_tasting_tea_convinces_with_all_cups_right_and_not_with_three_of_four() -> None:
    assert round(fisher_exact(4, 0, 0, 4, "greater"), 3) == 0.014
    assert round(fisher_exact(3, 1, 1, 3, "greater"), 3) == 0.243
    assert round(fisher_exact(3, 1, 1, 3), 3) == 0.486


def test_fishers_test_holds_for_thousands_of_people() -> None:
    # So many tables that a float cannot hold their number; p as SciPy 1.17 gives it.
    assert fisher_exact(1000, 2000, 900, 2130) == pytest.approx(0.0025126449, abs=5e-10)
    assert fisher_exact(5000, 5000, 5000, 5000) == 1.0


def test_a_table_with_an_empty_margin_has_no_p_value_and_a_negative_count_is_refused() -> None:
    with pytest.raises(Undetermined):
        fisher_exact(3, 0, 5, 0)
    with pytest.raises(InvalidInput):
        fisher_exact(-1, 2, 3, 4)


def test_mantel_haenszel_is_as_agresti_prints_it() -> None:
    found = mantel_haenszel(CITIES)
    reach = 1.96 * found.standard_error / 2.35

    assert round(found.odds_ratio, 2) == 2.17
    assert round(chi_squared(CITIES, correction=0), 1) == 280.1
    low, high = (found.odds_ratio * math.exp(sign * reach) for sign in (-1, 1))
    assert (round(low, 2), round(high, 2)) == (1.98, 2.38)


@pytest.mark.parametrize(
    ("strata", "expected"),
    [
        ([Stratum(50, 50, 50, 50)] * 4, "A"),
        ([Stratum(12, 8, 8, 12)], "A"),  # large, and told by far too few people
        ([Stratum(56, 44, 43, 57)] * 5, "B"),
        ([Stratum(70, 30, 40, 60)] * 5, "C"),
    ],
)
def test_ets_classes_ask_for_size_and_for_significance(strata: list[Stratum], expected: str) -> None:
    assert mantel_haenszel(strata).ets_class == expected


def test_delta_is_negative_where_the_item_is_harder_for_the_focal_group() -> None:
    assert mantel_haenszel([Stratum(70, 30, 40, 60)]).delta < 0 < mantel_haenszel([Stratum(4, 6, 7, 3)]).delta


@pytest.mark.parametrize("strata", [[], [Stratum(0, 0, 3, 4)], [Stratum(5, 0, 3, 0)], [Stratum(5, 0, 0, 3)]])
def test_one_group_alone_or_one_outcome_alone_tells_nothing_of_an_item(strata: list[Stratum]) -> None:
    with pytest.raises(Undetermined):
        mantel_haenszel(strata)


def test_an_interval_lies_around_its_value_and_is_the_same_for_the_same_seed() -> None:
    units = cross([[20, 5, 1], [4, 18, 6], [1, 5, 20]])

    one, again, other = (measured(quadratic_kappa, units, seed=seed) for seed in (7, 7, 8))

    assert one == again != other
    assert one.value is not None
    assert one.low is not None
    assert one.high is not None
    assert one.low < one.value < one.high
    assert one.n == 80


def test_the_interval_of_quadratic_kappa_is_about_as_wide_as_the_jackknife_says() -> None:
    units = cross([[22, 2, 2, 0], [5, 7, 14, 0], [0, 2, 36, 0], [0, 1, 17, 10]])

    found = measured(quadratic_kappa, units, seed=1)

    assert found.low is not None
    assert found.high is not None
    assert (found.high - found.low) / (2 * 1.96) == pytest.approx(_jackknifed(units), rel=0.2)


def _jackknifed(units: Units) -> float:
    """The jackknife's standard error: another way to the same number."""
    n, full = sum(units.values()), quadratic_kappa(units)
    spread = 0.0
    for row, times in units.items():
        rest = {key: count - (key == row) for key, count in units.items() if count - (key == row)}
        spread += times * (quadratic_kappa(rest) - full) ** 2
    return math.sqrt((n - 1) / n * spread)


@pytest.mark.parametrize(
    ("rows", "value", "note"),
    [
        ([(1.0, 1.0)] * 40, None, "both gave one and the same rating to everything"),
        ([(0.0, 0.0), (4.0, 4.0)] * 3, 1.0, "fewer than 10 responses: no interval"),
        ([(0.0, 0.0), (4.0, 4.0)] * 30, 1.0, "every resample gives the same: no interval"),
        ([(0.0, 0.0)] * 59 + [(4.0, 4.0)], 1.0, "too many resamples hold a single rating: no interval"),
    ],
)
def test_where_resampling_would_flatter_there_is_no_interval(
    rows: list[tuple[float, float]], value: float | None, note: str
) -> None:
    found = measured(quadratic_kappa, counted(rows), seed=1)

    assert (found.value, found.low, found.high, found.note) == (value, None, None, note)


def test_rows_with_one_rating_are_not_counted_as_cases() -> None:
    found = measured(quadratic_kappa, counted([(1, 2), (2, 2), (3, None), (None, 1)]), seed=1)

    assert found.n == 2
