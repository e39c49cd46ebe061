"""Ability from scores: what was observed, and the posterior that follows from it."""

from assessor.domain.ability.observation import (
    DIFFICULTY_SD,
    DISCRIMINATION,
    MISREADING,
    RESPONSE_SD,
    SHARED_SD,
    Observation,
    assuming,
    observe,
)
from assessor.domain.ability.posterior import (
    GRID_LIMIT,
    INTERVAL,
    Estimate,
    Summary,
    estimate,
    grid,
    information,
    log_likelihood,
    log_prior,
    summarised,
)
from assessor.domain.ability.variants import Variants

__all__ = [
    "DIFFICULTY_SD",
    "DISCRIMINATION",
    "GRID_LIMIT",
    "INTERVAL",
    "MISREADING",
    "RESPONSE_SD",
    "SHARED_SD",
    "Estimate",
    "Observation",
    "Summary",
    "Variants",
    "assuming",
    "estimate",
    "grid",
    "information",
    "log_likelihood",
    "log_prior",
    "observe",
    "summarised",
]
