"""Of mutants a sample says how many are killed, and how sure that is."""

import pytest

from tests.mutation.scores import Score, drawn, holds, package_of, scores, survivors

MUTANTS = [
    *(f"assessor.domain.levels.x_level__mutmut_{n}" for n in range(40)),
    *(f"assessor.scoring.ranking.x_rate__mutmut_{n}" for n in range(30)),
    *(f"assessor.services.access.x_let_in__mutmut_{n}" for n in range(5)),
]


def test_as_many_are_drawn_of_each_package_and_the_same_for_the_same_seed() -> None:
    sample = drawn(MUTANTS, 10, 7)

    assert sample == drawn(reversed(MUTANTS), 10, 7) != drawn(MUTANTS, 10, 8)
    assert [sum(package_of(name) == one for name in sample) for one in ("domain", "scoring")] == [10, 10]
    assert sum(package_of(name) == "access control" for name in sample) == 5


def test_what_no_test_reaches_survives_and_what_was_not_tried_counts_nowhere() -> None:
    ends = ["killed", "timeout", "survived", "no tests", "not checked"]
    statuses = dict(zip(MUTANTS, ends, strict=False))

    assert scores(statuses) == [Score("domain", killed=2, tried=4)]
    assert survivors(statuses) == MUTANTS[2:4]


@pytest.mark.parametrize(("killed", "expected"), [(95, True), (84, True), (70, False)])
def test_a_sample_fails_when_the_whole_is_surely_below(killed: int, *, expected: bool) -> None:
    assert holds([Score("scoring", 100, 100), Score("domain", killed, 100)]) is expected


def test_nothing_tried_proves_nothing() -> None:
    assert not holds([])
