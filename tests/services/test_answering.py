from typing import Any

import pytest

from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict, InvalidInput, StaleRevision
from assessor.domain.item import Category
from assessor.services.showing import shown_order
from tests.services import plays
from tests.world import World


def item_of(assessment: Assessment, category: Category) -> str:
    return assessment.form.of(category)[0].item_id


async def test_the_hub_lists_the_interview_and_every_task(world: World) -> None:
    assessment = await plays.begun(world)

    parts = await world.answering.parts(assessment)

    assert [part.item_id for part in parts] == [
        "interview",
        *(task.item_id for task in assessment.form.tasks),
    ]
    assert {part.state for part in parts} == {"draft", "open"}


async def test_a_draft_is_kept_as_it_is_however_unfinished(world: World) -> None:
    assessment = await plays.begun(world)
    item_id = item_of(assessment, Category.SFT)

    saved = await world.answering.save_draft(assessment.id, item_id, {"text": "half a sen"}, 0)

    assert saved.revision == 1
    assert (await world.answering.draft(assessment.id, item_id)).payload == {"text": "half a sen"}


async def test_a_save_over_another_tabs_work_shows_that_work(world: World) -> None:
    assessment = await plays.begun(world)
    item_id = item_of(assessment, Category.SFT)
    await world.answering.save_draft(assessment.id, item_id, {"text": "from tab one"}, 0)

    with pytest.raises(StaleRevision) as refused:
        await world.answering.save_draft(assessment.id, item_id, {"text": "from tab two"}, 0)

    assert refused.value.stored_payload == {"text": "from tab one"}


async def test_an_item_that_is_not_on_the_form_is_refused(world: World) -> None:
    assessment = await plays.begun(world)
    elsewhere = next(
        item_id
        for item_id in (await world.content.library()).items["python"]
        if assessment.form.place_of(item_id) is None
    )

    with pytest.raises(InvalidInput, match="not on this form"):
        await world.answering.hand_in(assessment.id, elsewhere, {})


@pytest.mark.parametrize(
    ("order", "problem"),
    [
        ([], "leaves out"),
        ([["first"], ["first"]], "more than once"),
        ([["no-such-response"]], "not a response here"),
    ],
)
async def test_a_malformed_ranking_names_what_is_wrong(
    world: World, order: list[list[str]], problem: str
) -> None:
    assessment = await plays.begun(world)
    item_id = item_of(assessment, Category.RANKING)
    library = await world.content.library()
    known = shown_order(assessment, library.item("python", item_id))
    real = [[known[0] if name == "first" else name for name in group] for group in order]

    with pytest.raises(InvalidInput, match=problem):
        await world.answering.hand_in(assessment.id, item_id, {"order": real})

    assert item_id not in (await world.log.load(assessment.id)).responses


@pytest.mark.parametrize(
    "payload",
    [{"text": "half \ud800"}, {"text": "\x00"}, {"text": 3}, {"text": "x", "score": 1}, {"text": " "}],
)
async def test_a_response_that_cannot_be_kept_names_its_field(world: World, payload: dict[str, Any]) -> None:
    assessment = await plays.begun(world)

    with pytest.raises(InvalidInput):
        await world.answering.hand_in(assessment.id, item_of(assessment, Category.SFT), payload)


async def test_handing_in_again_replaces_and_the_same_again_adds_nothing(world: World) -> None:
    assessment = await plays.begun(world)
    item_id = item_of(assessment, Category.SFT)

    first = await world.answering.hand_in(assessment.id, item_id, {"text": "one"})
    same = await world.answering.hand_in(assessment.id, item_id, {"text": "one"})
    second = await world.answering.hand_in(assessment.id, item_id, {"text": "two"})

    assert first.seq == same.seq
    assert second.responses[item_id].text == "two"  # type: ignore[union-attr]  # of an SFT item


async def test_the_order_in_which_responses_were_shown_is_recorded(world: World) -> None:
    assessment = await plays.begun(world)
    item_id = item_of(assessment, Category.RANKING)
    person = await plays.candidate(world, 4)

    after = await world.answering.hand_in(assessment.id, item_id, person.response(item_id))

    item = (await world.content.library()).item("python", item_id)
    assert after.shown_orders[item_id] == shown_order(assessment, item)


async def test_an_unfinished_interview_cannot_be_submitted(world: World) -> None:
    assessment = await plays.begun(world)

    with pytest.raises(Conflict, match="interview is not finished"):
        await world.answering.submit(assessment.id)


async def test_submitting_twice_is_submitting_once(world: World) -> None:
    assessment = await plays.submitted(world)

    again = await world.answering.submit(assessment.id)

    assert again.seq == assessment.seq
