"""Who quotes what stands in a key alone is told first and heard; no score hangs on it."""

import pytest

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.item import Category
from assessor.domain.queue import Reason
from assessor.domain.signal import signals
from assessor.domain.signal_rule import EDITION_OF
from assessor.ports import QueueFilter
from assessor.services.marking import Mark
from assessor.services.replying import Replying
from tests.services.alike import WRITTEN, handed_in, sft_of
from tests.world import World

CANARY = "the quiet ledger rule of Marlow"
WHY = "That is what the answers show."
QUOTING = f"{WRITTEN} All of it follows {CANARY}."


@pytest.fixture(autouse=True)
async def _marked(world: World) -> None:
    """Put a canary into the key of every task that asks for an ideal response."""
    library = await world.content.library()
    bank = {
        name: item.changed(canary=CANARY) if item.category is Category.SFT else item
        for name, item in library.items["python"].items()
    }
    world.content.edited = library.changed(items={**library.items, "python": bank})


async def scored_whole(world: World, assessment: Assessment) -> Assessment:
    """Let a person score what waits."""
    rita = await world.access.add_reviewer("acme", "rita@acme.example", "Rita", "a long enough password")
    for score in (await world.reviewing.case(rita, assessment.id)).open:
        await world.reviewing.score(rita, assessment.id, score.item_id, score.criterion, Mark.UNMET, WHY)
    if (await world.log.load(assessment.id)).needs_person:
        await world.reviewing.decide(rita, assessment.id, "not_qualified", WHY)
    return await world.log.load(assessment.id)


async def test_the_phrase_is_found_and_the_candidate_is_asked_first(world: World) -> None:
    found = await handed_in(world, "ada", QUOTING)

    (signal,) = signals(found)
    assert (signal.what, signal.item_id, signal.rule) == ("quoted", sft_of(found), EDITION_OF["quoted"])
    assert signal.passages == (CANARY,)
    assert not signal.may_be_shown(world.clock.now())
    assert found.alike_reply_until == found.quoted[sft_of(found)].found_at + found.reply_term


async def test_no_score_and_no_decision_hangs_on_it(world: World) -> None:
    found, without = await handed_in(world, "ada", QUOTING), await handed_in(world, "ben", WRITTEN)

    facts = [event.fact for event in await world.store.events(found.id)]

    kinds = [type(one) for one in facts]
    assert kinds.index(e.VerdictIssued) < kinds.index(e.AnswerQuotesKey)
    assert kinds.count(e.VerdictIssued) == 1
    assert without.quoted == {}


async def test_after_a_reply_it_waits_for_a_person_once_nobody_scores(world: World) -> None:
    found = await scored_whole(world, await handed_in(world, "ada", QUOTING))
    before = await waiting(world)

    await Replying(world.log).reply(found.id, "It stood in a collection of sample answers.")
    replied = await world.log.load(found.id)

    assert (before, await waiting(world)) == ((), (found.id,))
    assert replied.quoted[sft_of(found)].reply == "It stood in a collection of sample answers."
    assert replied.may_be_found_by("rev_1")


async def test_without_a_reply_it_waits_once_the_time_is_over(world: World) -> None:
    found = await scored_whole(world, await handed_in(world, "ada", QUOTING))

    world.clock.turn(found.reply_term)
    done = await world.near_duplicates.end_unanswered()

    assert done == 1
    assert await waiting(world) == (found.id,)


async def test_while_the_rule_is_off_nothing_is_noticed(world: World) -> None:
    first = await handed_in(world, "ada", WRITTEN)
    aside = e.SignalJudged(
        reviewer="rev_1",
        what="quoted",
        item_id=sft_of(first),
        rule=EDITION_OF["quoted"],
        outcome="not_confirmed",
        reason="It stands in a public textbook.",
    )
    await world.log.change(first.id, lambda _a, _now: [aside] * 20)

    assert (await handed_in(world, "ben", QUOTING)).quoted == {}


async def waiting(world: World) -> tuple[str, ...]:
    rows = await world.store.waiting(world.tenant.id, QueueFilter(reason=Reason.INTEGRITY))
    return tuple(row.id for row in rows)
