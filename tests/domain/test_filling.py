"""Filling the places of a form when the candidate has seen a part of the bank before."""

from collections.abc import Collection, Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.domain.form.filling import Filling, Places, are_enemies
from assessor.domain.item import Item
from tests.domain.banks import ranking

NEW, SEEN = range(5), range(5, 10)


def items(numbers: Collection[int], competency: str = "judgement") -> list[Item]:
    return [ranking(number).changed(competency=competency) for number in numbers]


def seen_in(found: Sequence[Sequence[Item]] | None) -> int:
    assert found is not None
    return sum(int(item.id.removeprefix("rank-")) in SEEN for section in found for item in section)


def filled(
    *places: Places, coverage: dict[str, int] | None = None, minutes: float = 60
) -> list[list[Item]] | None:
    return Filling(places, coverage or {}, minutes).freshest()


@pytest.mark.parametrize(
    ("pool", "others", "seen", "again"),
    [
        ((0, 1, 2), (), (5, 6), 0),
        ((0,), (1, 2), (5, 6), 0),
        ((0,), (1,), (5, 6), 1),
        ((0,), (), (5, 6, 7), 2),
        ((), (), (5, 6, 7), 3),
    ],
)
def test_what_was_seen_fills_only_what_nothing_else_can(
    pool: tuple[int, ...], others: tuple[int, ...], seen: tuple[int, ...], again: int
) -> None:
    assert seen_in(filled(Places(3, items(pool), items(others), items(seen)))) == again


def test_plenty_in_one_section_does_not_make_up_for_another() -> None:
    rich, poor = (
        Places(2, items((0, 1, 2)), items((3,)), items((5,))),
        Places(2, items((4,)), (), items((6, 7))),
    )

    found = filled(rich, poor)

    assert [len(section) for section in found or ()] == [2, 2]
    assert seen_in(found) == 1


def test_as_many_come_again_as_a_competency_demands() -> None:
    rare = items((5, 6, 7), "semantics")

    assert seen_in(filled(Places(3, items((0, 1, 2)), (), rare), coverage={"semantics": 2})) == 2


@pytest.mark.parametrize("pooled", [4, 1])
@pytest.mark.parametrize("foes", [("rank-1", "rank-2"), ("rank-1", "rank-2", "rank-3")])
def test_the_most_wanted_item_gives_way_where_it_would_make_others_come_again(
    foes: tuple[str, ...], pooled: int
) -> None:
    """The first of the pool shuts others out, and what was seen would fill their places."""
    unseen = [ranking(0, enemies=foes), *map(ranking, (1, 2, 3))]

    assert seen_in(filled(Places(3, unseen[:pooled], unseen[pooled:], items((5, 6, 7))))) == 0


@pytest.mark.parametrize("seen", [(), (5,)])
def test_a_form_that_cannot_be_is_none_whatever_was_seen(seen: tuple[int, ...]) -> None:
    assert filled(Places(3, items((0,)), (), items(seen))) is None
    assert filled(Places(2, items((0, 1)), (), items(seen)), minutes=5) is None


BANK = st.lists(
    st.tuples(
        st.sampled_from(["semantics", "judgement"]), st.sampled_from([2.0, 4.0]), st.sets(st.integers(0, 9))
    ),
    min_size=10,
    max_size=10,
)


@settings(max_examples=60)
@given(BANK, st.integers(0, 2), st.integers(6, 12))
def test_no_form_with_fewer_seen_items_could_have_been_drawn(
    bank: list[tuple[str, float, set[int]]], least: int, minutes: int
) -> None:
    every = [
        ranking(
            number, minutes=length, enemies=tuple(f"rank-{foe}" for foe in foes if foe != number)
        ).changed(competency=competency)
        for number, (competency, length, foes) in enumerate(bank)
    ]
    possible = [
        seen_in([three])
        for three in combinations(every, 3)
        if sum(item.minutes for item in three) <= minutes
        and sum(item.competency == "semantics" for item in three) >= least
        and not any(are_enemies(item, three) for item in three)
    ]

    found = filled(
        Places(3, every[:3], every[3:5], every[5:]), coverage={"semantics": least}, minutes=minutes
    )

    assert (found is None) == (not possible)
    if found is not None:
        assert seen_in(found) == min(possible)
