from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor.domain.events import ReviewDecided
from assessor.domain.evidence import Evidence
from assessor.domain.item import Category
from assessor.domain.policy import Grade, Policy
from assessor.domain.score import Score, Unscored
from assessor.domain.track import Cut
from assessor.domain.verdict import REASONS, THRESHOLDS, Decision, JudgeBasis, ReasonCode, decide
from tests.domain.samples import (
    BOTH_WAYS,
    CUT,
    FULL,
    PILOT,
    READ,
    SHORT,
    SOUND,
    form,
    item_id,
    scores,
    track,
    unscored,
)

RANK = {"not_qualified": 0, "needs_review": 1, "qualified": 2}
JUDGED = "judge:m1"
FULL_FORM = form()


def rule(found: Sequence[Score], policy: Policy = PILOT, **rest: object) -> Decision:
    return decide(found, track(), FULL_FORM, policy, **rest)  # type: ignore[arg-type]


def judged(grade: Grade, **changes: Any) -> tuple[JudgeBasis, ...]:
    """The model m1, alike in every family that a reader scores."""
    families = sorted(f"{category}/{name}" for category in READ for name in ("semantics", "judgement"))
    basics = {"model": "m1", "prompt_hash": "sha256:1", "rubric_hash": "sha256:2", "grade": grade}
    return tuple(JudgeBasis.model_validate({**basics, "family": family, **changes}) for family in families)


def review(decision: str) -> ReviewDecided:
    return ReviewDecided.model_validate({"reviewer": "rev_1", "decision": decision, "reason": SOUND})


def silenced(found: Sequence[Score], category: Category, why: Unscored) -> list[Score]:
    return [unscored(s, why) if s.category is category else s for s in found]


@pytest.mark.parametrize(
    ("value", "policy", "decision", "reasons", "actor", "action"),
    [
        (0.9, PILOT, "qualified", [ReasonCode.ABOVE_CUT], "none", "none"),
        (0.6, PILOT, "needs_review", [ReasonCode.NEAR_CUT], "reviewer", "decide"),
        (0.15, PILOT, "needs_review", [ReasonCode.PROPOSED_NOT_QUALIFIED], "reviewer", "confirm_proposal"),
        (0.15, BOTH_WAYS, "not_qualified", [ReasonCode.BELOW_CUT], "none", "none"),
        (
            0.9,
            PILOT.changed(rules_may_decide=()),
            "needs_review",
            [ReasonCode.PROPOSED_QUALIFIED],
            "reviewer",
            "confirm_proposal",
        ),
        (
            0.9,
            Policy(),
            "needs_review",
            [ReasonCode.BASIS_BELOW_POLICY, ReasonCode.PROPOSED_QUALIFIED],
            "reviewer",
            "confirm_proposal",
        ),
    ],
)
def test_what_a_rule_decides_by_ability_and_policy(
    value: float, policy: Policy, decision: str, reasons: list[ReasonCode], actor: str, action: str
) -> None:
    found = rule(scores(value), policy)

    assert (found.decision, found.decided_by) == (decision, "rule")
    assert list(found.reasons) == reasons
    assert (found.actor, found.action) == (actor, action)


@pytest.mark.parametrize(("is_scored", "decision"), [(False, "qualified"), (True, "needs_review")])
def test_an_item_without_scores_refers_unless_none_are_expected_of_it(
    is_scored: bool,  # noqa: FBT001 - a column
    decision: str,
) -> None:
    repeat = FULL_FORM.of(Category.RANKING)[0].changed(item_id="rank-again", is_scored=is_scored)
    longer = FULL_FORM.changed(items=(*FULL_FORM.items, repeat))

    assert decide(scores(0.9), track(), longer, PILOT).decision == decision


def test_a_short_form_can_decide_for_the_clearly_able() -> None:
    found = decide(scores(0.95, SHORT), track(), form(SHORT), PILOT)

    assert found.decision == "qualified"


def test_the_score_has_the_cut_at_60_and_its_interval_around_it() -> None:
    at_cut = rule(scores(0.56))
    able = rule(scores(1.0))

    assert at_cut.score == pytest.approx(60, abs=0.5)
    assert at_cut.probability == pytest.approx(0.5, abs=0.03)
    assert at_cut.interval[0] < at_cut.score < at_cut.interval[1]
    assert able.interval[1] <= 100


@pytest.mark.parametrize("category", sorted(READ))
def test_a_part_that_nobody_scored_waits_for_a_person_however_good_the_rest_is(category: Category) -> None:
    found = rule(silenced(scores(1.0), category, Unscored.WAITS_FOR_PERSON))

    assert found.decision == "needs_review"
    assert found.reasons == (ReasonCode.OPEN_CRITERIA,)
    assert (found.actor, found.action) == ("reviewer", "score_open_criteria")


