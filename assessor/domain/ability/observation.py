"""What was observed: scores as data of the measurement model, with the noise that each one carries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import hypot
from statistics import fmean
from types import MappingProxyType

from assessor.domain.item import Category
from assessor.domain.score import Score

RESPONSE_SD = 0.8
"""SD in logits of the effect that the criteria of one response share: a good day, a topic that suits.

A stated value, until real responses give one.
"""

DIFFICULTY_SD = 0.6
"""SD in logits of the error of an authored difficulty: one step of the five that an author can choose.

An item is one response of one candidate, so its error cannot be told from the response's effect:
the two variances add up. All of it is taken to be shared by the item's criteria, which is the
cautious reading: errors of their own would largely cancel.
"""

SHARED_SD = round(hypot(RESPONSE_SD, DIFFICULTY_SD), 6)
"""Both together: 1 logit."""

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

MISREADING: Mapping[str, float] = MappingProxyType({"rule": 0.02, "person": 0.05, "judge": 0.08})
"""By kind of rater: how often it says the opposite of what the response shows.

Stated values. Two people who each misread one criterion in twenty agree on nine of ten. A rule
misreads when a key is wrong, or when a hand slips. No single criterion can therefore count for more
than its rater is reliable, however surprising it is.
"""


@dataclass(frozen=True)
class Observation:
    """One criterion of one response. `value` is None when nobody could score it.

    `shared_sd` is the SD of what the criteria of this response share beyond the ability; they have
    to agree on it. `misreading` is a probability below one half.
    """

    response: str
    difficulty: float
    discrimination: float
    weight: float
    value: float | None
    misreading: float = 0.0
    shared_sd: float = SHARED_SD


def observe(scores: Sequence[Score], competency_weights: Mapping[str, float]) -> tuple[Observation, ...]:
    """Return the observations of one composite.

    Weights are relative: within a response a criterion's own, between criteria their competency's.
    They are scaled over everything expected, scored or not, so that an abstention keeps its place,
    and so that they add up to the effective number of observations (sum w)^2 / sum w^2 (Kish 1965):
    no author's choice of numbers makes evidence out of nothing.
    """
    own_weights: defaultdict[str, list[float]] = defaultdict(list)
    for score in scores:
        own_weights[score.item_id].append(score.weight)
    means = {item_id: fmean(weights) for item_id, weights in own_weights.items()}
    raw = [score.weight / means[score.item_id] * competency_weights[score.competency] for score in scores]
    scale = sum(raw) / sum(weight**2 for weight in raw) if raw else 1.0
    return tuple(
        Observation(
            response=score.item_id,
            difficulty=score.difficulty,
            discrimination=DISCRIMINATION[score.category],
            weight=weight * scale,
            value=score.value,
            misreading=MISREADING.get(score.rater_kind, min(MISREADING.values())),
        )
        for score, weight in zip(scores, raw, strict=True)
    )


def assuming(observations: Iterable[Observation], value: float) -> tuple[Observation, ...]:
    """Return the observations with every unscored one at `value`: the worst or the best it can become."""
    return tuple(
        replace(observation, value=value, misreading=min(MISREADING.values()))
        if observation.value is None
        else observation
        for observation in observations
    )
