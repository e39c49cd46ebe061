from typing import Any

import pytest

from assessor.domain.item import Category, ErrorClass, TrajectoryItem
from assessor.domain.response import TrajectoryResponse
from assessor.scoring import rate_by_rule
from assessor.scoring.trajectory import findings
from tests.scoring.works import GOOD, TRAJECTORY, work


def values(**changes: Any) -> dict[str, float | None]:
    return {score.criterion: score.value for score in rate_by_rule(work(Category.TRAJECTORY, **changes))}


@pytest.mark.parametrize(
    ("named", "value"), [("s3", 1.0), ("s2", 0.5), ("s4", 0.5), ("s1", 0.25), ("s5", 0.25)]
)
def test_credit_for_the_first_wrong_step_halves_with_each_step_of_distance(named: str, value: float) -> None:
    assert values(first_error=named)["first_error"] == value


def test_seeing_no_wrong_step_where_there_is_one_earns_nothing() -> None:
    found = values(first_error=None, error_class="none")

    assert (found["first_error"], found["error_class"]) == (0.0, 0.0)


@pytest.mark.parametrize(("named", "value"), [(None, 1.0), ("s1", 0.0)])
def test_a_run_without_a_wrong_step_is_one_to_be_recognised(named: str | None, value: float) -> None:
    clean = TrajectoryItem(
        **TRAJECTORY.model_dump(exclude={"key", "category"}),
        key=TRAJECTORY.key.changed(first_error=None, error_class=ErrorClass.NONE),
    )
    response = TrajectoryResponse.model_validate(GOOD[Category.TRAJECTORY] | {"first_error": named})

    assert findings(clean, response)["first_error"].value == value


@pytest.mark.parametrize(
    ("labels", "value"),
    [
        ({}, 1.0),
        ({"s1": "poor"}, 0.8),
        ({"s2": "not_needed"}, 0.95),  # some careful people say so as well
        ({"s1": "poor", "s2": "poor", "s3": "good", "s4": "good", "s5": "good"}, 0.0),
    ],
)
def test_labels_earn_the_share_that_is_right(labels: dict[str, str], value: float) -> None:
    assert values(labels=GOOD[Category.TRAJECTORY]["labels"] | labels)["labels"] == pytest.approx(value)


@pytest.mark.parametrize(
    ("named", "value"), [("destructive_action", 1.0), ("scope_creep", 0.75), ("wrong_tool", 0.0)]
)
def test_the_kind_of_mistake_may_be_one_that_careful_people_also_name(named: str, value: float) -> None:
    assert values(error_class=named)["error_class"] == value


@pytest.mark.parametrize(("named", "value"), [("failure", 1.0), ("partial", 0.5), ("success", 0.0)])
def test_outcomes_are_a_scale(named: str, value: float) -> None:
    assert values(outcome=named)["outcome"] == value
