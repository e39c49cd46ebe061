"""Questions that are not of a candidate's field, through the services."""

import pytest

from assessor.domain.assessment import Assessment
from assessor.domain.item import Category
from assessor.services.briefing import MAX_SWAPS, brief_for
from assessor.services.order import Order
from tests.services import plays
from tests.world import World

NOT_MINE = "That is not my field."


async def at_a_question_with_a_spare(world: World) -> Assessment:
    """Begin interviews until the first question is one that another can replace."""
    library = await world.content.library()
    for number in range(40):
        opened = await plays.opened(world, "full", f"candidate-{number}")
        first = opened.form.of(Category.INTERVIEW)[0].item_id
        if brief_for(opened, library, frozenset()).spares[first]:
            await world.conversing.begin(opened.id)
            return await said(world, opened.id, "message-0", "I write services.")
    raise AssertionError("no form begins with a question that has a spare")


async def said(world: World, assessment_id: str, message_id: str, text: str) -> Assessment:
    await world.conversing.settled(assessment_id)
    await world.conversing.receive(assessment_id, message_id, text)
    return await world.conversing.settled(assessment_id)


async def test_the_form_holds_the_new_question_and_neither_scores_nor_repeats_the_old(world: World) -> None:
    before = await at_a_question_with_a_spare(world)
    old = before.form.of(Category.INTERVIEW)[0].item_id

    after = await said(world, before.id, "message-1", NOT_MINE)

    new = after.transcript.turns[-1].item_id
    library = await world.content.library()
    assert new is not None
    assert after.form.of(Category.INTERVIEW)[0].item_id == new
    assert library.item("python", new).competency == library.item("python", old).competency
    assert after.form.place_of(old) is None
    spares = brief_for(after, library, frozenset()).spares
    assert old not in {spare.place.item_id for several in spares.values() for spare in several}


async def test_the_swaps_are_counted_and_the_log_replays_to_the_same_form(world: World) -> None:
    before = await at_a_question_with_a_spare(world)

    after = await said(world, before.id, "message-1", NOT_MINE)

    again = await world.log.load(before.id)
    assert (again.form, again.swaps) == (after.form, after.swaps)
    assert brief_for(again, await world.content.library(), frozenset()).swaps_left == MAX_SWAPS - 1


async def test_a_question_of_another_jurisdiction_is_no_spare(world: World) -> None:
    order = Order("candidate-us", "nursing", "full", jurisdiction="us", livemode=False)
    assessment = (await world.ordering.order(world.tenant, order)).assessment
    library = await world.content.library()
    british = {
        name: item.changed(jurisdiction="gb") if assessment.form.place_of(name) is None else item
        for name, item in library.items["nursing"].items()
    }
    edited = library.model_copy(update={"items": library.items | {"nursing": british}})

    before, after = (brief_for(assessment, one, frozenset()).spares for one in (library, edited))

    assert any(before.values())
    assert not any(after.values())


@pytest.mark.parametrize("form", ["short"])
async def test_without_a_spare_the_interview_goes_on(world: World, form: str) -> None:
    assessment = await plays.begun(world, form)
    await said(world, assessment.id, "message-0", "I write services.")

    after = await said(world, assessment.id, "message-1", NOT_MINE)

    assert (after.swaps, after.interview_finished) == ((), True)
