"""Coefficients of agreement against what their sources print."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.agreement import (
    Metric,
    Rating,
    Undetermined,
    Units,
    cohen_kappa,
    counted,
    gwet_ac,
    krippendorff_alpha,
    quadratic_kappa,
    standardised_difference,
    weighted_kappa,
)
from assessor.domain.errors import InvalidInput
from tests.domain.agreement.tables import cross

# Krippendorff 2011, part C: four observers, twelve units, some ratings missing.
FOUR_OBSERVERS = counted(
    zip(
        (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
        (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
        (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
        (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
        strict=True,
    )
)
# Cohen 1968, table 1, in counts of 200: personality disorder, neurosis, psychosis.
DIAGNOSES = cross([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
# Agresti 2002, table 10.8: two pathologists on carcinoma.
PATHOLOGISTS = cross([[22, 2, 2, 0], [5, 7, 14, 0], [0, 2, 36, 0], [0, 1, 17, 10]])
# Gwet 2014: two abstractors on pregnancies: ectopic, abnormal intrauterine, normal intrauterine.
ABSTRACTORS = cross([[13, 0, 0], [0, 20, 7], [0, 4, 56]])

ratings = st.none() | st.integers(0, 4).map(float)
pairs = st.lists(st.tuples(ratings, ratings), max_size=30).map(counted)


@pytest.mark.parametrize(("metric", "printed"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_is_as_krippendorff_prints_it_with_ratings_missing(metric: Metric, printed: float) -> None:
    assert round(krippendorff_alpha(FOUR_OBSERVERS, metric), 3) == printed


def test_alpha_is_as_krippendorff_prints_it_for_two_observers() -> None:
    binary = counted(zip((0, 1, 0, 0, 0, 0, 0, 0, 1, 0), (1, 1, 1, 0, 0, 1, 0, 0, 0, 0), strict=True))
    letters = counted(zip(map(ord, "aabbdcccedda"), map(ord, "babbbccceddd"), strict=True))

    assert round(krippendorff_alpha(binary, "nominal"), 3) == 0.095
    assert round(krippendorff_alpha(letters, "nominal"), 3) == 0.692


@pytest.mark.parametrize(
    ("units", "scale", "printed"),
    [(FOUR_OBSERVERS, range(1, 6), 0.77544), (ABSTRACTORS, range(3), 0.84933)],
)
def test_ac1_is_as_gwet_prints_it(units: Units, scale: range, printed: float) -> None:
    assert round(gwet_ac(units, scale, "identity"), 5) == printed


def test_ac2_is_as_gwets_definition_gives_it_pair_by_pair() -> None:
    rows = [row for row, times in FOUR_OBSERVERS.items() for _ in range(times)]
    agreement = []
    for row in rows:
        given = [one for one in row if one is not None]
        alike = [1 - ((a - b) / 4) ** 2 for i, a in enumerate(given) for j, b in enumerate(given) if i != j]
        if alike:
            agreement.append(sum(alike) / len(alike))
    shares = [
        sum(row.count(level) / (4 - row.count(None)) for row in rows) / len(rows) for level in range(1, 6)
    ]
    weights = sum(1 - ((a - b) / 4) ** 2 for a in range(5) for b in range(5))
    by_chance = weights / 20 * sum(share * (1 - share) for share in shares)
    expected = (sum(agreement) / len(agreement) - by_chance) / (1 - by_chance)

    assert gwet_ac(FOUR_OBSERVERS, range(1, 6), "quadratic") == pytest.approx(expected)


def test_kappa_plain_and_weighted_is_as_cohen_prints_it() -> None:
    cost = {(0, 1): 1, (0, 2): 3, (1, 2): 6}

    weighted = weighted_kappa(DIAGNOSES, lambda a, b: cost.get((int(min(a, b)), int(max(a, b))), 0))

    assert (round(cohen_kappa(DIAGNOSES), 3), round(weighted, 3)) == (0.492, 0.348)


def test_kappa_plain_and_quadratic_is_as_agresti_prints_it() -> None:
    assert round(cohen_kappa(PATHOLOGISTS), 3) == 0.493
    assert round(quadratic_kappa(PATHOLOGISTS), 2) == 0.78


def test_kappa_of_the_abstractors_is_as_gwet_prints_it() -> None:
    assert round(cohen_kappa(ABSTRACTORS), 4) == 0.7964


def test_the_standardised_difference_is_the_distance_of_the_means_in_pooled_deviations() -> None:
    units = counted([(0, 1), (2, 2), (4, 4), (2, 3)])  # means 2 and 2.5, variances 8/3 and 5/3

    assert standardised_difference(units) == pytest.approx(0.5 / math.sqrt((8 / 3 + 5 / 3) / 2))


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="nothing"),
        pytest.param([(1.0, 1.0)], id="one response"),
        pytest.param([(1.0, None), (None, 2.0), (3.0, None)], id="never both"),
        pytest.param([(2.0, 2.0)] * 50, id="one and the same rating throughout"),
    ],
)
def test_ratings_that_determine_nothing_give_no_number_and_never_a_perfect_one(
    rows: list[tuple[Rating, Rating]],
) -> None:
    units = counted(rows)

    for statistic in (
        cohen_kappa,
        quadratic_kappa,
        standardised_difference,
        lambda units: krippendorff_alpha(units, "ordinal"),
        lambda units: gwet_ac(units, range(5), "quadratic"),
    ):
        with pytest.raises(Undetermined):
            statistic(units)


def test_a_rater_who_says_the_same_of_everything_agrees_no_better_than_chance() -> None:
    units = counted([(1.0, 1.0)] * 30 + [(0.0, 1.0)] * 10)

    assert cohen_kappa(units) == pytest.approx(0)
    assert krippendorff_alpha(units, "nominal") < 0


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_not_a_number_is_refused_with_its_row(bad: float) -> None:
    with pytest.raises(InvalidInput, match="row 2 holds something that is not a finite number"):
        counted([(1.0, 1.0), (bad, 1.0)])


def test_rows_of_unequal_length_and_ratings_off_the_scale_are_refused() -> None:
    with pytest.raises(InvalidInput, match="row 2 has 3 places"):
        counted([(1, 1), (1, 1, 1)])
    with pytest.raises(InvalidInput, match="7, which is not on the scale"):
        gwet_ac(counted([(7, 1), (1, 1)]), range(5), "identity")
    with pytest.raises(InvalidInput, match="two raters at a time"):
        cohen_kappa(counted([(1, 1, 1)]))


@given(pairs)
def test_no_coefficient_is_ever_above_one_or_changes_when_the_raters_change_places(units: Units) -> None:
    turned = counted([row[::-1] for row, times in units.items() for _ in range(times)])

    for statistic in (
        cohen_kappa,
        quadratic_kappa,
        lambda units: krippendorff_alpha(units, "interval"),
        lambda units: gwet_ac(units, range(5), "quadratic"),
    ):
        try:
            value = statistic(units)
        except Undetermined:
            continue
        assert value <= 1 + 1e-12
        assert statistic(turned) == pytest.approx(value)
