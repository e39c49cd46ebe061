"""A candidate appeals; somebody who has seen no score answers; the verdict follows, and is never worse."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from assessor.domain import events as e
from assessor.domain.appeal import Choice
from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict, IllegalTransition, InvalidInput, NotFound, TooLarge
from assessor.domain.item import Category
from assessor.ports import Reviewer
from assessor.services.appealing import MAX_NOTE_CHARS, Appealing, Filing, appeal_until
from assessor.services.hearing import Answer, Hearing
from assessor.services.marking import Mark
from tests.services import attempts, plays
from tests.world import PILOT, World

REASON = "The second sentence says it in so many words."
AGAINST = "The answers show too little of what the work asks for."


@pytest.fixture(params=["sqlite"])
def kind(request: pytest.FixtureRequest) -> str:
    """One kind of database is enough here."""
    return str(request.param)


@dataclass
class Case:
    """Somebody whom Rita has decided against; Eve has seen nothing of it."""

    world: World
    id: str
    rita: Reviewer
    eve: Reviewer
    appealing: Appealing
    hearing: Hearing

    async def load(self) -> Assessment:
        return await self.world.log.load(self.id)

    async def choices(self, category: Category) -> list[Choice]:
        found = self.appealing.choices(await self.load())
        return [one for one in found if one.scores[0].category is category]

    async def file(self, *choices: Choice, **changes: Any) -> Assessment:
        filing = Filing("appeal-0001", [one.key for one in choices], "overlooked", "Look at the end.")
        return await self.appealing.file(self.id, replace(filing, **changes))

    async def answer(self, mark: str, by: Reviewer | None = None, reason: str = REASON) -> Assessment:
        """Answer whatever is left, one item after the other."""
        reviewer = by or self.eve
        found = await self.load()
        while item := await self.hearing.next_item(reviewer, self.id):
            given = {one.before.criterion: Answer(mark, reason) for one in item.appeals}
            found = await self.hearing.answer(reviewer, self.id, item.item.item.id, given)
        return found


@pytest.fixture
async def case(world: World) -> Case:
    assessment = await plays.submitted(world)
    rita = await plays.reviewer(world)
    for score in (await world.reviewing.case(rita, assessment.id)).open:
        await world.reviewing.score(
            rita, assessment.id, score.item_id, score.criterion, Mark.UNMET, "Not there."
        )
    await world.reviewing.decide(rita, assessment.id, "not_qualified", AGAINST)
    eve = await plays.reviewer(world, email="eve@acme.example")
    appealing = Appealing(world.log, world.clock)
    return Case(world, assessment.id, rita, eve, appealing, Hearing(world.log, world.content, world.scoring))


async def test_an_appeal_waits_in_the_queue_of_the_platform_with_its_date(case: Case) -> None:
    assert await case.world.reviewing.queue(case.eve) == ()
    one, *_ = await case.choices(Category.SFT)

    filed = await case.file(one)

    (row,) = await case.world.reviewing.queue(case.eve)
    assert (row.id, row.needs_person) == (case.id, False)
    assert row.appeal_due == case.world.clock.now() + timedelta(days=filed.policy.review_days)


async def test_who_answers_sees_the_work_and_the_appeal_and_not_one_score(case: Case) -> None:
    one, other, *_ = await case.choices(Category.SFT)
    await case.file(one, other)

    found = await case.hearing.next_item(case.eve, case.id)

    assert found is not None
    assert (found.item.scores, found.item.applied, bool(found.item.noticed)) == ((), None, False)
    assert [appeal.place for appeal in found.appeals] == [
        (choice.item_id, choice.scores[0].criterion) for choice in (one, other)
    ]
    assert found.appeals[0].note == "Look at the end."
    assert case.eve.id not in (await case.load()).opened_by


async def test_who_has_scored_or_seen_the_case_does_not_answer(case: Case) -> None:
    one, *_ = await case.choices(Category.SFT)
    await case.file(one)
    given = {one.scores[0].criterion: Answer("met", REASON)}

    with pytest.raises(Conflict, match="seen its scores"):
        await case.hearing.next_item(case.rita, case.id)
    with pytest.raises(Conflict, match="seen its scores"):
        await case.hearing.answer(case.rita, case.id, one.item_id, given)
    await case.world.reviewing.case(case.eve, case.id)
    with pytest.raises(Conflict, match="seen its scores"):
        await case.hearing.answer(case.eve, case.id, one.item_id, given)


async def test_a_kept_score_leaves_verdict_and_decision_as_they_are(case: Case) -> None:
    before = await case.load()
    one, *_ = await case.choices(Category.SFT)
    await case.file(one)

    after = await case.answer("unmet")

    assert (after.verdict, after.scores) == (before.verdict, before.scores)
    answer = after.appeals[one.item_id, one.scores[0].criterion].answer
    assert answer is not None
    assert (answer.outcome, answer.reason) == ("kept", REASON)
    assert await case.world.reviewing.queue(case.eve) == ()


async def test_a_raised_score_supersedes_the_verdict_and_reopens_the_decision(case: Case) -> None:
    before = await case.load()
    chosen = await case.choices(Category.SFT)
    await case.file(*chosen)

    after = await case.answer("met")

    assert before.verdict is not None
    assert after.verdict is not None
    assert after.verdict.supersedes == before.verdict.verdict_id
    assert after.decision in {"needs_review", "qualified"}
    assert after.verdict.document["score"] > before.verdict.document["score"]
    assert "raised_by_appeal" in [one["code"] for one in after.verdict.document["reasons"]]
    assert {after.scores[one.item_id, one.scores[0].criterion].rater for one in chosen} == {
        f"person:{case.eve.id}"
    }
    assert (await attempts.replaying(case.world).replay(case.id)).is_equal


async def test_a_person_decides_again_after_a_reopened_decision(case: Case) -> None:
    one, *_ = await case.choices(Category.SFT)
    await case.file(one)
    reopened = await case.answer("met")
    assert reopened.decision == "needs_review"

    decided = await case.world.reviewing.decide(
        case.eve, case.id, "qualified", "With what was overlooked, the work is strong."
    )

    assert (decided.decision, decided.needs_person) == ("qualified", False)
    assert (await attempts.replaying(case.world).replay(case.id)).is_equal


async def test_several_items_make_one_verdict_after_the_last_answer(case: Case) -> None:
    sft, *_ = await case.choices(Category.SFT)
    interview, *_ = await case.choices(Category.INTERVIEW)
    before = len(await case.world.store.verdicts(case.id))
    await case.file(sft, interview)

    first = await case.hearing.next_item(case.eve, case.id)
    assert first is not None
    given = {one.before.criterion: Answer("met", REASON) for one in first.appeals}
    await case.hearing.answer(case.eve, case.id, first.item.item.id, given)
    between = len(await case.world.store.verdicts(case.id))
    await case.answer("unmet")

    assert first.left == 2
    assert (between, len(await case.world.store.verdicts(case.id))) == (before, before + 1)


async def test_a_verdict_that_a_crash_left_out_is_issued_when_somebody_opens_the_appeal(case: Case) -> None:
    one, *_ = await case.choices(Category.SFT)
    filed = await case.file(one)
    standing = one.scores[0]
    raised = standing.changed(value=1.0, rater=f"person:{case.eve.id}", reason=REASON)
    answered = e.AppealAnswered(
        reviewer=case.eve.id,
        item_id=one.item_id,
        criterion=standing.criterion,
        mark="met",
        outcome="raised",
        reason=REASON,
        is_last=True,
    )
    facts: list[e.Fact] = [e.ResponseScored(item_id=one.item_id, scores=(raised,)), answered]
    await case.world.log.change(case.id, lambda _a, _now: facts)
    assert [row.id for row in await case.world.reviewing.queue(case.eve)] == [case.id]

    assert await case.hearing.next_item(case.eve, case.id) is None

    after = await case.load()
    assert filed.verdict is not None
    assert after.verdict is not None
    assert after.verdict.supersedes == filed.verdict.verdict_id


async def test_the_same_appeal_twice_is_one(case: Case) -> None:
    one, *_ = await case.choices(Category.SFT)
    first = await case.file(one)

    again = await case.file(one)

    assert again.seq == first.seq


async def test_a_criterion_is_appealed_once_and_others_may_follow(case: Case) -> None:
    one, other, *_ = await case.choices(Category.SFT)
    await case.file(one)

    with pytest.raises(InvalidInput, match="was before"):
        await case.file(one, appeal_id="appeal-0002")
    await case.file(other, appeal_id="appeal-0003")

    assert len((await case.load()).open_appeals) == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"keys": []}, "criteria"),
        ({"keys": ["nothing/here"]}, "criteria"),
        ({"ground": ""}, "ground"),
        ({"ground": "because"}, "ground"),
        ({"ground": "other", "note": "  "}, "note"),
        ({"appeal_id": "short"}, "appeal_id"),
    ],
)
async def test_what_is_missing_is_named_and_nothing_is_stored(
    case: Case, changes: dict[str, Any], field: str
) -> None:
    one, *_ = await case.choices(Category.SFT)

    with pytest.raises(InvalidInput) as refused:
        await case.file(one, **changes)

    assert [problem.field for problem in refused.value.problems] == [field]
    assert (await case.load()).appeals == {}


async def test_a_note_that_is_too_long_is_refused(case: Case) -> None:
    one, *_ = await case.choices(Category.SFT)

    with pytest.raises(TooLarge):
        await case.file(one, note="x" * (MAX_NOTE_CHARS + 1))


async def test_after_the_term_nothing_can_be_appealed(case: Case) -> None:
    one, *_ = await case.choices(Category.SFT)
    until = appeal_until(await case.load())
    assert until == case.world.clock.now() + timedelta(days=30)

    case.world.clock.turn(timedelta(days=30, seconds=1))

    assert case.appealing.choices(await case.load()) == ()
    with pytest.raises(IllegalTransition, match="could be sent until"):
        await case.file(one)


async def test_before_there_is_a_result_nothing_can_be_appealed(world: World) -> None:
    waits = await plays.submitted(world)
    appealing = Appealing(world.log, world.clock)

    assert appealing.choices(waits) == ()
    with pytest.raises(IllegalTransition):
        await appealing.file(waits.id, Filing("appeal-0001", ["a/b"], "other", "It is wrong."))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Answer("", REASON), "mark"),
        (Answer("perhaps", REASON), "mark"),
        (Answer("met", "Yes."), "reason"),
        (Answer("met", "x" * 2001), "reason"),
        (Answer("met", REASON, "words that were never said by anybody"), "quote"),
    ],
)
async def test_an_answer_that_is_not_whole_is_refused_by_field(case: Case, given: Answer, field: str) -> None:
    one, *_ = await case.choices(Category.SFT)
    await case.file(one)
    name = one.scores[0].criterion

    with pytest.raises(InvalidInput) as refused:
        await case.hearing.answer(case.eve, case.id, one.item_id, {name: given})

    assert [problem.field for problem in refused.value.problems] == [f"{field}.{name}"]
    assert len((await case.load()).open_appeals) == 1


async def test_a_colleague_who_was_first_is_not_overwritten(case: Case) -> None:
    one, *_ = await case.choices(Category.SFT)
    await case.file(one)
    await case.answer("unmet")

    with pytest.raises(Conflict, match="answered meanwhile"):
        await case.hearing.answer(
            case.eve, case.id, one.item_id, {one.scores[0].criterion: Answer("met", REASON)}
        )


async def test_another_platforms_appeal_is_not_there(case: Case) -> None:
    one, *_ = await case.choices(Category.SFT)
    await case.file(one)
    await case.world.access.add_tenant("other", "Other", PILOT)
    stranger = await plays.reviewer(case.world, "other", "sam@other.example")

    with pytest.raises(NotFound):
        await case.hearing.next_item(stranger, case.id)
    with pytest.raises(NotFound):
        await case.hearing.answer(stranger, case.id, one.item_id, {})
    assert await case.world.reviewing.queue(stranger) == ()
