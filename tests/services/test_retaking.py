"""Another attempt of the same candidate: when it is possible, and what it shows."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from assessor.domain.assessment import Assessment, Status
from assessor.domain.errors import Because, RetakeTooEarly
from assessor.domain.library import Library
from assessor.domain.policy import Policy
from assessor.domain.track import RetakePolicy
from assessor.ports import Retirement
from assessor.services.order import Order
from tests.services import plays
from tests.world import World
from tests.world import world as build

ORDER = Order(candidate_ref="candidate-1", track="python", form="short", livemode=False)
WHY = "The platform vouches for the candidate."
SHORT_MINUTES = 1.5
"""Of a writing task on the short form."""
REASON = "The answers show little of it."


@pytest.fixture
async def world(tmp_path: Path, migrated_file: Path) -> AsyncIterator[World]:
    file = tmp_path / "data" / "assessor.db"
    file.parent.mkdir()
    shutil.copy(migrated_file, file)
    async with build(tmp_path, f"sqlite:///{file}") as built:
        yield built


async def decided(world: World, decision: str) -> Assessment:
    """The first attempt of candidate-1, decided by a person."""
    assessment = await plays.submitted(world, level=1)
    assert assessment.ordered.candidate_ref == ORDER.candidate_ref
    rita = await plays.reviewer(world)
    if decision != "inconclusive":
        await plays.reviewed(world, assessment, rita, level=1)
    return await world.reviewing.decide(rita, assessment.id, decision, REASON)


def items_of(assessment: Assessment) -> set[str]:
    return {place.item_id for place in assessment.form.items}


async def with_policy(world: World, **policy: object) -> None:
    library = await world.content.library()
    changed = library.track("python").changed(retakes=RetakePolicy.model_validate(policy))
    world.content.edited = library.changed(tracks={**library.tracks, "python": changed})


async def test_a_second_order_is_refused_while_the_first_is_under_way(world: World) -> None:
    first = await world.ordering.order(world.tenant, ORDER)

    with pytest.raises(RetakeTooEarly) as refused:
        await world.ordering.order(world.tenant, ORDER)

    assert refused.value.because is Because.UNDER_WAY
    assert refused.value.assessment_id == first.assessment.id


async def test_who_never_began_has_used_nothing(world: World) -> None:
    first = await world.ordering.order(world.tenant, ORDER)
    await world.ordering.cancel("acme", first.assessment.id)

    second = await world.ordering.order(world.tenant, ORDER)

    assert second.assessment.ordered.attempt == 1
    assert second.assessment.drawn is not None
    assert second.assessment.drawn.avoided == ()


async def test_of_orders_at_once_for_one_candidate_one_is_taken(world: World) -> None:
    orders = (world.ordering.order(world.tenant, ORDER) for _ in range(5))

    results = await asyncio.gather(*orders, return_exceptions=True)

    assert sum(isinstance(result, RetakeTooEarly) for result in results) == 4
    assert len(await world.ordering.recent("acme")) == 1


async def test_the_day_that_the_verdict_names_is_the_day_from_which_an_order_is_taken(world: World) -> None:
    first = await decided(world, "not_qualified")
    assert first.verdict is not None
    named = datetime.fromisoformat(first.verdict.document["retake_after"])

    world.clock.at = named - timedelta(seconds=1)
    with pytest.raises(RetakeTooEarly) as refused:
        await world.ordering.order(world.tenant, ORDER)
    world.clock.at = named
    second = (await world.ordering.order(world.tenant, ORDER)).assessment

    assert refused.value.possible_from == named
    assert refused.value.because is Because.COOL_DOWN
    assert second.ordered.attempt == 2
    assert second.ordered.earlier_attempts == (first.submitted_at,)


async def test_a_further_attempt_avoids_what_was_seen_and_the_log_says_what_it_could_not(
    world: World,
) -> None:
    await with_policy(world, cool_down_days=0)
    first = await decided(world, "not_qualified")
    library = await world.content.library()
    world.content.edited = _without_other_tasks_of(library, first)

    second = (await world.ordering.order(world.tenant, replace(ORDER, form="full"))).assessment

    assert second.drawn is not None
    assert set(second.drawn.avoided) == items_of(first)
    repeated = items_of(first) & items_of(second)
    assert set(second.drawn.seen_before) == repeated
    assert {second.form.place_of(name).category for name in repeated} == {"sft"}  # type: ignore[union-attr]


def _without_other_tasks_of(library: Library, first: Assessment) -> Library:
    """The same bank with no other writing tasks than those of an assessment."""
    bank = library.items["python"]
    left = {name: item for name, item in bank.items() if item.category != "sft" or first.form.place_of(name)}
    return library.changed(items={**library.items, "python": left})


async def test_a_policy_may_leave_the_form_to_chance(world: World) -> None:
    await with_policy(world, cool_down_days=0, another_form=False)
    await decided(world, "not_qualified")

    second = (await world.ordering.order(world.tenant, ORDER)).assessment

    assert second.drawn is not None
    assert (second.drawn.avoided, second.drawn.seen_before) == ((), ())


async def test_a_platform_may_waive_the_policy_and_its_reason_is_in_the_log(world: World) -> None:
    await decided(world, "not_qualified")

    waived = await world.ordering.order(world.tenant, replace(ORDER, waive_retake_policy=WHY))

    assert waived.assessment.ordered.retake_policy_waived == WHY
    assert waived.assessment.ordered.attempt == 2


async def test_a_waiver_that_is_not_needed_is_not_recorded(world: World) -> None:
    ordered = await world.ordering.order(world.tenant, replace(ORDER, waive_retake_policy=WHY))

    assert ordered.assessment.ordered.retake_policy_waived is None


async def test_what_a_person_found_impossible_to_judge_is_given_back(world: World) -> None:
    first = await decided(world, "inconclusive")

    second = (await world.ordering.order(world.tenant, ORDER)).assessment

    assert second.ordered.attempt == 1
    assert second.drawn is not None
    assert set(second.drawn.avoided) == items_of(first)


async def test_what_we_spoiled_is_given_back_as_the_same_attempt_with_other_items(world: World) -> None:
    spoiled = await plays.begun(world)
    await world.scoring.hold(spoiled.id, "outage")

    given = (await world.ordering.give_back(spoiled.id, "Our outage ended the session.")).assessment

    assert given.ordered.attempt == spoiled.ordered.attempt
    assert given.drawn is not None
    assert set(given.drawn.seen_before) == items_of(given) & items_of(spoiled)
    assert len(items_of(given) & items_of(spoiled)) < len(items_of(given))


async def test_another_platform_another_track_and_the_live_mode_have_attempts_of_their_own(
    world: World,
) -> None:
    other = await world.access.add_tenant("other", "Other", Policy())
    await world.ordering.order(world.tenant, ORDER)

    made = [
        await world.ordering.order(other, ORDER),
        await world.ordering.order(world.tenant, replace(ORDER, track="nursing", form="full")),
        await world.ordering.order(world.tenant, replace(ORDER, livemode=True)),
    ]

    assert {one.assessment.ordered.attempt for one in made} == {1}


async def test_programs_play_as_often_as_they_like(world: World) -> None:
    played = replace(ORDER, simulated=True)
    await world.ordering.order(world.tenant, played)

    again = await world.ordering.order(world.tenant, played)

    assert again.assessment.status is Status.ORDERED


async def test_what_was_retired_is_not_drawn(world: World) -> None:
    library = await world.content.library()
    bank = library.items["python"].values()
    writing = [item.id for item in bank if item.category == "sft" and item.minutes <= SHORT_MINUTES]
    for name in writing[:-2]:
        await world.store.retire(
            Retirement("python", name, world.clock.now(), "anna", "Its tests are wrong.")
        )

    drawn = [
        (await world.ordering.order(world.tenant, replace(ORDER, candidate_ref=f"c-{n}"))).assessment
        for n in range(5)
    ]

    assert all(not items_of(one) & set(writing[:-2]) for one in drawn)
    assert {one.drawn.retired for one in drawn if one.drawn} == {tuple(sorted(writing[:-2]))}
