"""Places for interviews on each database: in the order in which people came, none given twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from assessor.adapters.store import SqlStore
from assessor.adapters.vault import Vault
from assessor.domain.places import AT_WORK, KEPT, PRESENT, REMEMBERED, Standing
from assessor.ports import Waiting
from tests.adapters.store.samples import NOW, begun

pytestmark = pytest.mark.anyio

SECOND = timedelta(seconds=1)
IN = Standing(is_in=True)


@pytest.fixture
async def people(store: SqlStore) -> list[str]:
    return [(await begun(store, f"asm_{number}")).id for number in range(6)]


@pytest.fixture
async def other_process(store: SqlStore, address: str, vault: Vault) -> AsyncIterator[SqlStore]:
    other = SqlStore(address, vault)
    yield other
    await other.close()


async def begin(store: SqlStore, person: str, at: datetime = NOW, at_once: int = 2) -> Standing:
    return await store.ask_for_place(person, at, at_once, begins=True)


async def look(store: SqlStore, person: str, at: datetime = NOW, at_once: int = 2) -> Standing:
    return await store.ask_for_place(person, at, at_once, begins=False)


async def test_who_comes_first_begins_and_the_others_wait_in_their_order(
    store: SqlStore, people: list[str]
) -> None:
    standings = [await begin(store, one, NOW + at * SECOND) for at, one in enumerate(people)]

    assert standings == [IN, IN, Standing(0), Standing(1), Standing(2), Standing(3)]
    backlog = await store.backlog(NOW + 6 * SECOND)
    assert backlog.interviews == 2
    assert backlog.lines["begin"] == Waiting(4, NOW + 2 * SECOND)


async def test_beginning_twice_takes_one_place(store: SqlStore, people: list[str]) -> None:
    assert [await begin(store, people[0]) for _ in range(3)] == [IN] * 3
    assert await begin(store, people[1]) == IN


async def test_a_place_that_is_free_is_kept_for_the_first_in_line_and_for_nobody_else(
    store: SqlStore, people: list[str]
) -> None:
    for number, one in enumerate(people[:4]):
        await begin(store, one, NOW + number * SECOND)
    await store.leave_place(people[0])
    at = NOW + 10 * SECOND

    too_soon = await look(store, people[3], at)
    called = await look(store, people[2], at)
    newcomer = await begin(store, people[4], at)

    assert too_soon == Standing(1)
    assert called == Standing(kept_until=at + KEPT)
    assert newcomer == Standing(1)
    assert await begin(store, people[2], at + SECOND) == IN


async def test_a_place_that_was_kept_in_vain_goes_to_the_next(store: SqlStore, people: list[str]) -> None:
    await begin(store, people[0], at_once=1)
    await look(store, people[1], at_once=1)
    await look(store, people[2], NOW + SECOND, at_once=1)
    await store.leave_place(people[0])
    await look(store, people[1], NOW + 2 * SECOND, at_once=1)
    late = NOW + 3 * SECOND + KEPT

    next_one = await look(store, people[2], late, at_once=1)
    too_late = await begin(store, people[1], late, at_once=1)

    assert next_one.may_begin
    assert too_late == Standing(0)


async def test_nobody_waits_for_those_who_went_away_and_they_keep_their_place_for_a_while(
    store: SqlStore, people: list[str]
) -> None:
    for number, one in enumerate(people[:4]):
        await look(store, one, NOW + number * SECOND, at_once=0)
    back = NOW + PRESENT + 10 * SECOND

    assert await look(store, people[3], back, at_once=0) == Standing(0)
    assert await look(store, people[0], back, at_once=0) == Standing(0)
    assert await look(store, people[3], back, at_once=0) == Standing(1)


async def test_who_stays_away_for_long_begins_at_the_end(store: SqlStore, people: list[str]) -> None:
    await look(store, people[0], at_once=0)
    late = NOW + REMEMBERED
    await look(store, people[1], late - SECOND, at_once=0)

    assert not await store.is_remembered(people[0], late)
    assert await store.is_remembered(people[1], late)
    assert await look(store, people[0], late, at_once=0) == Standing(1)


async def test_an_interview_that_nobody_is_at_gives_its_place_free_and_goes_on_when_they_come_back(
    store: SqlStore, people: list[str]
) -> None:
    await begin(store, people[0], at_once=1)
    await store.hold_places([people[0]], NOW + AT_WORK - SECOND)
    assert await begin(store, people[1], NOW + AT_WORK, at_once=1) == Standing(0)
    late = NOW + 2 * AT_WORK

    taken = await begin(store, people[1], late, at_once=1)
    await store.hold_places([people[0], people[2]], late)

    assert taken == IN
    assert (await store.backlog(late)).interviews == 3


async def test_two_processes_never_give_more_places_than_there_are(
    store: SqlStore, other_process: SqlStore, people: list[str]
) -> None:
    standings = await asyncio.gather(
        *(
            begin(process, one, NOW + number * SECOND, at_once=3)
            for number, one in enumerate(people)
            for process in (store, other_process)
        )
    )

    assert sum(one.is_in for one in standings) == 3 * 2, "each has asked both processes"
    assert (await store.backlog(NOW + 6 * SECOND)).interviews == 3


async def test_processes_that_see_the_same_interviews_without_a_row_all_note_them(
    address: str, vault: Vault, store: SqlStore, people: list[str]
) -> None:
    others = [SqlStore(address, vault) for _ in range(4)]
    try:
        await asyncio.gather(*(other.hold_places(people, NOW) for other in others))
    finally:
        await asyncio.gather(*(other.close() for other in others))

    assert (await store.backlog(NOW)).interviews == len(people)


async def test_what_is_long_over_is_forgotten(store: SqlStore, people: list[str]) -> None:
    await begin(store, people[0])
    await look(store, people[1])

    assert await store.forget_places(NOW + REMEMBERED) == 0
    assert await store.forget_places(NOW + REMEMBERED + SECOND) == 2
