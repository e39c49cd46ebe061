"""A reviewer replaces a score: who may, what is kept, and what becomes of the decision."""

from dataclasses import dataclass, replace

import pytest

from assessor.domain import events as e
from assessor.domain.assessment import Assessment
from assessor.domain.audit_log import Action
from assessor.domain.errors import Conflict, IllegalTransition, InvalidInput, NotFound
from assessor.domain.item import Category
from assessor.domain.override import OverrideCode
from assessor.domain.roles import Role
from assessor.domain.score import Score
from assessor.ports import ActFilter, Reviewer
from assessor.services.appealing import Appealing, Filing
from assessor.services.marking import Mark
from assessor.services.overriding import NewScore, Overriding, fingerprint
from tests.services import plays
from tests.world import World

REASON = "The second sentence says it in so many words."


@pytest.fixture(params=["sqlite"])
def kind(request: pytest.FixtureRequest) -> str:
    """One kind of database is enough here."""
    return str(request.param)


@dataclass
class Case:
    """Somebody whose work Rita has scored; Sam is a senior, Eve another reviewer."""

    world: World
    id: str
    rita: Reviewer
    eve: Reviewer
    sam: Reviewer

    async def load(self) -> Assessment:
        return await self.world.log.load(self.id)

    async def score(self, value: float, rater: str = "person") -> Score:
        scores = (await self.load()).scores.values()
        return next(
            one
            for one in scores
            if one.value == value and one.rater_kind == rater and one.category is Category.SFT
        )

    async def override(self, by: Reviewer, standing: Score, mark: str, **changes: str) -> Assessment:
        given = NewScore(fingerprint(standing), mark, "evidence_overlooked", REASON)
        place = (standing.item_id, standing.criterion)
        overriding = Overriding(self.world.log, self.world.scoring)
        return await overriding.override(by, self.id, place, replace(given, **changes))


@pytest.fixture
async def case(world: World) -> Case:
    assessment = await plays.submitted(world)
    rita = await plays.reviewer(world)
    for score in (await world.reviewing.case(rita, assessment.id)).open:
        await world.reviewing.score(
            rita, assessment.id, score.item_id, score.criterion, Mark.UNMET, "Not there."
        )
    return Case(
        world,
        assessment.id,
        rita,
        await plays.reviewer(world, email="eve@acme.example"),
        replace(await plays.reviewer(world, email="sam@acme.example"), roles=(Role.SENIOR,)),
    )


async def test_the_old_score_is_kept_and_a_superseding_verdict_follows(case: Case) -> None:
    standing, before = await case.score(0.0), await case.load()

    after = await case.override(case.rita, standing, "met", quote="")

    new = after.scores[standing.item_id, standing.criterion]
    assert (new.value, new.rater, new.reason) == (1.0, f"person:{case.rita.id}", REASON)
    (kept,) = after.reviews.overrides
    assert (kept.before, kept.code, kept.mark) == (standing, OverrideCode.EVIDENCE_OVERLOOKED, "met")
    assert before.verdict
    assert after.verdict
    assert after.verdict.supersedes == before.verdict.verdict_id
    assert after.verdict.document["score"] > before.verdict.document["score"]
    assert after.projection().overrides == ("evidence_overlooked",)
    assert (await case.world.store.projection(case.id)).overrides == ("evidence_overlooked",)


async def test_a_rules_score_can_be_replaced_by_any_reviewer(case: Case) -> None:
    standing = next(
        one for one in (await case.load()).scores.values() if one.rater_kind == "rule" and one.value == 1
    )

    after = await case.override(case.eve, standing, "unmet", code="key_wrong")

    assert after.scores[standing.item_id, standing.criterion].value == 0.0


async def test_a_colleagues_score_is_for_a_senior(case: Case) -> None:
    standing = await case.score(0.0)

    after = await case.override(case.sam, standing, "met")

    assert after.scores[standing.item_id, standing.criterion].rater == f"person:{case.sam.id}"


async def test_a_score_that_changed_since_it_was_shown_is_not_overwritten(case: Case) -> None:
    standing = await case.score(0.0)
    await case.override(case.rita, standing, "met")

    with pytest.raises(Conflict, match="replaced meanwhile"):
        await case.override(case.sam, standing, "cannot_assess")

    assert len((await case.load()).reviews.overrides) == 1


