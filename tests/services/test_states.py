"""States that were read lately are a starting point, and never taken on trust."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from assessor.domain.assessment import replay
from assessor.domain.errors import Gone, NotFound
from assessor.domain.events import Event
from assessor.ports import Destroyed
from assessor.services.log import AssessmentLog
from assessor.services.states import States
from tests.services.plays import begun, interviewed
from tests.world import World


@dataclass
class CountedLog:
    """A log that tells which events were read."""

    world: World
    read: list[int] = field(default_factory=list)

    async def events(self, assessment_id: str, after: int = 0) -> tuple[Event, ...]:
        found = await self.world.store.events(assessment_id, after)
        self.read.append(len(found))
        return found


@dataclass
class ShownLog:
    """A log that is whatever a test shows."""

    shown: Sequence[Event]
    fault: Exception | None = None

    async def events(self, assessment_id: str, after: int = 0) -> tuple[Event, ...]:  # noqa: ARG002 - has one log
        if self.fault:
            raise self.fault
        return tuple(event for event in self.shown if event.seq > after)


async def test_a_second_read_takes_only_the_last_event_and_what_is_new(world: World) -> None:
    assessment = await begun(world)
    log = CountedLog(world)
    states = States(log)

    first = await states.load(assessment.id)
    await world.conversing.receive(assessment.id, "message-1", "I work on data pipelines.")
    await world.conversing.settled(assessment.id)  # nothing is written while it is compared
    second = await states.load(assessment.id)

    assert log.read == [first.seq, 1 + second.seq - first.seq]
    assert second.transcript.turns[: len(first.transcript.turns)] == first.transcript.turns
    assert second == replay(assessment.id, await world.store.events(assessment.id))


async def test_step_by_step_gives_the_same_state_as_the_whole_log_at_once(world: World) -> None:
    assessment = await interviewed(world)
    events = await world.store.events(assessment.id)
    log = ShownLog(())
    states = States(log)

    for end in range(1, len(events) + 1):
        log.shown = events[:end]

        assert await states.load(assessment.id) == replay(assessment.id, events[:end])


async def test_a_log_that_was_restored_from_a_backup_is_read_from_its_beginning(world: World) -> None:
    assessment = await interviewed(world)
    events = await world.store.events(assessment.id)
    log = ShownLog(events)
    states = States(log)
    await states.load(assessment.id)

    log.shown = events[:-3]
    shorter = await states.load(assessment.id)
    log.shown = [*events[:-3], events[-3].model_copy(update={"hash": "another"})]
    other = await states.load(assessment.id)

    assert shorter == replay(assessment.id, events[:-3])
    assert other.head == "another"


@pytest.mark.parametrize("fault", [NotFound("assessment", "x"), Gone("candidate's data", "was erased", "")])
async def test_what_is_gone_from_the_store_is_gone_from_memory(world: World, fault: Exception) -> None:
    assessment = await begun(world)
    log = ShownLog(await world.store.events(assessment.id))
    states = States(log)
    await states.load(assessment.id)

    log.fault = fault
    with pytest.raises(type(fault)):
        await states.load(assessment.id)

    assert states._states == {}


async def test_only_so_many_states_are_kept_and_the_least_used_goes_first(world: World) -> None:
    events = await world.store.events((await begun(world)).id)
    log = ShownLog(events)
    states = States(log, kept=2)

    for assessment_id in ("asm_a", "asm_b", "asm_a", "asm_c"):
        await states.load(assessment_id)

    assert list(states._states) == ["asm_a", "asm_c"]


async def test_what_nobody_asks_for_any_more_is_let_go(world: World) -> None:
    log = ShownLog(await world.store.events((await begun(world)).id))
    moments = iter((0.0, 200.0, 290.0, 501.0))
    states = States(log, seconds=lambda: next(moments))

    for assessment_id in ("asm_a", "asm_b", "asm_a", "asm_c"):
        await states.load(assessment_id)

    assert [one for one in ("asm_a", "asm_b", "asm_c") if states.known(one)] == ["asm_a", "asm_c"]


async def test_what_was_written_while_a_log_was_read_is_not_replaced_by_what_was_read(world: World) -> None:
    events = await world.store.events((await interviewed(world)).id)
    assessment_id, newest = events[0].assessment_id, replay(events[0].assessment_id, events)

    class Overtaken(ShownLog):
        async def events(self, assessment_id: str, after: int = 0) -> tuple[Event, ...]:
            states.wrote(newest)
            return await super().events(assessment_id, after)

    states = States(Overtaken(events[:-2]))
    await states.load(assessment_id)

    assert states.known(assessment_id) == newest


async def test_a_second_look_finds_what_others_added_and_that_somebody_was_erased(
    world: World,
) -> None:
    assessment = await begun(world)
    log = AssessmentLog(world.store, world.clock)
    first = await log.load(assessment.id)

    unchanged = await log.again(first)
    await world.conversing.receive(assessment.id, "message-1", "I work on data pipelines.")
    await world.conversing.settled(assessment.id)
    changed = await log.again(first)
    await world.store.erase(assessment.ordered.candidate_id, Destroyed(world.clock.now(), "candidate"))

    assert unchanged is first
    assert changed.seq > first.seq
    with pytest.raises(Gone):
        await log.again(changed)
