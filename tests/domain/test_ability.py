import math
from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.domain.ability import (
    DIFFICULTY_SD,
    DISCRIMINATION,
    GRID_LIMIT,
    MISREADING,
    RESPONSE_SD,
    SHARED_SD,
    Estimate,
    Observation,
    assuming,
    estimate,
    grid,
    information,
    log_likelihood,
    log_prior,
    observe,
    summarised,
)
from assessor.domain.item import Category
from tests.domain.samples import CUT, FULL, SHORT, Plan, score, scores, unscored

WEIGHTS = {"semantics": 2.0, "judgement": 1.0}

SHARED = {"a": 0.0, "b": 0.3, "c": SHARED_SD, "d": SHARED_SD}
observations = st.builds(
    Observation,
    response=st.sampled_from(sorted(SHARED)),
    difficulty=st.floats(-2, 2),
    discrimination=st.sampled_from(sorted(set(DISCRIMINATION.values()))),
    weight=st.floats(0.1, 5),
    value=st.none() | st.floats(0, 1),
    misreading=st.sampled_from([0.0, *MISREADING.values()]),
).map(lambda seen: replace(seen, shared_sd=SHARED[seen.response]))
some = st.lists(observations, max_size=25)


def test_nothing_observed_leaves_the_prior() -> None:
    prior = estimate((), 0.0)

    assert (prior.mean, prior.probability) == (0.0, 0.5)
    assert [prior.low, prior.high] == pytest.approx([-1.645, 1.645], abs=2e-3)


@pytest.mark.parametrize(("mean", "sd"), [(0.0, 1.0), (1.5, 0.5), (-2.0, 0.25)])
def test_a_normal_posterior_is_summed_up_by_its_mean_spread_and_quantiles(mean: float, sd: float) -> None:
    found = summarised((-((grid() - mean) ** 2) / (2 * sd**2))[None, :], mean)

    assert (found.mean[0], found.sd[0]) == pytest.approx((mean, sd), abs=2e-3)
    assert (found.low[0], found.high[0]) == pytest.approx((mean - 1.645 * sd, mean + 1.645 * sd), abs=2e-3)
    assert found.probability[0] == pytest.approx(0.5, abs=2e-3)


def _by_adding_up(observations: list[Observation]) -> tuple[float, float]:
    """The posterior mean, and the probability of reaching the cut, by a slow double sum: another way."""
    thetas = np.arange(-6, 6.0001, 0.01)
    effects = np.arange(-6, 6.0001, 0.02)
    posterior = np.exp(-(thetas**2) / 2)
    for _, response in groupby(observations, key=lambda o: o.response):
        likelihood = np.exp(-(effects**2) / 2) * np.ones((len(thetas), 1))
        for o in response:
            places = thetas[:, None] + o.shared_sd * effects[None, :]
            met = 1 / (1 + np.exp(-o.discrimination * (places - o.difficulty)))
            read = o.misreading * (1 - met) + (1 - o.misreading) * met
            assert o.value is not None
            likelihood *= (read**o.value * (1 - read) ** (1 - o.value)) ** o.weight
        posterior *= likelihood.sum(axis=1)
    posterior /= posterior.sum()
    above = np.where(np.isclose(thetas, CUT), 0.5, thetas > CUT)
    return float(posterior @ thetas), float(posterior @ above)


