"""Agreement, split by what may make a difference."""

from typing import Any

import pytest

from assessor.services.agreeing import SPLITS, split
from tests.services.test_knowing import looked


@pytest.mark.parametrize(
    ("by", "other"),
    [
        ("rubric", "explains-cause@2"),
        ("model", "m2"),
        ("language", "de"),
        ("reviewer", "rev_2"),
        ("track", "rust"),
        ("category", "sft"),
        ("competency", "safety"),
    ],
)
def test_levels_are_split_by(by: str, other: str) -> None:
    changed: dict[str, Any] = {by: other}
    rows = [*[looked(level, level) for level in range(5)] * 4, *[looked(4, 0, **changed)] * 12]

    found = split(rows, SPLITS[by])

    assert [(part.name == other, part.n) for part in found.parts] == [(False, 20), (True, 12)]
    assert found.parts[0].qwk.value == 1
    assert found.parts[1].qwk.value == 0
    assert found.all.n == 32
    assert found.all.grid[4] == (12, 0, 0, 0, 4)


def test_criteria_are_compared_mark_by_mark_over_all_versions_of_a_rubric() -> None:
    rows = [
        looked(4, 4, marks={"cause": (1, 1), "cure": (1, 0)}),
        looked(4, 4, marks={"cause": (0, 0)}, rubric="explains-cause@2"),
    ] * 8

    found = split(rows, SPLITS["criterion"])

    assert [(part.name, part.n, part.grid) for part in found.parts] == [
        ("explains-cause/cause", 16, ((8, 0), (0, 8))),
        ("explains-cause/cure", 8, ((0, 0), (8, 0))),
    ]
    assert found.parts[0].kappa.value == 1
    assert found.parts[1].kappa.note == "too few: 8 of 10"
    assert found.all.n == 24


def test_without_second_looks_there_is_nothing_but_no_error() -> None:
    found = split([], SPLITS["track"])

    assert (found.all.n, found.all.qwk.value, found.parts) == (0, None, ())
