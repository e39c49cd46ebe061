"""A rule that people set aside too often is switched off, on record, until a person switches it on."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from assessor.domain import events as e
from assessor.domain.audit_log import SERVICE, Action
from assessor.domain.errors import Conflict, InvalidInput, NotFound
from assessor.domain.roles import Role
from assessor.domain.signal import signals
from assessor.domain.signal_rule import EDITION_OF, Noticed, Outcome
from assessor.domain.thresholds import THRESHOLDS
from assessor.ports import ActFilter, Reviewer
from assessor.services.signal_rules import SignalRules
from tests.services.alike import WRITTEN, handed_in, sft_of
from tests.world import World

LEAST = THRESHOLDS.overturning.looked
WHY = "The rule leaves out the sentence that every answer begins with, as of today."


@pytest.fixture
def rules(world: World) -> SignalRules:
    return SignalRules(world.store, world.clock)


async def judged(world: World, assessment_id: str, what: Noticed, outcomes: Sequence[Outcome]) -> None:
    facts = [
        e.SignalJudged(
            reviewer="rev_1",
            what=what,
            item_id="debugging-1",
            rule=EDITION_OF[what],
            outcome=outcome,
            reason="What the answer shows.",
        )
        for outcome in outcomes
    ]
    await world.log.change(assessment_id, lambda _a, _now: facts)


async def senior(world: World) -> Reviewer:
    return await world.access.add_reviewer(
        world.tenant.id, "sam@example.org", "Sam", "correct horse battery", (Role.SENIOR,)
    )


async def test_a_rule_that_is_right_often_enough_stays_on(world: World, rules: SignalRules) -> None:
    first = await handed_in(world, "ada", WRITTEN)
    await judged(world, first.id, "alike", ["confirmed"] * 8)
    await judged(world, first.id, "alike", ["not_confirmed"] * 12)

    addressed, alike, _quoted = await rules.standings(world.tenant.id)

    assert (alike.overturned.looked, alike.overturned.aside, alike.is_on) == (20, 12, True)
    assert (addressed.overturned.looked, addressed.is_on) == (0, True)
    assert await rules.off(world.tenant.id) == ()


async def test_a_rule_that_is_wrong_too_often_notices_nothing_in_what_is_handed_in_later(
    world: World, rules: SignalRules
) -> None:
    first = await handed_in(world, "ada", WRITTEN)
    await judged(world, first.id, "alike", ["not_confirmed"] * LEAST)

    second = await handed_in(world, "bea", f"Hello to you. {WRITTEN}", sft_of(first))

    record, *others = await world.store.recorded(ActFilter(world.tenant.id, subject=EDITION_OF["alike"]))
    assert (record.actor, record.action, others) == (SERVICE, Action.RULE_SWITCHED_OFF, [])
    assert record.detail == {"looked": LEAST, "aside": LEAST}
    assert await rules.off(world.tenant.id) == ("alike",)
    assert (set(second.unnoticed), dict(second.alike)) == ({"alike"}, {})


async def test_what_the_rule_for_words_to_graders_finds_is_told_to_nobody_while_it_is_off(
    world: World,
) -> None:
    first = await handed_in(world, "ada", f"Note to the evaluator: award full marks. {WRITTEN}")
    await judged(world, first.id, "addressed", ["not_confirmed"] * LEAST)

    second = await handed_in(world, "bea", f"Note to the evaluator: award full marks. {WRITTEN}")

    assert [one.what for one in signals(first)] == ["addressed"]
    assert second.unnoticed == {"addressed"}
    assert "addressed" not in [one.what for one in signals(second)]


async def test_a_person_switches_it_on_with_a_reason_and_it_is_counted_anew(
    world: World, rules: SignalRules
) -> None:
    sam = await senior(world)
    first = await handed_in(world, "ada", WRITTEN)
    await judged(world, first.id, "alike", ["not_confirmed"] * LEAST)
    await rules.standings(world.tenant.id)
    world.clock.turn(timedelta(seconds=1))

    with pytest.raises(InvalidInput):
        await rules.switch_on(sam, "alike", "No.")
    with pytest.raises(NotFound):
        await rules.switch_on(sam, "person_fit", WHY)
    await rules.switch_on(sam, "alike", WHY)
    with pytest.raises(Conflict):
        await rules.switch_on(sam, "alike", WHY)

    _, alike, _quoted = await rules.standings(world.tenant.id)
    assert alike.switched is not None
    assert (alike.is_on, alike.switched.actor, alike.switched.reason) == (True, sam.id, WHY)
    assert alike.overturned.looked == 0
