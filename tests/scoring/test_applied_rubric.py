"""A candidate's rubric, applied to hidden responses: worked examples, and what must always hold."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.item import HiddenResponse, MustHave, RubricWritingItem
from assessor.domain.response import RubricRow, RubricWritingResponse
from assessor.domain.score import Unscored
from assessor.scoring.applied_rubric import (
    APPLIED_SHARES,
    COVERAGE,
    DISCRIMINATION,
    ORDER,
    Applied,
    applied_findings,
    applied_measures,
    coverage,
    discrimination,
    order_found,
    rows_that_found,
    total,
)
from tests.scoring.prose import is_sentence
from tests.scoring.works import RUBRIC_WRITING, WHY

HIDDEN = tuple(
    HiddenResponse(id=f"h{rank}", text=f"Response {rank}", rank=rank, shows=shows)
    for rank, shows in enumerate((("aa", "bb"), ("aa", "bb"), ("aa",), ("aa",), ("bb",), ()), 1)
)
ITEM: RubricWritingItem = RUBRIC_WRITING.changed(
    key=RUBRIC_WRITING.key.changed(
        rationale=WHY,
        must_haves=tuple(MustHave(id=name, text=f"Looks for the thing {name}.") for name in ("aa", "bb")),
        hidden_responses=HIDDEN,
    )
)
IDS = [shown.id for shown in HIDDEN]
VERDICT: dict[str, Applied] = {"+": "met", "-": "unmet", "?": "cannot_assess"}


def row(signs: str) -> dict[str, Applied]:
    """Verdicts on h1 to h6: `+` met, `-` unmet, `?` cannot assess."""
    return {name: VERDICT[sign] for name, sign in zip(IDS, signs, strict=True)}


def rubric(*weights: int) -> RubricWritingResponse:
    rows = tuple(RubricRow(criterion=f"Says thing {place}", weight=w) for place, w in enumerate(weights))
    return RubricWritingResponse(rows=rows)


def applied(weights: Sequence[int], *signs: str) -> dict[str, float | None]:
    found = applied_findings(ITEM, rubric(*weights), [row(each) for each in signs])
    return {name.removeprefix("applied:"): finding.value for name, finding in found.items()}


def test_a_total_is_the_share_of_weight_that_is_met() -> None:
    table = [row("++----"), row("+?+---"), row("-+++--")]

    assert [total([50, 30, 20], table, name) for name in IDS] == pytest.approx([0.8, 0.7, 0.5, 0.2, 0, 0])


def test_the_order_is_kendalls_tau_b_with_ties() -> None:
    # Totals 3, 3, 2, 1, 0, 0: of 15 pairs two are tied, 13 agree: 13 / sqrt(15 * 13).
    totals = dict(zip(IDS, (3.0, 3.0, 2.0, 1.0, 0.0, 0.0), strict=True))

    assert order_found(HIDDEN, totals) == pytest.approx(13 / (15 * 13) ** 0.5)
    assert order_found(HIDDEN, {name: -value for name, value in totals.items()}) == 0.0
    assert order_found(HIDDEN, dict.fromkeys(IDS, 0.5)) == 0.0


def test_discrimination_is_the_mean_of_the_best_two_of_six_less_that_of_the_poorest_two() -> None:
    totals = dict(zip(IDS, (1.0, 0.8, 0.0, 1.0, 0.3, 0.1), strict=True))

    assert discrimination(HIDDEN, totals) == pytest.approx(0.9 - 0.2)
    assert discrimination(HIDDEN, {name: 1 - value for name, value in totals.items()}) == 0.0


def test_responses_tied_with_the_last_of_a_group_belong_to_it() -> None:
    tied = tuple(shown.changed(rank=min(shown.rank, 5)) for shown in HIDDEN[:3]) + tuple(
        shown.changed(rank=4) for shown in HIDDEN[3:]
    )
    totals = dict(zip(IDS, (1.0, 0.8, 0.7, 0.6, 0.3, 0.0), strict=True))

    assert discrimination(tied, totals) == pytest.approx(0.9 - 0.3)


@pytest.mark.parametrize(
    ("signs", "value"),
    [
        # `aa` is shown by h1 to h4, `bb` by h1, h2 and h5.
        (["++++--", "++--+-"], 1.0),
        (["++++--"], 0.5),
        (["++++--", "++++--"], (1.0 + (2 / 3 - 2 / 3 + 0)) / 2),
        (["+++---"], 0.75 / 2),  # J = 3/4 - 0
        (["++----"], (2 / 3) / 2),  # J for a: 2/4; for b: 2/3 - 0. One criterion stands for one.
        (["++----", "++----"], (2 / 4 + 2 / 3) / 2),
        (["++++++"], 0.0),
        (["----++"], (1 / 3 - 1 / 3 + 0) / 2),
        (["??????"], 0.0),
        ([], 0.0),
    ],
)
def test_coverage_is_what_the_best_pairing_of_criteria_and_must_haves_separates(
    signs: list[str], value: float
) -> None:
    assert coverage(ITEM, [row(each) for each in signs]) == pytest.approx(value)


def test_a_rubric_that_looks_for_what_matters_earns_more_than_one_that_praises_length() -> None:
    good = applied([50, 30, 20], "++++--", "++--+-", "+-----")
    poor = applied([50, 50], "--++++", "++++++")

    assert all((good[name] or 0) > (poor[name] or 0) for name in good)
    assert good["coverage"] == 1.0


def test_a_table_that_is_mostly_abstentions_is_left_to_a_person() -> None:
    found = applied_findings(ITEM, rubric(50, 50), [row("???????"[:6]), row("+?----")])

    assert {finding.unscored for finding in found.values()} == {Unscored.CANNOT_ASSESS}
    assert {finding.value for finding in found.values()} == {None}
    assert set(found) == set(APPLIED_SHARES)


def test_no_reason_tells_a_number_or_a_response() -> None:
    found = applied_findings(ITEM, rubric(60, 40), [row("++++--"), row("+-----")])

    assert not any(character.isdigit() for finding in found.values() for character in finding.reason)


@pytest.mark.parametrize(
    ("signs", "order", "spread", "covered"),
    [
        (["++++--", "++--+-", "++++++"], (0, 1), (0, 1), (0, 1)),
        (["++++++", "+-----"], (1,), (1,), (1,)),
        (["-----+", "------"], (), (), ()),
        # Half the weight on h1, the rest on h6 alone: what is against the order is not what found it.
        (["+-----", "-----+"], (0,), (0,), (0,)),
    ],
)
def test_a_finding_rests_on_the_criteria_that_found_the_difference(
    signs: list[str], order: tuple[int, ...], spread: tuple[int, ...], covered: tuple[int, ...]
) -> None:
    found = rows_that_found(ITEM, rubric(*[10] * len(signs)), [row(each) for each in signs])

    assert found == {ORDER: order, DISCRIMINATION: spread, COVERAGE: covered}


def test_the_criterion_that_did_most_comes_first() -> None:
    table = [row("+-----"), row("+++---")]

    assert rows_that_found(ITEM, rubric(10, 10), table)[ORDER] == (1, 0)
    assert rows_that_found(ITEM, rubric(90, 10), table)[ORDER] == (0, 1)


SIGNS = st.text(alphabet="+-?", min_size=6, max_size=6)
ROWS = st.lists(SIGNS, min_size=1, max_size=5)


@given(ROWS)
def test_everything_is_between_0_and_1_and_does_not_depend_on_the_order_of_criteria(signs: list[str]) -> None:
    weights = [10 * (place + 1) for place in range(len(signs))]

    forward, backward = applied(weights, *signs), applied(weights[::-1], *signs[::-1])

    assert all(value is None or 0 <= value <= 1 for value in forward.values())
    assert forward == pytest.approx(backward)


@given(ROWS, SIGNS)
def test_a_further_criterion_never_lowers_coverage(signs: list[str], further: str) -> None:
    table = [row(each) for each in signs]

    assert coverage(ITEM, [*table, row(further)]) >= coverage(ITEM, table) - 1e-12


@given(ROWS, st.integers(0, 5), st.data())
def test_an_abstention_never_raises_a_total_and_a_met_criterion_never_lowers_one(
    signs: list[str], at: int, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(signs) - 1))
    weights, name = [1.0] * len(signs), IDS[at]
    table = [row(each) for each in signs]

    def changed(verdict: Applied) -> float:
        rows = [row_ | {name: verdict} if number == place else row_ for number, row_ in enumerate(table)]
        return total(weights, rows, name)

    assert changed("cannot_assess") <= total(weights, table, name) <= changed("met")


@given(st.lists(st.floats(0, 1), min_size=6, max_size=6), st.integers(0, 1), st.floats(0, 1))
def test_raising_one_of_the_best_never_lowers_discrimination(
    values: list[float], place: int, raised: float
) -> None:
    totals = dict(zip(IDS, values, strict=True))
    better = totals | {IDS[place]: max(values[place], raised)}

    assert discrimination(HIDDEN, better) >= discrimination(HIDDEN, totals) - 1e-12


def test_what_addition_leaves_over_is_no_discrimination() -> None:
    signs, weights = ["???---", "???---", "+???+?", "+??--+"], [1, 1, 5, 56]
    table = [row(each) for each in signs]

    found = applied_findings(ITEM, rubric(*weights), table)[DISCRIMINATION]

    assert found.value == 0


@given(ROWS, st.data())
def test_whatever_is_found_rests_on_some_criterion(signs: list[str], data: st.DataObject) -> None:
    weights = data.draw(st.lists(st.integers(1, 100), min_size=len(signs), max_size=len(signs)))
    table, response = [row(each) for each in signs], rubric(*weights)

    rows = rows_that_found(ITEM, response, table)

    for name, finding in applied_findings(ITEM, response, table).items():
        assert rows[name] or not finding.value


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ((75, 25), "clearly more"),
        ((74, 26), "somewhat more"),
        ((40, 60), "somewhat more"),
        ((39, 61), "hardly more"),
    ],
)
def test_what_a_rubric_does_is_told_in_three_degrees(weights: tuple[int, int], told: str) -> None:
    found = applied_findings(ITEM, rubric(*weights), [row("++----"), row("------")])

    assert told in found[DISCRIMINATION].reason
    assert all(is_sentence(one.reason) for one in found.values())


def test_a_table_that_lacks_most_of_its_cells_is_left_to_a_person() -> None:
    found = applied_findings(ITEM, rubric(50, 50), [row("++++--"), {}, {}])

    assert {finding.unscored for finding in found.values()} == {Unscored.CANNOT_ASSESS}
    assert all(is_sentence(finding.reason) for finding in found.values())


def test_of_three_responses_only_the_first_and_the_last_are_compared() -> None:
    totals = {"h1": 1.0, "h3": 0.5, "h6": 0.0}

    assert discrimination([HIDDEN[0], HIDDEN[2], HIDDEN[5]], totals) == 1.0


def test_even_a_criterion_of_the_least_weight_is_what_a_finding_rests_on() -> None:
    assert rows_that_found(ITEM, rubric(1, 99), [row("++----"), row("------")])[DISCRIMINATION] == (0,)


def test_an_order_that_no_criterion_finds_alone_rests_on_all_that_are_at_times_right() -> None:
    assert rows_that_found(ITEM, rubric(50, 50), [row("+----+"), row("-----+")])[ORDER] == (0,)
    assert rows_that_found(ITEM, rubric(50, 50), [row("+++---"), row("+----+")])[ORDER] == (0,)


def test_a_table_of_another_rubric_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shorter|longer"):
        total([50, 50], [row("++----")], "h1")
    with pytest.raises(ValueError, match=r"shorter|longer"):
        rows_that_found(ITEM, rubric(50), [row("++----")] * 2)


def test_without_readers_what_a_rubric_does_still_counts_half_beside_a_reading_of_weight_1() -> None:
    # Readers of its text have .4 of the item: the lint .1, what it does .5.
    assert sum(measure.weight for measure in applied_measures(ITEM, None)) == pytest.approx(0.5 / 0.4)