@pytest.mark.parametrize(
    "observed",
    [
        pytest.param([Observation("a", 0.4, 1.3, 1.0, 1.0, shared_sd=0.0)], id="one item, no effect"),
        pytest.param([Observation("a", 0.4, 1.3, 1.0, 1.0)], id="one item"),
        pytest.param(
            [Observation("a", -0.6, 1.7, 0.8, 0.35, 0.08)], id="part of a success, misread at times"
        ),
        pytest.param(
            [
                Observation("a", d, 1.7, 1.2, v, 0.02)
                for d, v in zip(np.linspace(-1, 1, 12), [1, 0] * 6, strict=True)
            ],
            id="twelve criteria of one response",
        ),
        pytest.param(
            [
                Observation(r, d, 1.3, 1.0, v, 0.05, 0.8)
                for r in "abc"
                for d, v in ((-1, 1.0), (0, 0.5), (1, 0.0))
            ],
            id="three responses",
        ),
    ],
)
def test_the_posterior_is_what_a_slow_double_sum_says(observed: list[Observation]) -> None:
    mean, probability = _by_adding_up(observed)

    found = estimate(observed, CUT)

    assert found.mean == pytest.approx(mean, abs=2e-3)
    assert found.probability == pytest.approx(probability, abs=2e-3)


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
    better[place] = replace(old, value=higher)

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

    assert estimate(with_abstentions, CUT) == estimate(alone, CUT)


def test_criteria_of_one_response_tell_less_than_as_many_responses() -> None:
    together = [Observation("a", 0.0, 1.3, 1.0, 1.0)] * 6
    apart = [Observation(name, 0.0, 1.3, 1.0, 1.0) for name in "abcdef"]

    assert estimate(together, CUT).probability < estimate(apart, CUT).probability


DIFFICULTIES = (-1.2, -0.6, 0.0, 0.6, 1.2, 0.3)
DISCRIMINATIONS = (1.3, 1.4, 1.7, 1.2, 1.3, 1.5)


@pytest.mark.parametrize(
    ("values", "mean"),
    [
        ((1, 1, 1, 0, 0, 1), 0.56020897),
        ((1, 0, 1, 0, 0, 0), -0.34765864),
        ((0, 0, 1, 0, 1, 1), 0.11891606),
    ],
)
def test_without_effects_the_mean_is_the_one_that_girth_finds(values: tuple[int, ...], mean: float) -> None:
    """By `girth.ability_eap` of girth 0.8.0, with 161 nodes between -6 and 6."""
    items = zip(values, DIFFICULTIES, DISCRIMINATIONS, strict=True)
    observed = [Observation(f"r{n}", b, a, 1.0, float(v), 0.0, 0.0) for n, (v, b, a) in enumerate(items)]

    assert estimate(observed, CUT).mean == pytest.approx(mean, abs=1e-5)


def test_without_effects_the_information_is_the_one_that_catsim_finds() -> None:
    """By `catsim.irt.inf` of catsim 0.21.0, at an ability of 0.2."""
    items = zip(DIFFICULTIES, DISCRIMINATIONS, strict=True)
    found = [information([Observation("r", b, a, 1.0, None, 0.0, 0.0)], 0.2) for b, a in items]

    assert found == pytest.approx([0.202787, 0.36356, 0.702016, 0.340035, 0.284424, 0.559348], abs=1e-6)


def test_one_response_never_tells_more_than_its_own_effect_lets_through() -> None:
    many = [Observation("a", 0.0, 1.7, 1.0, 1.0)] * 40

    assert _width(estimate(many, CUT)) > _width(estimate((), CUT)) / math.sqrt(2)
    assert information(many, 0.0) < 1 / SHARED_SD**2


def test_the_errors_of_response_and_of_authored_difficulty_add_up_as_variances() -> None:
    assert math.isclose(SHARED_SD**2, RESPONSE_SD**2 + DIFFICULTY_SD**2)


@pytest.mark.parametrize("misreading", [0.0, 0.08])
def test_the_information_of_a_single_item_is_the_expected_curvature(misreading: float) -> None:
    item = Observation("a", 0.3, 1.4, 1.0, None, misreading, shared_sd=0.0)
    step, place = 1e-4, 0.8

    def read(theta: float) -> float:
        return misreading + (1 - 2 * misreading) / (1 + math.exp(-1.4 * (theta - 0.3)))

    slope = (read(place + step) - read(place - step)) / (2 * step)

    assert information([item], place) == pytest.approx(slope**2 / (read(place) * (1 - read(place))), rel=1e-6)


