"""What may be appealed, how an appeal stands, and what it may do to a decision: raise it, or nothing."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import events as e
from assessor.domain.appeal import AppealedCriterion, Choice, choices, raises
from assessor.domain.assessment import Assessment
from assessor.domain.item import Category
from assessor.domain.score import Score, Unscored
from assessor.domain.verdict.appealed import after_appeal
from assessor.domain.verdict.reasons import ReasonCode
from assessor.domain.verdict.rule import decide
from tests.domain.samples import (
    BOTH_WAYS,
    SOUND,
    SUBMITTED,
    assessment,
    form,
    item_id,
    score,
    scored,
    scores,
    track,
    unscored,
)

PLACE = (item_id(Category.SFT), "c0")
OTHER = (item_id(Category.SFT), "c1")
NOT_QUALIFIED = e.ReviewDecided(reviewer="rev_1", decision="not_qualified", reason=SOUND)


def issued(decision: str, number: int = 1) -> e.VerdictIssued:
    document = {"decision": decision, "decided_by": "person", "level": None}
    supersedes = f"ver_{number - 1}" if number > 1 else None
    return e.VerdictIssued(verdict_id=f"ver_{number}", supersedes=supersedes, document=document, jws="x")


def filed(*places: tuple[str, str], number: int = 1) -> e.AppealFiled:
    criteria = tuple(AppealedCriterion(item_id=item, criterion=name) for item, name in places)
    return e.AppealFiled(appeal_id=f"appeal-{number}", criteria=criteria, ground="overlooked", note="")


def answered(place: tuple[str, str], outcome: str, *, is_last: bool = False) -> tuple[e.Fact, ...]:
    said = e.AppealAnswered.model_validate(
        {
            "reviewer": "rev_2",
            "item_id": place[0],
            "criterion": place[1],
            "mark": "met" if outcome == "raised" else "unmet",
            "outcome": outcome,
            "reason": "It is said in so many words.",
            "is_last": is_last,
        }
    )
    if outcome == "kept":
        return (said,)
    raised = score(item_id=place[0], category=Category.SFT, criterion=place[1], rater="person:rev_2")
    return (e.ResponseScored(item_id=place[0], scores=(raised,)), said)


def decided(*facts: e.Fact, by: e.ReviewDecided = NOT_QUALIFIED) -> Assessment:
    """Somebody whom a person decided on, with everything unmet, and what happened after."""
    return assessment(*SUBMITTED, *scored(scores(0.0)), by, issued(by.decision), *facts)


# --- what may be appealed -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({"value": 0.0}, True),
        ({"value": 0.4}, True),
        ({"value": 1.0}, False),
        ({"value": 0.996}, False),
        ({"value": None, "unscored": Unscored.CANNOT_ASSESS, "rater": "person:rev_1"}, True),
        ({"value": None, "unscored": Unscored.WAITS_FOR_PERSON, "rater": "none"}, False),
        ({"value": None, "unscored": Unscored.CANDIDATE_COULD_NOT_JUDGE}, False),
        ({"value": 0.0, "rater": "rule:unanswered"}, False),
        ({"value": 0.0, "rater": "rule:no_content"}, True),
    ],
)
def test_what_is_settled_and_short_of_full_may_be_appealed(changes: dict[str, Any], *, may: bool) -> None:
    assert bool(choices([score(**changes)], ())) is may


def test_each_criterion_may_be_appealed_once() -> None:
    one, other = score(value=0.0), score(value=0.0, criterion="c1")

    found = choices([one, other], {("evaluation-0", "c0")})

    assert found == (Choice("evaluation-0", (other,)),)


def test_a_part_whose_criteria_are_untold_is_appealed_as_a_whole() -> None:
    untold = [score(value=0.0, criterion=name, rater="rule:no_content") for name in ("c0", "c1")]

    (found,) = choices(untold, ())

    assert (found.is_whole, found.key, found.scores) == (True, "evaluation-0/*", tuple(untold))


@pytest.mark.parametrize(
    ("marked", "standing", "more"),
    [(1.0, 0.0, True), (1.0, 0.5, True), (0.0, 0.5, False), (0.0, 0.0, False), (1.0, None, True),
     (0.0, None, False), (None, 0.0, False), (None, None, False)],
)  # fmt: skip
def test_only_more_than_what_stands_raises_it(
    marked: float | None, standing: float | None, *, more: bool
) -> None:
    def of(value: float | None) -> Score:
        return score(value=value) if value is not None else unscored(score(), Unscored.CANNOT_ASSESS)

    assert raises(of(marked), of(standing)) is more


# --- how it stands --------------------------------------------------------------------------------


def test_an_appeal_waits_with_a_date_from_the_policy_until_it_is_answered() -> None:
    found = decided(filed(PLACE))

    (appeal,) = found.open_appeals
    assert appeal.due_at == appeal.filed_at + timedelta(days=found.policy.review_days)
    assert found.appeal_due == found.projection().appeal_due == appeal.due_at
    assert found.appeal_state(appeal) == "waiting"
    assert not appeal.is_late(appeal.due_at)
    assert appeal.is_late(appeal.due_at + timedelta(seconds=1))
    assert (appeal.before.value, appeal.decision) == (0.0, "not_qualified")


def test_a_kept_score_changes_nothing_and_asks_for_no_verdict() -> None:
    before = decided(filed(PLACE))

    after = decided(filed(PLACE), *answered(PLACE, "kept", is_last=True))

    assert after.scores == before.scores
    assert (after.open_appeals, after.appeal_due, after.verdict_is_due) == ((), None, False)
    assert after.person_in_force == NOT_QUALIFIED
    assert after.appeal_state(after.appeals[PLACE]) == "kept"


def test_a_raised_score_waits_for_the_last_answer_and_then_asks_for_a_verdict() -> None:
    first = decided(filed(PLACE, OTHER), *answered(PLACE, "raised"))

    both = decided(filed(PLACE, OTHER), *answered(PLACE, "raised"), *answered(OTHER, "kept", is_last=True))

    assert (first.verdict_is_due, both.verdict_is_due) == (False, True)
    assert both.appeal_due is not None  # in the queue until the verdict is issued, also after a crash
    answer = both.appeals[PLACE].answer
    assert answer is not None
    assert (answer.outcome, answer.after.value, both.appeals[PLACE].before.value) == ("raised", 1.0, 0.0)


def test_what_counts_no_more_needs_no_answer() -> None:
    retired = e.ItemRetired(item_id=PLACE[0], by="anna", reason="Its key is wrong.")

    found = decided(filed(PLACE), retired)

    assert (found.open_appeals, found.appeal_state(found.appeals[PLACE])) == ((), "void")


def test_a_result_that_was_taken_back_has_no_open_appeals() -> None:
    revoked = e.VerdictRevoked(verdict_id="ver_1", by="anna", reason="Somebody else sat the assessment.")

    assert decided(filed(PLACE), revoked).open_appeals == ()


# --- what it does to a decision ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "outcome", "holds"),
    [
        ("not_qualified", "raised", False),
        ("not_qualified", "kept", True),
        ("qualified", "raised", True),
        ("inconclusive", "raised", True),
    ],
)
def test_a_raised_score_reopens_only_what_a_person_decided_against_the_candidate(
    decision: str, outcome: str, *, holds: bool
) -> None:
    by = NOT_QUALIFIED.changed(decision=decision)
    facts = (filed(PLACE), *answered(PLACE, outcome, is_last=True))

    found = decided(*facts, by=by)
    after = decided(*facts, issued("needs_review", 2), by=by) if outcome == "raised" else found

    assert (found.person_in_force is not None) is holds
    assert (after.decided_by_person is not None) is holds
    assert not after.raised_since_verdict


def test_the_decision_after_an_appeal_is_a_persons_own_and_is_not_reopened_by_it_again() -> None:
    facts = (filed(PLACE), *answered(PLACE, "raised", is_last=True), issued("needs_review", 2))

    again = decided(*facts, NOT_QUALIFIED.changed(reviewer="rev_3"))

    assert again.person_in_force is not None
    assert again.person_in_force.reviewer == "rev_3"


def test_qualified_stands_with_its_level_whatever_the_rule_says_by_now() -> None:
    middling = decide(scores(0.5), track(), form(), BOTH_WAYS)
    assert middling.decision != "qualified"

    found = after_appeal(middling, {"decision": "qualified", "level": "expert"})

    assert (found.decision, found.level, found.actor) == ("qualified", "expert", "none")
    assert found.reasons == (ReasonCode.RAISED_BY_APPEAL,)


@given(st.lists(st.floats(0, 1), min_size=52, max_size=60), st.integers(0, 51), st.sampled_from(
    ["qualified", "not_qualified"]
))  # fmt: skip
def test_no_appeal_makes_a_decision_worse(values: list[float], place: int, stood: str) -> None:
    order = {"not_qualified": 0, "needs_review": 1, "qualified": 2}
    found = [one.changed(value=value) for one, value in zip(scores(0.0), values, strict=False)]
    place %= len(found)
    raised = [*found[:place], found[place].changed(value=1.0, rater="person:rev_2"), *found[place + 1 :]]

    after = after_appeal(decide(raised, track(), form(), BOTH_WAYS), {"decision": stood, "level": None})

    assert order[after.decision] >= order[stood]
    assert ReasonCode.RAISED_BY_APPEAL in after.reasons
