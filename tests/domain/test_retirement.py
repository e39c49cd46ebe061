"""What a retired item may do to a decision."""

import pytest

from assessor.domain.verdict import Decision, decide
from assessor.domain.verdict.retirement import after_retirement
from tests.domain.samples import BOTH_WAYS, PILOT, form, scores, track


def decided(value: float, *, both_ways: bool = False) -> Decision:
    return decide(scores(value), track(), form(), BOTH_WAYS if both_ways else PILOT)


@pytest.mark.parametrize(
    ("value", "stood", "decision", "actor"),
    [
        (0.95, "qualified", "qualified", "none"),
        (0.6, "qualified", "qualified", "reviewer"),
        (0.05, "qualified", "qualified", "reviewer"),
        (0.95, "needs_review", "qualified", "none"),
        (0.95, "not_qualified", "qualified", "none"),
        (0.6, "not_qualified", "needs_review", "reviewer"),
        (0.05, "not_qualified", "not_qualified", "none"),
        (0.05, "needs_review", "needs_review", "reviewer"),
        (0.05, None, "needs_review", "reviewer"),
        (0.95, None, "qualified", "none"),
    ],
)
def test_a_mistake_of_ours_makes_no_result_worse_by_itself(
    value: float, stood: str | None, decision: str, actor: str
) -> None:
    after = after_retirement(decided(value, both_ways=True), stood)

    assert (after.decision, after.actor) == (decision, actor)
    assert "item_retired" in after.reasons


def test_the_numbers_are_told_as_they_are() -> None:
    plain = decided(0.6)

    after = after_retirement(plain, "qualified")

    assert (after.score, after.interval, after.probability) == (
        plain.score,
        plain.interval,
        plain.probability,
    )
    assert after.reasons == ("item_retired", "stands_until_reviewed")