def test_a_reader_who_errs_more_often_moves_the_estimate_less() -> None:
    means = [
        estimate(observe([score(rater=rater, value=1.0, evidence=())], WEIGHTS), CUT).mean
        for rater in ("rule:evaluation", "person:rev_1", "judge:m1")
    ]

    assert means[0] > means[1] > means[2] > 0


def test_no_single_surprise_outweighs_a_form() -> None:
    able = [Observation(f"r{n}", 0.0, 1.7, 1.0, 1.0, 0.05) for n in range(12)]
    slip = Observation("slip", -3.0, 1.7, 5.0, 0.0, 0.05, 0.0)

    assert estimate([*able, slip], CUT).probability > 0.9


def _drawn(people: int, dice: np.random.Generator) -> tuple[np.ndarray, list[list[Observation]]]:
    """People and their work, drawn by the very model: three criteria each of 12 responses."""
    abilities = dice.normal(0, 1, people)
    work = []
    for theta in abilities:
        effects = dice.normal(0, SHARED_SD, 12)
        own = []
        for number, effect in enumerate(effects):
            for difficulty in (-0.8, 0.0, 0.8):
                met = 1 / (1 + math.exp(-1.4 * (theta + effect - difficulty)))
                value = float(dice.random() < 0.05 + 0.9 * met)
                own.append(Observation(f"r{number}", difficulty, 1.4, 1.0, value, 0.05))
        work.append(own)
    return abilities, work


def _covered(abilities: np.ndarray, work: list[list[Observation]]) -> float:
    found = [estimate(own, CUT) for own in work]
    return float(np.mean([f.low <= theta <= f.high for f, theta in zip(found, abilities, strict=True)]))


def test_a_90_percent_interval_covers_90_percent_and_without_the_responses_effect_it_would_not() -> None:
    abilities, work = _drawn(900, np.random.default_rng(20))
    blind = [
        [Observation(o.response, o.difficulty, o.discrimination, 1.0, o.value, 0.05, 0.0) for o in own]
        for own in work
    ]

    assert _covered(abilities, work) == pytest.approx(0.90, abs=0.025)
    assert _covered(abilities, blind) < 0.80


def test_many_people_at_once_get_the_estimates_that_each_would_get_alone() -> None:
    _, work = _drawn(5, np.random.default_rng(3))
    values = np.array([[o.value for o in own] for own in work], dtype=float)
    rows = log_prior() + sum(
        log_likelihood(work[0][place : place + 3], values[:, place : place + 3]) for place in range(0, 36, 3)
    )

    together = summarised(rows, CUT)

    alone = [estimate(own, CUT) for own in work]
    assert together.mean == pytest.approx([found.mean for found in alone], abs=1e-6)
    assert together.low == pytest.approx([found.low for found in alone], abs=1e-6)
    assert together.high == pytest.approx([found.high for found in alone], abs=1e-6)
    assert together.probability == pytest.approx([found.probability for found in alone], abs=1e-6)
    assert rows.shape == (5, len(grid()))


@pytest.mark.parametrize("factor", [0.01, 7.0])
def test_weights_are_relative(factor: float) -> None:
    plain = scores(0.7)
    scaled = [s.changed(weight=s.weight * factor) for s in plain]

    assert estimate(observe(scaled, WEIGHTS), CUT) == estimate(observe(plain, WEIGHTS), CUT)


def test_uneven_weights_count_as_fewer_observations() -> None:
    even = [score(item_id=f"item-{n}", weight=1.0) for n in range(4)]
    uneven = [score(item_id=f"item-{n}", competency="semantics" if n else "judgement") for n in range(4)]

    weights = [o.weight for o in observe(uneven, {"semantics": 1.0, "judgement": 9.0})]

    assert sum(o.weight for o in observe(even, WEIGHTS)) == pytest.approx(4)
    assert sum(weights) == pytest.approx(12**2 / (81 + 3))


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
