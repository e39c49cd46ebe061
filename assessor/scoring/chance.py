"""What answering at random would earn, and what an answer earns beyond that."""

from collections.abc import Iterable
from statistics import fmean


def beyond_chance(value: float, at_random: Iterable[float]) -> float:
    """Return `(value - chance) / (1 - chance)`, at least 0: perfect is 1, and at most chance is 0.

    `at_random` is what each answer that could have been given earns; chance is their mean, as if each
    were as likely (Brennan & Prediger 1981, Coefficient kappa: some uses, misuses, and alternatives,
    Educational and Psychological Measurement 41). Whoever clicks blindly is above 0 by luck in some
    measures and never below it in others, so their mean over measures stays somewhat above 0.
    """
    chance = fmean(at_random)
    return max(0.0, (value - chance) / (1 - chance)) if chance < 1 else value
