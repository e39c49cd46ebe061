"""The posterior of ability on a grid (EAP) of a two-parameter logistic model with shared effects.

A criterion of difficulty b and discrimination a is met with P(t) = 1 / (1 + exp(-a (t - b))), where
t = theta + u: u ~ N(0, shared_sd^2) is what the criteria of one response share beyond the ability
(the testlet effect of Bradlow, Wainer & Wang 1999), and in it the error of an authored difficulty.
A rater who misreads with probability e makes of it e + (1 - 2e) P(t). A score v in [0, 1] is read as
a fraction of a success (Papke & Wooldridge 1996): it adds weight * (v log P + (1 - v) log(1 - P)).
The likelihood of a response is the integral over its u of the product over its criteria.

That integral is a sum over a fixed grid of t, one matrix for all theta at once. A few nodes that move
with theta (Gauss-Hermite) would miss the narrow peak that many criteria make, and would not keep the
order of abilities; the normal kernel on a fixed grid is totally positive (Karlin 1968), so that a
better score never lowers an estimate.

The prior is the standard normal, which defines the scale: 0 is the mean of the candidates and 1 their
standard deviation, in logits.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import ceil, exp
from typing import TYPE_CHECKING, Any

from assessor.domain.ability.observation import Observation
from assessor.domain.thresholds import THRESHOLDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GRID_LIMIT = 4.0
GRID_CELLS = 160
CELL = 2 * GRID_LIMIT / GRID_CELLS
INTERVAL = THRESHOLDS.interval
PLACES = 6
_KERNEL_REACH = 5.0
"""How many SDs of the shared effect are summed."""
_LOWEST = -600.0
"""Log likelihoods further below the highest count as this: their exponentials would be no numbers."""


@dataclass(frozen=True)
class Estimate:
    """Posterior mean and 90% interval in logits, and the probability of reaching the cut."""

    mean: float
    low: float
    high: float
    probability: float


@dataclass(frozen=True)
class Summary:
    """Estimates of many people at once, one number each, not rounded."""

    mean: "NDArray[np.float64]"
    sd: "NDArray[np.float64]"
    low: "NDArray[np.float64]"
    high: "NDArray[np.float64]"
    probability: "NDArray[np.float64]"


@cache
def grid() -> "NDArray[np.float64]":
    """Return the centres of the cells of ability, in logits."""
    import numpy as np  # heavy: loaded on first use

    return _frozen(-GRID_LIMIT + CELL * (np.arange(GRID_CELLS) + 0.5))


@cache
def log_prior() -> "NDArray[np.float64]":
    """Return the standard normal on the grid, up to a constant."""
    return _frozen(-0.5 * grid() * grid())


def estimate(observations: Sequence[Observation], cut: float) -> Estimate:
    """Return what the observations say of the ability. Unscored ones only leave the interval wide.

    Rounded to 6 places; the order of the observations does not matter, to the last bit.
    """
    import numpy as np  # as above

    log_posterior = log_prior()[None, :]
    for response in _responses(observations):
        values = np.array([[seen.value for seen in response]], dtype=float)
        log_posterior = log_posterior + log_likelihood(response, values)
    found = summarised(log_posterior, cut)
    return Estimate(
        mean=round(float(found.mean[0]), PLACES),
        low=round(float(found.low[0]), PLACES),
        high=round(float(found.high[0]), PLACES),
        probability=round(float(found.probability[0]), PLACES),
    )


def log_likelihood(response: Sequence[Observation], values: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Return the log likelihood of one response of each of many people: shape (people, cells).

    `values` has the shape (people, criteria) and stands for the values of the observations. The
    effect that the criteria share is integrated out.
    """
    import numpy as np  # as above

    shared_sd = response[0].shared_sd
    told: NDArray[np.float64] = np.zeros((len(values), len(_wide_grid(shared_sd))))
    for seen, value in zip(response, values.T[:, :, None], strict=True):
        met, missed = _log_read(seen.difficulty, seen.discrimination, seen.misreading, shared_sd)
        told += seen.weight * (value * met + (1 - value) * missed)
    if not shared_sd:
        return told
    highest = told.max(axis=1, keepdims=True)
    likelihood = np.exp(np.maximum(told - highest, _LOWEST)) @ _kernel(shared_sd).T
    integral: NDArray[np.float64] = np.log(likelihood) + highest
    return integral


