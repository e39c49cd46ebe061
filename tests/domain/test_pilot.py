"""The pilot ladder: what each stage lets rules decide, what automatic takes, and what a pilot costs."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from assessor.domain.calibration import REQUIRED, Family, Standing
from assessor.domain.errors import InvalidInput
from assessor.domain.item import Category, Item
from assessor.domain.library import Library
from assessor.domain.pilot import (
    Assumptions,
    JudgeInUse,
    StageChange,
    accept_region,
    forecast,
    holding,
    judged_families,
    lacking,
    stage_for,
)
from assessor.domain.policy import DEFAULT_STAGE, RULES_MAY_DECIDE, Grade, Policy, Stage
from assessor.domain.rubric import Criterion, Rubric
from assessor.domain.track import Section, Track
from assessor.domain.verdict import ReasonCode, decide
from tests.domain.banks import plan
from tests.domain.samples import BOTH_WAYS, PILOT, form, scores, track
from tests.scoring.works import SFT

ABLE, NEAR, UNABLE = 0.9, 0.6, 0.15
BEGINS = date(2026, 12, 1)
JUDGE = JudgeInUse(("m1", "m2"), "sha256:p")
FAMILY = Family(category=Category.SFT, competency="semantics")


@pytest.mark.parametrize(
    ("stage", "value", "decision", "reasons"),
    [
        (Stage.SHADOW, ABLE, "needs_review", ["pilot_shadow", "proposed_qualified"]),
        (Stage.SHADOW, NEAR, "needs_review", ["pilot_shadow", "near_cut"]),
        (Stage.SHADOW, UNABLE, "needs_review", ["pilot_shadow", "proposed_not_qualified"]),
        (Stage.CALIBRATION, ABLE, "needs_review", ["pilot_calibration", "proposed_qualified"]),
        (Stage.CALIBRATION, UNABLE, "needs_review", ["pilot_calibration", "proposed_not_qualified"]),
        (Stage.ASSISTED, ABLE, "qualified", ["above_cut"]),
        (Stage.ASSISTED, NEAR, "needs_review", ["near_cut"]),
        (Stage.ASSISTED, UNABLE, "needs_review", ["proposed_not_qualified"]),
        (Stage.AUTOMATIC, ABLE, "qualified", ["above_cut"]),
        (Stage.AUTOMATIC, NEAR, "needs_review", ["near_cut"]),
        (Stage.AUTOMATIC, UNABLE, "not_qualified", ["below_cut"]),
        (None, UNABLE, "needs_review", ["proposed_not_qualified"]),
    ],
)
def test_a_stage_says_what_rules_decide_and_who_comes_next(
    stage: Stage | None, value: float, decision: str, reasons: list[str]
) -> None:
    found = decide(scores(value), track(), form(), PILOT, stage=stage)

    assert (found.decision, [code.value for code in found.reasons]) == (decision, reasons)
    assert found.actor == ("reviewer" if decision == "needs_review" else "none")


@pytest.mark.parametrize("stage", list(Stage))
def test_a_stage_takes_the_place_of_what_the_policy_says(stage: Stage) -> None:
    assert BOTH_WAYS.at(stage).rules_may_decide == RULES_MAY_DECIDE[stage]
    assert BOTH_WAYS.at(None) == BOTH_WAYS


def test_where_no_stage_was_set_the_default_policy_grants_what_the_default_stage_does() -> None:
    assert Policy().rules_may_decide == RULES_MAY_DECIDE[DEFAULT_STAGE]


def test_automatic_decides_nothing_on_a_basis_that_the_policy_does_not_take() -> None:
    found = decide(scores(UNABLE), track(), form(), Policy(), stage=Stage.AUTOMATIC)

    assert found.decision == "needs_review"
    assert ReasonCode.BASIS_BELOW_POLICY in found.reasons


def change(stage: Stage, region: str | None = None, *, hours: int = 0, tenant: str = "acme") -> StageChange:
    at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=hours)
    return StageChange(
        tenant=tenant,
        track="python",
        region=region,
        stage=stage,
        by="rita",
        reason="Because it is time.",
        at=at,
    )


@pytest.mark.parametrize(
    ("newest_first", "region", "stage"),
    [
        ([], None, None),
        ([], "eu", None),
        ([change(Stage.SHADOW)], None, Stage.SHADOW),
        ([change(Stage.SHADOW)], "eu", Stage.SHADOW),
        ([change(Stage.AUTOMATIC, "eu")], None, None),
        ([change(Stage.AUTOMATIC, "eu")], "us", None),
        ([change(Stage.AUTOMATIC, "eu"), change(Stage.SHADOW)], "eu", Stage.AUTOMATIC),
        ([change(Stage.AUTOMATIC, "eu"), change(Stage.SHADOW)], "us", Stage.SHADOW),
        ([change(Stage.ASSISTED), change(Stage.AUTOMATIC)], None, Stage.ASSISTED),
    ],
)
def test_the_newest_of_the_region_holds_and_else_that_of_the_track(
    newest_first: list[StageChange], region: str | None, stage: Stage | None
) -> None:
    assert stage_for(newest_first, region) is stage


def test_what_holds_is_one_change_for_each_platform_track_and_region() -> None:
    found = holding(
        [
            change(Stage.ASSISTED, hours=3),
            change(Stage.AUTOMATIC, "eu", hours=2),
            change(Stage.AUTOMATIC, hours=1),
            change(Stage.SHADOW, tenant="other"),
        ]
    )

    assert [(one.tenant, one.region, one.stage) for one in found] == [
        ("acme", None, Stage.ASSISTED),
        ("acme", "eu", Stage.AUTOMATIC),
        ("other", None, Stage.SHADOW),
    ]


def standing(**changes: Any) -> Standing:
    basics: dict[str, Any] = {
        "calibration_id": "cal_1",
        "models": JUDGE.models,
        "prompts_hash": JUDGE.prompts_hash,
        "family": FAMILY,
        "language": "en",
        "source": "labels",
        "grade": Grade.CALIBRATED,
    }
    return Standing(**(basics | changes))


@pytest.mark.parametrize(
    ("standings", "said"),
    [
        ([standing()], ()),
        ([], ("sft/semantics has no calibration of this judge",)),
        ([standing(language="de")], ("sft/semantics has no calibration of this judge",)),
        ([standing(models=("m1",))], ("sft/semantics has no calibration of this judge",)),
        ([standing(prompts_hash="sha256:q")], ("sft/semantics has no calibration of this judge",)),
        ([standing(grade=Grade.PROVISIONAL)], ("sft/semantics has the grade provisional (cal_1)",)),
        ([standing(grade=Grade.NONE)], ("sft/semantics has the grade none (cal_1)",)),
        (
            [standing().fallen()],
            ("sft/semantics was stopped (cal_1): the judge agrees with people less than it did",),
        ),
    ],
)
def test_automatic_takes_a_calibration_of_this_very_judge_in_every_family(
    standings: list[Standing], said: tuple[str, ...]
) -> None:
    assert lacking([FAMILY], "en", standings, JUDGE, {}) == said


def criterion(id_: str, competency: str) -> Criterion:
    return Criterion(
        id=id_, text="Says in words of its own what the cause is.", competency=competency, level=2
    )


BOTH = Rubric(
    id="both",
    purpose="For the forecast of a pilot.",
    criteria=(
        criterion("cause", "semantics"),
        criterion("cure", "semantics"),
        criterion("tone", "judgement"),
    ),
)
ONE = BOTH.changed(id="one", criteria=(criterion("cause", "semantics"),))


def bank(*rubrics: Rubric) -> tuple[Library, Track]:
    """A track whose form has two ideal responses, from a bank of as many as there are rubrics."""
    piloted = plan(Section(category=Category.SFT, count=2))
    items: dict[str, Item] = {
        f"sft-{n}": SFT.changed(id=f"sft-{n}", rubric=one.id) for n, one in enumerate(rubrics)
    }
    by_id = {one.id: one for one in rubrics}
    return Library(tracks={"python": piloted}, items={"python": items}, rubrics=by_id), piloted


def test_the_judged_families_are_those_of_the_criteria_that_a_form_can_hold() -> None:
    library, piloted = bank(BOTH, ONE)
    interviews_only = plan(Section(category=Category.INTERVIEW, count=1))

    assert [str(one) for one in judged_families(library, piloted)] == ["sft/judgement", "sft/semantics"]
    assert judged_families(library, interviews_only) == ()


def test_a_forecast_counts_responses_labels_hours_and_the_day() -> None:
    library, piloted = bank(BOTH, ONE)

    found = forecast(
        library,
        piloted,
        Assumptions(candidates=150, candidates_per_week=50, minutes_per_criterion=2, scored_twice=0.2),
        BEGINS,
    )

    judgement, semantics = found.families
    assert (judgement.responses_per_candidate, judgement.criteria_per_response) == (1, 1)
    assert (semantics.responses_per_candidate, semantics.criteria_per_response) == (2, 1.5)
    assert (judgement.responses, judgement.responses_twice, judgement.labels) == (150, 30, 180)
    assert (semantics.responses, semantics.responses_twice, semantics.labels) == (300, 60, 540)
    assert (judgement.reaches, judgement.candidates_needed, judgement.candidates_missing) == (False, 200, 50)
    assert (semantics.reaches, semantics.candidates_needed, semantics.candidates_missing) == (True, 100, 0)
    assert (found.labels, found.reviewer_hours, found.criteria_per_candidate) == (720, 24, 4)
    assert (semantics.ready_on, judgement.ready_on) == (date(2026, 12, 15), date(2026, 12, 29))
    assert (found.candidates_needed, found.candidates_missing, found.ready_on) == (
        200,
        50,
        judgement.ready_on,
    )


def test_few_second_scores_ask_for_more_candidates_than_the_responses_do() -> None:
    library, piloted = bank(ONE, ONE.changed(id="other"))

    found = forecast(library, piloted, Assumptions(candidates=200, scored_twice=0.1), BEGINS)

    (family,) = found.families
    assert family.candidates_needed * 2 * 0.1 == REQUIRED.labelled_twice
    assert family.reaches


@pytest.mark.parametrize(
    ("assumed", "said"),
    [
        ({"candidates": 0}, "--candidates: is 0"),
        ({"candidates": 5, "candidates_per_week": 0}, "--candidates-per-week: is 0"),
        ({"candidates": 5, "minutes_per_criterion": -1}, "--minutes-per-criterion: is -1"),
        ({"candidates": 5, "scored_twice": 0}, "--scored-twice: is 0"),
        ({"candidates": 5, "scored_twice": 1.5}, "--scored-twice: is 1.5"),
        ({"candidates": 5, "candidates_per_week": 1e-9}, "--candidates-per-week: is too few"),
    ],
)
def test_an_assumption_that_makes_no_sense_is_named_with_what_would(
    assumed: dict[str, float], said: str
) -> None:
    library, piloted = bank(BOTH, ONE)

    with pytest.raises(InvalidInput) as refused:
        forecast(library, piloted, Assumptions.model_validate(assumed), BEGINS)

    assert said in str(refused.value)


@pytest.mark.parametrize("region", [None, "eu", "us-ny"])
def test_a_region_is_a_short_code_or_none(region: str | None) -> None:
    accept_region(region)


@pytest.mark.parametrize("region", ["", "EU", "New York", "eu_1"])
def test_what_is_no_code_of_a_region_is_refused_with_an_example(region: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        accept_region(region)

    (problem,) = refused.value.problems
    assert (problem.field, problem.problem) == ("region", f"{region!r} is no code")
    assert "e.g. eu" in problem.remedy
