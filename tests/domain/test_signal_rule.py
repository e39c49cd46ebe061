"""How often people set aside what a rule noticed, and when that is too often."""

import numpy as np
import pytest

from assessor.domain.signal_rule import Overturned
from assessor.domain.thresholds import THRESHOLDS


def test_a_share_comes_with_its_interval_and_none_comes_of_nothing() -> None:
    some = Overturned.of(["confirmed", *["not_confirmed"] * 3])

    assert (some.looked, some.aside, some.share) == (4, 3, 0.75)
    assert some.interval is not None
    assert [round(end, 3) for end in some.interval] == [0.301, 0.954]
    assert (Overturned().share, Overturned().interval) == (None, None)


@pytest.mark.parametrize(
    ("looked", "aside", "is_too_often"),
    [(19, 19, False), (20, 20, True), (20, 15, True), (20, 14, False), (300, 165, False), (300, 170, True)],
)
def test_a_rule_is_wrong_too_often_beyond_chance_and_after_enough_findings(
    looked: int, aside: int, *, is_too_often: bool
) -> None:
    assert Overturned(looked, aside).is_too_often is is_too_often


@pytest.mark.parametrize(("wrong", "within", "low", "high"), [
    (0.4, 300, 0.0, 0.02), (0.5, 300, 0.1, 0.25), (0.6, 100, 0.6, 0.8), (0.8, 25, 0.9, 1.0),
])  # fmt: skip
def test_how_often_a_rule_is_switched_off_that_is_looked_at_after_every_finding(
    wrong: float, within: int, low: float, high: float
) -> None:
    # The numbers in docs/integrity.md.
    dice = np.random.default_rng(7)
    aside = (dice.random((400, within)) < wrong).cumsum(axis=1)
    looked = range(THRESHOLDS.overturning.looked, within + 1)

    off = [any(Overturned(n, int(row[n - 1])).is_too_often for n in looked) for row in aside]

    assert low <= np.mean(off) <= high