def summarised(log_posterior: "NDArray[np.float64]", cut: float) -> Summary:
    """Return the estimates of log posteriors of shape (people, cells), each up to a constant."""
    import numpy as np  # as above

    mass = np.exp(log_posterior - log_posterior.max(axis=1, keepdims=True))
    mass /= mass.sum(axis=1, keepdims=True)
    mean = mass @ grid()
    below = np.concatenate([np.zeros((len(mass), 1)), np.cumsum(mass, axis=1)], axis=1)
    at_cut = min(max((cut + GRID_LIMIT) / CELL, 0.0), float(GRID_CELLS))
    cell = min(int(at_cut), GRID_CELLS - 1)
    return Summary(
        mean=mean,
        sd=np.sqrt(np.maximum(mass @ grid() ** 2 - mean**2, 0.0)),
        low=_quantile(below, (1 - INTERVAL) / 2),
        high=_quantile(below, (1 + INTERVAL) / 2),
        probability=np.clip(1.0 - below[:, cell] - (at_cut - cell) * mass[:, cell], 0.0, 1.0),
    )


def information(observations: Sequence[Observation], theta: float) -> float:
    """Return how much observations, scored or not, are expected to tell about an ability.

    For each response the Fisher information of its criteria, I = sum of w P'^2 / (P (1 - P)), behind
    the effect that they share: I / (1 + shared_sd^2 I), exact for normal errors. One response never
    tells more than 1 / shared_sd^2, however many its criteria. The inverse of the sum is about the
    variance that they alone would leave (Lord 1980, chapter 5).
    """
    told: defaultdict[tuple[str, float], float] = defaultdict(float)
    for seen in observations:
        met = 1 / (1 + exp(-seen.discrimination * (theta - seen.difficulty)))
        read = seen.misreading + (1 - 2 * seen.misreading) * met
        slope = (1 - 2 * seen.misreading) * seen.discrimination * met * (1 - met)
        told[seen.response, seen.shared_sd] += seen.weight * slope**2 / (read * (1 - read))
    return sum(own / (1 + shared_sd**2 * own) for (_, shared_sd), own in told.items())


def _responses(observations: Sequence[Observation]) -> list[list[Observation]]:
    """Return what was scored, response by response, in an order that only the content decides."""
    by_response: defaultdict[str, list[Observation]] = defaultdict(list)
    for observation in observations:
        if observation.value is not None:
            by_response[observation.response].append(observation)
    ordered = (sorted(own, key=_content) for own in by_response.values())
    return sorted(ordered, key=lambda own: [_content(seen) for seen in own])


def _content(seen: Observation) -> tuple[float, ...]:
    return (
        seen.difficulty,
        seen.discrimination,
        seen.weight,
        seen.value or 0.0,
        seen.misreading,
        seen.shared_sd,
    )


@lru_cache(maxsize=512)  # the same items come again with every candidate
def _log_read(
    difficulty: float, discrimination: float, misreading: float, shared_sd: float
) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """Return the logs of what is read as met, e + (1 - 2e) P(t), and of the rest, on the wide grid."""
    import numpy as np  # as above

    z = discrimination * (_wide_grid(shared_sd) - difficulty)
    met = -np.logaddexp(0.0, -z)
    missed = met - z
    if misreading:
        most = 1 - 2 * misreading
        met, missed = (np.log(misreading + most * np.exp(part)) for part in (met, missed))
    return _frozen(met), _frozen(missed)


def _padding(shared_sd: float) -> int:
    return ceil(_KERNEL_REACH * shared_sd / CELL)


@cache
def _wide_grid(shared_sd: float) -> "NDArray[np.float64]":
    """Return the grid of ability plus shared effect: the same cells, and more on both sides."""
    import numpy as np  # as above

    more = _padding(shared_sd)
    return _frozen(-GRID_LIMIT + CELL * (np.arange(-more, GRID_CELLS + more) + 0.5))


@cache
def _kernel(shared_sd: float) -> "NDArray[np.float64]":
    """Return the probability of each cell of the wide grid (columns) at each ability (rows)."""
    import numpy as np  # as above

    z = (_wide_grid(shared_sd)[None, :] - grid()[:, None]) / shared_sd
    kernel = np.exp(-0.5 * z * z)
    return _frozen(kernel / kernel.sum(axis=1, keepdims=True))


def _quantile(below: "NDArray[np.float64]", share: float) -> "NDArray[np.float64]":
    """Return where the cumulated mass of each row reaches a share, linearly within a cell."""
    import numpy as np  # as above

    rows = np.arange(len(below))
    cell = np.clip((below[:, 1:] < share).sum(axis=1), 0, GRID_CELLS - 1)
    start, end = below[rows, cell], below[rows, cell + 1]
    inside = (share - start) / np.maximum(end - start, 1e-300)
    places: NDArray[np.float64] = -GRID_LIMIT + CELL * (cell + np.clip(inside, 0.0, 1.0))
    return places


def _frozen(array: "NDArray[np.floating[Any]]") -> "NDArray[np.float64]":
    """Return the array, which nobody can change any more: it is kept for everybody."""
    import numpy as np  # as above

    kept = np.asarray(array, dtype=np.float64)
    kept.setflags(write=False)
    return kept