def test_an_item_of_the_form_without_any_score_is_never_skipped() -> None:
    found = rule([s for s in scores(1.0) if s.item_id != item_id(Category.INTERVIEW, 2)])

    assert found.decision == "needs_review"
    assert ReasonCode.OPEN_CRITERIA in found.reasons


def test_open_criteria_that_cannot_change_the_outcome_do_not_hold_up_a_decision() -> None:
    first, *rest = scores(1.0)

    found = rule([unscored(first), *rest])

    assert found.decision == "qualified"


def test_open_criteria_that_could_change_the_outcome_wait_for_a_person() -> None:
    found = scores(0.85)
    half = [unscored(s) if s.category in READ and s.criterion in {"c0", "c1", "c2"} else s for s in found]

    decision = rule(half)

    assert decision.probability >= THRESHOLDS.qualified
    assert decision.decision == "needs_review"
    assert ReasonCode.OPEN_CRITERIA in decision.reasons


def test_nobody_is_turned_down_while_open_criteria_could_still_lift_them() -> None:
    half = [unscored(s) if s.category in READ and s.criterion != "c0" else s for s in scores(0.15)]

    decision = rule(half, BOTH_WAYS)

    assert decision.probability <= THRESHOLDS.not_qualified
    assert decision.decision == "needs_review"
    assert decision.reasons == (ReasonCode.OPEN_CRITERIA,)


@pytest.mark.parametrize(
    "why", [Unscored.MODEL_UNAVAILABLE, Unscored.MODEL_OUTPUT_INVALID, Unscored.TECHNICAL_FAULT]
)
@pytest.mark.parametrize("value", [0.05, 1.0])
def test_a_fault_of_ours_never_decides(why: Unscored, value: float) -> None:
    first, *rest = scores(value)

    found = rule([unscored(first, why), *rest], BOTH_WAYS)

    assert found.decision == "needs_review"
    assert ReasonCode.TECHNICAL_FAULT in found.reasons


def test_a_ranking_part_that_could_not_be_judged_needs_a_decision_and_not_a_score() -> None:
    found = rule(silenced(scores(1.0), Category.RANKING, Unscored.CANDIDATE_COULD_NOT_JUDGE))

    assert found.decision == "needs_review"
    assert found.reasons == (ReasonCode.COULD_NOT_JUDGE, ReasonCode.PROPOSED_QUALIFIED)
    assert found.action == "confirm_proposal"


@pytest.mark.parametrize(
    ("grade", "least", "decision"),
    [
        (Grade.NONE, Grade.NONE, "qualified"),
        (Grade.NONE, Grade.PROVISIONAL, "needs_review"),
        (Grade.PROVISIONAL, Grade.PROVISIONAL, "qualified"),
        (Grade.CALIBRATED, Grade.PROVISIONAL, "qualified"),
        (Grade.CALIBRATED, Grade.CALIBRATED, "needs_review"),  # keys and cut are authored
    ],
)
def test_the_weakest_part_of_the_basis_counts(grade: Grade, least: Grade, decision: str) -> None:
    found = rule(scores(0.95, reader=JUDGED), PILOT.changed(least_basis=least), judges=judged(grade))

    assert found.decision == decision
    assert found.basis.judges == judged(grade)
    assert found.basis.raters == ("judge:m1", "rule")


def test_panel_keys_a_set_cut_and_a_calibrated_judge_are_a_calibrated_basis() -> None:
    standard = track(
        cut=Cut(
            ability=CUT,
            method="angoff",
            standard_error=0.1,
            rationale="Twelve judges, two rounds.",
            record="spring-2026",
        )
    )
    policy = PILOT.changed(least_basis=Grade.CALIBRATED)

    found = decide(
        scores(0.95, reader=JUDGED),
        standard,
        FULL_FORM,
        policy,
        judges=judged(Grade.CALIBRATED),
        keys="panel",
    )

    assert found.decision == "qualified"
    assert (found.basis.keys, found.basis.cut) == ("panel", "angoff:spring-2026")


def test_a_judge_that_nobody_vouches_for_has_no_grade() -> None:
    found = rule(scores(0.95, reader="judge:unknown"), judges=judged(Grade.CALIBRATED))

    assert {ReasonCode.BASIS_BELOW_POLICY, ReasonCode.JUDGE_NOT_CALIBRATED} <= set(found.reasons)
    assert found.basis.judges == ()


