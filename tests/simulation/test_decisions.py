"""Simulated decisions: sequential tests, what is counted of them, and what disturbs them."""

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from numpy.typing import NDArray

from assessor.adapters.content import shipped_content
from assessor.domain.errors import InvalidInput
from assessor.domain.form import MAX_EXPOSURE, most_informative
from assessor.domain.library import Library
from assessor.simulation.decisions import CHOSEN, POINTS, SCENARIOS, Plan, Stopping, compare, draw, simulate
from assessor.simulation.decisions.measures import by_group, consistency, mean_of, summary
from assessor.simulation.decisions.sequential import Sitting, given_items, orders, sit
from assessor.simulation.decisions.world import REFERENCE_CUT, answer, draw_people, reference_items

BASELINE = SCENARIOS["baseline"]


async def _library() -> Library:
    return await shipped_content().library()


def _tested(stopping: Stopping, people: int = 400, seed: int = 3) -> tuple[Sitting, NDArray[np.int64]]:
    dice = np.random.default_rng(seed)
    items, them = reference_items(dice, BASELINE), draw_people(dice, people, BASELINE)
    told = items.told_at(REFERENCE_CUT)
    given = given_items(orders(str(seed), items.ids, people), told, stopping)
    answers = answer(dice, items, them, given, BASELINE)
    return sit(items, them.theta, given, answers, told, REFERENCE_CUT, stopping), given


def _played(*names: str, n: int = 3000, seed: int = 11) -> dict[str, Any]:
    scenarios: dict[str, Any] = simulate(Plan(n=n, seed=seed, scenarios=names))["scenarios"]
    return scenarios


@pytest.mark.slow
def test_on_the_reference_bank_the_goal_is_met_on_the_mean_of_the_seeds() -> None:
    result = simulate(Plan(seed=101, seeds=4, scenarios=()))

    found = result["summary"]
    assert found["right_of_decided"] >= 0.97
    assert found["items_mean"] <= 15
    assert found["referred"] <= 0.24
    assert found["wrong_pass"] <= 0.02
    assert found["wrong_fail"] <= 0.03
    assert found["overlap_mean"] <= 0.20
    assert found["interval_covers"] == pytest.approx(0.90, abs=0.02)
    assert [one["seed"] for one in result["seeds"]] == list(range(101, 105))
    assert max(one["exposure_max"] for one in result["seeds"]) <= MAX_EXPOSURE


def test_the_seed_repeats_a_simulation_and_another_simulates_other_people() -> None:
    plan = Plan(n=200, scenarios=("baseline", "leaked_items"))

    assert simulate(plan) == simulate(plan)
    assert simulate(plan)["summary"] != simulate(replace(plan, seed=2))["summary"]


@pytest.mark.parametrize(("least", "block", "most"), [(5, 2, 60), (6, 3, 20), (1, 1, 10), (9, 5, 30)])
def test_a_test_ends_between_two_blocks_or_when_its_items_are_used_up(
    least: int, block: int, most: int
) -> None:
    sat, _ = _tested(Stopping(least=least, block=block, most=most))

    assert set(sat.used) <= {*range(least, most, block), most}
    assert sat.exposed.sum() == sat.used.sum()


def test_without_hope_nobody_is_asked_on_and_with_none_needed_nobody_is_referred_early() -> None:
    hopeless, _ = _tested(Stopping(hope=1.01))
    stubborn, _ = _tested(Stopping(hope=0, most=30))

    assert set(hopeless.used) == {5}
    assert set(stubborn.used[stubborn.outcome == 0]) == {30}


def test_early_referral_saves_items_and_costs_few_decisions() -> None:
    patient, _ = _tested(Stopping(hope=0), people=2000)
    chosen, _ = _tested(Stopping(), people=2000)

    assert chosen.used.mean() < 0.8 * patient.used.mean()
    assert np.mean(chosen.outcome == 0) < np.mean(patient.outcome == 0) + 0.05


def test_the_items_of_a_person_are_those_that_the_service_would_draw() -> None:
    stopping = Stopping(most=60)
    _, given = _tested(stopping, people=3)
    items = reference_items(np.random.default_rng(3), BASELINE)
    told = dict(zip(items.ids, items.told_at(REFERENCE_CUT), strict=True))

    for person in range(3):
        pool, _ = most_informative(f"3/{person}", list(items.ids), 60, told.__getitem__)

        assert [items.ids[number] for number in given[person]] == pool


def test_what_is_counted_of_six_people() -> None:
    theta = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    sat = Sitting(
        outcome=np.array([1, -1, 0, 1, -1, -1]),
        used=np.array([2, 2, 4, 2, 2, 2]),
        exposed=np.array([6, 6, 1, 1]),
        covered=np.array([True, True, True, False, True, True]),
    )

    found = summary(theta, 0.5, sat)

    assert found == {
        "right_of_decided": 0.6,
        "items_mean": 2.3333,
        "items_p95": 3.5,
        "referred": 0.1667,
        "wrong_pass": 0.1667,
        "wrong_fail": 0.1667,
        "exposure_max": 1.0,
        "interval_covers": 0.8333,
        "overlap_mean": round(60 / (5 * 14), 4),
    }


