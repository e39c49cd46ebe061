"""Levels above the cut that qualifies: what a track may state, and which one a verdict gives."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from assessor.domain.events import ReviewDecided
from assessor.domain.policy import Grade, Policy
from assessor.domain.score import Score
from assessor.domain.track import LEVELS, Cut, Track
from assessor.domain.verdict import Decision, decide
from tests.domain.samples import BOTH_WAYS, CUT, PILOT, SOUND, form, scores, track, unscored


def cut(ability: float, record: str | None = None) -> Cut:
    return Cut(
        ability=ability,
        method="angoff" if record else "authored",
        record=record,
        standard_error=0.2,
        rationale="Finds the subtle faults of the harder items too.",
    )


def with_levels(**levels: Cut) -> Track:
    return track(levels=levels)


TWO = with_levels(specialist=cut(0.8), expert=cut(1.4))
FORM = form()


def rule(value: float, of: Track = TWO, policy: Policy = PILOT, **rest: Any) -> Decision:
    return decide(scores(value), of, FORM, policy, **rest)


# --- what a track may state ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        (
            {"specialist": cut(CUT)},
            "levels.specialist.ability: is 0.2, which is not above the cut that qualifies",
        ),
        ({"expert": cut(-1)}, "levels.expert.ability: is -1, which is not above the cut that qualifies"),
        (
            {"specialist": cut(1.2), "expert": cut(0.9)},
            "levels.expert.ability: is 0.9, which is not above specialist (1.2)",
        ),
        ({"expert": cut(2.9)}, "levels.expert.ability: lies at 100.5 points; the score scale ends at 100"),
    ],
)
def test_levels_out_of_order_or_beyond_the_scale_are_refused(levels: dict[str, Cut], said: str) -> None:
    with pytest.raises(ValidationError, match="levels") as refused:
        track(levels=levels)

    assert said in str(refused.value)


@pytest.mark.parametrize("name", ["entry", "master"])
def test_only_the_two_higher_levels_have_cuts_of_their_own(name: str) -> None:
    with pytest.raises(ValidationError, match=name):
        track(levels={name: cut(1)})


@pytest.mark.parametrize("outside", [3.1, -3.1, float("nan"), float("inf")])
def test_a_cut_outside_the_scale_is_refused(outside: float) -> None:
    with pytest.raises(ValidationError, match="ability"):
        cut(outside)


# --- which level a verdict gives ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "decision", "level"),
    [
        (0.15, "not_qualified", None),
        (0.6, "needs_review", None),
        (0.78, "qualified", "entry"),
        (0.93, "qualified", "specialist"),
        (1.0, "qualified", "expert"),
    ],
)
def test_the_level_is_the_highest_whose_cut_is_met_with_the_rules_certainty(
    value: float, decision: str, level: str | None
) -> None:
    found = rule(value, policy=BOTH_WAYS)

    assert (found.decision, found.level) == (decision, level)


def test_the_score_keeps_its_scale_whatever_levels_there_are() -> None:
    assert rule(0.9).score == rule(0.9, track()).score


def test_a_track_without_levels_gives_none() -> None:
    assert rule(1.0, track()).level is None


def test_whoever_a_person_qualifies_has_at_least_entry() -> None:
    person = ReviewDecided(reviewer="rev_1", decision="qualified", reason=SOUND)

    assert rule(0.6, person=person).level == "entry"
    assert rule(0.93, person=person).level == "specialist"


def test_what_is_not_scored_counts_as_unmet_for_a_level() -> None:
    first, second, third, *rest = scores(1.0)
    silent = [unscored(first), unscored(second), unscored(third), *rest]

    found = decide(silent, TWO, FORM, PILOT)

    assert (found.decision, found.level) == ("qualified", "specialist")


def test_an_authored_level_is_not_given_where_the_policy_asks_for_a_panel() -> None:
    of = track(
        cut=cut(CUT, "spring-2026"),
        levels={"specialist": cut(0.8, "spring-specialist"), "expert": cut(1.4)},
    )
    strict = PILOT.changed(least_basis=Grade.CALIBRATED)

    found = decide(scores(1.0), of, FORM, strict, keys="panel")

    assert (found.decision, found.level) == ("qualified", "specialist")
    assert (found.basis.cut, found.basis.level_cut) == ("angoff:spring-2026", "angoff:spring-specialist")


@pytest.mark.parametrize(("value", "named"), [(0.78, None), (0.93, "authored"), (0.6, None)])
def test_a_verdict_names_what_its_level_stands_on(value: float, named: str | None) -> None:
    assert rule(value).basis.level_cut == named


values = st.lists(st.floats(0, 1).map(lambda value: round(value, 3)), min_size=47, max_size=47)


def rank(level: str | None) -> int:
    return [None, *LEVELS].index(level)  # type: ignore[arg-type]


@settings(max_examples=40)
@given(values, st.data())
def test_better_values_never_lower_a_level(given_values: list[float], data: st.DataObject) -> None:
    found: list[Score] = [
        one.changed(value=min(1.0, 0.6 + value))
        for one, value in zip(scores(1.0), given_values, strict=False)
    ]
    place = data.draw(st.integers(0, len(found) - 1))
    better = [*found[:place], found[place].changed(value=1.0), *found[place + 1 :]]

    before, after = (decide(each, TWO, FORM, PILOT) for each in (found, better))

    assert rank(after.level) >= rank(before.level)
