import pytest
from pydantic import ValidationError

from assessor.domain.score import Score, Unscored, difficulty_in_logits
from tests.domain.samples import score, unscored


def test_a_score_has_a_value_or_a_reason_why_not_and_never_both_or_neither() -> None:
    with pytest.raises(ValidationError, match="exactly one"):
        score(value=None)
    with pytest.raises(ValidationError, match="exactly one"):
        score(value=0.0, unscored=Unscored.CANNOT_ASSESS)


@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan")])
def test_a_value_lies_between_0_and_1(value: float) -> None:
    with pytest.raises(ValidationError):
        score(value=value)


@pytest.mark.parametrize(
    ("found", "is_open"),
    [
        (score(), False),
        (score(value=0.0), False),
        (unscored(score()), True),
        (unscored(score(), Unscored.EVIDENCE_NOT_FOUND, "judge:m"), True),
        (unscored(score(), Unscored.CANDIDATE_COULD_NOT_JUDGE, "rule:ranking"), False),
        (unscored(score(), Unscored.CANNOT_ASSESS, "person:rev_1"), False),
    ],
)
def test_what_a_person_could_still_score_is_open(found: Score, *, is_open: bool) -> None:
    assert found.is_open is is_open


@pytest.mark.parametrize(
    ("rater", "kind"),
    [("rule:ranking", "rule"), ("judge:a:b", "judge"), ("person:rev_1", "person"), ("none", "none")],
)
def test_who_scored_is_read_from_the_rater(rater: str, kind: str) -> None:
    assert score(rater=rater).rater_kind == kind


def test_authored_difficulty_becomes_logits() -> None:
    assert [difficulty_in_logits(n) for n in range(1, 6)] == [-1.2, -0.6, 0.0, 0.6, 1.2]
