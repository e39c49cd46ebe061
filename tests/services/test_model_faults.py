"""What a bad day at the provider does to an interview and to a score: over sockets, through litellm.

The candidate hears a normal question in the same turn; nothing that was not judged becomes a zero.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assessor.adapters.clock import SystemClock
from assessor.adapters.model import Gateway, Limiter, LitellmModel, pause, resilient
from assessor.adapters.store import SqlStore
from assessor.domain.events import InterviewerMessage
from assessor.domain.policy import Grade, Policy
from assessor.domain.score import Score, Unscored
from assessor.ports import ModelCall, Usage
from tests.faulty_upstream import (
    Behaviour,
    Exchange,
    Upstream,
    drips,
    fails,
    free_address,
    hangs,
    is_filtered,
    resets_at_once,
    resets_midway,
    says,
    stops_midway,
    upstream,
)
from tests.services import plays
from tests.world import World
from tests.world import world as build

pytestmark = pytest.mark.slow

JUDGED = Policy(least_basis=Grade.PROVISIONAL, judge_may_score=True)
GOOD_PROBE = "What would you have done if that had not worked?"
TIMEOUT_SECONDS = 1.0

UNREACHED, UNUSABLE = Unscored.MODEL_UNAVAILABLE, Unscored.MODEL_OUTPUT_INVALID


@dataclass
class StoreLedger:
    """The ledger of a store that is opened after the model was built."""

    store: SqlStore | None = None
    calls: list[ModelCall] = field(default_factory=list)

    async def record(self, *calls: ModelCall) -> None:
        self.calls += calls
        if self.store:
            await self.store.record(*calls)

    async def usage(self) -> tuple[Usage, ...]:
        return ()


@dataclass
class BadDay:
    """A world whose model is on the other side of a socket."""

    world: World
    upstream: Upstream
    ledger: StoreLedger
    gateway: Gateway


@asynccontextmanager
async def bad_day(folder: Path, address: str, *behaviours: Behaviour, url: str = "") -> AsyncIterator[BadDay]:
    async with upstream(*behaviours) as server:
        ledger = StoreLedger()
        gateway = Gateway(Limiter(4), ledger, SystemClock(), TIMEOUT_SECONDS)
        provider = LitellmModel("openai/m", base_url=url or server.url, timeout_seconds=TIMEOUT_SECONDS)
        async with build(folder, address, model=gateway.model([provider]), policy=JUDGED) as world:
            ledger.store = world.store
            yield BadDay(world, server, ledger, gateway)
            await gateway.close()


@pytest.fixture(params=["sqlite"])
def kind(request: pytest.FixtureRequest) -> str:
    """One kind of database is enough here: what the ledger keeps is tested on each."""
    return str(request.param)


@pytest.fixture(autouse=True, scope="module")
def _import_once() -> None:
    asyncio.run(LitellmModel("openai/m").load())


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resilient, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(pause, "LONGEST_SECONDS", 0.2)


async def first_probe(world: World) -> InterviewerMessage:
    """Play until the interviewer asks for more about a short answer, and return what it said."""
    assessment = await plays.begun(world)
    for number, text in enumerate(("I write Python for a living.", "I would use a cache.")):
        await world.conversing.receive(assessment.id, f"message-{number:03}", text)
        before = len(assessment.transcript.turns)
        assessment = await world.conversing.settled(assessment.id)
        await world.conversing.observed(assessment.id)
        assert len(assessment.transcript.turns) == before + 2, "one reply, in the same turn"
    facts = [event.fact for event in await world.store.events(assessment.id)]
    return [fact for fact in facts if isinstance(fact, InterviewerMessage)][-1]


async def judged(world: World) -> list[Score]:
    """Play a whole assessment and return the scores that a judge was to give."""
    assessment = await plays.submitted(world)
    return [
        score
        for score in assessment.scores.values()
        if score.rater == "none" or score.rater.startswith("judge:")
    ]


def in_interviews(speaking: Behaviour, judging: Behaviour) -> Behaviour:
    """Behave one way for the interviewer, who streams, and another for the judge, who does not."""

    async def behave(exchange: Exchange) -> None:
        await (speaking if exchange.wants_stream else judging)(exchange)

    return behave


FAULTS = [
    pytest.param(hangs, "model_fault:timeout", UNREACHED, id="timeout"),
    pytest.param(fails(429, retry_after="0.05"), "model_fault:rate_limited", UNREACHED, id="429"),
    pytest.param(fails(429, retry_after="600"), "model_fault:rate_limited", UNREACHED, id="429 for long"),
    pytest.param(fails(500), "model_fault:unavailable", UNREACHED, id="500"),
    pytest.param(fails(401), "model_fault:not_configured", UNREACHED, id="wrong key"),
    pytest.param(says('{"criteria": [{"id": "'), None, UNUSABLE, id="truncated JSON"),
    pytest.param(says("I'm sorry, I cannot help with that."), None, UNUSABLE, id="refusal in words"),
    pytest.param(is_filtered, "model_fault:refused", UNUSABLE, id="content filter"),
    pytest.param(says('{"score": 3}'), None, UNUSABLE, id="wrong schema"),
    pytest.param(drips, "model_fault:timeout", UNREACHED, id="slow stream"),
    pytest.param(resets_at_once, "model_fault:unavailable", UNREACHED, id="reset"),
    pytest.param(resets_midway, "model_fault:unavailable", UNREACHED, id="reset in mid-stream"),
    pytest.param(stops_midway, "model_fault:unavailable", UNUSABLE, id="clean end half-way"),
    pytest.param(says("word " * 20_000), "too_long", UNUSABLE, id="100 kB"),
]


@pytest.mark.parametrize(("behaviour", "reason", "why"), FAULTS)
async def test_the_candidate_hears_a_normal_question_in_the_same_turn(
    tmp_path: Path, address: str, behaviour: Behaviour, reason: str | None, why: Unscored
) -> None:
    async with bad_day(tmp_path, address, behaviour) as day:
        said = await first_probe(day.world)

    assert said.kind == "probe"
    assert said.source == "authored"
    assert said.text.endswith("?")
    assert reason is None or said.guard == reason
    assert not {"cannot", "word word", "criteria"} & {said.text, *said.text.split()}
    assert day.ledger.calls


@pytest.mark.parametrize(("behaviour", "reason", "why"), FAULTS)
async def test_what_could_not_be_judged_is_unscored_for_the_right_reason_and_never_a_zero(
    tmp_path: Path, address: str, behaviour: Behaviour, reason: str | None, why: Unscored
) -> None:
    async with bad_day(tmp_path, address, in_interviews(says(GOOD_PROBE), behaviour)) as day:
        scores = await judged(day.world)

    assert scores
    assert {score.value for score in scores} == {None}
    assert {score.unscored for score in scores} == {why}


async def test_with_nobody_listening_interview_and_scoring_go_the_same_way(
    tmp_path: Path, address: str
) -> None:
    async with bad_day(tmp_path, address, hangs, url=free_address()) as day:
        scores = await judged(day.world)
        messages = [
            fact
            for assessment in await day.world.store.assessments("acme")
            for event in await day.world.store.events(assessment.id)
            if isinstance(fact := event.fact, InterviewerMessage)
        ]

    assert {message.source for message in messages} == {"authored"}
    assert {score.unscored for score in scores} == {UNREACHED}
    assert {score.value for score in scores} == {None}


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        pytest.param(fails(500), "unavailable", id="500"),
        pytest.param(fails(429, retry_after="0.05"), "rate_limited", id="429"),
        pytest.param(hangs, "timeout", id="timeout"),
        pytest.param(resets_at_once, "unavailable", id="reset"),
        pytest.param(says(""), "invalid_reply", id="empty reply"),
    ],
)
async def test_a_fault_that_passes_is_not_noticed_at_all(
    tmp_path: Path, address: str, behaviour: Behaviour, outcome: str
) -> None:
    async with bad_day(tmp_path, address, behaviour, says(GOOD_PROBE)) as day:
        said = await first_probe(day.world)

    assert (said.source, said.text) == ("model", GOOD_PROBE)
    turns = [call.outcome for call in day.ledger.calls if call.purpose == "turn"]
    assert turns == [outcome, "ok"]


async def test_every_call_is_in_the_stores_ledger_under_its_assessment_and_purpose(
    tmp_path: Path, address: str
) -> None:
    async with bad_day(tmp_path, address, in_interviews(says(GOOD_PROBE), fails(500))) as day:
        assessment = await plays.submitted(day.world)
        await day.gateway.close()
        usage = {row.purpose: row for row in await day.world.store.usage()}

    assert {row.assessment_id for row in usage.values()} == {assessment.id}
    assert {call.tenant for call in day.ledger.calls} == {"acme"}
    assert sum(row.calls for row in usage.values()) == len(day.upstream.requests)
    assert usage["turn"].prompt_tokens == 40 * usage["turn"].calls
    assert usage["turn"].cached_tokens == 16 * usage["turn"].calls
    assert usage["judge"].failed == usage["judge"].calls
    assert usage["turn"].unpriced == usage["turn"].calls


async def test_a_provider_that_is_down_is_soon_left_alone(tmp_path: Path, address: str) -> None:
    async with bad_day(tmp_path, address, fails(500)) as day:
        await plays.submitted(day.world)

    assert sum(call.purpose != "observation" for call in day.ledger.calls) == 5
