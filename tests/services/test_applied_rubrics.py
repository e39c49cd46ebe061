"""A candidate's rubric through the services: applied, recorded, replayed, shown to a reviewer."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from assessor.domain.assessment import Assessment
from assessor.domain.errors import ModelFault
from assessor.domain.item import Category, RubricWritingItem
from assessor.domain.policy import Policy
from assessor.domain.score import Score, Unscored
from assessor.ports import ModelReply, ModelRequest
from assessor.scoring.applied_rubric import APPLIED_SHARES
from assessor.services.marking import Mark
from assessor.services.rescoring import Terms
from assessor.services.reviewing import CaseItem
from tests.services import attempts, plays
from tests.services.grading import GradingModel
from tests.world import PILOT, World
from tests.world import world as build

JUDGED = Policy(judge_may_score=True, least_basis=PILOT.least_basis)


class Applying(GradingModel):
    """Grades, and is gone once it has applied a rubric to so many responses."""

    def __init__(self, name: str = "grader", gone_after: int | None = None) -> None:
        super().__init__(name)
        self.applied: list[str] = []
        self._gone_after = gone_after

    async def complete(self, request: ModelRequest) -> ModelReply:
        if "THE CRITERIA" in request.user:
            if len(self.applied) == self._gone_after:
                raise ModelFault("unavailable", "no connection")
            self.applied.append(request.idempotency_key)
        return await super().complete(request)


Built = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture
def built(tmp_path: Path, migrated_file: Path) -> Built:
    """Builds a world on SQLite: what the log keeps is tested on each database."""

    @asynccontextmanager
    async def world(model: GradingModel | None, policy: Policy = JUDGED) -> AsyncIterator[World]:
        folder = tmp_path / "data"
        folder.mkdir()
        shutil.copy(migrated_file, folder / "assessor.db")
        async with build(folder, f"sqlite:///{folder / 'assessor.db'}", model=model, policy=policy) as one:
            yield one

    return world


def scores_of(assessment: Assessment) -> dict[str, Score]:
    """Return the scores of the rubric writing task."""
    return {
        criterion: score
        for (_, criterion), score in assessment.scores.items()
        if score.category is Category.RUBRIC_WRITING
    }


async def case_item(world: World, assessment: Assessment, email: str = "rita@acme.example") -> CaseItem:
    rita = await plays.reviewer(world, email=email)
    case = await world.reviewing.case(rita, assessment.id)
    return next(one for one in case.items if one.item.category is Category.RUBRIC_WRITING)


async def test_a_model_applies_the_rubric_and_the_reviewer_sees_what_it_found(built: Built) -> None:
    model = Applying()
    async with built(model) as world:
        assessment = await plays.submitted(world, "full")
        calls = len(model.judged)
        shown = await case_item(world, assessment)
        replayed = await attempts.replaying(world).replay(assessment.id)

    scores = scores_of(assessment)
    assert isinstance(shown.item, RubricWritingItem)
    assert {scores[name].rater for name in APPLIED_SHARES} == {"judge:grader"}
    assert any(scores[name].value for name in APPLIED_SHARES)
    assert all(scores[name].evidence for name in APPLIED_SHARES if scores[name].value)
    assert shown.applied is not None
    assert [[*row] for row in shown.applied] == [
        [response.id for response in shown.item.key.hidden_responses]
    ] * len(getattr(shown.response, "rows", ()))
    assert "met" in {verdict for row in shown.applied for verdict in row.values()}
    assert len(model.applied) == len(shown.item.key.hidden_responses)
    assert len(model.judged) == calls
    assert (replayed.is_equal, replayed.differences) == (True, ())


@pytest.mark.parametrize("gone_after", [0, 2, 5])
async def test_a_model_that_goes_away_meanwhile_leaves_it_to_a_person_and_replays_so(
    built: Built, gone_after: int
) -> None:
    async with built(Applying(gone_after=gone_after)) as world:
        assessment = await plays.submitted(world, "full")
        shown = await case_item(world, assessment)
        replayed = await attempts.replaying(world).replay(assessment.id)

    found = [scores_of(assessment)[name] for name in APPLIED_SHARES]
    assert {(one.unscored, one.rater) for one in found} == {(Unscored.MODEL_UNAVAILABLE, "none")}
    assert shown.applied is None
    assert (replayed.is_equal, replayed.differences) == (True, ())


@pytest.mark.parametrize(
    ("model", "policy", "why"),
    [
        (Applying(), PILOT, Unscored.POLICY_WANTS_PERSON),
        (None, JUDGED, Unscored.WAITS_FOR_PERSON),
    ],
    ids=["the policy wants a person", "no model is set"],
)
async def test_without_a_judge_a_person_scores_the_same_criteria(
    built: Built, model: Applying | None, policy: Policy, why: Unscored
) -> None:
    async with built(model, policy) as world:
        assessment = await plays.submitted(world, "full")
        rita = await plays.reviewer(world)
        item_id = assessment.form.of(Category.RUBRIC_WRITING)[0].item_id
        for name in APPLIED_SHARES:
            await world.reviewing.score(rita, assessment.id, item_id, name, Mark.MET, "It does.")
        scored = await world.log.load(assessment.id)
        library = await world.content.library()
        rubric = library.rubric(library.item("python", item_id).rubric or "")

    waiting = scores_of(assessment)
    assert set(waiting) == {"lint", *APPLIED_SHARES, *(one.id for one in rubric.criteria)}
    assert {waiting[name].unscored for name in APPLIED_SHARES} == {why}
    assert {scores_of(scored)[name].value for name in APPLIED_SHARES} == {1.0}
    assert model is None or not model.applied


async def test_scoring_again_applies_the_rubric_anew_and_keeps_what_people_scored(built: Built) -> None:
    async with built(None) as world:
        assessment = await plays.submitted(world, "full")
        rita = await plays.reviewer(world)
        item_id = assessment.form.of(Category.RUBRIC_WRITING)[0].item_id
        by_rita, *others = APPLIED_SHARES
        await world.reviewing.score(rita, assessment.id, item_id, by_rita, Mark.MET, "It does.")
        model = Applying("newer")
        await attempts.rescoring(world, model).rescore(
            assessment.id, Terms(by="anna", reason=attempts.REASON)
        )
        after = scores_of(await world.log.load(assessment.id))
        replayed = await attempts.replaying(world).replay(assessment.id)

    assert after[by_rita].rater == f"person:{rita.id}"
    assert {after[name].rater for name in others} == {"judge:newer"}
    assert model.applied
    assert (replayed.is_equal, replayed.differences) == (True, ())


async def test_what_people_scored_in_full_costs_no_call(built: Built) -> None:
    async with built(None) as world:
        assessment = await plays.submitted(world, "full")
        await plays.reviewed(world, assessment, await plays.reviewer(world))
        model = Applying("newer")
        await attempts.rescoring(world, model).rescore(
            assessment.id, Terms(by="anna", reason=attempts.REASON)
        )

    assert model.applied == []
    assert model.judged == []
