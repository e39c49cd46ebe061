"""The world of a simulation: items with their true parameters, people with their true ability."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assessor.domain import ability
from assessor.simulation.decisions.scenario import Scenario

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

REFERENCE_ITEMS = 200
REFERENCE_CUT = 0.5
SMALLER_GROUP = 0.3
"""Share of the people in the smaller of two groups, which differ in nothing."""
LEAKED_RIGHT = 0.95
HARDER = 0.5
_SPEEDED_FROM = 12


@dataclass(frozen=True)
class Items:
    """Items with one criterion each: what is true of them, and what is known of them."""

    difficulty: Floats
    discrimination: Floats
    known_difficulty: Floats
    known_discrimination: Floats
    expected_sd: float
    is_leaked: Bools
    is_biased: Bools

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Names to draw by."""
        return tuple(f"item-{number:03}" for number in range(len(self.difficulty)))

    @cached_property
    def observations(self) -> list[ability.Observation]:
        """Each item as the measurement model knows it."""
        known = zip(self.ids, self.known_difficulty, self.known_discrimination, strict=True)
        return [
            ability.Observation(name, float(b), float(a), 1.0, None, shared_sd=self.expected_sd)
            for name, b, a in known
        ]

    def told_at(self, cut: float) -> Floats:
        """Return what each item is expected to tell at the cut."""
        return np.array([ability.information([item], cut) for item in self.observations])

    @cached_property
    def log_likelihoods(self) -> Floats:
        """What each item says when it is missed and when it is met: shape (items, 2, cells)."""
        values = np.array([[0.0], [1.0]])
        return np.stack([ability.log_likelihood([item], values) for item in self.observations])


@dataclass(frozen=True)
class People:
    """Who is tested. All arrays have one entry a person."""

    theta: Floats
    in_smaller_group: Bools
    knows_leaked: Bools
    is_speeded: Bools

    def __len__(self) -> int:
        return len(self.theta)


def reference_items(dice: np.random.Generator, scenario: Scenario) -> Items:
    """Draw the reference bank: 200 items, log a ~ N(0, .3), b ~ N(0, 1), as they are and as known."""
    discrimination = np.exp(dice.normal(0, 0.3, REFERENCE_ITEMS))
    difficulty = dice.normal(0, 1, REFERENCE_ITEMS)
    errors = dice.normal(0, 1, (2, REFERENCE_ITEMS))
    leaked, biased = (dice.permutation(REFERENCE_ITEMS) for _ in range(2))
    return Items(
        difficulty=difficulty,
        discrimination=discrimination,
        known_difficulty=difficulty + scenario.difficulty_error * errors[0],
        known_discrimination=discrimination * np.exp(scenario.discrimination_error * errors[1]),
        expected_sd=scenario.expected_sd,
        is_leaked=leaked < round(scenario.leaked_items * REFERENCE_ITEMS),
        is_biased=biased < round(scenario.biased_items * REFERENCE_ITEMS),
    )


def draw_people(dice: np.random.Generator, count: int, scenario: Scenario) -> People:
    """Draw people: abilities are standard normal, and the same in both groups."""
    shares = dice.random((3, count))
    return People(
        theta=dice.normal(0, 1, count),
        in_smaller_group=shares[0] < SMALLER_GROUP,
        knows_leaked=shares[1] < scenario.leaked_people,
        is_speeded=shares[2] < scenario.speeded_people,
    )


def answer(
    dice: np.random.Generator, items: Items, people: People, given: NDArray[np.int64], scenario: Scenario
) -> Bools:
    """Let people answer the items given to them, in that order: both shapes are (people, places)."""
    count, places = given.shape
    effect = scenario.response_sd * dice.normal(0, 1, given.shape)
    kindness = scenario.lenient + scenario.drift * np.linspace(0, 1, count)[:, None]
    harder = HARDER * (items.is_biased[given] & people.in_smaller_group[:, None])
    place = people.theta[:, None] + effect + kindness - harder - items.difficulty[given]
    right = 1 / (1 + np.exp(-items.discrimination[given] * place))
    right = np.where(
        items.is_leaked[given] & people.knows_leaked[:, None], np.maximum(right, LEAKED_RIGHT), right
    )
    late = people.is_speeded[:, None] & (np.arange(places) >= _SPEEDED_FROM - 1)
    answered: Bools = dice.random(given.shape) < np.where(late, right / 2, right)
    return answered
