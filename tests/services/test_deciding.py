"""From submission to a person's decision: scoring, issuing, reviewing, delivering."""

import json
from pathlib import Path

import pytest

from assessor.adapters.signing import verify
from assessor.domain import events as e
from assessor.domain.assessment import Status
from assessor.domain.errors import Conflict, IllegalTransition, InvalidInput, NotFound, VerdictNotReady
from assessor.domain.policy import Policy
from assessor.domain.verdict import read_verdict
from assessor.services.marking import Mark
from tests.services import plays
from tests.world import StepsInPlace, World
from tests.world import world as build


async def test_without_a_model_what_must_be_read_waits_for_a_person(world: World) -> None:
    assessment = await plays.submitted(world)

    categories = {score.category for score in assessment.open_scores}
    assert categories == {"interview", "sft"}
    assert assessment.verdict is not None
    assert assessment.verdict.document["decision"] == "needs_review"
    assert assessment.verdict.document["next"]["actor"] == "reviewer"


async def test_a_person_completes_a_strong_case_and_the_rule_says_qualified(world: World) -> None:
    assessment = await plays.submitted(world, "full")
    first = assessment.verdict
    rita = await plays.reviewer(world)

    assessment = await plays.reviewed(world, assessment, rita)

    assert first is not None
    assert assessment.verdict is not None
    assert assessment.verdict.document["decision"] == "qualified"
    history = await world.delivering.history("acme", assessment.id)
    assert history[0].id == first.verdict_id
    assert history[-1].id == assessment.verdict.verdict_id
    assert assessment.verdict.document["supersedes"] == history[-2].id


async def test_at_most_one_verdict_is_live(world: World) -> None:
    assessment = await plays.submitted(world)
    await plays.reviewed(world, assessment, await plays.reviewer(world))

    history = await world.delivering.history("acme", assessment.id)

    assert [stored.status for stored in history] == ["superseded", "issued"]
    assert history[0].superseded_by == history[1].id


async def test_a_weak_case_is_only_proposed_as_not_qualified_until_a_person_confirms(world: World) -> None:
    assessment = await plays.submitted(world, "full", level=1)
    rita = await plays.reviewer(world)
    assessment = await plays.reviewed(world, assessment, rita, level=1)
    assert assessment.verdict is not None
    assert assessment.verdict.document["decision"] == "needs_review"

    decided = await world.reviewing.decide(
        rita, assessment.id, "not_qualified", "The answers show little of it."
    )

    assert decided.verdict is not None
    assert decided.verdict.document["decision"] == "not_qualified"
    assert decided.verdict.document["decided_by"] == "person"


async def test_under_the_careful_default_policy_a_rule_decides_nothing(tmp_path: Path, address: str) -> None:
    async with build(tmp_path, address, policy=Policy()) as world:
        assessment = await plays.submitted(world, "full")
        assessment = await plays.reviewed(world, assessment, await plays.reviewer(world))

        assert assessment.verdict is not None
        assert assessment.verdict.document["decision"] == "needs_review"
        codes = [reason["code"] for reason in assessment.verdict.document["reasons"]]
        assert "basis_below_policy" in codes


async def test_what_is_stored_is_what_was_signed(world: World) -> None:
    assessment = await plays.submitted(world)

    stored = await world.delivering.verdict("acme", assessment.id)

    assert verify(stored.jws, world.signer.jwks(), demonstration=True) == stored.document
    assert read_verdict(stored.document).assessment_id == assessment.id


async def test_a_verdict_carries_no_words_of_the_candidate(world: World) -> None:
    assessment = await plays.submitted(world)
    said = [turn.text for turn in assessment.transcript.turns if turn.speaker == "candidate"]

    stored = await world.delivering.verdict("acme", assessment.id)

    document = json.loads(stored.document)
    assert not any(text[:40] in json.dumps(document, ensure_ascii=False) for text in said)


async def test_before_there_is_a_verdict_the_platform_learns_when_to_ask_again(world: World) -> None:
    assessment = await plays.begun(world)

    with pytest.raises(VerdictNotReady) as refused:
        await world.delivering.verdict("acme", assessment.id)

    assert refused.value.status == "in_progress"
    assert refused.value.retry_after


async def test_where_there_will_never_be_a_verdict_nobody_is_told_to_ask_again(world: World) -> None:
    assessment = await plays.begun(world)
    await world.ordering.cancel("acme", assessment.id)

    with pytest.raises(VerdictNotReady, match="will not get a verdict") as refused:
        await world.delivering.verdict("acme", assessment.id)

    assert refused.value.retry_after is None


async def test_another_tenants_verdict_and_case_look_like_none(world: World) -> None:
    assessment = await plays.submitted(world)
    await world.access.add_tenant("other", "Other", Policy())
    stranger = await plays.reviewer(world, "other", "oscar@other.example")

    with pytest.raises(NotFound):
        await world.delivering.verdict("other", assessment.id)
    with pytest.raises(NotFound):
        await world.reviewing.case(stranger, assessment.id)
    assert await world.reviewing.queue(stranger) == ()


@pytest.mark.parametrize("stop_before", ["begin", "issue", "score"])
async def test_a_workflow_killed_between_steps_goes_on_to_the_same_scores(
    world: World, stop_before: str
) -> None:
    assessment = await plays.interviewed(world)
    person = await plays.candidate(world, 4)
    for place in assessment.form.tasks:
        await world.answering.hand_in(assessment.id, place.item_id, person.response(place.item_id))
    last = assessment.form.items[-1].item_id
    steps = StepsInPlace(stop_before=f"score {last}" if stop_before == "score" else stop_before)
    world.jobs.steps = steps
    with pytest.raises(KeyboardInterrupt):
        await world.answering.submit(assessment.id)

    steps.stop_before = None
    await world.scoring.workflow(steps, assessment.id)
    await world.scoring.workflow(StepsInPlace(), assessment.id)  # and once more from nothing

    history = await world.delivering.history("acme", assessment.id)
    assert len(history) == 1
    decided = await world.log.load(assessment.id)
    assert {item for item, _ in decided.scores} == {place.item_id for place in decided.form.items}


