"""Replays: every verdict is worked out again from its log, and what does not fit is named."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict, DocumentRefused
from assessor.domain.events import Event, Fact, ModelReplied, ResponseScored, VerdictIssued
from assessor.domain.policy import Policy
from assessor.services.differences import shown
from assessor.services.rescoring import Terms
from tests.services import attempts, plays, tampering
from tests.services.grading import GradingModel
from tests.world import PILOT, World
from tests.world import world as build

JUDGED = Policy(judge_may_score=True, least_basis=PILOT.least_basis)
ATTEMPTS = 50


@pytest.fixture
async def judged(tmp_path: Path, migrated_file: Path) -> AsyncIterator[World]:
    """A world whose policy lets a model score, on SQLite."""
    file = tmp_path / "data" / "assessor.db"
    file.parent.mkdir()
    shutil.copy(migrated_file, file)
    model = GradingModel(faulty=True)
    async with build(tmp_path, f"sqlite:///{file}", model=model, policy=JUDGED) as built:
        yield built


@pytest.mark.slow
async def test_fifty_simulated_assessments_are_byte_equal(judged: World) -> None:
    played = await attempts.several(judged, ATTEMPTS)
    again = attempts.rescoring(judged, GradingModel("other-grader"))
    terms = Terms(by="anna", reason=attempts.REASON)
    outcomes = {(await again.rescore(one.id, terms)).outcome for one in played[::3]}

    replayed = [await attempts.replaying(judged).replay(one.id) for one in played]

    assert [one.differences for one in replayed] == [()] * ATTEMPTS
    assert all(one.is_equal for one in replayed)
    happened = {type_ for one in played for type_ in attempts.facts_of(await judged.store.events(one.id))}
    assert outcomes >= {"recorded", "final"}
    assert happened >= {
        "words.redacted", "answer.corrected", "accommodation.granted", "assessment.paused",
        "interview.observed", "model.replied", "review.decided", "scoring.repeated",
    }  # fmt: skip
    assert sum(one.replies for one in replayed) > ATTEMPTS
    assert max(len(one.verdicts) for one in replayed) > 2


async def scored_by_a_model(world: World) -> tuple[Assessment, tuple[Event, ...]]:
    assessment = await plays.submitted(world)
    return assessment, await world.store.events(assessment.id)


def first(events: tuple[Event, ...], type_: type[Fact]) -> Event:
    return next(event for event in events if isinstance(event.fact, type_))


async def test_bytes_that_were_changed_are_refused_with_their_event(judged: World) -> None:
    assessment, events = await scored_by_a_model(judged)
    changed = first(events, ModelReplied)
    await tampering.change_bytes(judged, assessment.id, changed.seq)

    with pytest.raises(DocumentRefused, match=f"Event {changed.seq} "):
        await attempts.replaying(judged).replay(assessment.id)


async def test_a_reply_that_was_rewritten_is_found_though_the_chain_fits(judged: World) -> None:
    assessment, events = await scored_by_a_model(judged)
    reply, scores = first(events, ModelReplied), read_by_a_judge(events)
    assert isinstance(reply.fact, ModelReplied)
    rewritten = reply.fact.changed(reply=reply.fact.reply.replace('"verdict": "met"', '"verdict": "unmet"'))
    assert rewritten != reply.fact
    await tampering.rewrite(judged, assessment.id, reply.seq, rewritten)

    found = await attempts.replaying(judged).replay(assessment.id)

    assert not found.is_equal
    assert {(one.seq, one.what.split()[0]) for one in found.differences} >= {(scores.seq, "response.scored")}
    assert "signed document, hashes.log_head" in {one.field for one in found.differences}
    assert [verdict.is_equal for verdict in found.verdicts] == [False]


async def test_a_score_that_was_rewritten_is_named_with_both_values(judged: World) -> None:
    assessment, events = await scored_by_a_model(judged)
    event = first(events, ResponseScored)
    assert isinstance(event.fact, ResponseScored)
    score = event.fact.scores[0]
    other = 0.0 if score.value else 1.0
    better = event.fact.changed(scores=(score.changed(value=other, unscored=None), *event.fact.scores[1:]))
    await tampering.rewrite(judged, assessment.id, event.seq, better)

    found = await attempts.replaying(judged).replay(assessment.id)

    named = next(one for one in found.differences if one.field == f"{score.criterion}.value")
    assert (named.seq, named.recorded, named.recomputed) == (event.seq, str(other), shown(score.value))


async def test_a_person_s_score_that_was_rewritten_shows_in_what_was_signed(judged: World) -> None:
    assessment = await plays.submitted(judged)
    assessment = await plays.reviewed(judged, assessment, await plays.reviewer(judged))
    by_rita = next(
        event
        for event in await judged.store.events(assessment.id)
        if isinstance(event.fact, ResponseScored) and event.fact.scores[0].rater_kind == "person"
    )
    assert isinstance(by_rita.fact, ResponseScored)
    score = by_rita.fact.scores[0]
    await tampering.rewrite(
        judged,
        assessment.id,
        by_rita.seq,
        by_rita.fact.changed(scores=(score.changed(value=1.0 - (score.value or 0.0), unscored=None),)),
    )

    found = await attempts.replaying(judged).replay(assessment.id)

    assert [verdict.is_equal for verdict in found.verdicts] == [True, False]
    assert {one.field for one in found.differences} >= {
        "signed document, hashes.log_head",
        "signed document, score",
    }


async def test_a_rubric_that_was_changed_is_named(judged: World) -> None:
    assessment, _ = await scored_by_a_model(judged)
    library = await judged.content.library()
    item = library.item("python", assessment.form.items[0].item_id)
    rubric = library.rubric(item.rubric or "")
    judged.content.edited = library.changed(
        rubrics={**library.rubrics, rubric.id: rubric.changed(version=rubric.version + 1)}
    )

    found = await attempts.replaying(judged).replay(assessment.id)

    (named,) = [one for one in found.differences if f"Rubric {rubric.id} is not as it was" in one.recomputed]
    assert named.what == f"response.scored of {item.id}"


async def test_a_verdict_under_another_signature_is_refused(judged: World) -> None:
    assessment, events = await scored_by_a_model(judged)
    issued = first(events, VerdictIssued)
    assert isinstance(issued.fact, VerdictIssued)
    forged = issued.fact.changed(jws=issued.fact.jws[:-8] + "AAAAAAAA")
    await tampering.rewrite(judged, assessment.id, issued.seq, forged)

    found = await attempts.replaying(judged).replay(assessment.id)

    assert {one.field for one in found.differences} >= {"signature", "stored jws"}


async def test_without_a_verdict_there_is_nothing_to_replay(judged: World) -> None:
    assessment = await plays.begun(judged)

    with pytest.raises(Conflict, match="has no verdict"):
        await attempts.replaying(judged).replay(assessment.id)


def read_by_a_judge(events: tuple[Event, ...]) -> Event:
    return next(
        event
        for event in events
        if isinstance(event.fact, ResponseScored)
        and any(score.rater_kind == "judge" for score in event.fact.scores)
    )
