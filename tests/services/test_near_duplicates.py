"""Near-duplicates across candidates: who is told what, and what never happens."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from assessor.adapters.store.tables import ANSWER_BAND
from assessor.domain import events as e
from assessor.domain.appeal import AppealedCriterion
from assessor.domain.assessment import Assessment, Projection, Status
from assessor.domain.near_duplicate import EDITION
from assessor.domain.queue import Reason, reasons_of
from assessor.ports import Destroyed, QueueFilter
from assessor.services.near_duplicates import LEFT_TO_WORKFLOW
from assessor.services.replying import Replying
from tests.services import plays
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


async def test_after_a_reply_it_waits_for_a_person_until_one_has_found(world: World) -> None:
    second = await copied(world)
    waiting = [await integrity(world)]

    await Replying(world.log).reply(second.id, "We were taught by the same book.")
    waiting.append(await integrity(world))
    found = e.SignalJudged(
        reviewer="rev_1",
        what="alike",
        item_id=next(iter(second.alike)),
        rule=EDITION,
        outcome="confirmed",
        reason="Nothing in the task explains it.",
    )
    await world.log.change(second.id, lambda _a, _now: [found])
    after = await world.log.load(second.id)

    assert [[row.id for row in rows] for rows in waiting] == [[], [second.id]]
    assert reasons_of(waiting[1][0]) == (Reason.INTEGRITY,)
    assert await integrity(world) == ()
    assert (after.verdict, after.scores, after.decision) == (second.verdict, second.scores, second.decision)


async def test_without_a_reply_it_waits_once_the_time_for_one_is_over(world: World) -> None:
    second = await copied(world)

    world.clock.turn(second.reply_term - timedelta(minutes=1))
    early = await world.near_duplicates.end_unanswered()
    before = await integrity(world)
    world.clock.turn(timedelta(minutes=1))
    done = await world.near_duplicates.end_unanswered()

    assert (early, before, done) == (0, (), 1)
    assert [row.id for row in await integrity(world)] == [second.id]
    assert await world.near_duplicates.end_unanswered() == 0
    facts = await facts_of(world, second)
    assert sum(isinstance(one, e.SignalUnanswered) for one in facts) == 1


async def test_while_a_criterion_waits_for_a_score_the_queue_does_not_tell_of_it(world: World) -> None:
    first = await handed_in(world, "ada", WRITTEN)
    second = await handed_in(world, "ben", WRITTEN, sft_of(first))

    world.clock.turn(second.reply_term)
    await world.near_duplicates.end_unanswered()
    scoring = await integrity(world)
    await plays.reviewed(world, second, await plays.reviewer(world))

    assert second.open_scores
    assert scoring == ()
    assert [row.id for row in await integrity(world)] == [second.id]


@pytest.mark.parametrize("what", ["appeal", "revocation"])
async def test_nobody_is_asked_during_an_appeal_or_after_a_revocation(world: World, what: str) -> None:
    second = await copied(world)
    await Replying(world.log).reply(second.id, "We were taught by the same book.")
    assert second.verdict is not None
    fact: e.Fact = e.VerdictRevoked(verdict_id=second.verdict.verdict_id, by="rev_1", reason="A mistake.")
    if what == "appeal":
        item_id, criterion = next(key for key in second.scores)
        appealed = AppealedCriterion(item_id=item_id, criterion=criterion)
        fact = e.AppealFiled(appeal_id="appeal-1", criteria=(appealed,), ground="other")

    await world.log.change(second.id, lambda _a, _now: [fact])

    assert await integrity(world) == ()


async def copied(world: World) -> Assessment:
    """Let somebody hand in what somebody else did before, and a person score and decide it."""
    first = await handed_in(world, "ada", WRITTEN)
    second = await handed_in(world, "ben", WRITTEN, sft_of(first))
    rita = await plays.reviewer(world)
    scored = await plays.reviewed(world, second, rita)
    if scored.needs_person:
        await world.reviewing.decide(rita, second.id, "not_qualified", "That is what the answers show.")
    return await world.log.load(second.id)


async def integrity(world: World) -> tuple[Projection, ...]:
    """Return what waits for a person because of what was noticed."""
    return await world.store.waiting(world.tenant.id, QueueFilter(reason=Reason.INTEGRITY))


async def _bands(world: World) -> list[int]:
    rows = await world.store._all(select(ANSWER_BAND.c.band))
    return [row.band for row in rows]
