"""What simulated decisions come to, in numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assessor.simulation.decisions.sequential import NOT_QUALIFIED, QUALIFIED, REFERRED, Sitting
from assessor.simulation.decisions.world import Bools, Floats

PLACES = 4
Numbers = dict[str, float | None]
"""By name; None where there was nothing to take a share of."""


def summary(theta: Floats, cut: float, sat: Sitting) -> Numbers:
    """Return the shares of right and wrong, and what was asked for them. All people count.

    `right_of_decided` alone is of those whom a rule decided. `overlap_mean` is the share of a
    person's items that another person had too, on average: sum c (c - 1) / ((n - 1) sum c).
    `interval_covers` is the share of people whose ability lies in their interval.
    """
    able, people, outcome, exposed = theta >= cut, len(theta), sat.outcome, sat.exposed
    decided = outcome != REFERRED
    right = (outcome == QUALIFIED) == able
    return _rounded(
        {
            "right_of_decided": np.mean(right[decided]) if decided.any() else None,
            "items_mean": np.mean(sat.used),
            "items_p95": np.percentile(sat.used, 95),
            "referred": 1 - np.mean(decided),
            "wrong_pass": np.mean((outcome == QUALIFIED) & ~able),
            "wrong_fail": np.mean((outcome == NOT_QUALIFIED) & able),
            "exposure_max": exposed.max() / people,
            "interval_covers": np.mean(sat.covered),
            "overlap_mean": np.sum(exposed * (exposed - 1)) / max(1, (people - 1) * exposed.sum()),
        }
    )


def consistency(first: NDArray[np.int64], second: NDArray[np.int64]) -> Numbers:
    """Compare two tests of the same people, with other items.

    `consistency` is the share decided alike among those decided both times; `same_outcome` counts
    being referred as an outcome.
    """
    both = (first != REFERRED) & (second != REFERRED)
    return _rounded(
        {
            "consistency": np.mean(first[both] == second[both]) if both.any() else None,
            "same_outcome": np.mean(first == second),
        }
    )


def by_group(outcome: NDArray[np.int64], in_smaller: Bools) -> dict[str, Any]:
    """Compare two groups that truly differ in nothing: each one's shares, and how far they are apart.

    `difference` is the larger group's share of qualified less the smaller one's; `error` is its
    standard error, so that chance can be told from more than chance.
    """
    shares: dict[str, Any] = {}
    for name, members in (("larger", ~in_smaller), ("smaller", in_smaller)):
        own = outcome[members]
        shares[name] = {
            "people": len(own),
            **_rounded({"qualified": np.mean(own == QUALIFIED), "referred": np.mean(own == REFERRED)}),
        }
    rates = [(group["qualified"], group["people"]) for group in shares.values()]
    error = sum(rate * (1 - rate) / people for rate, people in rates) ** 0.5
    return {**shares, **_rounded({"difference": rates[0][0] - rates[1][0], "error": error})}


def mean_of(summaries: Sequence[Numbers]) -> Numbers:
    """Return the mean of each number, of those that there are."""
    known = {
        name: [number for one in summaries if (number := one[name]) is not None] for name in summaries[0]
    }
    return _rounded({name: np.mean(numbers) if numbers else None for name, numbers in known.items()})


def _rounded(numbers: dict[str, Any]) -> Numbers:
    return {name: None if value is None else round(float(value), PLACES) for name, value in numbers.items()}