async def test_everything_that_is_wrong_is_named_and_nothing_is_stored(case: Case) -> None:
    standing, before = await case.score(0.0), await case.load()

    with pytest.raises(InvalidInput) as refused:
        await case.override(case.rita, standing, "maybe", code="", reason="short")
    with pytest.raises(InvalidInput, match="stands already"):
        await case.override(case.rita, standing, "unmet")
    with pytest.raises(InvalidInput, match="own words"):
        await case.override(case.rita, standing, "met", quote="words that nobody has said here")

    assert [one.field for one in refused.value.problems] == ["mark", "code", "reason"]
    assert (await case.load()).seq == before.seq


async def test_a_decision_against_somebody_is_reopened_by_a_raised_score_and_no_other_one_is(
    case: Case,
) -> None:
    await case.world.reviewing.decide(case.rita, case.id, "not_qualified", "Too little is shown.")
    standing = await case.score(0.0)

    unsure = await case.override(case.rita, standing, "cannot_assess")
    standing = unsure.scores[standing.item_id, standing.criterion]
    raised = await case.override(case.rita, standing, "met", code="other")

    assert (unsure.decision, raised.decision) == ("not_qualified", "needs_review")
    assert raised.needs_person
    decided = await case.world.reviewing.decide(case.eve, case.id, "not_qualified", "Still too little.")
    assert decided.decision == "not_qualified"


async def test_a_decision_for_somebody_stands_whatever_is_overridden(case: Case) -> None:
    await case.world.reviewing.decide(case.rita, case.id, "qualified", "The rest shows enough.")
    standing = next(
        one for one in (await case.load()).scores.values() if one.rater_kind == "rule" and one.value == 1
    )

    after = await case.override(case.rita, standing, "unmet", code="key_wrong")

    assert after.decision == "qualified"


async def test_what_is_open_appealed_or_not_there_is_not_overridden(case: Case) -> None:
    await case.world.reviewing.decide(case.rita, case.id, "not_qualified", "Too little is shown.")
    appealing = Appealing(case.world.log, case.world.clock)
    choice = next(
        one
        for one in appealing.choices(await case.load())
        if one.scores[0].category is Category.SFT and one.scores[0].rater_kind == "person"
    )
    await appealing.file(case.id, Filing("appeal-0001", [choice.key], "overlooked"))

    with pytest.raises(Conflict, match="appeals this score"):
        await case.override(case.rita, choice.scores[0], "met")
    with pytest.raises(InvalidInput, match="none that was scored"):
        await case.override(case.rita, choice.scores[0].changed(criterion="made_up"), "met")


async def test_before_there_is_a_verdict_nothing_is_overridden(world: World) -> None:
    assessment = await plays.begun(world)
    rita = await plays.reviewer(world)

    with pytest.raises((IllegalTransition, InvalidInput)):
        await Overriding(world.log, world.scoring).override(rita, assessment.id, ("a", "b"), NewScore(""))


async def test_another_platforms_score_is_not_there(case: Case) -> None:
    await case.world.access.add_tenant("other", "Other", case.world.tenant.policy)
    stranger = await plays.reviewer(case.world, "other", "eve@other.example")

    with pytest.raises(NotFound):
        await case.override(stranger, await case.score(0.0), "met")


async def test_the_verdict_that_a_crash_cut_off_is_issued_when_somebody_opens_the_case(case: Case) -> None:
    await case.world.reviewing.decide(case.rita, case.id, "not_qualified", "Too little is shown.")
    standing = await case.score(0.0)
    fact = e.ScoreOverridden(
        reviewer=case.rita.id,
        item_id=standing.item_id,
        criterion=standing.criterion,
        code=OverrideCode.OTHER,
        mark="met",
        reason=REASON,
    )
    new = standing.changed(value=1.0, rater=f"person:{case.rita.id}", reason=REASON)
    scored = e.ResponseScored(item_id=standing.item_id, scores=(new,))
    await case.world.log.change(case.id, lambda _a, _now: [fact, scored])

    opened = await case.world.reviewing.case(case.rita, case.id)

    assert not opened.assessment.verdict_is_due
    assert opened.assessment.decision == "needs_review"


async def test_the_audit_log_tells_who_overrode_with_which_code(case: Case) -> None:
    await case.override(case.rita, await case.score(0.0), "met")

    (act,) = await case.world.store.recorded(ActFilter("acme", action=Action.OVERRIDDEN))

    assert (act.actor, act.subject) == (case.rita.id, case.id)
    assert act.detail
    assert act.detail["code"] == "evidence_overlooked"