async def test_a_fault_of_ours_in_scoring_holds_the_assessment_and_scores_nothing(world: World) -> None:
    assessment = await plays.interviewed(world)
    world.content.broken = True

    await world.answering.submit(assessment.id)

    held = await world.log.load(assessment.id)
    assert held.status is Status.TECHNICAL_HOLD
    assert held.scores == {}

    world.content.broken = False
    rita = await plays.reviewer(world)
    assert [case.id for case in await world.reviewing.queue(rita)] == [assessment.id]

    await world.reviewing.retry_scoring(rita, assessment.id)

    assert (await world.log.load(assessment.id)).status is Status.DECIDED


async def test_work_is_never_scored_with_a_key_that_was_edited_after_the_draw(world: World) -> None:
    assessment = await plays.interviewed(world)
    library = await world.content.library()
    place = assessment.form.tasks[0]
    item = library.item("python", place.item_id)
    items = {**library.items["python"], item.id: item.changed(difficulty=item.difficulty % 5 + 1)}
    world.content.edited = library.changed(items={"python": items})

    await world.answering.submit(assessment.id)

    held = await world.log.load(assessment.id)
    assert held.status is Status.TECHNICAL_HOLD
    assert not any(scored == item.id for scored, _ in held.scores)

    world.content.edited = None
    await world.reviewing.retry_scoring(await plays.reviewer(world), assessment.id)
    assert (await world.log.load(assessment.id)).status is Status.DECIDED


async def test_the_decisive_criterion_comes_first(world: World) -> None:
    assessment = await plays.submitted(world, "full")

    case = await world.reviewing.case(await plays.reviewer(world), assessment.id)

    weights = {competency.id: competency.weight for competency in case.track.competencies}
    keys = [(not s.required, -s.weight * weights[s.competency]) for s in case.open]
    assert keys == sorted(keys)


async def test_opening_a_transcript_is_itself_a_fact(world: World) -> None:
    assessment = await plays.submitted(world)
    rita = await plays.reviewer(world)

    await world.reviewing.case(rita, assessment.id)

    events = await world.store.events(assessment.id)
    assert events[-1].fact == e.TranscriptOpened(reviewer=rita.id)


async def test_a_reviewers_quote_must_be_the_candidates_own_words(world: World) -> None:
    assessment = await plays.submitted(world)
    rita = await plays.reviewer(world)
    score = assessment.open_scores[0]

    with pytest.raises(InvalidInput, match="own words"):
        await world.reviewing.score(
            rita,
            assessment.id,
            score.item_id,
            score.criterion,
            Mark.MET,
            "Good.",
            "words nobody ever wrote here",
        )


async def test_of_two_reviewers_who_score_one_criterion_the_second_is_told(world: World) -> None:
    assessment = await plays.submitted(world)
    rita = await plays.reviewer(world)
    other = await plays.reviewer(world, email="ole@acme.example")
    score = assessment.open_scores[0]
    await world.reviewing.score(rita, assessment.id, score.item_id, score.criterion, Mark.MET, "Yes.")

    with pytest.raises(Conflict, match="scored meanwhile"):
        await world.reviewing.score(other, assessment.id, score.item_id, score.criterion, Mark.UNMET, "No.")


async def test_a_decision_needs_a_reason_that_says_something(world: World) -> None:
    assessment = await plays.submitted(world)
    rita = await plays.reviewer(world)

    with pytest.raises(InvalidInput, match="reason"):
        await world.reviewing.decide(rita, assessment.id, "inconclusive", "no")


async def test_a_person_may_say_that_an_attempt_cannot_be_judged(world: World) -> None:
    assessment = await plays.submitted(world)
    rita = await plays.reviewer(world)

    decided = await world.reviewing.decide(
        rita, assessment.id, "inconclusive", "The recording of the interview is unusable."
    )

    assert decided.verdict is not None
    assert decided.verdict.document["decision"] == "inconclusive"
    assert decided.verdict.document["retake_after"] is not None


async def test_scoring_before_submission_is_refused(world: World) -> None:
    assessment = await plays.begun(world)
    rita = await plays.reviewer(world)

    with pytest.raises(IllegalTransition):
        await world.reviewing.score(rita, assessment.id, "any", "any", Mark.MET, "Yes.")


async def test_the_chain_holds_after_a_whole_assessment(world: World) -> None:
    assessment = await plays.submitted(world, "full")

    assert await world.store.verify_chain(assessment.id) == assessment.seq


async def test_a_verdict_that_a_crash_kept_from_being_issued_is_issued_when_somebody_looks(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assessment = await plays.submitted(world, "full")
    rita = await plays.reviewer(world)

    async def cut_off(_assessment_id: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(world.scoring, "issue", cut_off)
        with pytest.raises(KeyboardInterrupt):
            await plays.reviewed(world, assessment, rita)
    await world.reviewing.case(rita, assessment.id)
    await world.reviewing.case(rita, assessment.id)

    history = await world.delivering.history("acme", assessment.id)
    assert len(history) == 2
    live = await world.delivering.verdict("acme", assessment.id)
    assert read_verdict(live.document).decision == "qualified"
