"""How a reviewer's marks compare with what is known, when that is enough, and which answers a round has."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.quality import QualityMark
from assessor.domain.rubric import Criterion, Rubric
from assessor.domain.training import STANDARD, Compared, Grant, compared, drawn, result, suffice

RUBRIC = Rubric(
    id="first",
    purpose="To have criteria of different weights.",
    criteria=tuple(
        Criterion(id=name, text=f"Says what {name} stands for.", competency="clarity", weight=weight, level=1)
        for name, weight in (("aa", 1), ("bb", 2), ("cc", 1))
    ),
)
PERFECT = [Compared(level, level, 5, 5) for level in (0, 1, 2, 3, 4)] * 2


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ({"aa": "met", "bb": "met", "cc": "unmet"}, Compared(3, 3, 3, 3)),
        ({"aa": "met", "bb": "unmet", "cc": "unmet"}, Compared(1, 3, 2, 3)),
        ({"aa": "met", "bb": "met", "cc": "met"}, Compared(4, 3, 2, 3)),
        ({"aa": "cannot_assess", "bb": "cannot_assess", "cc": "cannot_assess"}, Compared(0, 3, 0, 3)),
    ],
)
def test_an_answer_is_compared_by_its_level_and_by_its_criteria(
    marks: dict[str, QualityMark], expected: Compared
) -> None:
    assert compared(RUBRIC, {"aa", "bb"}, marks) == expected


@pytest.mark.parametrize(
    ("marked", "passes"),
    [
        (PERFECT, True),
        (PERFECT[:-1], False),  # not a whole round
        ([*PERFECT[:-1], Compared(3, 4, 4, 5)], True),
        ([*PERFECT[:-1], Compared(2, 4, 3, 5)], True),  # one of ten is two levels off
        ([*PERFECT[:-2], Compared(1, 3, 3, 5), Compared(2, 4, 3, 5)], False),
        ([Compared(2, one.known, 4, 5) for one in PERFECT], False),  # one level for all tells nothing
        ([Compared(one.level, one.known, 3, 5) for one in PERFECT], False),  # right levels by wrong criteria
    ],
)
def test_a_round_passes_when_every_part_of_the_standard_is_reached(
    marked: list[Compared], *, passes: bool
) -> None:
    assert result(marked).passes() is passes


def test_the_result_counts_what_it_shows() -> None:
    found = result([*PERFECT[:-1], Compared(2, 4, 3, 5)])

    assert (found.answers, found.exact, found.within_one, found.right, found.criteria) == (10, 9, 9, 48, 50)
    assert found.qwk is not None
    assert 0.85 < found.qwk < 0.95


ANSWERS = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=4), st.integers(0, 4), min_size=10, max_size=60
)


@given(ANSWERS, st.integers(0, 1000), st.data())
def test_a_draw_is_repeatable_distinct_and_prefers_what_was_not_scored(
    answers: dict[str, int], seed: int, data: st.DataObject
) -> None:
    used = data.draw(st.lists(st.sampled_from(sorted(answers)), unique=True))

    once = drawn(answers, used, str(seed), STANDARD.answers)
    again = drawn(dict(reversed(answers.items())), used, str(seed), STANDARD.answers)

    assert once == again
    assert len(set(once)) == len(once) == STANDARD.answers
    if len(answers) - len(used) >= STANDARD.answers:
        assert not set(once) & set(used)


def test_a_draw_is_spread_over_the_levels() -> None:
    answers = {f"{level}-{number}": level for level in range(5) for number in range(20)}

    levels = [answers[name] for name in drawn(answers, [], "seed", 10)]

    assert sorted(levels) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert drawn(answers, [], "seed", 10) != drawn(answers, [], "another", 10)


@pytest.mark.parametrize(
    ("levels", "enough"),
    [([0, 1, 2, 3, 4] * 2, True), ([0, 1, 2, 3, 4], False), ([0, 4] * 10, False), ([], False)],
)
def test_a_track_has_enough_answers_or_asks_for_no_training(levels: list[int], *, enough: bool) -> None:
    assert suffice(levels) is enough


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        ({"a": 1, "b": 2}, True),
        ({"a": 1, "b": 2, "new": 1}, True),
        ({"a": 1}, True),
        ({"a": 2, "b": 2}, False),
        ({"new": 1}, False),
    ],
)
def test_a_grant_holds_until_a_rubric_that_it_stands_for_has_a_new_version(
    now: dict[str, int], *, holds: bool
) -> None:
    grant = Grant("rev_1", "python", "passed", {"a": 1, "b": 2}, "rev_1", datetime(2026, 11, 21, tzinfo=UTC))

    assert grant.holds(now) is holds
