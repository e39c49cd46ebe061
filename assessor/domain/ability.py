"""Ability from scores: the posterior on a grid (EAP) of a two-parameter logistic model.

A score v in [0, 1] on a criterion of difficulty b and discrimination a adds
`weight * (v * z - log(1 + e^z))` with `z = a * (theta - b)` to the log posterior: the Bernoulli
likelihood, read with a fraction of a success (Papke & Wooldridge 1996). Every term's derivative by
v grows with theta, so a better score never lowers an estimate. The prior is the standard normal,
which defines the scale: 0 is the mean of the candidates and 1 their standard deviation, in logits.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from types import MappingProxyType
from typing import TYPE_CHECKING

from assessor.domain.item import Category
from assessor.domain.score import Score

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GRID_LIMIT = 4.0
GRID_CELLS = 160
INTERVAL = 0.90
"""Mass of the interval; half of the rest lies at each end."""
PLACES = 6

ICC = 0.3
"""How far the criteria of one response share one fate (intraclass correlation of residuals).

A stated value: a response effect of SD 1 beside the logistic's own variance of 3.29 gives
1 / (1 + 3.29) = .23, and one rater's leniency over a whole response comes on top. It is the plain
form of modelling the response's effect as random, which replaces it.
"""

DISCRIMINATION: Mapping[Category, float] = MappingProxyType(
    {
        Category.INTERVIEW: 1.3,  # one reader's yes or no, on words that a probe has tested
        Category.EVALUATION: 1.4,  # a distance to a stated distribution, not a mere hit
        Category.RANKING: 1.7,  # one number for 3 to 10 comparisons
        Category.RUBRIC_WRITING: 1.2,  # one reader's yes or no, and the criteria overlap most
        Category.SFT: 1.3,  # half of it checked by code, half by one reader
        Category.TRAJECTORY: 1.5,  # the first error is found or not, and many labels make one number
    }
)
"""By category: authored priors between 1.0 and 1.7, until responses re-estimate them."""


@dataclass(frozen=True)
class Observation:
    """One criterion of one response. `value` is None when nobody could score it."""

    response: str
    difficulty: float
    discrimination: float
    weight: float
    value: float | None


@dataclass(frozen=True)
class Estimate:
    """Posterior mean and 90% interval in logits, and the probability of reaching the cut."""

    mean: float
    low: float
    high: float
    probability: float


def observe(scores: Sequence[Score], competency_weights: Mapping[str, float]) -> tuple[Observation, ...]:
    """Return the observations of one composite.

    Weights are relative: within a response a criterion's own, between criteria their competency's.
    They are scaled to a mean of 1 over everything expected, scored or not, so that no author's
    choice of numbers makes evidence out of nothing and an abstention keeps its place.
    """
    own_weights: defaultdict[str, list[float]] = defaultdict(list)
    for score in scores:
        own_weights[score.item_id].append(score.weight)
    means = {item_id: fmean(weights) for item_id, weights in own_weights.items()}
    raw = [score.weight / means[score.item_id] * competency_weights[score.competency] for score in scores]
    mean = fmean(raw) if raw else 1.0
    return tuple(
        Observation(
            response=score.item_id,
            difficulty=score.difficulty,
            discrimination=DISCRIMINATION[score.category],
            weight=weight / mean,
            value=score.value,
        )
        for score, weight in zip(scores, raw, strict=True)
    )


def assuming(observations: Iterable[Observation], value: float) -> tuple[Observation, ...]:
    """Return the observations with every unscored one at `value`: the worst or the best it can become."""
    return tuple(
        replace(observation, value=value) if observation.value is None else observation
        for observation in observations
    )


def estimate(observations: Sequence[Observation], cut: float) -> Estimate:
    """Return what the observations say of the ability. Unscored ones only leave the interval wide.

    Rounded to 6 places; the order of the observations does not matter, to the last bit.
    """
    import numpy as np  # heavy: loaded on first use

    edges = np.linspace(-GRID_LIMIT, GRID_LIMIT, GRID_CELLS + 1)
    grid = (edges[:-1] + edges[1:]) / 2
    mass = _posterior(grid, _tempered(observations))
    below = np.concatenate([[0.0], np.cumsum(mass)])
    low, high = np.interp([(1 - INTERVAL) / 2, (1 + INTERVAL) / 2], below, edges)
    at_cut = np.interp(cut, edges, below)
    return Estimate(
        mean=round(float(mass @ grid), PLACES),
        low=round(float(low), PLACES),
        high=round(float(high), PLACES),
        probability=round(min(1.0, max(0.0, 1.0 - float(at_cut))), PLACES),
    )


def information(observations: Sequence[Observation], at: float) -> float:
    """Return the Fisher information at an ability, of observations scored or not: `sum of w a^2 p (1-p)`.

    Its inverse is about the variance that they alone would leave (Lord 1980, chapter 5).
    """
    total = 0.0
    for difficulty, discrimination, weight, _ in _tempered(assuming(observations, 0.0)):
        chance = 1 / (1 + math.exp(-discrimination * (at - difficulty)))
        total += weight * discrimination**2 * chance * (1 - chance)
    return total


def _tempered(observations: Sequence[Observation]) -> list[tuple[float, float, float, float]]:
    """Return (difficulty, discrimination, weight, value) of what was scored, sorted.

    A response's weights are divided by the design effect 1 + (n - 1) * ICC (Kish 1965), where n
    counts all its criteria: one that is unscored does not make the others count for more.
    """
    sizes = Counter(observation.response for observation in observations)
    return sorted(
        (
            observation.difficulty,
            observation.discrimination,
            observation.weight / (1 + (sizes[observation.response] - 1) * ICC),
            observation.value,
        )
        for observation in observations
        if observation.value is not None
    )


def _posterior(
    grid: "NDArray[np.float64]", observed: Sequence[tuple[float, float, float, float]]
) -> "NDArray[np.float64]":
    """Return the probability of each cell of the grid."""
    import numpy as np  # as above

    log_posterior = -0.5 * grid**2
    for difficulty, discrimination, weight, value in observed:
        z = discrimination * (grid - difficulty)
        log_posterior = log_posterior + weight * (value * z - np.logaddexp(0.0, z))
    mass = np.exp(log_posterior - log_posterior.max())
    total: NDArray[np.float64] = mass / mass.sum()
    return total
