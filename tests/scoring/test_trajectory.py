from typing import Any

import pytest

from assessor.domain.item import Category, ErrorClass, TrajectoryItem
from assessor.domain.response import TrajectoryResponse
from assessor.scoring import rate_by_rule
from assessor.scoring.trajectory import findings, first_error_credit
from tests.scoring.prose import is_sentence
from tests.scoring.works import GOOD, TRAJECTORY, work


def values(**changes: Any) -> dict[str, float | None]:
    return {score.criterion: score.value for score in rate_by_rule(work(Category.TRAJECTORY, **changes))}


@pytest.mark.parametrize(("named", "credit"), [("s3", 1), ("s2", 0.5), ("s4", 0.5), ("s1", 0.25), (None, 0)])
def test_credit_for_the_first_wrong_step_halves_with_each_step_of_distance(
    named: str | None, credit: float
) -> None:
    assert first_error_credit(["s1", "s2", "s3", "s4", "s5"], "s3", named) == credit


@pytest.mark.parametrize(("named", "value"), [("s3", 1), ("s2", 1 / 7), ("s4", 1 / 7), ("s1", 0), ("s5", 0)])
def test_the_first_wrong_step_counts_beyond_what_a_guess_would_earn(named: str, value: float) -> None:
    # A guess among none and five steps earns (0 + .25 + .5 + 1 + .5 + .25) / 6 = 5/12;
    # (1/2 - 5/12) / (7/12) = 1/7.
    assert values(first_error=named)["first_error"] == pytest.approx(value, abs=1e-6)


def test_seeing_no_wrong_step_where_there_is_one_earns_nothing() -> None:
    found = values(first_error=None, error_class="none")

    assert (found["first_error"], found["error_class"]) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("named", "value", "told"), [(None, 1.0, "as careful people do."), ("s1", 0.0, "step, or none.")]
)
def test_a_run_without_a_wrong_step_is_one_to_be_recognised(
    named: str | None, value: float, told: str
) -> None:
    clean = TrajectoryItem(
        **TRAJECTORY.model_dump(exclude={"key", "category"}),
        key=TRAJECTORY.key.changed(first_error=None, error_class=ErrorClass.NONE),
    )
    response = TrajectoryResponse.model_validate(GOOD[Category.TRAJECTORY] | {"first_error": named})

    found = findings(clean, response)["first_error"]

    assert found.value == value
    assert found.reason.endswith(told)
    assert is_sentence(found.reason)


@pytest.mark.parametrize(
    ("labels", "value"),
    [
        # At random a step earns 1/4, the second one (1 + .75) / 4: .2875 on average.
        ({}, 1.0),
        ({"s1": "poor"}, (0.8 - 0.2875) / 0.7125),
        ({"s2": "not_needed"}, (0.95 - 0.2875) / 0.7125),  # some careful people say so as well
        ({"s1": "poor", "s2": "poor", "s3": "good", "s4": "good", "s5": "good"}, 0.0),
    ],
)
def test_labels_earn_the_share_that_is_right_beyond_chance(labels: dict[str, str], value: float) -> None:
    found = values(labels=GOOD[Category.TRAJECTORY]["labels"] | labels)

    assert found["labels"] == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    ("named", "value"),
    # One of nine classes drawn blindly earns 1.75 / 9; .75 beyond that is 5/7.25.
    [("destructive_action", 1.0), ("scope_creep", 5 / 7.25), ("wrong_tool", 0.0)],
)
def test_the_kind_of_mistake_may_be_one_that_careful_people_also_name(named: str, value: float) -> None:
    assert values(error_class=named)["error_class"] == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(("named", "value"), [("failure", 1.0), ("partial", 0.0), ("success", 0.0)])
def test_a_neighbouring_outcome_is_worth_what_a_guess_is(named: str, value: float) -> None:
    # A guess earns (1 + .5 + 0) / 3, a neighbour .5.
    assert values(outcome=named)["outcome"] == value