def test_where_nobody_was_decided_no_share_of_them_is_made_up() -> None:
    nobody = Sitting(np.array([0, 0]), np.array([3, 3]), np.array([2, 2, 2]), np.array([True, True]))

    found = summary(np.array([0.0, 1.0]), 0.5, nobody)

    assert found["right_of_decided"] is None
    assert mean_of([found, {**found, "right_of_decided": 0.9}])["right_of_decided"] == 0.9
    assert consistency(nobody.outcome, nobody.outcome) == {"consistency": None, "same_outcome": 1.0}


def test_two_runs_are_compared_where_both_decided_and_overall() -> None:
    found = consistency(np.array([1, 1, -1, 0, 0]), np.array([1, -1, -1, 0, 1]))

    assert found == {"consistency": 0.6667, "same_outcome": 0.6}


def test_groups_are_compared_with_the_error_of_the_difference() -> None:
    found = by_group(np.array([1, 1, -1, 0, 1, -1]), np.array([False, False, False, False, True, True]))

    assert found["larger"] == {"people": 4, "qualified": 0.5, "referred": 0.25}
    assert found["smaller"] == {"people": 2, "qualified": 0.5, "referred": 0.0}
    assert (found["difference"], found["error"]) == (0.0, round((0.25 / 4 + 0.25 / 2) ** 0.5, 4))


def test_groups_that_do_not_differ_are_told_apart_by_chance_only() -> None:
    groups = _played("baseline")["baseline"]["groups"]

    assert abs(groups["difference"]) < 3 * groups["error"]


@pytest.mark.parametrize("name", ["lenient_judge", "drifting_judge"])
def test_a_kind_judge_passes_people_who_should_not(name: str) -> None:
    played = _played("baseline", name)

    assert played[name]["wrong_pass"] > 2 * played["baseline"]["wrong_pass"]


@pytest.mark.parametrize(
    ("expected", "unexpected"),
    [("calibration_noise", "ignored_noise"), ("response_effects", "ignored_effects")],
)
def test_a_model_that_reckons_with_noise_errs_less_and_refers_more(expected: str, unexpected: str) -> None:
    played = _played(expected, unexpected)
    known, ignored = played[expected], played[unexpected]

    assert known["right_of_decided"] > ignored["right_of_decided"]
    assert known["interval_covers"] > ignored["interval_covers"]
    assert known["referred"] > ignored["referred"]


def test_speeded_people_are_failed_wrongly_and_leaked_items_pass_wrongly() -> None:
    played = _played("baseline", "speeded_candidates", "leaked_items")

    assert played["speeded_candidates"]["wrong_fail"] > 1.5 * played["baseline"]["wrong_fail"]
    assert played["leaked_items"]["wrong_pass"] > played["baseline"]["wrong_pass"]


def test_biased_items_cost_the_smaller_group_and_only_that() -> None:
    played = _played("baseline", "biased_items")
    fair, biased = played["baseline"]["groups"], played["biased_items"]["groups"]

    assert biased["smaller"]["qualified"] < fair["smaller"]["qualified"]
    assert biased["larger"] == fair["larger"]


def test_every_scenario_says_what_it_is() -> None:
    document = simulate(Plan(n=50))

    assert set(document["scenarios"]) == set(SCENARIOS)
    assert {name: found["says"] for name, found in document["scenarios"].items()} == {
        name: scenario.says for name, scenario in SCENARIOS.items()
    }


@pytest.mark.slow
async def test_a_track_is_simulated_on_its_own_forms_with_authored_parameters() -> None:
    library = await _library()
    drawn = library.track("python").forms["full"]
    plan = Plan("python", 40, scenarios=("baseline", "lenient_judge"), library=library)

    document = simulate(plan)

    assert document["summary"]["items_mean"] >= sum(section.count for section in drawn.sections)
    assert document["summary"]["interval_covers"] > 0.7
    assert document == simulate(plan)
    lenient = document["scenarios"]["lenient_judge"]
    assert lenient["groups"]["larger"]["qualified"] >= document["seeds"][0]["groups"]["larger"]["qualified"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"bank": "java"}, "--bank.*'java' is none.*reference, .*python"),
        ({"form": "endless"}, "--form.*'endless' is none.*full, short"),
        ({"scenarios": ("rain",)}, "--scenario.*rain is none.*baseline"),
    ],
)
async def test_what_cannot_be_simulated_is_named_with_what_can(change: dict[str, Any], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        Plan(**{"bank": "python", "library": await _library(), **change})


def test_the_chart_shows_every_way_and_marks_the_chosen_one() -> None:
    found = compare(60, [1])

    chart = ET.fromstring(draw(found))  # noqa: S314 - our own file

    dots = chart.findall("{http://www.w3.org/2000/svg}circle")
    words = " ".join(text.text or "" for text in chart.iter("{http://www.w3.org/2000/svg}text"))
    assert [point["name"] for point in found] == list(POINTS)
    assert len(dots) == len(POINTS)
    assert [dot.get("r") for dot in dots].count("6") == 1
    assert all(name in words for name in POINTS)
    assert POINTS[CHOSEN] == Stopping()
