"""Observing beside the conversation: it holds nothing up, breaks nothing, and is in the log or nowhere."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from assessor.domain.assessment import Assessment, replay
from assessor.domain.errors import ModelFault, SequenceTaken
from assessor.domain.events import AnswerObserved, InterviewerMessage
from assessor.interview.routing import next_plan
from assessor.interview.screen import screen
from assessor.interview.state import Progress
from assessor.ports import Append, ModelReply, ModelRequest
from assessor.services.briefing import brief_for
from assessor.simulation.models import approved_probe, follow_ups
from tests.patience import PATIENCE_SECONDS
from tests.scripted import ScriptedModel
from tests.services import plays
from tests.world import World
from tests.world import world as build

SHORT = "I would put the results in a table first."
REASONED = "Because it is simple."


@pytest.fixture(params=["sqlite"])
def kind(request: pytest.FixtureRequest) -> str:
    """What is observed is an event like any other; that events are kept is tested on each database."""
    return str(request.param)


class TwoSided(ScriptedModel):
    """Words every probe as it is written. Observes as a test says, and only when it may."""

    def __init__(self, covers: Callable[[ModelRequest], object] = follow_ups) -> None:
        super().__init__("two-sided")
        self.covers = covers
        self.may_observe = asyncio.Event()
        self.may_observe.set()
        self.is_asked = asyncio.Event()
        self.cancelled = 0

    def answer(self, request: ModelRequest) -> str:
        return approved_probe(request)

    async def complete(self, request: ModelRequest) -> ModelReply:
        self.history.append(request)
        self.is_asked.set()
        try:
            await self.may_observe.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        covered = self.covers(request)
        if isinstance(covered, Exception):
            raise covered
        claims = [{"probe": name, "quote": SHORT} for name in covered]  # type: ignore[attr-defined]  # ids
        return ModelReply(json.dumps({"covered": claims, "terms": []}), self.name)

    def calls(self, purpose: str) -> int:
        return sum(request.purpose == purpose for request in self.history)


@asynccontextmanager
async def stage(folder: Path, address: str, model: ScriptedModel | None) -> AsyncIterator[World]:
    async with build(folder, address, model=model) as here:
        yield here


async def says(world: World, assessment: Assessment, text: str, *, observed: bool = True) -> Assessment:
    """Say something, and wait for the reply; unless told otherwise for the observer, too."""
    number = len(assessment.transcript.turns)
    await world.conversing.receive(assessment.id, f"message-{number:03}", text)
    assessment = await world.conversing.settled(assessment.id)
    if observed:
        await world.conversing.observed(assessment.id)
    return await world.log.load(assessment.id)


async def at_first_answer(world: World) -> Assessment:
    return await says(world, await plays.begun(world, "full"), "I write services in Python.")


def kinds(assessment: Assessment) -> list[str]:
    return [turn.kind for turn in assessment.transcript.turns if turn.speaker == "interviewer"]


async def test_a_probe_that_the_answer_covered_is_not_asked(tmp_path: Path, address: str) -> None:
    async with stage(tmp_path, address, TwoSided()) as world:
        probed = await says(world, await at_first_answer(world), SHORT)
        after = await says(world, probed, REASONED)

    assert kinds(probed)[-1] == "probe"
    assert kinds(after)[-1] == "core"


@pytest.mark.parametrize(
    "covers",
    [
        pytest.param(lambda _: (), id="nothing is covered"),
        pytest.param(lambda _: ("no-such-probe",), id="what there is not"),
        pytest.param(lambda _: ModelFault("unavailable", "down"), id="down"),
        pytest.param(lambda _: ModelFault("timeout", "slow"), id="slow"),
        pytest.param(lambda _: ModelFault("invalid_reply", "nonsense"), id="nonsense"),
        pytest.param(lambda _: RuntimeError("a mistake of ours"), id="a mistake of ours"),
    ],
)
async def test_without_an_observation_the_rules_decide_and_the_interview_goes_on(
    tmp_path: Path, address: str, covers: Callable[[ModelRequest], object]
) -> None:
    async with stage(tmp_path, address, TwoSided(covers)) as world:
        probed = await says(world, await at_first_answer(world), SHORT)
        after = await says(world, probed, REASONED)

    assert kinds(after)[-2:] == ["probe", "probe"]


async def test_no_reply_waits_for_an_observer_and_what_comes_too_late_is_dropped(
    tmp_path: Path, address: str
) -> None:
    model = TwoSided()
    model.may_observe.clear()
    async with stage(tmp_path, address, model) as world:
        probed = await says(world, await at_first_answer(world), SHORT, observed=False)
        after = await says(world, probed, REASONED, observed=False)
        model.may_observe.set()
        await world.conversing.observed(after.id)
        at_the_end = await world.log.load(after.id)

    assert kinds(after)[-2:] == ["probe", "probe"]
    assert at_the_end.observed == {}


async def test_the_reply_asks_its_model_first_and_only_once(tmp_path: Path, address: str) -> None:
    model = TwoSided()
    async with stage(tmp_path, address, model) as world:
        await says(world, await at_first_answer(world), SHORT)

    assert [request.purpose for request in model.history] == ["turn", "observation"]


async def test_a_service_that_ends_does_not_wait_for_observers(tmp_path: Path, address: str) -> None:
    model = TwoSided()
    model.may_observe.clear()
    async with stage(tmp_path, address, model) as world:
        probed = await says(world, await at_first_answer(world), SHORT, observed=False)
        await model.is_asked.wait()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await world.conversing.close()
        after = await world.log.load(probed.id)

    assert (model.cancelled, after.observed) == (1, {})


NO_ANSWERS = ["I don't know", "Can you repeat the question?", "Can I talk to a human?", "...", "I refuse."]


@pytest.mark.parametrize("text", NO_ANSWERS)
async def test_what_is_no_answer_is_not_observed(tmp_path: Path, address: str, text: str) -> None:
    model = TwoSided()
    async with stage(tmp_path, address, model) as world:
        await says(world, await at_first_answer(world), text)

    assert model.calls("observation") == 0


async def test_a_question_is_observed_once_at_most(tmp_path: Path, address: str) -> None:
    model = TwoSided(lambda _: ())
    async with stage(tmp_path, address, model) as world:
        assessment = await at_first_answer(world)
        for text in (SHORT, REASONED, SHORT):
            assessment = await says(world, assessment, text)

    assert kinds(assessment)[-3:] == ["probe", "probe", "core"]
    assert (model.calls("turn"), model.calls("observation")) == (2, 1)


async def test_without_a_model_nothing_is_observed(tmp_path: Path, address: str) -> None:
    async with stage(tmp_path, address, None) as world:
        assessment = await plays.interviewed(world)

    assert assessment.observed == {}


async def test_an_observation_is_in_the_log_and_holds_no_word_of_anybody(
    tmp_path: Path, address: str
) -> None:
    async with stage(tmp_path, address, TwoSided()) as world:
        probed = await says(world, await at_first_answer(world), SHORT)
        events = await world.store.events(probed.id)
        length = await world.store.verify_chain(probed.id)

    found = [event.fact for event in events if isinstance(event.fact, AnswerObserved)]
    assert len(found) == 1
    assert probed.transcript.turns[-2].seq == found[0].message
    assert len(found[0].covered) >= 2
    assert SHORT not in found[0].model_dump_json()
    assert replay(probed.id, events) == probed
    assert length == len(events)


async def test_the_log_alone_gives_every_plan_again(tmp_path: Path, address: str) -> None:
    async with stage(tmp_path, address, TwoSided()) as world:
        assessment = await at_first_answer(world)
        for text in (SHORT, REASONED, SHORT, REASONED):
            assessment = await says(world, assessment, text)
        events = await world.store.events(assessment.id)
        library = await world.content.library()

    assert len(assessment.observed) == 2
    for place, event in enumerate(events):
        if isinstance(event.fact, InterviewerMessage) and event.fact.reply_to:
            before = replay(assessment.id, events[:place])
            stands = Progress(brief_for(before, library, frozenset()), before.transcript, before.observed)
            plan = next_plan(stands, screen(before.transcript.turns[-1].text, "en"), None)
            probe_id = plan.probe.id if plan.probe else None
            assert (plan.kind, plan.item_id, probe_id) == (
                event.fact.kind,
                event.fact.item_id,
                event.fact.probe_id,
            )


async def test_a_turn_that_is_faster_than_the_observers_commit_wins_and_nothing_is_lost(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path, address, TwoSided()) as world:
        append, taken = world.store.append, list[Append]()

        async def append_second(change: Append) -> object:
            if isinstance(change.facts[0], AnswerObserved) and not taken:
                taken.append(change)
                raise SequenceTaken("Taken", "Read again.")
            return await append(change)

        monkeypatch.setattr(world.store, "append", append_second)
        probed = await says(world, await at_first_answer(world), SHORT)
        length = await world.store.verify_chain(probed.id)

    assert (len(taken), len(probed.observed), length) == (1, 1, probed.seq)
