"""What would have changed a decision: what is named really does, and what is out of reach is said to be."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assessor.domain.events import ReviewDecided
from assessor.domain.evidence import Evidence
from assessor.domain.form import Form
from assessor.domain.item import Category
from assessor.domain.policy import Policy
from assessor.domain.score import Score, Unscored
from assessor.domain.thresholds import THRESHOLDS
from assessor.domain.track import Cut, Track
from assessor.domain.verdict import Counterfactual, decide, what_would_change
from assessor.domain.verdict.counterfactual import IN_WORDS, Need
from tests.domain.samples import (
    BOTH_WAYS,
    PILOT,
    READ,
    SHORT,
    SOUND,
    Plan,
    form,
    item_id,
    scores,
    track,
    unscored,
)

FORM = form()
SMALL: Plan = (
    (Category.INTERVIEW, 2, 2),
    (Category.EVALUATION, 2, 2),
    (Category.RANKING, 3, 1),
    (Category.TRAJECTORY, 1, 2),
)
EASY = track(cut=Cut(ability=-0.6, standard_error=0.2, rationale="Stated by the author for the pilot."))


def told(
    found: Sequence[Score],
    policy: Policy = PILOT,
    of: Track | None = None,
    on: Form = FORM,
    person: ReviewDecided | None = None,
) -> Counterfactual:
    of = of or track()
    return what_would_change(found, of, on, policy, decide(found, of, on, policy, person=person))


def met(score: Score) -> Score:
    rater = "person:rev_2" if score.is_open else score.rater
    evidence = score.evidence or (Evidence(event_seq=1, start=0, end=9),)
    return score.changed(value=1.0, unscored=None, rater=rater, evidence=evidence)


def with_needs(found: Sequence[Score], needs: Sequence[Need], places: Sequence[int]) -> bool:
    """Whether these places are what the needs name."""
    kinds = [(found[place].competency, found[place].category) for place in places]
    return all(kinds.count((need.competency, need.category)) == need.criteria for need in needs)


def review(decision: str) -> ReviewDecided:
    return ReviewDecided.model_validate({"reviewer": "rev_1", "decision": decision, "reason": SOUND})


def test_a_qualified_one_learns_how_far_above_the_line_they_are() -> None:
    found = told(scores(0.9))

    assert (found.kind, found.needs) == ("reached", ())
    assert found.points == pytest.approx(decide(scores(0.9), track(), FORM, PILOT).score - 60)
    assert found.text == f"The score lies {found.points:.0f} points above the line of 60."


def test_a_qualified_one_learns_where_the_next_level_begins() -> None:
    levels = {"specialist": Cut(ability=1.2, standard_error=0.2, rationale="Finds the subtle faults too.")}

    assert "The next level, specialist, begins at 75." in told(scores(0.75), of=track(levels=levels)).text
    near = told(scores(0.82), of=track(levels=levels)).text
    assert "begins at 75; the score is there, but not surely enough." in near
    assert "next level" not in told(scores(1.0), of=track(levels=levels)).text


def test_a_person_who_qualifies_below_the_line_is_told_as_such() -> None:
    found = told(scores(0.4), person=review("qualified"))

    assert found.points is not None
    assert found.points < 0
    assert "points below the line of 60. A person decided otherwise" in found.text


def test_one_criterion_that_would_have_been_enough_is_named_by_competency_and_kind_of_work() -> None:
    found = told(scores(0.72))

    assert found.kind == "criteria"
    assert [need.criteria for need in found.needs] == [1]
    assert found.text.startswith(
        "With one more criterion met in full, a rule would have said qualified: one of "
    )
    assert "“Semantics” in reviewing an agent's work" in found.text


def test_where_a_rule_may_not_say_it_the_scores_would_only_have_pointed_to_it() -> None:
    found = told(scores(0.72), PILOT.changed(rules_may_decide=()))

    assert "the scores would have pointed to qualified, which here a person confirms" in found.text


def test_what_is_out_of_reach_is_said_to_be_so() -> None:
    found = told(scores(0.15), BOTH_WAYS)

    assert (found.kind, found.needs) == ("out_of_reach", ())
    assert found.text.startswith("No small change would have: more than three further criteria")


def test_a_form_that_cannot_tell_says_so_itself() -> None:
    plan: Plan = ((Category.RANKING, 1, 1), (Category.EVALUATION, 1, 1))

    found = told(scores(0.5, plan), on=form(plan))

    assert found.kind == "out_of_reach"
    assert "even with everything met in full this form does not tell" in found.text


def test_criteria_that_nobody_scored_yet_are_ours_to_settle() -> None:
    waiting = [unscored(one) if one.category is Category.SFT else one for one in scores(0.9)]

    found = told(waiting)

    assert found.kind == "ours"
    assert found.text.startswith(
        "That is ours to settle: 7 criteria have not been scored yet. Meeting one of"
    )
    assert [need.category for need in found.needs] == [Category.SFT]


def test_where_most_of_the_open_work_would_have_to_be_met_nothing_is_singled_out() -> None:
    waiting = [unscored(one) if one.category in READ else one for one in scores(0.75)]

    found = told(waiting)

    assert (found.kind, found.needs) == ("ours", ())
    assert "Together they can still bring the score over the line." in found.text


def test_an_item_without_any_score_is_ours_to_settle() -> None:
    found = told([one for one in scores(1.0) if one.item_id != item_id(Category.INTERVIEW, 2)])

    assert found.kind == "ours"
    assert "not been scored at all" in found.text


def test_scores_over_the_line_wait_for_a_persons_word_only() -> None:
    assert told(scores(0.9), Policy()).kind == "person"
    assert told(scores(0.9), PILOT.changed(rules_may_decide=())).kind == "person"


def test_after_a_persons_decision_the_scores_are_told_apart_from_it() -> None:
    found = told(scores(0.72), person=review("not_qualified"))

    assert found.kind == "criteria"
    assert found.text.startswith("A person decided this, and gave a reason. By the scores alone: With one")


def test_an_attempt_that_could_not_be_judged_was_decided_by_no_score() -> None:
    assert told(scores(0.6), person=review("inconclusive")).kind == "nothing"


def test_a_required_criterion_without_a_score_is_among_what_is_named() -> None:
    first, *rest = scores(0.85)
    given_up = unscored(first.changed(required=True), Unscored.CANNOT_ASSESS, "person:rev_1")

    found = told([given_up, *rest])

    assert found.kind == "criteria"
    assert sum(need.unscored for need in found.needs) == 1
    assert "could not be scored, which is not held against anybody" in found.text


def test_a_floor_that_is_not_met_is_part_of_what_would_have_to_change() -> None:
    weak = [one.changed(value=0.55 if one.competency == "judgement" else 1.0) for one in scores(1.0)]

    without, floored = told(weak), told(weak, of=track(floor=0.3))

    assert without.kind == "reached"
    assert floored.kind == "criteria"
    assert {need.competency for need in floored.needs} == {"judgement"}


def test_every_kind_of_work_has_words() -> None:
    assert set(IN_WORDS) == set(Category)


GOOD, POOR = (1.0, 1.0, 1.0, 0.8, 0.4, 0.0, None), (1.0, 0.4, 0.4, 0.0, 0.0, 0.0, None)
SETTLED = (1.0, 1.0, 1.0, 0.6, 0.0)


@st.composite
def forms_of_work(draw: st.DrawFn, values: Sequence[float | None] = GOOD) -> tuple[list[Score], Form, Track]:
    """A small form near its cut: some met, some in part, some unmet, some unscored for whatever reason."""
    plan = draw(st.sampled_from([SMALL, SHORT]))
    found = list(scores(1.0, plan, draw(st.sampled_from(["judge:m1", "person:rev_1"]))))
    for place, one in enumerate(found):
        value = draw(st.sampled_from(values))
        if value is None:
            rater = draw(st.sampled_from(["none", one.rater]))
            found[place] = unscored(one, draw(st.sampled_from(Unscored)), rater)
        else:
            found[place] = one.changed(value=value)
        if draw(st.integers(0, 15)) == 0:
            found[place] = found[place].changed(required=True)
    of = EASY if draw(st.booleans()) else EASY.changed(competencies=track(floor=-0.8).competencies)
    return found, form(plan), of


ANY_BASIS = PILOT.changed(least_basis="none")


def qualifies(found: Sequence[Score], on: Form, of: Track) -> bool:
    return decide(found, of, on, ANY_BASIS).decision == "qualified"


def supposed(found: Sequence[Score], places: Sequence[int]) -> list[Score]:
    return [met(one) if place in places else one for place, one in enumerate(found)]


@settings(max_examples=40, deadline=None)
@given(forms_of_work() | forms_of_work(SETTLED))
def test_meeting_what_is_named_makes_a_rule_say_qualified(work: tuple[list[Score], Form, Track]) -> None:
    found, on, of = work
    named = told(found, ANY_BASIS, of, on)
    assume(named.needs)
    changeable = [
        place for place, one in enumerate(found) if one.value is None or one.value < 1 or not one.evidence
    ]
    size = sum(need.criteria for need in named.needs)

    ways = [places for places in combinations(changeable, size) if with_needs(found, named.needs, places)]

    assert size <= THRESHOLDS.named_changes
    assert any(qualifies(supposed(found, places), on, of) for places in ways)


@settings(max_examples=25, deadline=None)
@given(forms_of_work(SETTLED) | forms_of_work(POOR), st.randoms(use_true_random=False))
def test_nothing_smaller_than_what_is_named_would_have_been_enough(
    work: tuple[list[Score], Form, Track], dice: Any
) -> None:
    found, on, of = work
    named = told(found, ANY_BASIS, of, on)
    out_of_reach = named.kind == "out_of_reach"
    least = THRESHOLDS.named_changes + 1 if out_of_reach else sum(need.criteria for need in named.needs)
    changeable = [place for place, one in enumerate(found) if one.value is None or one.value < 1]

    smaller = [dice.sample(changeable, min(less, len(changeable))) for less in range(least) for _ in range(5)]

    assert named.kind in {"ours", "reached"} or not any(
        qualifies(supposed(found, places), on, of) for places in smaller
    )


@settings(max_examples=20, deadline=None)
@given(forms_of_work().flatmap(lambda work: st.tuples(st.just(work), st.permutations(work[0]))))
def test_the_order_of_scores_does_not_matter(
    both: tuple[tuple[list[Score], Form, Track], list[Score]],
) -> None:
    (found, on, of), shuffled = both

    assert told(found, ANY_BASIS, of, on) == told(shuffled, ANY_BASIS, of, on)


@settings(max_examples=30, deadline=None)
@given(forms_of_work())
def test_no_item_and_no_criterion_is_ever_named(work: tuple[list[Score], Form, Track]) -> None:
    found, on, of = work

    text = told(found, ANY_BASIS, of, on).text

    assert not any(one.item_id in text or one.text in text for one in found)
