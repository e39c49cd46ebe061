"""Figures of quality, worked out from rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

from assessor.ports import LookedTwice, Passage, Spent
from assessor.services.knowing import weeks

SINCE = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=20)


def looked(person: int, judge: int, *, days: float = 1, **other: Any) -> LookedTwice:
    given: dict[str, Any] = {
        "track": "python",
        "category": "interview",
        "competency": "code_quality",
        "model": "m1",
        "rubric": "explains-cause@1",
        "language": "en",
        "reviewer": "rev_1",
        "marks": {"cause": (person // 2 % 2, judge // 2 % 2)},
    }
    return LookedTwice(SINCE + timedelta(days=days), person=person, judge=judge, **given | other)


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


def test_what_nine_of_ten_waited_shows_where_the_median_is_nothing() -> None:
    hours = [0, 0, 0, 0, 0, 0, 0, 0, 30, 90]
    passages = [Passage(SINCE, SINCE, SINCE + timedelta(hours=one)) for one in hours]

    first, *_ = weeks(SINCE, UNTIL, [], passages, [])

    assert (first.waited, first.waited_at_most) == (0, 30)
