"""A reviewer asks about an answer; the candidate answers in time, has more of it, or says nothing."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.errors import Conflict, IllegalTransition, InvalidInput, NotFound, TooLarge
from assessor.domain.follow_up import EXTENSIONS, MOST, TERM, FollowUpState
from assessor.domain.item import Category
from assessor.domain.mail import mails_of
from assessor.ports import Reviewer
from assessor.services.follow_ups import MAX_ANSWER_CHARS, FollowUps
from assessor.services.marking import Mark
from assessor.services.questioning import Questioning
from tests.services import plays
from tests.world import World

QUESTION = "How did you come to this answer?"
ANSWER = "I read the traceback from below."
AGAINST = "The answers show too little of what the work asks for."


@pytest.fixture(params=["sqlite"])
def kind(request: pytest.FixtureRequest) -> str:
    """One kind of database is enough here."""
    return str(request.param)


@dataclass
class Case:
    """Somebody whose work waits for Rita."""

    world: World
    id: str
    rita: Reviewer
    item_id: str
    follow_ups: FollowUps
    questioning: Questioning

    async def load(self) -> Assessment:
        return await self.world.log.load(self.id)

    async def ask(self, question: str = QUESTION) -> str:
        found = await self.questioning.ask(self.rita, self.id, self.item_id, question)
        return found.follow_ups[-1].id

    async def state(self) -> FollowUpState:
        """As the reviewer reads it, beside the item."""
        case = await self.world.reviewing.case(self.rita, self.id)
        item = next(one for one in case.items if one.item.id == self.item_id)
        ((_, state),) = item.follow_ups
        return state

    async def score_all(self) -> None:
        for score in (await self.world.reviewing.case(self.rita, self.id)).open:
            await self.world.reviewing.score(
                self.rita, self.id, score.item_id, score.criterion, Mark.UNMET, "Not there."
            )


@pytest.fixture
async def case(world: World) -> Case:
    assessment = await plays.submitted(world)
    rita = await plays.reviewer(world)
    item_id = next(one.item_id for one in assessment.form.items if one.category is Category.SFT)
    return Case(world, assessment.id, rita, item_id, FollowUps(world.log), Questioning(world.log))


async def test_a_question_is_asked_once_and_the_answer_stands_beside_the_work_and_in_no_score(
    case: Case,
) -> None:
    before = await case.load()

    asked = await case.ask()
    again = await case.ask()
    waiting = await case.state()
    after = await case.follow_ups.answer(case.id, asked, f" {ANSWER}\n")
    twice = await case.follow_ups.answer(case.id, asked, ANSWER)

    assert (again, twice.seq) == (asked, after.seq)
    assert (waiting, await case.state()) == ("waiting", "answered")
    assert after.follow_ups[0].answer == ANSWER
    assert (after.scores, after.verdict) == (before.scores, before.verdict)
    assert ANSWER not in [own.text for own in after.texts_of(case.item_id)]
    with pytest.raises(Conflict, match="answered already"):
        await case.follow_ups.answer(case.id, asked, "Something else.")


async def test_nobody_is_decided_against_while_they_may_still_answer(case: Case) -> None:
    await case.score_all()
    await case.ask()

    with pytest.raises(Conflict, match="The candidate may answer a question until"):
        await case.world.reviewing.decide(case.rita, case.id, "not_qualified", AGAINST)
    case.world.clock.turn(TERM)
    over = await case.state()
    decided = await case.world.reviewing.decide(case.rita, case.id, "not_qualified", AGAINST)

    assert (over, decided.decision) == ("over", "not_qualified")
    assert await case.state() == "not_needed"


async def test_a_decision_for_somebody_waits_for_no_answer_and_then_none_is_needed(case: Case) -> None:
    asked = await case.ask()
    await case.score_all()
    decided = await case.world.reviewing.decide(case.rita, case.id, "qualified", "The rest shows enough.")

    assert decided.decision == "qualified"
    for late in (case.follow_ups.answer(case.id, asked, ANSWER), case.follow_ups.extend(case.id, asked)):
        with pytest.raises(IllegalTransition, match="decided without one"):
            await late


async def test_more_time_is_had_for_the_asking_also_when_the_time_is_over(case: Case) -> None:
    asked = await case.ask()
    case.world.clock.turn(TERM + timedelta(days=1))

    with pytest.raises(IllegalTransition, match="could be sent until"):
        await case.follow_ups.answer(case.id, asked, ANSWER)
    extended = await case.follow_ups.extend(case.id, asked)
    for _ in range(EXTENSIONS - 1):
        extended = await case.follow_ups.extend(case.id, asked)
    with pytest.raises(Conflict, match="more time already"):
        await case.follow_ups.extend(case.id, asked)
    answered = await case.follow_ups.answer(case.id, asked, ANSWER)

    assert extended.follow_ups[0].due_at == case.world.clock.now() + EXTENSIONS * TERM
    assert answered.follow_ups[0].answer == ANSWER


async def test_what_cannot_be_asked_or_answered_is_named(case: Case) -> None:
    asked = await case.ask()

    with pytest.raises(InvalidInput, match="too short"):
        await case.ask("Why?")
    with pytest.raises(InvalidInput, match="wrote anything about"):
        await case.questioning.ask(case.rita, case.id, "made-up", QUESTION)
    with pytest.raises(InvalidInput, match="empty"):
        await case.follow_ups.answer(case.id, asked, " ")
    with pytest.raises(TooLarge):
        await case.follow_ups.answer(case.id, asked, "x" * (MAX_ANSWER_CHARS + 1))
    with pytest.raises(NotFound):
        await case.follow_ups.answer(case.id, "fol_made_up", ANSWER)
    for number in range(1, MOST):
        await case.ask(f"And what of case number {number}?")
    with pytest.raises(Conflict, match="often enough"):
        await case.ask("And one more thing?")


async def test_where_nothing_waits_nothing_is_asked_and_strangers_ask_nothing(case: Case) -> None:
    await case.world.access.add_tenant("other", "Other", case.world.tenant.policy)
    stranger = await plays.reviewer(case.world, "other", "eve@other.example")
    with pytest.raises(NotFound):
        await case.questioning.ask(stranger, case.id, case.item_id, QUESTION)
    await case.score_all()
    await case.world.reviewing.decide(case.rita, case.id, "not_qualified", AGAINST)

    with pytest.raises(Conflict, match="This case is decided"):
        await case.ask()


async def test_the_candidate_is_told_by_mail(case: Case) -> None:
    await case.ask()

    (*_, last) = await case.world.store.events(case.id)

    assert isinstance(last.fact, e.FollowUpAsked)
    assert [kind.value for _, kind in mails_of("needs_review", [last])] == ["question"]
