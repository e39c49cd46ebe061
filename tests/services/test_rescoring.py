"""Stored work scored again: what changes is shown, recorded with a reason, and never against a person."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assessor.adapters.signing import verify
from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict, IllegalTransition, InvalidInput, ModelFault
from assessor.domain.policy import Policy
from assessor.domain.rubric import Rubric
from assessor.domain.verdict import read_verdict
from assessor.ports import ModelReply, ModelRequest
from assessor.services.marking import Mark
from assessor.services.rescoring import Terms
from tests.services import attempts, plays
from tests.services.grading import GradingModel
from tests.world import PILOT, World
from tests.world import world as build

JUDGED = Policy(judge_may_score=True, least_basis=PILOT.least_basis)
TERMS = Terms(by="anna", reason=attempts.REASON)
LOOK = Terms(by="anna", dry_run=True)


class Unreachable(GradingModel):
    """A provider that is down."""

    async def complete(self, request: ModelRequest) -> ModelReply:
        raise ModelFault("unavailable", f"no connection for {request.purpose}")


@pytest.fixture
async def judged(tmp_path: Path, migrated_file: Path) -> AsyncIterator[World]:
    file = tmp_path / "data" / "assessor.db"
    file.parent.mkdir()
    shutil.copy(migrated_file, file)
    async with build(tmp_path, f"sqlite:///{file}", model=GradingModel(), policy=JUDGED) as built:
        yield built


async def rubric_of_the_interview(world: World, assessment: Assessment) -> Rubric:
    library = await world.content.library()
    item = library.item("python", assessment.form.items[0].item_id)
    return library.rubric(item.rubric or "")


def interview(assessment: Assessment) -> str:
    return assessment.form.items[0].item_id


async def test_a_dry_run_shows_what_would_change_and_records_nothing(judged: World) -> None:
    assessment = await plays.submitted(judged)
    before = await judged.store.events(assessment.id)

    shown = await attempts.rescoring(judged, GradingModel("newer")).rescore(assessment.id, LOOK)

    assert shown.outcome == "dry_run"
    assert {change.after.rater for change in shown.changes if change.after} == {"judge:newer"}
    assert {change.is_of_result for change in shown.changes} == {True, False}
    assert await judged.store.events(assessment.id) == before


async def test_another_model_is_recorded_with_its_reason_and_supersedes(judged: World) -> None:
    assessment = await plays.submitted(judged)

    done = await attempts.rescoring(judged, GradingModel("newer")).rescore(assessment.id, TERMS)

    after = await judged.log.load(assessment.id)
    assert done.outcome == "recorded"
    assert after.rescored is not None
    assert (after.rescored.by, after.rescored.reason, after.rescored.models) == (
        "anna",
        TERMS.reason,
        ("newer",),
    )
    first, second = await judged.store.verdicts(assessment.id)
    assert (first.status, first.superseded_by, second.status) == ("superseded", second.id, "issued")
    document = read_verdict(verify(second.jws, judged.signer.jwks(), demonstration=True))
    assert (document.decision, document.score) == (done.after.decision, done.after.score)
    assert document.basis.raters == ("judge:newer", "rule")
    assert (await attempts.replaying(judged).replay(assessment.id)).is_equal


async def test_a_dry_run_foretells_exactly_what_is_then_recorded(judged: World) -> None:
    assessment = await plays.submitted(judged, level=2)

    foretold = await attempts.rescoring(judged, GradingModel("newer")).rescore(assessment.id, LOOK)
    done = await attempts.rescoring(judged, GradingModel("newer")).rescore(assessment.id, TERMS)

    assert (foretold.changes, foretold.after) == (done.changes, done.after)


async def test_doing_it_twice_is_doing_it_once_and_pays_once(judged: World) -> None:
    assessment = await plays.submitted(judged)
    newer = GradingModel("newer")
    await attempts.rescoring(judged, newer).rescore(assessment.id, TERMS)
    paid, events = len(newer.judged), await judged.store.events(assessment.id)

    again = await attempts.rescoring(judged, newer).rescore(assessment.id, TERMS)

    assert (again.outcome, again.changes) == ("unchanged", ())
    assert len(newer.judged) == paid > 0
    assert await judged.store.events(assessment.id) == events


async def test_another_rubric_replaces_the_criteria_and_is_bound_by_the_verdict(judged: World) -> None:
    assessment = await plays.submitted(judged)
    rubric = await rubric_of_the_interview(judged, assessment)
    dropped, kept = rubric.criteria[0].id, rubric.criteria[1:]
    new = rubric.criteria[0].changed(id="says-why", text="Says why the chosen way is better than others.")
    other = rubric.changed(version=rubric.version + 1, criteria=(*kept, new), anchors=())

    done = await attempts.rescoring(judged, GradingModel()).rescore(
        assessment.id, Terms(by="anna", reason=TERMS.reason, rubrics=(other,))
    )

    after = await judged.log.load(assessment.id)
    item = interview(assessment)
    changes = {change.criterion: change for change in done.changes if change.item_id == item}
    assert changes[dropped].after is None
    assert changes["says-why"].before is None
    assert {name for scored, name in after.scores if scored == item} == {c.id for c in other.criteria}
    assert after.rubrics == {rubric.id: other}
    assert after.verdict is not None
    assert assessment.verdict is not None
    assert after.verdict.document["hashes"]["rubrics"] != assessment.verdict.document["hashes"]["rubrics"]
    case = await judged.reviewing.case(await plays.reviewer(judged), assessment.id)
    assert next(one.rubric for one in case.items if one.item.id == item) == other
    assert (await attempts.replaying(judged).replay(assessment.id)).is_equal


async def test_what_a_person_scored_stands_and_costs_no_call(world: World) -> None:
    assessment = await plays.submitted(world)
    assessment = await plays.reviewed(world, assessment, await plays.reviewer(world))
    newer = GradingModel("newer")

    shown = await attempts.rescoring(world, newer).rescore(assessment.id, LOOK)

    assert (shown.changes, newer.judged) == ((), [])
    assert shown.by_people == sum(score.rater_kind == "person" for score in assessment.scores.values()) > 0


async def test_another_weight_leaves_what_a_person_said_and_other_words_ask_anew(world: World) -> None:
    assessment = await plays.submitted(world)
    assessment = await plays.reviewed(world, assessment, await plays.reviewer(world))
    rubric = await rubric_of_the_interview(world, assessment)
    heavier, reworded, *rest = rubric.criteria
    other = rubric.changed(
        criteria=(
            heavier.changed(weight=9.0),
            reworded.changed(text="Says in which order the steps have to come."),
            *rest,
        )
    )

    shown = await attempts.rescoring(world, None).rescore(
        assessment.id, Terms(by="anna", dry_run=True, rubrics=(other,))
    )

    changes = {change.criterion: change for change in shown.changes}
    assert set(changes) == {heavier.id, reworded.id}
    after = changes[heavier.id].after
    before = changes[heavier.id].before
    assert after is not None
    assert before is not None
    assert (after.value, after.rater, after.weight) == (before.value, before.rater, 9.0)
    anew = changes[reworded.id].after
    assert anew is not None
    assert anew.is_open


async def test_a_person_s_decision_is_final_and_is_only_looked_at(judged: World) -> None:
    assessment = await plays.submitted(judged)
    rita = await plays.reviewer(judged)
    for score in assessment.open_scores:
        await judged.reviewing.score(
            rita, assessment.id, score.item_id, score.criterion, Mark.CANNOT_ASSESS, "Unclear."
        )
    await judged.reviewing.decide(rita, assessment.id, "inconclusive", "The answers contradict each other.")
    events, newer = await judged.store.events(assessment.id), GradingModel("newer")

    done = await attempts.rescoring(judged, newer).rescore(assessment.id, TERMS)
    shown = await attempts.rescoring(judged, newer).rescore(assessment.id, LOOK)

    assert (done.outcome, done.changes) == ("final", ())
    assert shown.changes
    assert (shown.after.decision, shown.after.decided_by) == ("inconclusive", "person")
    assert await judged.store.events(assessment.id) == events


async def test_a_fault_of_ours_costs_no_score(judged: World) -> None:
    assessment = await plays.submitted(judged)
    events = await judged.store.events(assessment.id)

    done = await attempts.rescoring(judged, Unreachable("newer")).rescore(assessment.id, TERMS)

    assert done.outcome == "fault"
    assert await judged.store.events(assessment.id) == events


async def test_who_scores_meanwhile_is_not_overwritten(judged: World) -> None:
    assessment = await plays.submitted(judged)
    rita, score = await plays.reviewer(judged), assessment.open_scores[0]

    class Interrupted(GradingModel):
        """While it thinks, a person is quicker."""

        async def complete(self, request: ModelRequest) -> ModelReply:
            if not self.judged:
                await judged.reviewing.score(
                    rita, assessment.id, score.item_id, score.criterion, Mark.MET, "Read with care."
                )
            return await super().complete(request)

    with pytest.raises(Conflict, match="meanwhile"):
        await attempts.rescoring(judged, Interrupted("newer")).rescore(assessment.id, TERMS)

    after = await judged.log.load(assessment.id)
    assert after.scores[score.item_id, score.criterion].rater_kind == "person"
    assert after.rescored is None


async def test_what_is_not_decided_cannot_be_scored_again(judged: World) -> None:
    assessment = await plays.begun(judged)

    with pytest.raises(IllegalTransition, match="scoring again"):
        await attempts.rescoring(judged, GradingModel()).rescore(assessment.id, LOOK)


async def test_without_a_model_what_one_scored_is_not_thrown_away(judged: World) -> None:
    assessment = await plays.submitted(judged)

    with pytest.raises(Conflict, match="none is set now"):
        await attempts.rescoring(judged, None).rescore(assessment.id, LOOK)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"id": "no-such-rubric"}, "no-such-rubric"),
        ({"competency": "juggling"}, "juggling"),
    ],
)
async def test_a_rubric_that_does_not_fit_is_refused(
    judged: World, changes: dict[str, str], named: str
) -> None:
    assessment = await plays.submitted(judged)
    rubric = await rubric_of_the_interview(judged, assessment)
    other = (
        rubric.changed(**changes)
        if "id" in changes
        else rubric.changed(criteria=tuple(one.changed(**changes) for one in rubric.criteria))
    )

    with pytest.raises(InvalidInput, match=named):
        await attempts.rescoring(judged, GradingModel()).rescore(
            assessment.id, Terms(by="anna", dry_run=True, rubrics=(other,))
        )


@pytest.mark.parametrize("reason", ["", "   ", "too short"])
async def test_without_a_reason_nothing_is_recorded(judged: World, reason: str) -> None:
    assessment = await plays.submitted(judged)

    with pytest.raises(InvalidInput, match="reason"):
        await attempts.rescoring(judged, GradingModel("newer")).rescore(
            assessment.id, Terms(by="anna", reason=reason)
        )


async def test_the_log_tells_it_in_one_transaction_with_every_score(judged: World) -> None:
    assessment = await plays.submitted(judged)

    await attempts.rescoring(judged, GradingModel("newer")).rescore(assessment.id, TERMS)

    facts = [event.fact for event in await judged.store.events(assessment.id)]
    at = next(place for place, fact in enumerate(facts) if isinstance(fact, e.ScoringRepeated))
    scored = [fact.item_id for fact in facts[at + 1 : -1] if isinstance(fact, e.ResponseScored)]
    assert scored == [place.item_id for place in assessment.form.items]
    assert isinstance(facts[-1], e.VerdictIssued)
