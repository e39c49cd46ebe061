"""Limits of providers over all processes, on each database: kept together, in one line, and not lost."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from assessor.adapters.store import SqlStore
from assessor.adapters.store.tables import PROVIDER, PROVIDER_CALL
from assessor.adapters.vault import Vault
from assessor.ports import Exchange, Granted, ProviderLimits, Purpose, WantedCall

pytestmark = pytest.mark.anyio

FOUR = ProviderLimits(calls=4)
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def other(store: SqlStore, address: str, vault: Vault) -> AsyncIterator[SqlStore]:
    """The store of another process."""
    other = SqlStore(address, vault)
    yield other
    await other.close()
    assert store is not other


def calls(name: str, count: int, purpose: Purpose = "turn", tokens: int = 0) -> list[WantedCall]:
    return [WantedCall(f"{name}{number}", purpose, tokens) for number in range(count)]


async def say(
    store: SqlStore,
    process: str,
    *wanted: WantedCall,
    running: tuple[str, ...] = (),
    unused: float = 0.0,
    pause: float = 0.0,
    limits: ProviderLimits = FOUR,
) -> Granted:
    said = Exchange(wanted, running, unused, pause)
    return await store.exchange_calls("anthropic", process, said, limits)


async def running(store: SqlStore) -> set[str]:
    rows = await store._all(select(PROVIDER_CALL.c.id).where(PROVIDER_CALL.c.is_running))
    return {row.id for row in rows}


async def test_the_sum_over_two_processes_stays_within_the_limit(store: SqlStore, other: SqlStore) -> None:
    ours, theirs = calls("a", 3), calls("b", 3)

    first = await say(store, "a", *ours)
    second = await say(other, "b", *theirs)

    assert first.ids == {"a0", "a1", "a2"}
    assert second.ids == {"b0"}
    assert len(await running(store)) == 4


async def test_many_that_ask_at_once_never_get_more_than_there_is(store: SqlStore, other: SqlStore) -> None:
    asked = await asyncio.gather(
        *(
            say(where, f"process{number}", *calls(f"p{number}-", 3))
            for number, where in enumerate([store, other] * 4)
        )
    )

    assert sum(len(one.ids) for one in asked) == 4
    assert len(await running(store)) == 4


async def test_what_has_ended_makes_room_for_whoever_asked_first_in_whichever_process(
    store: SqlStore, other: SqlStore
) -> None:
    await say(store, "a", *calls("a", 4))
    await say(other, "b", *calls("b", 1))
    late = calls("late", 1)

    after = await say(store, "a", *late, running=("a0", "a1", "a2"))

    assert "late0" not in after.ids
    assert (await say(other, "b", *calls("b", 1))).ids == {"b0"}


async def test_an_interview_goes_before_scoring_that_has_waited_for_longer(
    store: SqlStore, other: SqlStore
) -> None:
    await say(store, "worker", *calls("judge", 8, "judge"))
    busy = await running(store)

    turns = await say(other, "web", *calls("turn", 2))
    still = tuple(sorted(busy))[1:]
    await say(store, "worker", *calls("judge", 8, "judge")[3:], running=still)
    after = await say(other, "web", *calls("turn", 2))

    assert len(busy) == 3, "a place is kept for a turn that may come"
    assert turns.ids == {"turn0"}
    assert after.ids == {"turn0", "turn1"}
    assert len(await running(store)) == 4


async def test_with_one_place_work_is_judged_too(store: SqlStore) -> None:
    granted = await say(store, "worker", *calls("judge", 2, "judge"), limits=ProviderLimits(calls=1))

    assert granted.ids == {"judge0"}


async def test_the_share_of_a_process_that_died_comes_back(store: SqlStore, other: SqlStore) -> None:
    await say(store, "dead", *calls("dead", 4))
    assert (await say(other, "living", *calls("b", 2))).ids == set()
    await store._execute(
        update(PROVIDER_CALL)
        .where(PROVIDER_CALL.c.process == "dead")
        .values(expires_at=datetime.now(UTC) - MINUTE)
    )

    granted = await say(other, "living", *calls("b", 2))

    assert granted.ids == {"b0", "b1"}
    assert await running(store) == {"b0", "b1"}


async def test_a_process_that_was_only_slow_keeps_what_runs(store: SqlStore, other: SqlStore) -> None:
    await say(store, "slow", *calls("slow", 3))
    await store._execute(update(PROVIDER_CALL).values(expires_at=datetime.now(UTC) - MINUTE))
    await say(other, "quick", *calls("q", 1))

    await say(store, "slow", running=("slow0", "slow1", "slow2"))
    crowded = await say(other, "quick", *calls("q", 4))

    assert crowded.ids == {"q0"}, "its three count again, so the others wait"


async def test_who_gives_up_waiting_stands_in_nobodys_way(store: SqlStore, other: SqlStore) -> None:
    await say(store, "a", *calls("a", 4))
    await say(store, "a", *calls("a", 4), *calls("given-up", 3))
    await say(store, "a", running=("a0", "a1", "a2", "a3"))

    await say(store, "a", running=("a0",))

    assert (await say(other, "b", *calls("b", 3))).ids == {"b0", "b1", "b2"}


async def test_requests_a_minute_are_counted_over_all(store: SqlStore, other: SqlStore) -> None:
    limits = ProviderLimits(requests_per_minute=5)
    first = await say(store, "a", *calls("a", 3), limits=limits)
    second = await say(other, "b", *calls("b", 3), limits=limits)

    await store._execute(update(PROVIDER).values(counted_at=datetime.now(UTC) - MINUTE))
    third = await say(other, "b", *calls("b", 3), limits=limits)

    assert (len(first.ids), len(second.ids), len(third.ids)) == (3, 2, 3)


async def test_tokens_are_set_aside_and_what_was_not_used_is_given_back(
    store: SqlStore, other: SqlStore
) -> None:
    limits = ProviderLimits(tokens_per_minute=1_000_000)
    await say(store, "a", *calls("a", 1, tokens=900_000), limits=limits)
    assert not (await say(other, "b", *calls("b", 1, tokens=400_000), limits=limits)).ids

    await say(store, "a", unused=800_000.0, limits=limits)

    assert (await say(other, "b", *calls("b", 1, tokens=400_000), limits=limits)).ids == {"b0"}


async def test_more_tokens_than_a_minute_has_count_as_a_minutes(store: SqlStore) -> None:
    limits = ProviderLimits(tokens_per_minute=1000)

    assert (await say(store, "a", *calls("a", 1, tokens=50_000), limits=limits)).ids == {"a0"}


async def test_a_clock_that_is_set_back_blocks_nobody(store: SqlStore) -> None:
    limits = ProviderLimits(requests_per_minute=5, tokens_per_minute=1000)
    await say(store, "a", limits=limits)
    later = datetime.now(UTC) + 60 * MINUTE
    await store._execute(update(PROVIDER).values(counted_at=later, paused_until=later))

    paused = await say(store, "a", *calls("a", 1, tokens=900), limits=limits)
    await store._execute(update(PROVIDER).values(counted_at=later, paused_until=None))

    assert 0 < paused.pause_seconds <= 60
    assert (await say(store, "a", *calls("a", 1, tokens=900), limits=limits)).ids == {"a0"}


async def test_when_the_provider_asks_one_process_to_wait_all_of_them_do(
    store: SqlStore, other: SqlStore
) -> None:
    await say(store, "a", pause=30.0)

    asked = await say(other, "b", *calls("b", 1))

    assert asked.ids == set()
    assert 0 < asked.pause_seconds <= 30
    await store._execute(update(PROVIDER).values(paused_until=datetime.now(UTC) - MINUTE))
    assert (await say(other, "b", *calls("b", 1))).ids == {"b0"}


async def test_providers_do_not_stand_in_each_others_way(store: SqlStore) -> None:
    await say(store, "a", *calls("a", 4))

    granted = await store.exchange_calls("openai", "a", Exchange(calls("o", 1)), FOUR)

    assert granted.ids == {"o0"}


async def test_operators_see_what_runs_and_what_waits(store: SqlStore) -> None:
    await say(store, "a", *calls("a", 6))
    await store.exchange_calls("openai", "a", Exchange(), FOUR)

    backlog = await store.backlog(datetime.now(UTC))

    assert backlog.calls == {"anthropic": (4, 2), "openai": (0, 0)}
