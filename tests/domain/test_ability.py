import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.domain.ability import (
    DISCRIMINATION,
    GRID_LIMIT,
    Estimate,
    Observation,
    assuming,
    estimate,
    observe,
)
from assessor.domain.item import Category
from tests.domain.samples import CUT, FULL, SHORT, Plan, score, scores, unscored

WEIGHTS = {"semantics": 2.0, "judgement": 1.0}

observations = st.builds(
    Observation,
    response=st.sampled_from(["a", "b", "c", "d"]),
    difficulty=st.floats(-2, 2),
    discrimination=st.sampled_from(sorted(set(DISCRIMINATION.values()))),
    weight=st.floats(0.1, 5),
    value=st.none() | st.floats(0, 1),
)
some = st.lists(observations, max_size=25)


def test_nothing_observed_leaves_the_prior() -> None:
    prior = estimate((), 0.0)

    assert (prior.mean, prior.probability) == (0.0, 0.5)
    assert [prior.low, prior.high] == pytest.approx([-1.645, 1.645], abs=2e-3)


def test_one_observation_moves_the_mean_as_far_as_numerical_integration_says() -> None:
    steps = [-8 + 0.001 * place for place in range(16_001)]
    mass = [math.exp(-t * t / 2) / (1 + math.exp(-1.3 * (t - 0.4))) for t in steps]
    expected = sum(t * m for t, m in zip(steps, mass, strict=True)) / sum(mass)

    found = estimate((Observation("a", 0.4, 1.3, 1.0, 1.0),), 0.0)

    assert found.mean == pytest.approx(expected, abs=2e-3)


@settings(max_examples=60)
@given(some.flatmap(lambda given: st.tuples(st.just(given), st.permutations(given))))
def test_the_order_of_observations_does_not_matter_to_the_last_bit(
    both: tuple[list[Observation], list[Observation]],
) -> None:
    given_order, other_order = both

    assert estimate(given_order, CUT) == estimate(other_order, CUT)


@settings(max_examples=60)
@given(some.filter(lambda given: any(o.value is not None for o in given)), st.data())
def test_raising_a_value_never_lowers_the_estimate(given_: list[Observation], data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([p for p, o in enumerate(given_) if o.value is not None]))
    old = given_[place]
    higher = data.draw(st.floats(old.value or 0.0, 1))
    better = [*given_]
    better[place] = Observation(old.response, old.difficulty, old.discrimination, old.weight, higher)

    before, after = estimate(given_, CUT), estimate(better, CUT)

    assert after.mean >= before.mean - 1e-6
    assert after.probability >= before.probability - 1e-6
    assert after.low >= before.low - 1e-6
    assert after.high >= before.high - 1e-6


@settings(max_examples=60)
@given(some)
def test_every_estimate_is_finite_and_inside_the_grid(given_: list[Observation]) -> None:
    found = estimate(given_, CUT)

    assert -GRID_LIMIT <= found.low <= found.mean <= found.high <= GRID_LIMIT
    assert 0 <= found.probability <= 1


@settings(max_examples=60)
@given(some)
def test_however_the_unscored_turn_out_lies_between_worst_and_best(given_: list[Observation]) -> None:
    worst, best = (estimate(assuming(given_, value), CUT) for value in (0.0, 1.0))
    middle = estimate(given_, CUT)

    assert worst.probability - 1e-6 <= middle.probability <= best.probability + 1e-6


def test_an_abstention_keeps_its_weight_and_widens_the_interval() -> None:
    response = [score(criterion=f"c{place}", value=0.9, weight=place + 1) for place in range(5)]
    abstained = [*response[:4], unscored(response[4])]

    whole, silent = observe(response, WEIGHTS), observe(abstained, WEIGHTS)

    assert [o.weight for o in whole] == [o.weight for o in silent]
    assert _width(estimate(silent, CUT)) > _width(estimate(whole, CUT))


def test_what_was_scored_does_not_count_for_more_because_the_rest_of_the_response_was_not() -> None:
    alone = [Observation("a", 0.0, 1.3, 1.0, 1.0)]
    with_abstentions = [*alone, *[Observation("a", 0.0, 1.3, 1.0, None)] * 4]

    assert estimate(with_abstentions, CUT).mean < estimate(alone, CUT).mean


def test_criteria_of_one_response_tell_less_than_as_many_responses() -> None:
    together = [Observation("a", 0.0, 1.3, 1.0, 1.0)] * 6
    apart = [Observation(name, 0.0, 1.3, 1.0, 1.0) for name in "abcdef"]

    assert estimate(together, CUT).probability < estimate(apart, CUT).probability


@pytest.mark.parametrize("factor", [0.01, 7.0])
def test_weights_are_relative(factor: float) -> None:
    plain = scores(0.7)
    scaled = [s.changed(weight=s.weight * factor) for s in plain]

    assert estimate(observe(scaled, WEIGHTS), CUT) == estimate(observe(plain, WEIGHTS), CUT)


def test_a_heavier_competency_moves_the_composite_more() -> None:
    strong = [score(item_id=f"item-{n}", competency="semantics", value=1.0) for n in range(4)]
    weak = [score(item_id=f"other-{n}", competency="judgement", value=0.0) for n in range(4)]

    heavy = estimate(observe([*strong, *weak], {"semantics": 3.0, "judgement": 1.0}), CUT)
    light = estimate(observe([*strong, *weak], {"semantics": 1.0, "judgement": 3.0}), CUT)

    assert heavy.mean > 0 > light.mean


def test_every_category_has_a_discrimination_within_the_stated_range() -> None:
    assert set(DISCRIMINATION) == set(Category)
    assert all(1.0 <= value <= 1.7 for value in DISCRIMINATION.values())


@pytest.mark.parametrize(
    ("plan", "value", "low", "high"),
    [
        (FULL, 0.9, 0.95, 1.0),
        (FULL, 0.6, 0.051, 0.949),
        (FULL, 0.15, 0.0, 0.05),
        (SHORT, 0.95, 0.95, 1.0),
        (SHORT, 0.6, 0.051, 0.949),
        (SHORT, 0.15, 0.0, 0.05),
    ],
)
def test_a_form_tells_the_clear_from_the_unclear(plan: Plan, value: float, low: float, high: float) -> None:
    found = estimate(observe(scores(value, plan), {"semantics": 1.0, "judgement": 1.0}), CUT)

    assert low <= found.probability <= high


def _width(found: Estimate) -> float:
    return found.high - found.low
