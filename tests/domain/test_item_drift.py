"""Whether an item has become easier, for candidates of the same ability."""

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from assessor.domain.item_health import Answer
from assessor.domain.item_health.drift import drift

FIRST = datetime(2026, 9, 1, tzinfo=UTC)


def answers(count: int, *, easier: float = 0.0, abler: float = 0.0, seed: int = 1) -> list[Answer]:
    """Answers to one item, which is easier in the second half, or answered by abler people there."""
    dice, found = random.Random(seed), []
    for number in range(count):
        late = number >= count // 2
        rest = dice.gauss(abler * late, 1)
        score = min(1.0, max(0.0, 0.5 + 0.1 * rest + easier * late + dice.gauss(0, 0.1)))
        found.append(Answer("item-1", score, rest, 0.0, np.zeros(1), at=FIRST + timedelta(hours=number)))
    return found


def test_an_item_that_was_passed_on_has_become_easier() -> None:
    found = drift(answers(200, easier=0.2), 50)

    assert found.value == pytest.approx(0.2, abs=0.05)
    assert found.low is not None
    assert found.low > 0


def test_abler_candidates_do_not_make_an_item_easier() -> None:
    found = drift(answers(400, abler=1.5), 50)

    assert found.value == pytest.approx(0, abs=0.05)


def test_a_steady_item_is_rarely_said_to_drift() -> None:
    found = [drift(answers(100, seed=seed), 50) for seed in range(100)]

    assert (
        sum(one.low is not None and one.high is not None and (one.low > 0 or one.high < 0) for one in found)
        < 12
    )


def test_with_too_few_answers_or_without_their_days_there_is_no_number() -> None:
    few = drift(answers(49), 50)
    undated = drift([Answer("item-1", 1.0, 0.0, 0.0, np.zeros(1))] * 60, 50)

    assert (few.value, few.note) == (None, "needs 50 answers")
    assert undated.n == 0


def test_scores_that_are_all_the_same_do_not_drift() -> None:
    same = [Answer("item-1", 1.0, 0.0, 0.0, np.zeros(1), at=FIRST + timedelta(days=n)) for n in range(60)]

    assert drift(same, 50).note == "all scores are the same"
