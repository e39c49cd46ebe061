"""Near-duplicates across candidates: who is told what, and what never happens."""

from datetime import timedelta

from sqlalchemy import select

from assessor.adapters.store.tables import ANSWER_BAND
from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Status
from assessor.ports import Destroyed
from assessor.services.near_duplicates import LEFT_TO_WORKFLOW
from tests.services.alike import ELSEWISE, WRITTEN, handed_in, sft_of
from tests.world import World


async def facts_of(world: World, assessment: Assessment) -> list[e.Fact]:
    return [event.fact for event in await world.store.events(assessment.id)]


async def test_the_later_of_two_is_told_of_and_the_earlier_is_not(world: World) -> None:
    first = await handed_in(world, "ada", WRITTEN)
    second = await handed_in(world, "ben", f"Hello, this is my answer. {WRITTEN}", sft_of(first))

    facts = await facts_of(world, second)
    found = second.alike[sft_of(first)]

    assert (found.other, found.likeness > 0.9) == (first.id, True)
    assert (await world.log.load(first.id)).alike == {}
    assert [type(one) for one in facts[-2:]] == [e.VerdictIssued, e.AnswerFoundAlike]
    assert second.status is Status.DECIDED


async def test_answers_of_their_own_and_short_ones_are_left_alone(world: World) -> None:
    first = await handed_in(world, "ada", WRITTEN)
    apart = await handed_in(world, "ben", ELSEWISE, sft_of(first))
    brief = " ".join(WRITTEN.split()[:25])

    one, other = [await handed_in(world, name, brief, sft_of(first)) for name in ("cem", "dan")]

    assert (apart.alike, one.alike, other.alike) == ({}, {}, {})


async def test_test_mode_and_live_are_never_compared(world: World) -> None:
    first = await handed_in(world, "ada", WRITTEN)

    tried = await handed_in(world, "ben", WRITTEN, sft_of(first), livemode=False)

    assert tried.alike == {}


async def test_who_was_compared_first_does_not_matter(world: World) -> None:
    world.jobs.workflow = world.scoring.workflow
    first = await handed_in(world, "ada", WRITTEN)
    second = await handed_in(world, "ben", WRITTEN, sft_of(first))

    await world.near_duplicates.compare_beside(second.id)
    before = (await world.log.load(second.id)).alike
    await world.near_duplicates.compare_beside(first.id)
    again = await world.log.load(second.id)
    await world.near_duplicates.compare_beside(second.id)

    assert before == {}
    assert again.alike[sft_of(first)].other == first.id
    assert (await world.log.load(second.id)).seq == again.seq
    assert (await world.log.load(first.id)).alike == {}


async def test_a_fault_holds_nothing_up_and_the_sweep_tries_again(world: World) -> None:
    first = await handed_in(world, "ada", WRITTEN)
    world.jobs.workflow = world.scoring.workflow
    second = await handed_in(world, "ben", WRITTEN, sft_of(first))

    world.content.broken = True
    await world.near_duplicates.compare_beside(second.id)
    held = await world.log.load(second.id)
    world.content.broken = False
    world.clock.turn(LEFT_TO_WORKFLOW + timedelta(seconds=1))
    done = await world.near_duplicates.compare_overdue()

    assert (held.status, held.alike) == (Status.DECIDED, {})
    assert done == 1
    assert sft_of(first) in (await world.log.load(second.id)).alike
    assert await world.near_duplicates.compare_overdue() == 0


async def test_the_same_person_and_the_erased_share_nothing(world: World) -> None:
    first = await handed_in(world, "ada", WRITTEN)
    bands = await _bands(world)

    async def sharing(assessment: Assessment) -> tuple[str, ...]:
        return await world.store.sharing_bands(assessment.id, bands, 20)

    other = await handed_in(world, "ben", ELSEWISE)
    assert await sharing(other) == (first.id,)
    assert await sharing(first) == ()

    await world.store.erase(first.ordered.candidate_id, Destroyed(world.clock.now(), "operator"))

    assert await sharing(other) == ()
    assert not set(bands) & set(await _bands(world))


async def _bands(world: World) -> list[int]:
    rows = await world.store._all(select(ANSWER_BAND.c.band))
    return [row.band for row in rows]
