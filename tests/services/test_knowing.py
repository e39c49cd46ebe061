"""Figures of quality, worked out from rows."""

from datetime import UTC, datetime, timedelta

import pytest

from assessor.ports import LookedTwice, Passage, Spent
from assessor.services.knowing import agreement_in, weeks

SINCE = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=20)


def looked(person: int, judge: int, *, model: str = "m1", days: float = 1) -> LookedTwice:
    return LookedTwice(
        SINCE + timedelta(days=days), "python", "interview", "code_quality", model, person, judge
    )


def test_agreement_is_given_in_all_and_by_part_those_with_most_responses_first() -> None:
    found = agreement_in(
        [*[looked(level, level) for level in range(5)] * 4, *[looked(4, 0, model="m2")] * 3], "model"
    )

    assert found.responses == 23
    assert [(part.name, part.qwk.value, part.qwk.n) for part in found.parts] == [("m1", 1, 20), ("m2", 0, 3)]
    assert found.qwk.value is not None
    assert found.qwk.value < 1
    assert found.grid[4] == (3, 0, 0, 0, 4)


def test_without_second_looks_there_is_no_number_but_a_reason() -> None:
    found = agreement_in([], "track")

    assert (found.responses, found.qwk.value, found.parts) == (0, None, ())
    assert found.qwk.note


def test_every_week_is_there_and_what_waits_is_not_settled() -> None:
    handed_in = SINCE + timedelta(days=2)
    passages = [
        Passage(SINCE, handed_in, handed_in + timedelta(hours=6)),
        Passage(SINCE, handed_in, handed_in + timedelta(days=8)),
        Passage(SINCE + timedelta(days=15), SINCE + timedelta(days=16), None),
    ]
    spent = [
        Spent(SINCE, "m1", "ok", 500_000, 800),
        Spent(SINCE, "m1", "timeout", None, 9000),
    ]

    first, second, third = weeks(SINCE, UNTIL, [looked(2, 4), looked(2, 2)], passages, spent)

    assert (first.ordered, first.submitted, first.settled, first.waited) == (2, 2, 1, 6)
    assert (first.calls, first.failed, first.cost, first.latency) == (2, 1, 0.5, 0.8)
    assert (first.looked, first.bias) == (2, 1)
    assert (second.settled, second.waited) == (1, 8 * 24)
    assert (third.ordered, third.settled, third.waited, third.bias) == (1, 0, None, None)
    assert first.day == SINCE.date()


@pytest.mark.parametrize("by", ["model", "track", "category", "competency"])
def test_agreement_can_be_parted_by(by: str) -> None:
    assert len(agreement_in([looked(1, 1)], by).parts) == 1
