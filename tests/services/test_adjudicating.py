"""Two readings differ; somebody who gave neither decides, and what they say stands."""

from dataclasses import replace

import pytest

from assessor.domain import events as e
from assessor.domain.errors import Conflict, InvalidInput, NotFound
from assessor.domain.roles import Role
from assessor.domain.score import Score
from assessor.services.adjudicating import Adjudicating, ToAdjudicate
from assessor.services.marking import Given
from tests.services import plays
from tests.services.test_overriding import REASON, Case, case, kind
from tests.services.test_second_looks import Sampled, sampled

__all__ = ["case", "kind", "sampled"]
"""Fixtures."""

THIRD = "The sentence names it, and says why."


def adjudicating(case: Case | Sampled) -> Adjudicating:
    return Adjudicating(case.world.log, case.world.content, case.world.scoring)


async def disputed(case: Case) -> Score:
    """Let Eve read otherwise what Rita has scored as not met."""
    standing = await case.score(0.0)
    await case.override(case.eve, standing, "met")
    return standing


async def shown(case: Case) -> ToAdjudicate:
    found = await adjudicating(case).next_criterion(case.sam, case.id)
    assert found
    return found


async def test_a_colleagues_reading_waits_beside_the_score_that_stands(case: Case) -> None:
    before = await case.load()
    standing = await disputed(case)

    after = await case.load()
    (row,) = await case.world.reviewing.queue(case.sam)

    assert after.scores[standing.item_id, standing.criterion] == standing
    assert after.verdict == before.verdict
    assert row.quality == "differs"
    with pytest.raises(Conflict, match="two readings of this criterion already"):
        await case.override(case.sam, standing, "met")


async def test_who_decides_sees_both_with_their_reasons_and_not_whose_they_are(case: Case) -> None:
    standing = await disputed(case)

    found = await shown(case)

    assert {(one.mark, one.reason) for one in found.disagreement.readings} == {
        ("unmet", standing.reason),
        ("met", REASON),
    }
    assert {one.rater for one in found.item.scores} == {"none"}
    assert case.sam.id not in (await case.load()).opened_by


async def test_what_a_third_person_decides_stands_and_a_verdict_follows(case: Case) -> None:
    standing, before = await disputed(case), await case.load()
    found = await shown(case)

    after = await adjudicating(case).decide(
        case.sam, case.id, found.disagreement.place, found.seen, Given("met", THIRD)
    )

    new = after.scores[standing.item_id, standing.criterion]
    assert (new.value, new.rater) == (1.0, f"person:{case.sam.id}")
    assert [one.before for one in after.reviews.adjudications] == [standing]
    assert after.quality is None
    assert before.verdict
    assert after.verdict
    assert after.verdict.supersedes == before.verdict.verdict_id


async def test_where_the_score_is_confirmed_no_verdict_is_superseded(case: Case) -> None:
    standing, before = await disputed(case), await case.load()
    found = await shown(case)

    after = await adjudicating(case).decide(
        case.sam, case.id, found.disagreement.place, found.seen, Given("unmet", THIRD)
    )

    assert after.scores[standing.item_id, standing.criterion] == standing
    assert (after.verdict, after.quality) == (before.verdict, None)


async def test_who_gave_one_of_the_readings_does_not_decide(case: Case) -> None:
    standing = await disputed(case)
    place = (standing.item_id, standing.criterion)
    seen = (await shown(case)).seen

    for one in (case.rita, case.eve):
        senior = replace(one, roles=(Role.SENIOR,))
        with pytest.raises(Conflict, match="gave one of the two readings"):
            await adjudicating(case).next_criterion(senior, case.id)
        with pytest.raises(Conflict, match="gave one of the two readings"):
            await adjudicating(case).decide(senior, case.id, place, seen, Given("met", THIRD))


async def test_a_decision_needs_a_mark_and_a_reason_and_is_made_once(case: Case) -> None:
    standing = await disputed(case)
    place, seen = (standing.item_id, standing.criterion), (await shown(case)).seen

    with pytest.raises(InvalidInput) as refused:
        await adjudicating(case).decide(case.sam, case.id, place, seen, Given("", "Short."))
    await adjudicating(case).decide(case.sam, case.id, place, seen, Given("met", THIRD))
    with pytest.raises(Conflict, match="decided meanwhile"):
        await adjudicating(case).decide(case.sam, case.id, place, seen, Given("unmet", THIRD))

    assert [one.field for one in refused.value.problems] == ["mark", "reason"]
    assert await adjudicating(case).next_criterion(case.sam, case.id) is None


async def test_a_score_that_was_replaced_meanwhile_settles_it(case: Case) -> None:
    standing = await disputed(case)
    replaced = standing.changed(value=1.0, rater="person:another")
    fact = e.ResponseScored(item_id=standing.item_id, scores=(replaced,))
    await case.world.log.change(case.id, lambda _a, _now: [fact])

    assert (await case.load()).quality is None


async def test_another_platforms_case_is_not_there(case: Case) -> None:
    await case.world.access.add_tenant("other", "Other", case.world.tenant.policy)
    stranger = await plays.reviewer(case.world, "other", "eve@other.example")

    with pytest.raises(NotFound):
        await adjudicating(case).next_criterion(stranger, case.id)


async def test_a_second_look_far_from_the_judge_is_decided_criterion_by_criterion(sampled: Sampled) -> None:
    done = await sampled.mark_all("unmet")
    sam = replace(await plays.reviewer(sampled.world, email="sam@acme.example"), roles=(Role.SENIOR,))
    before, left = done.scores, len(done.disagreements)

    with pytest.raises(Conflict, match="gave one of the two readings"):
        await adjudicating(sampled).next_criterion(sampled.eve, done.id)
    mark = "unmet"
    while found := await adjudicating(sampled).next_criterion(sam, done.id):
        assert found.left == left
        place = found.disagreement.place
        done = await adjudicating(sampled).decide(sam, done.id, place, found.seen, Given(mark, THIRD))
        left, mark = left - 1, "met"

    changed = {place for place, score in done.scores.items() if score != before[place]}
    assert (left, len(changed), done.quality) == (0, 1, None)
    assert done.reviews.is_untold is False
    assert await sampled.world.reviewing.queue(sam) == () or done.needs_person
