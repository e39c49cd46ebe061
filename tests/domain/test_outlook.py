"""What open criteria can still do to a decision, checked against trying everything."""

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.domain.evidence import Evidence
from assessor.domain.form import Form
from assessor.domain.item import Category
from assessor.domain.policy import Policy
from assessor.domain.score import Score, Unscored
from assessor.domain.verdict import Decision, Standing, decide, outlook, standing_of
from assessor.domain.verdict.outlook import Rule
from tests.domain.samples import BOTH_WAYS, PILOT, SHORT, Plan, form, scores, track, unscored

SMALL: Plan = ((Category.EVALUATION, 1, 3), (Category.RANKING, 3, 1), (Category.SFT, 1, 3))
SMALL_FORM = form(SMALL)
FLOORED = track(floor=-0.5)
CONFIRMED = PILOT.changed(rules_may_decide=())


def ruled(on: Form = SMALL_FORM, policy: Policy = PILOT) -> Rule:
    return lambda found: decide(found, track(), on, policy)


def opened(found: Sequence[Score], count: int, why: Unscored = Unscored.WAITS_FOR_PERSON) -> list[Score]:
    """Leave the last criteria open."""
    return [*found[:-count], *(unscored(one, why) for one in found[-count:])] if count else list(found)


def waiting(found: Sequence[Score]) -> tuple[Score, ...]:
    return tuple(one for one in found if one.is_open)


def turned(one: Score, mark: str) -> Score:
    by = "person:rev_2"
    if mark == "left":
        return one
    if mark == "cannot":
        return one.changed(value=None, unscored=Unscored.CANNOT_ASSESS, rater=by)
    evidence = (Evidence(event_seq=1, start=0, end=9),)
    return one.changed(value=float(mark == "met"), unscored=None, rater=by, evidence=evidence)


@pytest.mark.parametrize(
    ("value", "count", "policy", "decisive", "standing", "waits_for_word"),
    [
        (1.0, 2, PILOT, 0, Standing.QUALIFIED, False),
        (1.0, 2, CONFIRMED, 0, Standing.TOWARDS_QUALIFIED, True),
        (1.0, 4, PILOT, 4, Standing.BETWEEN, False),
        (0.0, 4, PILOT, 0, Standing.TOWARDS_NOT_QUALIFIED, True),
        (0.0, 4, BOTH_WAYS, 0, Standing.NOT_QUALIFIED, False),
        (0.6, 4, PILOT, 0, Standing.BETWEEN, True),
        (0.6, 0, PILOT, 0, Standing.BETWEEN, True),
    ],
)
def test_whether_further_scores_are_needed(
    value: float, count: int, policy: Policy, decisive: int, standing: Standing, *, waits_for_word: bool
) -> None:
    found = opened(scores(value, SHORT), count)

    seen = outlook(found, waiting(found), ruled(form(SHORT), policy))

    assert (len(seen.decisive), seen.standing, seen.waits_for_word) == (decisive, standing, waits_for_word)
    assert seen.is_settled == (decisive == 0)
    assert {*seen.decisive, *seen.optional} == set(waiting(found))


def test_a_required_criterion_keeps_a_review_open_however_good_the_rest_is() -> None:
    *rest, last = scores(1.0, SMALL)
    found = [*rest, unscored(last).changed(required=True)]

    assert outlook(found, waiting(found), ruled()).decisive == waiting(found)


def test_a_fault_of_ours_is_never_settled_by_leaving_it() -> None:
    found = opened(scores(1.0, ((Category.SFT, 4, 7),)), 1, Unscored.TECHNICAL_FAULT)
    rule = ruled(form(((Category.SFT, 4, 7),)))

    assert outlook(found, waiting(found), rule).decisive == waiting(found)


def test_of_many_criteria_none_is_ruled_out_before_the_review_is_settled() -> None:
    found = opened(scores(1.0, SHORT), 6)

    assert outlook(found, waiting(found), ruled(form(SHORT))).decisive == waiting(found)


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=9, max_size=9),
    st.integers(1, 3),
    st.lists(st.booleans(), min_size=9, max_size=9),
    st.sampled_from([PILOT, CONFIRMED, BOTH_WAYS]),
    st.sampled_from([Unscored.WAITS_FOR_PERSON, Unscored.MODEL_UNAVAILABLE]),
)
def test_it_says_what_trying_everything_says(
    values: list[float], count: int, required: list[bool], policy: Policy, why: Unscored
) -> None:
    given_scores = [
        one.changed(value=value, required=must)
        for one, value, must in zip(scores(1.0, SMALL), values, required, strict=True)
    ]
    found = opened(given_scores, count, why)

    def rule(tried: Sequence[Score]) -> Decision:
        return decide(tried, FLOORED, SMALL_FORM, policy)

    seen = outlook(found, waiting(found), rule)

    *scored, places = [*found[:-count], range(count)]
    outcomes = {
        marks: standing_of(rule([*scored, *map(turned, found[-count:], marks)]))
        for marks in product(("left", "met", "unmet", "cannot"), repeat=count)
    }
    tips = {
        place
        for place in places
        for marks, outcome in outcomes.items()
        if outcome is not outcomes[(*marks[:place], "left", *marks[place + 1 :])]
    }
    assert seen.is_settled == (len(set(outcomes.values())) == 1)
    assert set(seen.decisive) == {found[-count:][place] for place in tips}
