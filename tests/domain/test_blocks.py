"""Forms that may end early: their plans, their blocks, and the look between two blocks."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from assessor.domain.assessment import advanced
from assessor.domain.errors import IllegalTransition
from assessor.domain.events import BlockFinished
from assessor.domain.form import Form, draw_form
from assessor.domain.form.blocks import along, blocks_of
from assessor.domain.item import Category
from assessor.domain.score import Score, Unscored
from assessor.domain.track import FormPlan, Section, Track
from assessor.domain.verdict import is_clear, probability_by_rules
from tests.domain.banks import library, ranking
from tests.domain.samples import READ, STARTED, assessment, scores, track, unscored
from tests.scoring.works import EVALUATION, INTERVIEW

RANKINGS = Section(category=Category.RANKING, count=5, least=1)


def plan(**changes: Any) -> FormPlan:
    basics = {"sections": (RANKINGS,), "minutes": 45, "time_limit_minutes": 60, "sequential": True}
    return FormPlan.model_validate(basics | changes)


def sequential() -> Track:
    return track(forms={"full": plan()})


def drawn(seed: str) -> Form:
    return draw_form(library(*(ranking(n) for n in range(9))), sequential(), "full", seed)


# --- what a plan may say ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sequential": False}, "sequential: has to be true where a section has a `least`"),
        ({"sections": (RANKINGS.changed(least=None),)}, "sequential: needs a section with a `least`"),
        ({"sections": (RANKINGS.changed(least=5),)}, "sequential: needs a section with a `least` below"),
        ({"coverage": {"semantics": 1}}, "coverage: a form that may end early cannot promise it"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        plan(**changes)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"category": Category.INTERVIEW, "count": 3, "least": 1}, "least: only what a rule scores"),
        ({"category": Category.SFT, "count": 2, "least": 1}, "least: only what a rule scores"),
        ({"category": Category.RANKING, "count": 2, "least": 3}, "least: is more than the 2"),
        (
            {"category": Category.RANKING, "count": 2, "least": 1, "repeats": 1},
            "hidden repeats is a fixed part",
        ),
        ({"category": Category.RANKING, "count": 2, "least": 0}, "least"),
    ],
)
def test_only_what_a_rule_scores_may_be_left_out(section: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Section.model_validate(section)


# --- blocks -------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(st.text(max_size=8))
def test_the_first_block_is_what_comes_in_any_case_and_the_others_have_two_tasks(seed: str) -> None:
    form = drawn(seed)

    assert [len(block) for block in form.blocks] == [1, 2, 2]
    assert [item.item_id for item in form.items] == [name for block in form.blocks for name in block]
    assert form == drawn(seed)


def test_the_order_of_the_blocks_is_the_seeds_and_no_two_candidates_need_have_the_same() -> None:
    assert len({drawn(f"seed-{number}").blocks for number in range(20)}) > 10


def test_a_form_that_is_not_sequential_has_no_blocks() -> None:
    fixed = track(
        forms={"full": plan(sequential=False, sections=(RANKINGS.changed(least=None),))},
    )

    form = draw_form(library(*(ranking(n) for n in range(9))), fixed, "full", "s")

    assert form.blocks == ()
    assert form.until(0) == form


def test_every_section_that_may_end_early_has_its_least_in_the_first_block_and_the_rest_in_later_ones() -> (
    None
):
    two = plan(
        sections=(
            Section(category=Category.INTERVIEW, count=1),
            RANKINGS.changed(least=2),
            Section(category=Category.EVALUATION, count=2, least=1),
        )
    )
    rankings = [ranking(number) for number in range(5)]
    evaluations = [EVALUATION.changed(id=f"eval-{number}") for number in range(2)]

    first, *later = blocks_of(two, [INTERVIEW, *rankings, *evaluations], "s")

    assert first == ("rank-0", "rank-1", "eval-0")
    assert sorted(name for block in later for name in block) == ["eval-1", "rank-2", "rank-3", "rank-4"]
    assert [len(block) for block in later] == [2, 2]


def test_of_the_same_items_each_seed_makes_blocks_of_its_own() -> None:
    rankings = [ranking(number) for number in range(5)]

    made = {blocks_of(plan(), rankings, f"seed-{number}") for number in range(20)}

    assert len(made) > 5
    assert {blocks[0] for blocks in made} == {("rank-0",)}


def test_the_fixed_part_comes_before_all_blocks() -> None:
    rankings = [ranking(number) for number in range(3)]

    path = along((("rank-2",), ("rank-0", "rank-1")), [*rankings, INTERVIEW])

    assert [item.id for item in path] == [INTERVIEW.id, "rank-2", "rank-0", "rank-1"]


def test_a_form_that_ended_keeps_what_was_given() -> None:
    form = drawn("s")

    ended = form.until(2)

    assert ended.blocks == form.blocks[:2]
    assert [item.item_id for item in ended.items] == [*form.blocks[0], *form.blocks[1]]


# --- the path -----------------------------------------------------------------------------------


def started(*facts: Any) -> Any:
    form = drawn("s")
    of = assessment(*STARTED)
    assert of.drawn is not None
    replaced = of.drawn.changed(form=form)
    for seq, fact in enumerate((replaced, *facts), of.seq + 1):
        of = advanced(of, seq, of.ordered.expires_at, fact)
    return of


def test_a_block_opens_when_the_one_before_is_final() -> None:
    blocks = drawn("s").blocks
    before, after = started(), started(BlockFinished(block=0, probability=0.6, ends=False))

    before.require_its_turn(blocks[0][0])
    after.require_its_turn(blocks[1][0])
    with pytest.raises(IllegalTransition, match="comes later"):
        before.require_its_turn(blocks[1][0])
    with pytest.raises(IllegalTransition, match="handed in for good"):
        after.require_its_turn(blocks[0][0])


@pytest.mark.parametrize("probability", [0.02, 0.98])
def test_after_an_early_end_the_form_is_what_was_given(probability: float) -> None:
    blocks = drawn("s").blocks

    ended = started(BlockFinished(block=0, probability=probability, ends=True))

    assert [item.item_id for item in ended.form.items] == list(blocks[0])
    assert ended.drawn.form.blocks == blocks


# --- the look between two blocks ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("probability", "clear"), [(0.95, True), (0.05, True), (0.949999, False), (0.5, False), (0.050001, False)]
)
def test_it_ends_at_the_rules_certainty_to_either_side(
    probability: float,
    clear: bool,  # noqa: FBT001 - a column
) -> None:
    assert is_clear(probability) is clear


@settings(max_examples=25)
@given(st.lists(st.floats(0, 1).map(lambda value: round(value, 2)), min_size=60, max_size=60), st.data())
def test_only_what_rules_scored_is_looked_at(values: list[float], data: st.DataObject) -> None:
    found: list[Score] = [one.changed(value=value) for one, value in zip(scores(1.0), values, strict=False)]
    by_rules = [one for one in found if one.category not in READ]
    others = [one.changed(value=0.0) for one in found if one.category in READ]
    silent = [unscored(one, Unscored.CANDIDATE_COULD_NOT_JUDGE, one.rater) for one in by_rules[:3]]

    plain = probability_by_rules(by_rules[3:], track())

    assert (
        probability_by_rules(data.draw(st.permutations([*by_rules[3:], *others, *silent])), track()) == plain
    )


def test_better_work_makes_it_likelier() -> None:
    weak, fair, strong = (probability_by_rules(scores(value), track()) for value in (0.1, 0.6, 1.0))

    assert weak < 0.1 < fair < 0.9 < strong
