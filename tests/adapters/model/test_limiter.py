"""One queue for all calls: places, tokens, order, and giving up."""

import asyncio
import time
from contextlib import AbstractAsyncContextManager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.adapters.model.limiter import Lease, Limiter
from assessor.ports import Purpose

PATIENCE_SECONDS = 10
"""Less than a minute's tokens take, and more than a busy machine."""


async def in_line(limiter: Limiter, log: list[str], name: str, purpose: Purpose, tokens: int = 1) -> None:
    async with limiter.place(tokens, purpose):
        log.append(name)
        await asyncio.sleep(0)


async def queue(limiter: Limiter, waiting: list[tuple[str, Purpose, int]], log: list[str]) -> None:
    tasks = []
    for name, purpose, tokens in waiting:
        tasks.append(asyncio.create_task(in_line(limiter, log, name, purpose, tokens)))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)


async def test_no_more_calls_run_at_once_than_there_are_places() -> None:
    limiter, running, most = Limiter(concurrency=3), 0, 0

    async def call() -> None:
        nonlocal running, most
        async with limiter.place(1, "turn"):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.001)
            running -= 1

    await asyncio.gather(*(call() for _ in range(20)))

    assert most == 3


async def test_a_turn_goes_before_every_judge_that_waits_and_equals_go_in_order() -> None:
    limiter, log = Limiter(concurrency=1), list[str]()

    async with limiter.place(1, "judge"):
        waiting: list[tuple[str, Purpose, int]] = [
            ("judge 1", "judge", 1),
            ("judge 2", "judge", 1),
            ("turn 1", "turn", 1),
            ("turn 2", "turn", 1),
        ]
        queued = asyncio.create_task(queue(limiter, waiting, log))
        await asyncio.sleep(0.01)
    await queued

    assert log == ["turn 1", "turn 2", "judge 1", "judge 2"]


async def test_an_observation_comes_last_and_leaves_a_place_for_the_turn_that_may_come() -> None:
    limiter, log = Limiter(concurrency=2), list[str]()

    async with limiter.place(1, "turn"):
        waiting: list[tuple[str, Purpose, int]] = [("observation", "observation", 1), ("judge", "judge", 1)]
        queued = asyncio.create_task(queue(limiter, waiting, log))
        await asyncio.sleep(0.01)
        before = list(log)
        async with asyncio.timeout(PATIENCE_SECONDS), limiter.place(1, "turn"):
            pass
    await queued

    assert (before, log) == (["judge"], ["judge", "observation"])


async def test_an_observation_leaves_half_of_the_tokens_to_others() -> None:
    limiter = Limiter(concurrency=5, tokens_per_minute=1000)

    async with limiter.place(400, "observation"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05), limiter.place(400, "observation"):
                pass
        async with asyncio.timeout(PATIENCE_SECONDS), limiter.place(500, "turn"):
            pass


async def test_with_one_place_nothing_is_observed() -> None:
    limiter = Limiter(concurrency=1)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05), limiter.place(1, "observation"):
            pass


async def test_a_small_call_does_not_overtake_a_large_one_that_came_first() -> None:
    limiter, log = Limiter(concurrency=5, tokens_per_minute=60_000), list[str]()
    async with limiter.place(59_950, "judge") as lease:
        lease.used = 59_950

    started = time.monotonic()
    await queue(limiter, [("large", "judge", 150), ("small", "judge", 10)], log)

    assert log == ["large", "small"]
    assert 0.05 < time.monotonic() - started < PATIENCE_SECONDS


async def test_tokens_that_were_set_aside_and_not_used_are_there_for_the_next() -> None:
    limiter = Limiter(concurrency=5, tokens_per_minute=1000)
    async with limiter.place(1000, "turn") as lease:
        lease.used = 10

    async with asyncio.timeout(PATIENCE_SECONDS), limiter.place(900, "turn"):
        pass


async def test_a_call_for_more_tokens_than_a_minute_has_is_let_in_when_all_are_there() -> None:
    limiter = Limiter(concurrency=5, tokens_per_minute=1000)

    async with asyncio.timeout(PATIENCE_SECONDS), limiter.place(1_000_000, "turn") as lease:
        assert lease.reserved == 1000


async def test_without_a_limit_on_tokens_only_places_count() -> None:
    limiter = Limiter(concurrency=1)

    for _ in range(3):
        async with asyncio.timeout(PATIENCE_SECONDS), limiter.place(10**9, "turn"):
            pass


@pytest.mark.parametrize("leaving", ["before", "as it is admitted"])
async def test_who_gives_up_waiting_takes_nobodys_place(leaving: str) -> None:
    limiter, log = Limiter(concurrency=1, tokens_per_minute=1000), list[str]()
    held: AbstractAsyncContextManager[Lease] = limiter.place(1000, "turn")
    lease = await held.__aenter__()
    impatient = asyncio.create_task(in_line(limiter, log, "impatient", "turn", 1000))
    patient = asyncio.create_task(in_line(limiter, log, "patient", "judge", 1000))
    await asyncio.sleep(0)

    if leaving == "before":
        impatient.cancel()
        await asyncio.sleep(0)
    lease.used = 0
    await held.__aexit__(None, None, None)
    impatient.cancel()

    async with asyncio.timeout(PATIENCE_SECONDS):
        await patient
    assert log == ["patient"]


@given(
    st.lists(st.tuples(st.sampled_from(["turn", "judge"]), st.integers(1, 50), st.booleans()), max_size=12)
)
def test_everybody_who_waits_gets_a_place_or_has_left(calls: list[tuple[Purpose, int, bool]]) -> None:
    async def run() -> int:
        limiter, log = Limiter(concurrency=2, tokens_per_minute=600_000), list[str]()
        tasks = [
            asyncio.create_task(in_line(limiter, log, "", purpose, tokens)) for purpose, tokens, _ in calls
        ]
        await asyncio.sleep(0)
        for task, (_, _, leaves) in zip(tasks, calls, strict=True):
            if leaves:
                task.cancel()
        outcomes = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), PATIENCE_SECONDS)
        async with asyncio.timeout(PATIENCE_SECONDS), limiter.place(1, "judge"), limiter.place(1, "judge"):
            pass
        return sum(outcome is None for outcome in outcomes)

    finished = asyncio.run(run())

    assert finished >= sum(not leaves for *_, leaves in calls)
