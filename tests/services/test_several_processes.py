"""Conversations that several web processes serve, each with a log, a stream and a model of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from assessor.adapters.prompts import FilePrompts
from assessor.adapters.shared_stream import shared_stream
from assessor.adapters.shipped import shipped
from assessor.domain.assessment import Assessment
from assessor.interview.graph import Interviewer
from assessor.ports import ModelRequest
from assessor.services import conversing as module
from assessor.services.conversing import Conversing
from assessor.services.following import Frame
from assessor.services.log import AssessmentLog
from tests.patience import PATIENCE_SECONDS
from tests.scripted import ScriptedModel
from tests.services import plays
from tests.world import SeededRandom, World

PROBE = "You mentioned a cache. What could go wrong with it?"

pytestmark = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)


class HeldBack(ScriptedModel):
    """Probes once it is let to."""

    def __init__(self) -> None:
        super().__init__(always=PROBE)
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def stream(self, request: ModelRequest) -> AsyncIterator[str]:
        self.asked.set()
        await self.may_answer.wait()
        async for piece in super().stream(request):
            yield piece


@dataclass
class Process:
    """What one web process has of its own."""

    conversing: Conversing
    model: HeldBack
    life: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def die(self) -> None:
        """Lose the connections, as a process does that is killed; what it was at hangs for ever."""
        await self.life.aclose()


@pytest.fixture
async def processes(world: World, address: str) -> AsyncIterator[tuple[Process, Process]]:
    here, there = await process(world, address), await process(world, address)
    yield here, there
    for one in (here, there):
        one.model.may_answer.set()
        await one.conversing.close()
        await one.life.aclose()


async def process(world: World, address: str) -> Process:
    life, model, prompts = AsyncExitStack(), HeldBack(), FilePrompts(shipped("prompts"))
    stream, floor = await life.enter_async_context(shared_stream(address, bytes(32)))
    conversing = Conversing(
        AssessmentLog(world.store, world.clock),
        world.content,
        Interviewer(model, prompts),
        stream,
        world.clock,
        SeededRandom(),
        retirements=world.store,
        max_message_chars=8000,
        floor=floor,
    )
    return Process(conversing, model, life)


async def asked(world: World, first: Process) -> Assessment:
    """Bring an interview to the point at which a short answer will be probed."""
    assessment = await plays.opened(world)
    await first.conversing.begin(assessment.id)
    await first.conversing.settled(assessment.id)
    await first.conversing.receive(assessment.id, "message-1", "I write Python for a living.")
    return await first.conversing.settled(assessment.id)


async def replied(watching: Process, assessment: Assessment) -> list[Frame]:
    """Follow until the interviewer has replied to what the candidate said."""
    frames: list[Frame] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for frame in watching.conversing.follow(
            assessment.id, f"{assessment.transcript.turns[-1].seq}"
        ):
            frames.append(frame)
            if frame.turn and frame.turn.speaker == "interviewer":
                return frames
    raise AssertionError("the stream ended")


@pytest.fixture
def _no_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one, only what other processes tell makes a watcher look."""
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 1000.0)


@pytest.mark.usefixtures("_no_heartbeat")
async def test_a_turn_that_one_process_runs_is_watched_from_another(
    world: World, processes: tuple[Process, Process]
) -> None:
    here, there = processes
    assessment = await asked(world, here)
    watching = asyncio.create_task(replied(there, assessment))

    await here.conversing.receive(assessment.id, "message-2", "I would use a cache.")
    here.model.may_answer.set()
    there.model.may_answer.set()
    frames = await watching

    assert [frame.turn.speaker for frame in frames if frame.turn] == ["candidate", "interviewer"]


async def test_a_message_that_comes_to_both_at_once_is_answered_by_one(
    world: World, processes: tuple[Process, Process]
) -> None:
    here, there = processes
    assessment = await asked(world, here)
    here.model.may_answer.set()
    there.model.may_answer.set()

    await asyncio.gather(
        *(
            one.conversing.receive(assessment.id, "message-2", "I would use a cache.")
            for one in (here, there, here, there)
        )
    )
    settled = [await one.conversing.settled(assessment.id) for one in processes]

    assert [one.transcript.turns[-1].kind for one in settled] == ["probe", "probe"]
    assert len([turn for turn in settled[0].transcript.turns if turn.message_id == "message-2"]) == 1
    assert sum("I would use a cache" in str(one.model.history) for one in processes) == 1


async def test_another_process_finishes_the_turn_of_one_that_died(
    world: World, processes: tuple[Process, Process]
) -> None:
    here, there = processes
    assessment = await asked(world, here)
    await here.conversing.receive(assessment.id, "message-2", "I would use a cache.")
    await here.model.asked.wait()
    watching = asyncio.create_task(replied(there, assessment))
    there.model.may_answer.set()

    await here.die()
    await watching

    here.model.may_answer.set()  # it was not dead: what it says late is not stored
    await here.conversing.settled(assessment.id)
    after = await there.conversing.settled(assessment.id)
    assert [turn.speaker for turn in after.transcript.turns[-3:]] == [
        "interviewer",
        "candidate",
        "interviewer",
    ]


async def test_a_process_that_ends_hands_its_turn_over_and_ends_its_streams(
    world: World, processes: tuple[Process, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LAST_TURN_SECONDS", 0.1)
    here, there = processes
    assessment = await asked(world, here)
    await here.conversing.receive(assessment.id, "message-2", "I would use a cache.")
    await here.model.asked.wait()
    followed = asyncio.create_task(anext(here.conversing.follow(assessment.id, "9999"), None))
    there.model.may_answer.set()

    await here.conversing.close()
    after = await there.conversing.settled(assessment.id)

    assert after.transcript.turns[-1].kind == "probe"
    async with asyncio.timeout(PATIENCE_SECONDS):
        frame = await followed
    assert frame is None or frame.kind == "start"
