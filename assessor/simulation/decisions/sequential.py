"""Sequential tests: items from a pool of one's own, block by block, until enough is known.

Nothing in the order of a test depends on how it was answered, only its end. A test ends between two
blocks when a rule may decide, when its longest length is reached, or when a decision has become too
unlikely within what is left (stochastic curtailment, Finkelman 2008, Journal of Educational and
Behavioral Statistics 33, 442-463): who is close to the cut is referred early instead of late.
"""

from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from assessor.domain import ability
from assessor.domain.form import keyed_order
from assessor.domain.verdict import THRESHOLDS
from assessor.simulation.decisions.world import Bools, Floats, Items

QUALIFIED, REFERRED, NOT_QUALIFIED = 1, 0, -1
_NORMAL_STEPS = np.linspace(-9, 9, 3601)
_NORMAL_BELOW = np.array([NormalDist().cdf(step) for step in _NORMAL_STEPS])


@dataclass(frozen=True)
class Stopping:
    """When a test ends. `share` of the bank is the pool of one person."""

    share: float = 0.30
    least: int = 5
    most: int = 60
    block: int = 2
    hope: float = 0.06
    """A test ends when a decision is less likely than this within the items that are left."""
    certainty: float = THRESHOLDS.qualified
    """P(ability >= cut) to qualify; 1 less this is what may remain to fail."""


@dataclass(frozen=True)
class Sitting:
    """What came of one test of each person."""

    outcome: NDArray[np.int64]
    used: NDArray[np.int64]
    """How many items."""
    exposed: NDArray[np.int64]
    """How many people each item was given to."""
    covered: Bools
    """Whether the interval at the end holds the person's ability."""


@lru_cache(maxsize=2)
def orders(seed: str, ids: tuple[str, ...], people: int) -> NDArray[np.int64]:
    """Return each person's keyed order of all items, by their numbers: the pool is its beginning."""
    number = {name: place for place, name in enumerate(ids)}
    return np.array(
        [[number[name] for name in keyed_order(f"{seed}/{person}", ids)] for person in range(people)]
    )


def given_items(order: NDArray[np.int64], told: Floats, stopping: Stopping) -> NDArray[np.int64]:
    """Return the items of each person's pool, those first that tell most at the cut."""
    pool = order[:, : round(stopping.share * order.shape[1])]
    best_first = np.argsort(-told[pool], axis=1, kind="stable")
    return np.take_along_axis(pool, best_first, axis=1)[:, : stopping.most]


def sit(
    items: Items,
    theta: Floats,
    given: NDArray[np.int64],
    answers: Bools,
    told: Floats,
    cut: float,
    stopping: Stopping,
) -> Sitting:
    """Hold everybody's test. Abilities are only compared with the intervals found."""
    count, places = given.shape
    outcome, used, covered = np.full(count, REFERRED), np.full(count, places), np.zeros(count, dtype=bool)
    # What the items after each place still tell about an ability at the cut.
    left = np.cumsum(told[given][:, ::-1], axis=1)[:, ::-1] - told[given]
    sitting, log_posterior = np.arange(count), np.tile(ability.log_prior(), (count, 1))
    for place in range(places):
        item = given[sitting, place]
        log_posterior = log_posterior + items.log_likelihoods[item, answers[sitting, place].astype(int)]
        taken = place + 1
        if taken < places and (taken < stopping.least or (taken - stopping.least) % stopping.block):
            continue
        found = ability.summarised(log_posterior, cut)
        up, down = found.probability >= stopping.certainty, found.probability <= 1 - stopping.certainty
        covered[sitting] = (found.low <= theta[sitting]) & (theta[sitting] <= found.high)
        outcome[sitting[up]], outcome[sitting[down]] = QUALIFIED, NOT_QUALIFIED
        ends = up | down | (_hope(found, left[sitting, place], cut, stopping.certainty) < stopping.hope)
        used[sitting[ends]] = taken
        sitting, log_posterior = sitting[~ends], log_posterior[~ends]
    taken_at = np.arange(places)[None, :] < used[:, None]
    return Sitting(outcome, used, np.bincount(given[taken_at], minlength=len(items.ids)), covered)


def _hope(found: ability.Summary, left: Floats, cut: float, certainty: float) -> Floats:
    """Return how likely a decision is after all items that are left, for normal posteriors.

    Now it has mean m and variance v; after information I it will have variance w = 1 / (1 / v + I),
    and its mean is expected at m with variance v - w.
    """
    sure = NormalDist().inv_cdf(certainty)
    variance = np.maximum(found.sd**2, 1e-12)
    after = 1 / (1 / variance + left)
    moves = np.sqrt(np.maximum(variance - after, 1e-12))
    reach = sure * np.sqrt(after)
    return _normal((found.mean - cut - reach) / moves) + _normal((cut - reach - found.mean) / moves)


def _normal(z: Floats) -> Floats:
    below: Floats = np.interp(z, _NORMAL_STEPS, _NORMAL_BELOW)
    return below