def test_a_judge_is_vouched_for_family_by_family() -> None:
    vouched = judged(Grade.CALIBRATED)

    found = rule(scores(0.95, reader=JUDGED), judges=vouched[1:])

    assert found.decision == "needs_review"
    assert ReasonCode.JUDGE_NOT_CALIBRATED in found.reasons
    assert found.basis.judges == vouched[1:]


def test_a_judge_that_was_stopped_decides_nothing_and_the_verdict_says_so() -> None:
    fallen, *others = judged(Grade.CALIBRATED)
    judges = (fallen.changed(grade=Grade.NONE, stopped=True), *others)

    found = rule(scores(0.95, reader=JUDGED), judges=judges)

    assert found.decision == "needs_review"
    assert ReasonCode.JUDGE_STOPPED in found.reasons
    assert ReasonCode.JUDGE_NOT_CALIBRATED not in found.reasons


def test_a_judge_that_only_abstained_is_named_and_weakens_the_basis_all_the_same() -> None:
    silent = [
        unscored(one, Unscored.CANNOT_ASSESS, rater="judge:m2") if one.criterion == "c0" else one
        for one in scores(0.95, reader=JUDGED)
    ]
    named = (*judged(Grade.CALIBRATED), *judged(Grade.NONE, model="m2"))

    found = rule(silent, judges=named)

    assert ReasonCode.JUDGE_NOT_CALIBRATED in found.reasons
    assert {one.model for one in found.basis.judges} == {"m1", "m2"}


def test_a_judges_credit_without_evidence_does_not_count() -> None:
    bare = [s.changed(evidence=()) if s.rater == JUDGED else s for s in scores(1.0, reader=JUDGED)]

    found = rule(bare, judges=judged(Grade.CALIBRATED))

    assert found.decision == "needs_review"
    assert found.basis.raters == ("rule",)
    assert sum(c.unscored for c in found.competencies) == sum(s.rater == JUDGED for s in bare)


@pytest.mark.parametrize("decision", ["qualified", "not_qualified"])
@pytest.mark.parametrize("value", [0.05, 0.6, 1.0])
def test_a_person_decides_whatever_the_number_says(value: float, decision: str) -> None:
    found = rule(scores(value), Policy(), person=review(decision))

    assert (found.decision, found.decided_by) == (decision, "person")
    assert found.reasons == (ReasonCode.DECIDED_BY_PERSON,)
    assert "person" in found.basis.raters
    assert found.actor == "none"


def test_only_a_person_finds_an_attempt_inconclusive_and_that_gives_a_new_one() -> None:
    found = rule(scores(0.6), person=review("inconclusive"))

    assert (found.decision, found.decided_by) == ("inconclusive", "person")
    assert (found.actor, found.action) == ("platform", "order_new_attempt")


def test_not_even_a_person_qualifies_over_a_required_criterion_without_a_score() -> None:
    first, *rest = scores(1.0)

    found = rule([unscored(first.changed(required=True)), *rest], person=review("qualified"))

    assert (found.decision, found.decided_by) == ("needs_review", "rule")
    assert found.reasons == (ReasonCode.REQUIRED_UNSCORED,)


@pytest.mark.parametrize(
    ("judgement", "floor", "decision", "reason"),
    [
        (1.0, "met", "qualified", ReasonCode.ABOVE_CUT),
        (0.45, "below", "needs_review", ReasonCode.FLOOR_BELOW),
        (None, "unknown", "needs_review", ReasonCode.FLOOR_UNKNOWN),
    ],
)
def test_a_floor_that_is_not_met_or_not_known_refers_and_never_fails(
    judgement: float | None, floor: str, decision: str, reason: ReasonCode
) -> None:
    found = [
        (s.changed(value=judgement) if judgement is not None else unscored(s))
        if s.competency == "judgement"
        else s
        for s in scores(1.0)
    ]

    decided = decide(found, track(floor=0.3), FULL_FORM, BOTH_WAYS)

    assert decided.decision == decision
    assert reason in decided.reasons
    assert [c.floor for c in decided.competencies] == [None, floor]


def test_each_competency_is_reported_with_its_own_interval_and_counts() -> None:
    found = [s.changed(value=0.2) if s.competency == "judgement" else s for s in scores(0.95)]

    strong, weak = rule(found).competencies

    assert strong.score > 60 > weak.score
    assert strong.observations + weak.observations == len(found)
    assert (strong.unscored, weak.unscored) == (0, 0)


def test_every_reason_has_a_text_that_is_one_plain_sentence_or_two() -> None:
    assert set(REASONS) == set(ReasonCode)
    assert all(text.endswith(".") and len(text) <= 110 for text in REASONS.values())


values = st.floats(0, 1).map(lambda value: round(value, 3))


