"""A form that may end early, from the first block to the verdict and its replay."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assessor.domain.assessment import Assessment
from assessor.domain.errors import IllegalTransition, InvalidInput
from assessor.domain.events import BlockFinished
from assessor.domain.library import Library
from assessor.domain.verdict import THRESHOLDS, read_verdict
from tests.services import attempts, plays
from tests.world import World
from tests.world import world as build

ABLE, UNABLE = 4, 0
LOW, HIGH = 0.2, 1.5
"""Cuts. Five tasks done well are clear of the low one only, and done badly of the high one only."""
LEAST = {"evaluation": 2, "ranking": 2, "trajectory": 1}


@pytest.fixture
async def world(tmp_path: Path, migrated_file: Path) -> AsyncIterator[World]:
    """A world whose full form of python is sequential, on SQLite."""
    file = tmp_path / "data" / "assessor.db"
    file.parent.mkdir()
    shutil.copy(migrated_file, file)
    async with build(tmp_path, f"sqlite:///{file}") as built:
        await cut_at(built, LOW)
        yield built


async def cut_at(world: World, cut: float) -> None:
    """Have the rule-scored tasks of the full form come in blocks, and the track's cut lie here."""
    library = await world.content.files.library()
    track = library.track("python")
    plan = track.forms["full"]
    sections = tuple(one.changed(least=LEAST.get(one.category)) for one in plan.sections)
    edited = track.changed(
        forms={**track.forms, "full": plan.changed(sections=sections, sequential=True)},
        cut=track.cut.changed(ability=cut),
        levels={},
    )
    world.content.edited = Library(
        tracks={**library.tracks, "python": edited},
        items=library.items,
        rubrics=library.rubrics,
        sentences=library.sentences,
    )


async def hand_in_all(world: World, assessment: Assessment, level: int) -> Assessment:
    """Hand in every task that comes, as somebody of this level does."""
    person = await plays.candidate(world, level)
    while left := [one for one in assessment.form.tasks if one.item_id not in assessment.responses]:
        response = person.response(left[0].item_id)
        assessment = await world.answering.hand_in(assessment.id, left[0].item_id, response)
    return assessment


async def first_block(world: World, level: int) -> Assessment:
    """Begin, and hand in the first block."""
    assessment = await plays.begun(world, "full")
    person = await plays.candidate(world, level)
    for item_id in assessment.form.blocks[0]:
        assessment = await world.answering.hand_in(assessment.id, item_id, person.response(item_id))
    return assessment


async def submitted(world: World, level: int) -> Assessment:
    """Play a whole form."""
    assessment = await hand_in_all(world, await plays.interviewed(world, "full", level), level)
    await world.answering.submit(assessment.id)
    return await world.log.load(assessment.id)


async def finished(world: World, assessment: Assessment) -> list[BlockFinished]:
    events = await world.store.events(assessment.id)
    return [event.fact for event in events if isinstance(event.fact, BlockFinished)]


@pytest.mark.parametrize(
    ("level", "cut", "ends"),
    [(ABLE, LOW, True), (UNABLE, HIGH, True), (ABLE, HIGH, False)],
)
async def test_it_ends_when_the_first_block_is_clear_to_either_side_and_goes_on_otherwise(
    world: World,
    level: int,
    cut: float,
    ends: bool,  # noqa: FBT001 - a column
) -> None:
    await cut_at(world, cut)

    assessment = await first_block(world, level)

    (fact,) = await finished(world, assessment)
    assert (fact.block, fact.ends) == (0, ends)
    clear = fact.probability >= THRESHOLDS.qualified or fact.probability <= THRESHOLDS.not_qualified
    assert clear == ends
    assert [part.state for part in await world.answering.parts(assessment)].count("final") == 5
    assert any(one.item_id not in assessment.responses for one in assessment.form.tasks)


async def test_what_is_final_cannot_be_changed_to_try_whether_it_ends(world: World) -> None:
    assessment = await first_block(world, ABLE)
    item_id = assessment.form.blocks[0][0]
    other = (await plays.candidate(world, UNABLE)).response(item_id)

    with pytest.raises(IllegalTransition, match="handed in for good"):
        await world.answering.hand_in(assessment.id, item_id, other)
    with pytest.raises(IllegalTransition, match="handed in for good"):
        await world.answering.save_draft(assessment.id, item_id, {}, 0)


async def test_a_task_of_a_later_block_is_not_shown_before(world: World) -> None:
    assessment = await plays.begun(world, "full")
    later = assessment.form.blocks[1][0]

    states = {part.item_id: part.state for part in await world.answering.parts(assessment)}

    assert states[later] == "later"
    with pytest.raises(IllegalTransition, match="comes later"):
        await world.answering.task(assessment, later)


async def test_within_an_open_block_an_answer_may_still_be_changed(world: World) -> None:
    assessment = await plays.begun(world, "full")
    item_id = assessment.form.blocks[0][0]
    answers = [(await plays.candidate(world, level)).response(item_id) for level in (UNABLE, ABLE)]

    handed_in = [
        (await world.answering.hand_in(assessment.id, item_id, answer)).responses[item_id]
        for answer in answers
    ]

    assert handed_in[0] != handed_in[1]
    assert await finished(world, assessment) == []


async def test_the_last_block_is_never_final_since_nothing_comes_after_it(world: World) -> None:
    await cut_at(world, HIGH)
    assessment = await hand_in_all(world, await plays.begun(world, "full"), ABLE)
    last = assessment.form.blocks[-1][0]
    other = (await plays.candidate(world, UNABLE)).response(last)

    after = await world.answering.hand_in(assessment.id, last, other)

    assert after.responses[last] != assessment.responses[last]
    assert len(await finished(world, after)) == len(assessment.form.blocks) - 1


@pytest.mark.parametrize(("level", "cut"), [(ABLE, LOW), (UNABLE, HIGH)])
async def test_after_an_early_end_only_what_was_given_is_scored_and_it_replays_byte_for_byte(
    world: World, level: int, cut: float
) -> None:
    await cut_at(world, cut)

    assessment = await submitted(world, level)

    assert assessment.drawn is not None
    left_out = {item_id for block in assessment.drawn.form.blocks[1:] for item_id in block}
    assert not left_out & {item_id for item_id, _ in assessment.scores}
    with pytest.raises(InvalidInput, match="not on this form"):
        await world.answering.task(assessment, min(left_out))
    document = read_verdict((await world.delivering.verdict("acme", assessment.id)).document)
    assert document.hashes.form == assessment.drawn.form.hash
    assert document.decision == "needs_review"  # what a reader scores is a fixed part, and open yet
    replayed = await attempts.replaying(world).replay(assessment.id)
    assert (replayed.differences, replayed.is_equal) == ((), True)


async def test_an_end_that_does_not_follow_from_the_answers_is_named_by_the_replay(world: World) -> None:
    await cut_at(world, HIGH)
    assessment = await submitted(world, ABLE)
    await cut_at(world, LOW)

    replayed = await attempts.replaying(world).replay(assessment.id)

    assert not replayed.is_equal
    assert ("block.finished 0", "ends", "false", "true") in [
        (one.what, one.field, one.recorded, one.recomputed) for one in replayed.differences
    ]
