"""Two raters side by side: in all, and by part."""

from assessor.domain.agreement import compare, compare_parts, counted, krippendorff_alpha, quadratic_kappa

LEVELS = range(5)


def test_all_three_statistics_and_the_grid_are_of_the_same_pairs() -> None:
    pairs = [(level, min(4, level + level % 2)) for level in range(5)] * 6

    found = compare("all", pairs, LEVELS)

    units = counted(pairs)
    assert found.qwk.value == round(quadratic_kappa(units), 6)
    assert found.alpha.value == round(krippendorff_alpha(units, "ordinal"), 6)
    assert found.kappa.value is not None
    assert found.qwk.low is not None
    assert found.grid[1] == (0, 0, 6, 0, 0)
    assert sum(map(sum, found.grid)) == found.n == 30


def test_of_fewer_than_ten_pairs_there_is_no_number_but_how_many_there_are() -> None:
    found = compare("few", [(0, 0), (4, 4), (2, 3)], LEVELS)

    assert [one.value for one in (found.qwk, found.kappa, found.alpha)] == [None] * 3
    assert found.qwk.note == "too few: 3 of 10"
    assert found.grid[2][3] == 1


def test_raters_that_never_differ_from_one_rating_have_no_agreement_beyond_chance() -> None:
    assert compare("same", [(4, 4)] * 20, LEVELS).qwk.value is None


def test_the_parts_with_most_pairs_come_first_and_those_left_out_are_counted() -> None:
    named = [("small", (1, 1)), *[("large", (2, 2))] * 3, *[("middle", (0, 4))] * 2]

    parts, of_parts = compare_parts(named, LEVELS, most=2)

    assert [(one.name, one.n) for one in parts] == [("large", 3), ("middle", 2)]
    assert of_parts == 3
