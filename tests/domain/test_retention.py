"""How long what is kept stays: terms, holds, and which of them wins."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assessor.domain.retention import UNTIL_LIFTED, LegalHold, Retention, Term, held_back, schedule

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DAY = timedelta(days=1)
TERMS = Retention(work=Term(least_days=10, most_days=100), result=Term(least_days=200, most_days=300))

days = st.integers(min_value=0, max_value=1000)


def hold(until: datetime | None, lifted_at: datetime | None = None) -> LegalHold:
    return LegalHold("hld_1", "A claim is pending.", "anna", NOW - DAY, until, lifted_at)


def test_terms_count_from_the_end_of_the_latest_assessment() -> None:
    when = schedule(TERMS, [NOW - 50 * DAY, NOW], [], NOW)

    assert when.work_may_go == NOW + 10 * DAY
    assert when.work_goes == NOW + 100 * DAY
    assert when.result_may_go == NOW + 200 * DAY
    assert when.result_goes == NOW + 300 * DAY
    assert not when.is_held


@pytest.mark.parametrize(
    ("holds", "may_go", "is_held"),
    [
        pytest.param([hold(NOW + 5 * DAY)], NOW + 10 * DAY, True, id="a shorter hold changes nothing"),
        pytest.param([hold(NOW + 50 * DAY)], NOW + 50 * DAY, True, id="a longer hold wins"),
        pytest.param([hold(None)], UNTIL_LIFTED, True, id="one without an end wins over all"),
        pytest.param([hold(NOW + 50 * DAY), hold(None)], UNTIL_LIFTED, True, id="the longest of two wins"),
        pytest.param([hold(NOW - DAY)], NOW + 10 * DAY, False, id="one that is over holds nothing"),
        pytest.param([hold(None, NOW - DAY)], NOW + 10 * DAY, False, id="nor does one that was lifted"),
    ],
)
def test_the_longest_hold_wins(holds: list[LegalHold], may_go: datetime, *, is_held: bool) -> None:
    when = schedule(TERMS, [NOW], holds, NOW)

    assert (when.work_may_go, when.is_held) == (may_go, is_held)


@given(days, days, days, st.lists(days, max_size=4), st.lists(days, max_size=3))
def test_nothing_goes_before_anything_that_holds_it(
    least: int, more: int, result: int, ended: list[int], held: list[int]
) -> None:
    work = Term(least_days=least, most_days=least + more)
    terms = Retention(work=work, result=Term(least_days=least + result, most_days=least + more + result))
    ends = [NOW - one * DAY for one in ended]
    holds = [hold(NOW + one * DAY) for one in held]

    when = schedule(terms, ends, holds, NOW)

    assert when.work_may_go <= when.work_goes <= when.result_goes
    assert when.work_may_go <= when.result_may_go <= when.result_goes
    assert all(when.work_may_go >= one + least * DAY for one in ends)
    assert all(when.work_may_go >= one.until for one in holds if one.until and one.holds(NOW))


def test_results_of_who_asked_for_deletion_go_as_soon_as_they_may() -> None:
    when = schedule(TERMS, [NOW], [], NOW)

    assert when.result_ends("candidate") == when.result_ends("operator") == when.result_may_go
    assert when.result_ends("term") == when.result_goes


@pytest.mark.parametrize(
    "terms",
    [
        {"work": {"least_days": 5, "most_days": 4}},
        {"work": {"least_days": -1, "most_days": 4}},
        {"work": {"least_days": 0, "most_days": 10}, "result": {"least_days": 0, "most_days": 9}},
    ],
)
def test_terms_that_do_not_fit_each_other_are_refused(terms: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Retention.model_validate(terms)


@pytest.mark.parametrize(
    ("until", "by_law", "problem", "remedy"),
    [
        (NOW, True, "A legal hold keeps this candidate's data until 2026-11-22", "Lift it first"),
        (UNTIL_LIFTED, True, "keeps this candidate's data until somebody lifts the hold", "Lift it first"),
        (
            NOW,
            False,
            "The platform's least term keeps this candidate's data until 2026-11-22",
            "--before-term",
        ),
    ],
)
def test_a_refusal_to_erase_says_what_holds_and_the_way_out(
    until: datetime, problem: str, remedy: str, *, by_law: bool
) -> None:
    refused = held_back(until, by_law=by_law)

    assert refused.problem.endswith(problem)
    assert remedy in refused.remedy
