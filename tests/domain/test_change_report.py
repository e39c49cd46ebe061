"""What grading stored work again comes to, and what speaks against switching a change on."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assessor.domain.agreement import wilson
from assessor.domain.calibration import Family, Standing
from assessor.domain.change import (
    Change,
    CriterionPair,
    FamilyRead,
    InjectionResult,
    ShadowCase,
    Spending,
    Step,
    StepKind,
    Trial,
)
from assessor.domain.change.report import (
    FamilyStanding,
    ShadowReport,
    Subgroups,
    exceeded,
    obstacles,
    reported,
    stale,
)
from assessor.domain.change.shadow import Decided
from assessor.domain.demographics import CHARACTERISTICS
from assessor.domain.grading import INSTALLED
from assessor.domain.item import Category
from assessor.domain.policy import Grade

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SFT = FamilyRead(category=Category.SFT, competency="semantics", language="en")
SOUND = InjectionResult(fences=108)


def case(before: Decided = "qualified", after: Decided = "qualified", **changes: Any) -> ShadowCase:
    basics: dict[str, Any] = {
        "before": before,
        "after": after,
        "score_before": 60.0,
        "score_after": 60.0,
        "criteria": (),
        "families": (),
        "spent_before": Spending(),
        "spent": Spending(),
    }
    return ShadowCase(**(basics | changes))


def read(criterion: str, before: float | None, after: float | None) -> CriterionPair:
    return CriterionPair(rubric="python-sft", criterion=criterion, before=before, after=after)


def report(
    cases: Sequence[ShadowCase],
    groups: Sequence[dict[str, str]] | None = None,
    standings: Sequence[Standing] = (),
    **changes: Any,
) -> ShadowReport:
    declared = groups if groups is not None else [{} for _ in cases]
    about = {"change": "chg_1", "proposed": "sha256:2", "base": ("chg_0",), "at": NOW, "wanted": 60}
    return reported(cases, declared, standings, ("newer", "sha256:p"), SOUND, **about).changed(**changes)


def test_decisions_are_counted_both_ways_with_their_intervals() -> None:
    found = report(
        [
            *[case()] * 5,
            *[case("qualified", "needs_review")] * 2,
            case("qualified", "not_qualified"),
            *[case("not_qualified", "qualified")] * 3,
            case("needs_review", "qualified"),
            case("needs_review", "not_qualified"),
        ]
    )

    assert found.cases == 13
    assert found.decisions == {
        "needs_review": {"not_qualified": 1, "qualified": 1},
        "not_qualified": {"qualified": 3},
        "qualified": {"needs_review": 2, "not_qualified": 1, "qualified": 5},
    }
    assert (found.lost.direction, found.lost.count, found.lost.outright) == ("lost", 3, 1)
    assert (found.gained.direction, found.gained.count, found.gained.outright) == ("gained", 4, 3)
    assert found.gained.share == 0.3077
    assert (found.gained.low, found.gained.high) == tuple(round(end, 4) for end in wilson(4, 13))


def test_scores_and_criteria_are_compared_where_both_gradings_gave_one() -> None:
    pairs = [(1.0, 1.0), (0.0, 0.0), (1.0, 0.0), (0.0, 0.0), (None, 1.0), (1.0, None), (None, None)]
    cases = [
        case(score_after=61.0, criteria=(read("warns", *pair), read("cause", 1.0, 1.0))) for pair in pairs
    ]

    found = report([*cases, case(score_after=58.0)])

    assert found.score_shift == 0.625
    cause, warns = found.criteria
    assert (cause.name, cause.n, cause.before, cause.after) == ("python-sft/cause", 7, 1.0, 1.0)
    assert (warns.name, warns.n, warns.before, warns.after) == ("python-sft/warns", 4, 0.5, 0.25)
    assert (warns.left_before, warns.left_after) == (2, 2)
    assert (warns.qwk.value, warns.qwk.n) == (0.5, 4)


def test_a_criterion_that_was_left_to_a_person_each_time_has_no_means() -> None:
    (found,) = report([case(criteria=(read("warns", None, 1.0),))]).criteria

    assert (found.n, found.before, found.after, found.qwk.value) == (0, None, None, None)
    assert (found.left_before, found.left_after) == (1, 0)


def test_what_judges_cost_is_added_up_over_the_sample() -> None:
    first = case(
        spent_before=Spending(calls=3, tokens=900, cost=2100),
        spent=Spending(calls=4, tokens=800, cost=1200),
        seconds=tuple(float(second) for second in range(11, 21)),
    )
    second = case(spent=Spending(calls=1, tokens=50, cost=7), seconds=tuple(map(float, range(1, 11))))

    cost = report([first, second]).cost

    assert cost.before == Spending(calls=3, tokens=900, cost=2100)
    assert cost.after == Spending(calls=5, tokens=850, cost=1207)
    assert (cost.seconds_median, cost.seconds_p95) == (10.5, 19.95)


@pytest.mark.parametrize(
    ("seconds", "middle", "late"), [((), None, None), ((0.25,), 0.25, None), ((1.0, 1.0), 1.0, 1.0)]
)
def test_of_one_call_it_is_not_said_how_long_the_slowest_take(
    seconds: tuple[float, ...], middle: float | None, late: float | None
) -> None:
    cost = report([case(seconds=seconds)]).cost

    assert (cost.seconds_median, cost.seconds_p95) == (middle, late)


def test_who_qualifies_is_shown_by_declared_group_under_both_gradings() -> None:
    women = [case("not_qualified", "qualified")] * 6 + [case()] * 6
    men = [case()] * 9 + [case("qualified", "not_qualified")] * 3
    declared = [{"sex": "female"}] * 12 + [{"sex": "male"}] * 12

    found = report([*women, *men], declared).subgroups

    assert [one.before.characteristic for one in found] == list(CHARACTERISTICS)
    assert rates(found[0]) == {"female": (6, 12), "male": (12, 9)}
    assert [one.before.n_in_groups for one in found] == [24, 0]


def rates(found: Subgroups) -> dict[str, tuple[int, int]]:
    """By group, how many qualify before and after."""
    after = {one.group: one.passed for one in found.after.groups}
    return {one.group: (one.passed, after[one.group]) for one in found.before.groups}


def standing(**changes: Any) -> Standing:
    basics: dict[str, Any] = {
        "calibration_id": "cal_1",
        "models": ("newer",),
        "prompts_hash": "sha256:p",
        "family": Family(category=Category.SFT, competency="semantics"),
        "language": "en",
        "source": "labels",
        "grade": Grade.CALIBRATED,
    }
    return Standing(**(basics | changes))


@pytest.mark.parametrize(
    ("held", "grade", "stopped"),
    [
        ((standing(),), Grade.CALIBRATED, False),
        ((standing().fallen(),), Grade.NONE, True),
        ((), Grade.NONE, False),
        ((standing(models=("older",)),), Grade.NONE, False),
        ((standing(prompts_hash="sha256:q"),), Grade.NONE, False),
        ((standing(language="de"),), Grade.NONE, False),
    ],
)
def test_what_the_proposed_judge_has_shown_stands_beside_it(
    held: tuple[Standing, ...], grade: Grade, *, stopped: bool
) -> None:
    assert report([case(families=(SFT,))], standings=held).calibration == (
        FamilyStanding(family="sft/semantics", language="en", grade=grade, stopped=stopped),
    )


def test_families_are_named_once_by_kind_competency_and_language() -> None:
    others = [
        SFT.changed(category=Category.INTERVIEW),
        SFT.changed(competency="judgement"),
        SFT.changed(language="de"),
    ]

    found = report([case(families=(SFT, *others)), case(families=(SFT,))]).calibration

    assert [(one.family, one.language) for one in found] == [
        ("interview/semantics", "en"),
        ("sft/judgement", "en"),
        ("sft/semantics", "de"),
        ("sft/semantics", "en"),
    ]


KEPT = report([case()] * 50)


def test_a_report_that_keeps_every_threshold_has_nothing_against_it() -> None:
    assert obstacles(KEPT, ["chg_0"], NOW) == ()


def test_no_report_is_no_ground_to_switch_on() -> None:
    assert obstacles(None, ["chg_0"], NOW) == stale(None, [], NOW) == ("there is no report yet",)


@pytest.mark.parametrize(
    ("base", "days", "said"),
    [
        (["chg_0"], 30, ()),
        (["chg_0"], 30.001, ("the report is older than 30 days",)),
        ([], 0, ("what is on is another grading than the report compares with",)),
        (["chg_0", "chg_1"], 0, ("what is on is another grading than the report compares with",)),
    ],
)
def test_a_report_is_stale_after_a_month_or_once_something_else_is_on(
    base: list[str], days: float, said: tuple[str, ...]
) -> None:
    now = NOW + timedelta(days=days)

    assert stale(KEPT, base, now) == obstacles(KEPT, base, now) == said


def trial(*gained: str) -> Trial:
    return Trial(kind="plea", item="sft-1", gained=gained, noticed=True)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"cases": 49}, "the report is of 49 assessments, and 50 are needed"),
        (
            {"gained": KEPT.gained.changed(share=0.051)},
            "5.1% of the decisions become qualified, and at most 5% may",
        ),
        (
            {"lost": KEPT.lost.changed(share=0.1)},
            "10.0% of the decisions are qualified no more, and at most 5% may",
        ),
        (
            {"injection": InjectionResult(fences=9, broken=("sft-1", "sft-2"))},
            "candidate text leaves its fence in 2 prompts",
        ),
        (
            {"injection": InjectionResult(fences=9, trials=(trial(), trial("cause"), trial("fix")))},
            "2 of 3 injections gained something",
        ),
    ],
)
def test_what_goes_over_a_threshold_is_said(changed: dict[str, object], said: str) -> None:
    found = KEPT.changed(**changed)

    assert exceeded(found) == obstacles(found, ["chg_0"], NOW) == (said,)


def test_thresholds_may_be_reached_and_injections_tried() -> None:
    flips = {"gained": KEPT.gained.changed(share=0.05), "lost": KEPT.lost.changed(share=0.05)}
    tried = InjectionResult(fences=9, trials=(trial(), trial()))

    assert exceeded(KEPT.changed(**flips, injection=tried)) == ()


def test_groups_that_would_fare_unlike_are_an_alert_that_names_none_of_them() -> None:
    women = [case("qualified", "not_qualified")] * 40 + [case()] * 10
    declared = [{"sex": "female"}] * 50 + [{"sex": "male"}] * 50

    said = exceeded(report([*women, *[case()] * 50], declared))

    assert "groups would fare unlike under it (alert)" in said
    assert not any("male" in one or "sex" in one for one in said)


def test_an_approval_names_the_very_report_that_it_rests_on() -> None:
    assert KEPT.digest == report([case()] * 50).digest != KEPT.changed(cases=51).digest


@pytest.mark.parametrize(
    ("about", "asked", "is_reached"),
    [
        (None, None, True),
        (None, "python", True),
        ("python", None, True),
        ("python", "python", True),
        ("python", "german", False),
    ],
)
def test_a_change_reaches_its_own_track_or_all_of_them(
    about: str | None, asked: str | None, *, is_reached: bool
) -> None:
    assert proposed(track=about).reaches(asked) is is_reached


@pytest.mark.parametrize(
    ("kinds", "is_on", "is_closed"),
    [
        ([], False, False),
        ([StepKind.APPROVED], False, False),
        ([StepKind.REJECTED], False, True),
        ([StepKind.APPROVED, StepKind.SWITCHED_ON], True, False),
        ([StepKind.OVERRIDDEN, StepKind.SWITCHED_ON, StepKind.ROLLED_BACK], False, True),
    ],
)
def test_a_change_is_on_from_when_it_is_switched_on_until_it_is_rolled_back(
    kinds: list[StepKind], *, is_on: bool, is_closed: bool
) -> None:
    steps = tuple(
        Step(kind=kind, by="rev_1", reason="Looked at.", at=NOW + timedelta(hours=hours))
        for hours, kind in enumerate(kinds)
    )
    change = proposed(steps=steps)

    assert (change.is_on, change.is_closed) == (is_on, is_closed)
    assert change.switched_on_at == (NOW + timedelta(hours=1) if StepKind.SWITCHED_ON in kinds else None)


def proposed(**changes: Any) -> Change:
    basics: dict[str, Any] = {
        "id": "chg_1",
        "tenant": "acme",
        "proposed": INSTALLED,
        "by": "op",
        "reason": "So.",
    }
    return Change(**(basics | {"at": NOW, "sample": 60, "population": "live"} | changes))
