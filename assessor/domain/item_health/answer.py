"""One item as one candidate answered it, with what all their other answers say of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from assessor.domain.ability import (
    RESPONSE_SD,
    Observation,
    grid,
    log_likelihood,
    log_prior,
    observe,
)
from assessor.domain.item_health.choices import Choice
from assessor.domain.item_health.shift import log_likelihood_of_shifts
from assessor.domain.score import Score

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST_OTHERS = 3
"""Other scored items that a candidate must have: with fewer there is no rest to compare an item with."""


@dataclass(frozen=True)
class Answer:
    """A scored item of one candidate."""

    item_id: str
    score: float
    """Weighted mean of its criteria, in [0, 1]."""
    rest: float
    """Ability from all other items alone, in logits (EAP)."""
    difficulty: float
    """Mean of its criteria's authored difficulties, in logits."""
    shifts: "NDArray[np.float64]"
    """Log likelihood of each shift of its difficulty, given the rest."""
    choices: tuple[Choice, ...] = ()
    minutes: float | None = None
    at: datetime | None = None
    """When the candidate handed in."""


def answers_of(
    scores: Sequence[Score],
    competency_weights: Mapping[str, float],
    choices: Mapping[str, tuple[Choice, ...]],
    minutes: Mapping[str, float],
    at: datetime | None = None,
) -> tuple[Answer, ...]:
    """Return the scored items of one candidate; none when there are too few to compare one with the rest.

    `scores` are all of the form; what nobody could score tells nothing. `choices` and `minutes` go by item.
    """
    observed = _by_item(observe(scores, competency_weights))
    if len(observed) <= LEAST_OTHERS:
        return ()
    told = {item: _log_likelihood(own) for item, own in observed.items()}
    whole = log_prior() + sum(told.values())
    return tuple(
        Answer(
            item_id=item,
            score=_mean(own),
            rest=_eap(whole - told[item]),
            difficulty=sum(seen.weight * seen.difficulty for seen in own) / sum(seen.weight for seen in own),
            shifts=log_likelihood_of_shifts(
                whole - told[item], _log_likelihood([replace(seen, shared_sd=RESPONSE_SD) for seen in own])
            ),
            choices=choices.get(item, ()),
            minutes=minutes.get(item),
            at=at,
        )
        for item, own in observed.items()
    )


def _by_item(observations: Sequence[Observation]) -> dict[str, list[Observation]]:
    found: defaultdict[str, list[Observation]] = defaultdict(list)
    for seen in observations:
        if seen.value is not None:
            found[seen.response].append(seen)
    return dict(found)


def _log_likelihood(own: Sequence[Observation]) -> "NDArray[np.float64]":
    import numpy as np  # heavy: loaded on first use

    told: NDArray[np.float64] = log_likelihood(own, np.array([[seen.value for seen in own]], dtype=float))[0]
    return told


def _mean(own: Sequence[Observation]) -> float:
    return sum(seen.weight * (seen.value or 0.0) for seen in own) / sum(seen.weight for seen in own)


def _eap(log_posterior: "NDArray[np.float64]") -> float:
    import numpy as np  # as above

    mass = np.exp(log_posterior - log_posterior.max())
    return float(mass @ grid() / mass.sum())
