"""Scoring with a judge: what is committed is not paid for again, whenever the process ends."""

from collections import Counter
from pathlib import Path

import pytest

from assessor.domain.assessment import Assessment
from assessor.domain.events import ModelReplied
from assessor.domain.policy import Grade, Policy
from assessor.domain.score import Score
from assessor.ports import ModelRequest
from assessor.services.scoring import work_of
from tests.scoring.graders import Grader, Row, bench, crediting, fault, first_words
from tests.services import plays
from tests.world import World
from tests.world import world as build

JUDGED = Policy(least_basis=Grade.PROVISIONAL, judge_may_score=True)


class Killed(BaseException):
    """The process ended."""


class Mortal(Grader):
    """Finds what the shipped rubrics ask for, with doubts about some; ends the process at one call."""

    def __init__(self, ends_at: int | None = None) -> None:
        super().__init__(self._said)
        self.texts: set[str] = set()
        self.has_ended = False
        self._ends_at = ends_at
        self.answered: Counter[str] = Counter()

    def answer(self, request: ModelRequest) -> str | Exception:
        if request.purpose == "judge":
            if sum(self.answered.values()) == self._ends_at:
                self._ends_at, self.has_ended = None, True
                raise Killed
            self.answered[request.idempotency_key] += 1
        return super().answer(request)

    def _said(self, text: str, own: str) -> Row | None:
        if text not in self.texts:
            return None
        return {"quotes": [first_words(own)], "probability": 0.7 if len(text) % 2 else 0.95}


@pytest.fixture(params=["sqlite"])
def kind(request: pytest.FixtureRequest) -> str:
    """One kind of database is enough here: what the log keeps is tested on each."""
    return str(request.param)


async def texts(world: World) -> set[str]:
    library = await world.content.library()
    return {one.text for rubric in library.rubrics.values() for one in rubric.criteria}


async def judged(world: World, model: Mortal) -> Assessment:
    """Play an assessment whose process ends once, and take its scoring up again."""
    try:
        return await plays.submitted(world)
    except Killed:
        (row,) = await world.store.assessments("acme")
        assert world.jobs.workflow is not None
        await world.jobs.workflow(world.jobs.steps, row.id)
        return await world.log.load(row.id)


async def replies_of(world: World, assessment: Assessment) -> list[ModelReplied]:
    facts = [event.fact for event in await world.store.events(assessment.id)]
    return [fact for fact in facts if isinstance(fact, ModelReplied) and fact.purpose == "judge"]


async def rated_again(world: World, assessment: Assessment) -> dict[tuple[str, str], Score]:
    """Score by the recorded replies alone."""
    silent = Grader(crediting(), "m1")
    silent.spoil = lambda _call, _rows: fault("unavailable")
    judge, library = bench(silent).judge, await world.content.library()
    found = {}
    for place in assessment.form.items:
        work = work_of(assessment, library.item("python", place.item_id), library)
        for score in await judge.rate(work, assessment.replies, nobody_records):
            found[score.item_id, score.criterion] = score
    assert silent.history == []
    return found


async def nobody_records(replied: ModelReplied) -> None:
    raise AssertionError(f"{replied.request_hash} was recorded already")


@pytest.mark.parametrize("ends_at", [None, 0, 1, 2, 3, 4, 5])
async def test_wherever_the_process_ends_no_committed_reply_is_paid_for_twice(
    tmp_path: Path, address: str, ends_at: int | None
) -> None:
    model = Mortal(ends_at)
    async with build(tmp_path, address, model=model, policy=JUDGED) as world:
        model.texts |= await texts(world)
        assessment = await judged(world, model)
        replies = await replies_of(world, assessment)
        again = await rated_again(world, assessment)
        verdicts = await world.store.verdicts(assessment.id)

    assert len(replies) >= 6
    assert model.has_ended is (ends_at is not None)
    assert model.answered == {reply.request_hash: 1 for reply in replies}
    by_judge = {place: s for place, s in assessment.scores.items() if s.rater == "judge:m1"}
    assert by_judge
    assert again == by_judge
    assert any(score.value for score in by_judge.values())
    assert [verdict.status for verdict in verdicts] == ["issued"]
