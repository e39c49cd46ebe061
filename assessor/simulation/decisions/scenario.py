"""Scenarios: what may be otherwise than the measurement model believes."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Scenario:
    """How the world differs. Difficulties, effects and leniency are in logits; shares in [0, 1]."""

    says: str
    """In words, for the page."""
    difficulty_error: float = 0.0
    """SD of the error in the difficulties that are known."""
    discrimination_error: float = 0.0
    """SD of the error in the logs of the discriminations that are known."""
    response_sd: float = 0.0
    """SD of an effect that each response has of its own."""
    expected_sd: float = 0.0
    """SD of errors and effects that the model reckons with."""
    lenient: float = 0.0
    """By how much a judge reads everything as better than it is."""
    drift: float = 0.0
    """By how much more the judge does so with the last candidate than with the first."""
    leaked_items: float = 0.0
    """Share of the items that are known outside."""
    leaked_people: float = 0.0
    """Share of the people who know them, and get them right 95 times in a hundred."""
    speeded_people: float = 0.0
    """Share of the people who run out of time: from their twelfth item on they guess half the time."""
    biased_items: float = 0.0
    """Share of the items that are half a logit harder for the smaller group."""


SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        "baseline": Scenario("everything is as the model believes"),
        "calibration_noise": Scenario(
            "difficulties are known with an error of SD .6, discriminations of 20 %, and the model reckons "
            "with it",
            difficulty_error=0.6,
            discrimination_error=0.2,
            expected_sd=0.6,
        ),
        "ignored_noise": Scenario(
            "the same errors, and the model takes what it knows for exact",
            difficulty_error=0.6,
            discrimination_error=0.2,
        ),
        "response_effects": Scenario(
            "each response has an effect of SD .8 of its own, and the model reckons with it",
            response_sd=0.8,
            expected_sd=0.8,
        ),
        "ignored_effects": Scenario("the same effects, and the model knows nothing of them", response_sd=0.8),
        "lenient_judge": Scenario("the judge reads everything .3 logit too kindly", lenient=0.3),
        "drifting_judge": Scenario(
            "the judge begins fair and reads the last candidate .6 logit too kindly", drift=0.6
        ),
        "leaked_items": Scenario(
            "a tenth of the items is known to a fifth of the people", leaked_items=0.1, leaked_people=0.2
        ),
        "speeded_candidates": Scenario(
            "a fifth of the people runs out of time at the twelfth item", speeded_people=0.2
        ),
        "biased_items": Scenario(
            "a tenth of the items is half a logit harder for the smaller group", biased_items=0.1
        ),
    }
)