@st.composite
def full_forms(draw: st.DrawFn) -> list[Score]:
    """A full form near some ability, with noise, required criteria and abstentions."""
    level = draw(values)
    found = list(scores(level, FULL, draw(st.sampled_from([JUDGED, "person:rev_1"]))))
    for place in draw(st.lists(st.integers(0, len(found) - 1), max_size=8, unique=True)):
        change = draw(st.sampled_from(["value", "required", "abstain"]))
        if change == "value":
            found[place] = found[place].changed(value=draw(values))
        elif change == "required":
            found[place] = found[place].changed(required=True)
        else:
            found[place] = unscored(found[place], draw(st.sampled_from(Unscored)), found[place].rater)
    return found


PROVISIONAL = judged(Grade.PROVISIONAL)


@settings(max_examples=80)
@given(full_forms(), st.data())
def test_better_values_never_lower_a_verdict(found: list[Score], data: st.DataObject) -> None:
    places = [p for p, s in enumerate(found) if s.value is not None]
    better = [*found]
    for place in data.draw(st.lists(st.sampled_from(places), min_size=1, unique=True)):
        better[place] = found[place].changed(value=1.0)

    before, after = (rule(each, BOTH_WAYS, judges=PROVISIONAL) for each in (found, better))

    assert RANK[after.decision] >= RANK[before.decision]
    assert after.score >= before.score


@settings(max_examples=80)
@given(full_forms(), st.data())
def test_a_criterion_more_that_is_met_never_lowers_a_verdict_whatever_it_was_before(
    found: list[Score], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(found) - 1))
    better = [*found]
    better[place] = found[place].changed(
        value=1.0, unscored=None, evidence=(Evidence(event_seq=1, start=0, end=9),)
    )

    before, after = (rule(each, BOTH_WAYS, judges=PROVISIONAL) for each in (found, better))

    # What was unscored may have referred by itself, as a fault does; once it is scored, a rule may decide.
    referred = found[place].unscored is not None and before.decision == "needs_review"
    assert referred or RANK[after.decision] >= RANK[before.decision]
    assert after.score >= before.score


@settings(max_examples=80)
@given(full_forms(), st.sampled_from(Unscored), st.data())
def test_an_abstention_from_what_would_be_met_never_raises_a_score(
    found: list[Score], why: Unscored, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(found) - 1))
    met = found[place].changed(value=1.0, unscored=None, evidence=(Evidence(event_seq=1, start=0, end=9),))
    silent = unscored(found[place], why, found[place].rater)
    forms = ([*found[:place], one, *found[place + 1 :]] for one in (met, silent))

    with_credit, without = (rule(each, BOTH_WAYS, judges=PROVISIONAL) for each in forms)

    assert without.score <= with_credit.score


@settings(max_examples=40)
@given(full_forms(), st.sampled_from(Grade))
def test_by_default_no_rule_ever_says_not_qualified(found: list[Score], least: Grade) -> None:
    by_default = Policy(least_basis=least)

    decided = rule(
        [one.changed(value=0.0) if one.value else one for one in found], by_default, judges=PROVISIONAL
    )

    assert decided.decision == "needs_review"
    assert decided.actor == "reviewer"


@settings(max_examples=40)
@given(full_forms().flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_the_order_of_scores_does_not_matter(both: tuple[list[Score], list[Score]]) -> None:
    one, other = both

    assert rule(one, BOTH_WAYS, judges=PROVISIONAL) == rule(other, BOTH_WAYS, judges=PROVISIONAL)


@settings(max_examples=60)
@given(full_forms(), st.sampled_from(Unscored), st.sampled_from([None, "qualified"]), st.data())
def test_a_required_criterion_without_a_score_never_yields_qualified(
    found: list[Score], why: Unscored, decision: str | None, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(found) - 1))
    found[place] = unscored(found[place].changed(required=True), why)

    decided = rule(found, BOTH_WAYS, judges=PROVISIONAL, person=review(decision) if decision else None)

    assert decided.decision != "qualified"


@settings(max_examples=80)
@given(full_forms(), st.sampled_from(Unscored), st.data())
def test_an_abstention_never_makes_anybody_qualified(
    found: list[Score], why: Unscored, data: st.DataObject
) -> None:
    with_value = [p for p, s in enumerate(found) if s.value is not None]
    places = data.draw(st.lists(st.sampled_from(with_value), min_size=1, max_size=12, unique=True))
    silent = [unscored(s, why, s.rater) if p in places else s for p, s in enumerate(found)]

    before, after = (rule(each, BOTH_WAYS, judges=PROVISIONAL) for each in (found, silent))

    assert after.decision != "qualified" or before.decision == "qualified"
