"""Retries, fallbacks, breakers and the ledger, on providers that a test scripts."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

import pytest

from assessor.adapters.clock import SystemClock
from assessor.adapters.model import Gateway, Limiter, ResilientModel, resilient
from assessor.adapters.model.breaker import FAULTS
from assessor.adapters.model.faults import ProviderFault
from assessor.adapters.model.provider import Tally
from assessor.domain.errors import ModelFault
from assessor.ports import SUBJECT, ModelCall, ModelReply, ModelRequest, Subject, Usage

TURN = ModelRequest("s", "u", 20, idempotency_key="turn:1", within_seconds=5)
OBSERVATION = replace(TURN, purpose="observation", idempotency_key="observation:1")
JUDGE = replace(TURN, purpose="judge", idempotency_key="judge:1")

Piece = str | Exception | float


@dataclass
class ScriptedProvider:
    """Plays one list of pieces an attempt: words, an exception that is raised, or seconds of silence."""

    name: str
    plays: deque[Sequence[Piece]]
    requests: list[ModelRequest] = field(default_factory=list)

    async def load(self) -> None:
        pass

    async def complete(self, request: ModelRequest, tally: Tally) -> ModelReply:
        text = "".join([words async for words in self.stream(request, tally)])
        return ModelReply(text, self.name)

    async def stream(self, request: ModelRequest, tally: Tally) -> AsyncIterator[str]:
        self.requests.append(request)
        for piece in self.plays.popleft() if len(self.plays) > 1 else self.plays[0]:
            if isinstance(piece, Exception):
                raise piece
            if isinstance(piece, str):
                yield piece
            else:
                await asyncio.sleep(piece)
        tally.prompt_tokens, tally.completion_tokens, tally.cost = 7, 2, 30


class Billing(ScriptedProvider):
    """Bills an attempt before it is known what comes of it."""

    async def complete(self, request: ModelRequest, tally: Tally) -> ModelReply:
        tally.cost = 30
        return await super().complete(request, tally)


def plays(name: str, *attempts: Sequence[Piece]) -> ScriptedProvider:
    return ScriptedProvider(name, deque(attempts))


@dataclass
class LedgerInPlace:
    """A ledger that fits on a page."""

    calls: list[ModelCall] = field(default_factory=list)
    breaks: bool = False

    async def record(self, *calls: ModelCall) -> None:
        if self.breaks:
            raise OSError("no space left")
        self.calls += calls

    async def usage(self) -> tuple[Usage, ...]:
        return ()


@pytest.fixture
def ledger() -> LedgerInPlace:
    return LedgerInPlace()


@pytest.fixture
def gateway(ledger: LedgerInPlace) -> Gateway:
    return Gateway(Limiter(concurrency=4), ledger, SystemClock(), timeout_seconds=5)


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resilient, "FIRST_PAUSE_SECONDS", 0.01)


async def streamed(model: ResilientModel, request: ModelRequest = TURN) -> list[str]:
    return [words async for words in model.stream(request)]


def down(kind: str = "unavailable", retry_after: float | None = None) -> list[Piece]:
    return [ProviderFault(kind, "scripted", retry_after)]


@pytest.mark.parametrize("kind", ["unavailable", "rate_limited", "timeout", "invalid_reply"])
async def test_a_short_outage_is_bridged_by_a_retry(gateway: Gateway, kind: str) -> None:
    provider = plays("m", down(kind), ["Back again."])

    reply = await gateway.model([provider]).complete(TURN)

    assert reply.text == "Back again."


@pytest.mark.parametrize("kind", ["refused", "not_configured"])
async def test_what_asking_again_cannot_change_is_not_asked_again(gateway: Gateway, kind: str) -> None:
    provider = plays("m", down(kind))

    with pytest.raises(ModelFault) as caught:
        await gateway.model([provider]).complete(TURN)

    assert caught.value.kind == kind
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    ("request_", "attempts"), [(TURN, 2), (JUDGE, 4), (OBSERVATION, 1)], ids=["turn", "judge", "observation"]
)
async def test_a_model_is_asked_only_so_often(
    gateway: Gateway, request_: ModelRequest, attempts: int
) -> None:
    provider = plays("m", down())

    with pytest.raises(ModelFault):
        await gateway.model([provider]).complete(request_)

    assert len(provider.requests) == attempts


PATIENCE_SECONDS = 10
"""Much less than what hangs here, and more than a busy machine takes."""
PASSING = [
    pytest.param(down(), id="error"),
    pytest.param(down("rate_limited", 0.01), id="too many calls"),
    pytest.param([60.0], id="timeout"),
    pytest.param([], id="empty reply"),
    pytest.param(down("invalid_reply"), id="unreadable reply"),
]


@pytest.mark.parametrize("fault", PASSING)
async def test_a_turn_is_retried_once_within_its_time_whatever_went_wrong(
    gateway: Gateway, fault: list[Piece]
) -> None:
    provider = plays("m", fault, ["Why?"])
    started = time.monotonic()

    words = await streamed(gateway.model([provider]), replace(TURN, within_seconds=1))

    assert (words, len(provider.requests)) == (["Why?"], 2)
    assert time.monotonic() - started < PATIENCE_SECONDS


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("again", PASSING)
async def test_what_goes_wrong_twice_in_a_turn_is_a_fault_within_its_time(
    gateway: Gateway, fault: list[Piece], again: list[Piece]
) -> None:
    provider = plays("m", fault, again)
    started = time.monotonic()

    with pytest.raises(ModelFault):
        await streamed(gateway.model([provider]), replace(TURN, within_seconds=0.6))

    assert len(provider.requests) == 2
    assert time.monotonic() - started < PATIENCE_SECONDS


async def test_the_retry_of_a_turn_has_two_seconds_and_not_all_the_time_that_is_left(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert resilient.RETRY_SECONDS == 2
    monkeypatch.setattr(resilient, "RETRY_SECONDS", 0.2)
    provider = plays("m", down(), [60.0])
    started = time.monotonic()

    with pytest.raises(ModelFault) as caught:
        await streamed(gateway.model([provider]), replace(TURN, within_seconds=4))

    assert caught.value.kind == "timeout"
    assert 0.15 < time.monotonic() - started < PATIENCE_SECONDS


async def test_observations_that_fail_take_no_model_away_from_turns(gateway: Gateway) -> None:
    provider = plays("m", *[down()] * FAULTS, ["Why?"])
    model = gateway.model([provider])

    for _ in range(FAULTS):
        with pytest.raises(ModelFault):
            await model.complete(OBSERVATION)

    assert await streamed(model) == ["Why?"]


async def test_a_retry_waits_as_long_as_the_provider_asks(gateway: Gateway) -> None:
    provider = plays("m", down("rate_limited", retry_after=0.3), ["Hi."])
    started = time.monotonic()

    await gateway.model([provider]).complete(TURN)

    assert 0.3 <= time.monotonic() - started < PATIENCE_SECONDS


async def test_a_provider_that_asks_for_too_much_patience_is_not_waited_for(gateway: Gateway) -> None:
    provider = plays("m", down("rate_limited", retry_after=600), ["Hi."])
    started = time.monotonic()

    with pytest.raises(ModelFault) as caught:
        await gateway.model([provider]).complete(JUDGE)

    assert caught.value.kind == "rate_limited"
    assert time.monotonic() - started < PATIENCE_SECONDS


async def test_a_retry_carries_the_same_key_unless_its_answer_came_and_was_useless(gateway: Gateway) -> None:
    provider = plays("m", down(), down("invalid_reply"), ["Hi."])

    await gateway.model([provider]).complete(JUDGE)

    assert [request.idempotency_key for request in provider.requests] == ["judge:1", "judge:1", "judge:1:3"]


async def test_when_a_model_fails_the_next_one_answers(gateway: Gateway, ledger: LedgerInPlace) -> None:
    first, second = plays("first", down("not_configured")), plays("second", ["Hi."])

    reply = await gateway.model([first, second]).complete(TURN)
    await gateway.close()

    assert reply.model == "second"
    assert [(call.model, call.outcome, call.attempt) for call in ledger.calls] == [
        ("first", "not_configured", 1),
        ("second", "ok", 2),
    ]


async def test_a_model_that_hangs_leaves_the_next_one_its_share_of_the_time(gateway: Gateway) -> None:
    first, second = plays("first", [60.0]), plays("second", ["Why?"])
    started = time.monotonic()

    words = await streamed(gateway.model([first, second]), replace(TURN, within_seconds=0.6))

    assert words == ["Why?"]
    assert 0.2 < time.monotonic() - started < PATIENCE_SECONDS


async def test_the_last_fault_travels_when_nobody_answers(gateway: Gateway) -> None:
    model = gateway.model([plays("first", down("refused")), plays("second", down("not_configured"))])

    with pytest.raises(ModelFault) as caught:
        await streamed(model)

    assert caught.value.kind == "not_configured"


async def test_the_callers_time_holds_over_everything(gateway: Gateway) -> None:
    model = gateway.model([plays("first", [60.0]), plays("second", [60.0])])
    started = time.monotonic()

    with pytest.raises(ModelFault) as caught:
        await model.complete(replace(JUDGE, within_seconds=0.4))

    assert caught.value.kind == "timeout"
    assert time.monotonic() - started < PATIENCE_SECONDS


async def test_waiting_in_the_queue_counts_against_the_callers_time(ledger: LedgerInPlace) -> None:
    limiter = Limiter(concurrency=1)
    model = Gateway(limiter, ledger, SystemClock()).model([plays("m", ["Hi."])])

    async with limiter.place(1, "turn"):
        with pytest.raises(ModelFault) as caught:
            await model.complete(replace(TURN, within_seconds=0.1))

    assert caught.value.kind == "timeout"
    assert (await model.complete(TURN)).text == "Hi."


async def test_a_stream_that_fails_before_its_first_words_is_started_again(gateway: Gateway) -> None:
    model = gateway.model([plays("m", down(), [], ["What ", "then?"])])

    with pytest.raises(ModelFault):
        await streamed(model)

    assert await streamed(model) == ["What ", "then?"]


async def test_after_the_first_words_nothing_is_ever_tried_again(gateway: Gateway) -> None:
    first, second = plays("first", ["What ", *down()]), plays("second", ["Hi."])
    stream = gateway.model([first, second]).stream(TURN)

    heard = await anext(stream)
    with pytest.raises(ModelFault):
        await anext(stream)

    assert heard == "What "
    assert (len(first.requests), len(second.requests)) == (1, 0)


async def test_a_model_that_keeps_failing_is_left_alone_and_the_call_fails_at_once(gateway: Gateway) -> None:
    provider = plays("m", down())
    model = gateway.model([provider])
    for _ in range(FAULTS):
        with pytest.raises(ModelFault):
            await model.complete(TURN)
    asked, started = len(provider.requests), time.monotonic()

    with pytest.raises(ModelFault) as caught:
        await model.complete(TURN)

    assert caught.value.kind == "unavailable"
    assert asked == len(provider.requests) == FAULTS
    assert time.monotonic() - started < PATIENCE_SECONDS


async def test_the_breaker_of_a_model_is_one_for_all_who_use_it(gateway: Gateway) -> None:
    provider, other = plays("m", down()), plays("other", ["Hi."])
    interviewer, judge = gateway.model([provider, other]), gateway.model([plays("m", ["never asked"])])
    for _ in range(FAULTS):
        assert await streamed(interviewer) == ["Hi."]

    with pytest.raises(ModelFault) as caught:
        await judge.complete(JUDGE)

    assert caught.value.kind == "unavailable"


@pytest.mark.parametrize("kind", ["refused", "invalid_reply"])
async def test_a_model_that_answers_nonsense_is_still_reachable(gateway: Gateway, kind: str) -> None:
    provider = plays("m", down(kind))
    model = gateway.model([provider])

    for _ in range(FAULTS):
        with pytest.raises(ModelFault):
            await model.complete(JUDGE)

    with pytest.raises(ModelFault) as caught:
        await model.complete(JUDGE)
    assert caught.value.kind == kind


async def test_every_attempt_is_in_the_ledger_under_the_assessment_and_its_tenant(
    gateway: Gateway, ledger: LedgerInPlace
) -> None:
    token = SUBJECT.set(Subject("asm_1", "acme"))
    await gateway.model([plays("m", down("rate_limited"), ["Hi."])]).complete(JUDGE)
    SUBJECT.reset(token)
    await gateway.close()

    failed, paid = ledger.calls
    assert (failed.outcome, failed.cost, failed.prompt_tokens, failed.attempt) == (
        "rate_limited",
        None,
        None,
        1,
    )
    assert (paid.outcome, paid.cost, paid.prompt_tokens, paid.completion_tokens) == ("ok", 30, 7, 2)
    assert {(call.assessment_id, call.tenant, call.purpose) for call in ledger.calls} == {
        ("asm_1", "acme", "judge")
    }


async def test_a_reply_says_what_all_its_attempts_cost_and_a_fault_does_too(gateway: Gateway) -> None:
    model = gateway.model([Billing("m", deque([down("invalid_reply"), ["Hi."]]))])
    failing = gateway.model([Billing("n", deque([down("invalid_reply")]))])

    reply = await model.complete(JUDGE)
    with pytest.raises(ModelFault) as caught:
        await failing.complete(JUDGE)

    assert reply.cost == 60
    assert caught.value.cost == 30 * resilient.ATTEMPTS["judge"]


async def test_a_stream_that_the_listener_left_is_in_the_ledger_as_abandoned(
    gateway: Gateway, ledger: LedgerInPlace
) -> None:
    stream = gateway.model([plays("m", ["What ", "then?"])]).stream(TURN)

    async with aclosing(stream) as words:  # type: ignore[type-var]  # it is an async generator
        await anext(words)
    await gateway.close()

    assert [(call.outcome, call.prompt_tokens) for call in ledger.calls] == [("abandoned", None)]


async def test_a_ledger_that_cannot_be_written_costs_nobody_their_reply(
    gateway: Gateway, ledger: LedgerInPlace
) -> None:
    ledger.breaks = True

    reply = await gateway.model([plays("m", ["Hi."])]).complete(TURN)
    await gateway.close()

    assert reply.text == "Hi."
    assert ledger.calls == []


async def test_a_call_that_was_left_gives_its_place_back(ledger: LedgerInPlace) -> None:
    model = Gateway(Limiter(concurrency=1), ledger, SystemClock()).model([plays("m", [60.0], ["Hi."])])
    left = asyncio.create_task(model.complete(TURN))
    await asyncio.sleep(0.05)

    left.cancel()
    await asyncio.wait([left])

    assert (await model.complete(TURN)).text == "Hi."
