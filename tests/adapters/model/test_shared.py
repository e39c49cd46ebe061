"""Calls of several processes to one provider, by their gateways over one database."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Select, func, select

from assessor.adapters.clock import SystemClock
from assessor.adapters.model import Gateway, Limiter, ResilientModel
from assessor.adapters.model.faults import ProviderFault
from assessor.adapters.model.pause import Pause
from assessor.adapters.model.provider import Tally
from assessor.adapters.model.shared import SharedLimits
from assessor.adapters.store import SqlStore
from assessor.adapters.store.tables import PROVIDER, PROVIDER_CALL
from assessor.adapters.vault import Vault
from assessor.domain.errors import ModelFault, StoreUnavailable
from assessor.ports import Exchange, Granted, ModelReply, ModelRequest, ProviderLimits

pytestmark = pytest.mark.anyio

TURN = ModelRequest("s", "u", 20, within_seconds=60)
IN_LINE = select(func.count()).select_from(PROVIDER_CALL).where(~PROVIDER_CALL.c.is_running)
PAUSED = select(func.count()).select_from(PROVIDER).where(PROVIDER.c.paused_until.is_not(None))
JUDGE = ModelRequest("s", "u", 20, purpose="judge", within_seconds=60)


@dataclass
class CountedProvider:
    """Counts who is being answered at once; answers when it is told to."""

    name: str = "anthropic/m"
    now: int = 0
    most: int = 0
    answered: list[str] = field(default_factory=list)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    refuses: ProviderFault | None = None

    async def load(self) -> None:
        pass

    async def complete(self, request: ModelRequest, tally: Tally) -> ModelReply:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self.may_answer.wait()
            if self.refuses:
                raise self.refuses
            tally.prompt_tokens, tally.completion_tokens = 5, 5
            self.answered.append(request.purpose)
            return ModelReply("Yes.", self.name)
        finally:
            self.now -= 1

    async def stream(self, request: ModelRequest, tally: Tally) -> AsyncIterator[str]:
        yield (await self.complete(request, tally)).text


@pytest.fixture
def provider() -> CountedProvider:
    return CountedProvider()


@asynccontextmanager
async def process(
    address: str, provider: CountedProvider, limits: ProviderLimits, own: int = 50
) -> AsyncIterator[ResilientModel]:
    """What one process has: a store of its own, and a gateway of its own."""
    store = SqlStore(address, Vault(bytes(32)))
    gateway = Gateway(Limiter(own), store, SystemClock(), 60, shared=SharedLimits(store, limits))
    try:
        yield gateway.model([provider])
    finally:
        await gateway.close()
        await store.close()


async def test_two_processes_together_never_call_more_often_at_once_than_is_allowed(
    address: str, provider: CountedProvider
) -> None:
    limits = ProviderLimits(calls=3)
    provider.may_answer.set()
    async with AsyncExitStack() as running:
        processes = [await running.enter_async_context(process(address, provider, limits)) for _ in range(2)]
        replies = await asyncio.gather(
            *(processes[number % 2].complete(TURN if number % 3 else JUDGE) for number in range(24))
        )

    assert len(replies) == len(provider.answered) == 24
    assert provider.most <= 3


async def test_the_turns_of_one_process_go_before_the_judge_calls_of_another(
    address: str, provider: CountedProvider
) -> None:
    limits = ProviderLimits(calls=1)
    async with process(address, provider, limits) as web, process(address, provider, limits) as worker:
        judged = [asyncio.create_task(worker.complete(JUDGE)) for _ in range(6)]
        await until(lambda: provider.now == 1)
        turn = asyncio.create_task(web.complete(TURN))
        await until_found(address, IN_LINE, 6)
        provider.may_answer.set()
        await asyncio.gather(turn, *judged)

    assert provider.answered == ["judge", "turn", *["judge"] * 5]


async def test_a_refusal_with_a_time_keeps_the_other_process_away_too(
    address: str, provider: CountedProvider
) -> None:
    limits = ProviderLimits(calls=4)
    provider.refuses = ProviderFault("rate_limited", "429", retry_after=40.0)
    provider.may_answer.set()
    hasty = ModelRequest("s", "u", 20, within_seconds=5)
    async with process(address, provider, limits) as first, process(address, provider, limits) as second:
        with pytest.raises(ModelFault, match="rate_limited"):
            await first.complete(hasty)
        provider.refuses = None
        with pytest.raises(ModelFault):
            await first.complete(hasty)
        await until_found(address, PAUSED, 1)
        with pytest.raises(ModelFault):
            await second.complete(hasty)

    assert provider.answered == []


async def test_what_a_process_leaves_behind_in_peace_is_free_at_once(
    address: str, provider: CountedProvider
) -> None:
    limits = ProviderLimits(calls=1)
    async with process(address, provider, limits) as first:
        call = asyncio.create_task(first.complete(TURN))
        await until(lambda: provider.now == 1)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)

    provider.may_answer.set()
    async with process(address, provider, limits) as second:
        assert (await second.complete(TURN)).text == "Yes."


@dataclass
class Interrupted:
    """A database that takes its time to answer, or answers with an error, where a test says so."""

    store: SqlStore
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    fails_with_pause: bool = False
    pauses: list[float] = field(default_factory=list)

    async def exchange_calls(
        self, provider: str, process: str, exchange: Exchange, limits: ProviderLimits
    ) -> Granted:
        if self.fails_with_pause and exchange.pause_seconds:
            self.fails_with_pause = False
            raise StoreUnavailable(1)
        granted = await self.store.exchange_calls(provider, process, exchange, limits)
        self.pauses.append(exchange.pause_seconds)
        self.asked.set()
        await self.answers.wait()
        return granted

    async def tokens(self) -> float:
        return float((await self.store._all(select(PROVIDER.c.tokens)))[0][0])


@pytest.fixture
async def interrupted(address: str) -> AsyncIterator[Interrupted]:
    store = SqlStore(address, Vault(bytes(32)))
    yield Interrupted(store)
    await store.close()


async def test_who_gives_up_while_being_let_through_gives_the_tokens_back(interrupted: Interrupted) -> None:
    shared = SharedLimits(interrupted, ProviderLimits(tokens_per_minute=1000))

    async def call() -> None:
        async with shared.place("anthropic", Pause(), 900, "turn"):
            raise AssertionError("it was let through")

    waiting = asyncio.create_task(call())
    await interrupted.asked.wait()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    interrupted.answers.set()
    await shared.close()

    assert await interrupted.tokens() > 900


async def test_a_call_larger_than_a_minute_gives_back_no_more_than_was_set_aside(
    interrupted: Interrupted,
) -> None:
    shared = SharedLimits(interrupted, ProviderLimits(tokens_per_minute=1000))
    interrupted.answers.set()

    async with shared.place("anthropic", Pause(), 5000, "turn") as lease:
        lease.used = 900
    await shared.close()

    assert await interrupted.tokens() < 500


async def test_a_pause_that_the_database_did_not_hear_of_is_told_again(interrupted: Interrupted) -> None:
    shared, pause = SharedLimits(interrupted, ProviderLimits(calls=1)), Pause()
    interrupted.answers.set()
    interrupted.fails_with_pause = True

    async with shared.place("anthropic", pause, 1, "turn"):
        pause.note(ProviderFault("rate_limited", "429", retry_after=40.0))
    await until(lambda: 40.0 in interrupted.pauses)
    await shared.close()


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for a state that comes."""
    for _ in range(3000):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come")


async def until_found(address: str, query: Select[*tuple[int]], count: int) -> None:
    """Wait until the database holds so many."""
    store = SqlStore(address, Vault(bytes(32)))
    try:
        for _ in range(600):
            if (await store._all(query))[0][0] >= count:
                return
            await asyncio.sleep(0.05)
        raise AssertionError("they did not come")
    finally:
        await store.close()
