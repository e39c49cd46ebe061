"""Keys from a panel: what most experts say, how they differ, and when there is no key."""

from typing import Any

import pytest

from assessor.domain.item import (
    EvaluationItem,
    InterviewItem,
    Item,
    RankingItem,
    RubricWritingItem,
    TrajectoryItem,
)
from assessor.domain.panel import PanelRatings, PanelUndecided, answer_fault, judgements, keyed_by
from assessor.domain.response import EvaluationResponse
from assessor.scoring.evaluation import expected, findings
from tests.scoring.works import EVALUATION, INTERVIEW, RANKING, RUBRIC_WRITING, SFT, TRAJECTORY

FIRST_FLAW = "factual_error: The list is created anew at each call"

SAID: dict[str, dict[str, tuple[str, ...]]] = {
    EVALUATION.id: {
        "rating:correctness": ("1", "2", "1", "1"),
        "rating:clarity": ("4", "4", "5", "3"),
        "issues": (FIRST_FLAW, f"{FIRST_FLAW}\nomission: Also, tuples", "omission: Also, tuples", ""),
    },
    RANKING.id: {
        "place:aa": ("1", "1", "1", "2"),
        "place:bb": ("2", "2", "2", "1"),
        "place:cc": ("3", "3", "4", "3"),
        "place:dd": ("4", "4", "3", "4"),
    },
    RUBRIC_WRITING.id: {f"place:h{n}": (str(7 - n), str(7 - n)) for n in range(1, 7)},
    SFT.id: {"reference": ("4", "5")},
    TRAJECTORY.id: {
        "step:s1": ("good", "good", "good", "good"),
        "step:s2": ("good", "poor", "good", "good"),
        "step:s3": ("harmful", "harmful", "poor", "poor"),
        "step:s4": ("not_needed", "not_needed", "not_needed", "poor"),
        "step:s5": ("good", "good", "good", "good"),
        "first_error": ("s3", "s3", "s3", "s2"),
        "error_class": ("scope_creep", "scope_creep", "destructive_action", "scope_creep"),
        "outcome": ("partial", "partial", "failure", "partial"),
    },
}


def ratings(item: Item, **changes: tuple[str, ...]) -> PanelRatings:
    answers = SAID[item.id] | {name.replace("__", ":"): said for name, said in changes.items()}
    count = len(next(iter(answers.values())))
    answers = answers | {"difficulty": ("3",) * count}
    return PanelRatings(item=item.id, version=1, hash=item.hash, answers=answers)


def key_of(item: Item, **changes: tuple[str, ...]) -> Any:
    keyed = keyed_by(item, ratings(item, **changes))
    assert not isinstance(keyed, InterviewItem)
    return keyed.key


@pytest.mark.parametrize("item", [EVALUATION, RANKING, RUBRIC_WRITING, SFT, TRAJECTORY], ids=lambda i: i.id)
def test_every_kind_of_key_can_come_from_a_panel(item: Item) -> None:
    keyed = keyed_by(item, ratings(item))

    assert key_of(item).source == "panel"
    assert (keyed.id, keyed.version) == (item.id, item.version)
    assert keyed.hash != item.hash


def test_ratings_become_the_distribution_that_candidates_are_compared_with() -> None:
    key = key_of(EVALUATION)

    assert key.ratings["correctness"].shares == (0.75, 0.25, 0, 0, 0)
    assert key.ratings["correctness"].rating == 1.25
    assert expected(key.ratings["clarity"]) == (0, 0, 0.25, 0.5, 0.25)


def test_what_most_experts_rate_earns_most() -> None:
    item = EVALUATION.changed(key=key_of(EVALUATION))
    assert isinstance(item, EvaluationItem)

    def earned(rating: int) -> float:
        response = EvaluationResponse(
            ratings={"correctness": rating, "clarity": 4}, issues=(), justification="So it is."
        )
        return findings(item, response)["rating:correctness"].value or 0

    assert earned(1) == 1
    assert earned(1) > earned(2) > earned(4)


def test_a_flaw_is_one_when_half_of_the_experts_name_it() -> None:
    flaws = {issue.tag.value: issue for issue in key_of(EVALUATION).issues}

    assert set(flaws) == {"factual_error", "omission"}  # the author's code_defect is named by nobody
    assert flaws["factual_error"] == EVALUATION.key.issues[0]
    assert (flaws["omission"].span, flaws["omission"].severity) == ("Also, tuples", "major")
    assert flaws["omission"].rationale == "2 of the 4 experts of a panel name this flaw here."
    once = key_of(EVALUATION, issues=(FIRST_FLAW, FIRST_FLAW, "omission: Also, tuples", "")).issues
    assert [issue.tag.value for issue in once] == ["factual_error"]


def test_an_order_follows_the_places_and_pairs_weigh_as_much_as_experts_agree_on_them() -> None:
    key = key_of(RANKING)

    assert key.order == (("aa",), ("bb",), ("cc",), ("dd",))
    shares = {frozenset(pair.pair): pair.agreement for pair in key.pairs}
    assert shares[frozenset(("aa", "bb"))] == 0.75
    assert shares[frozenset(("aa", "dd"))] == 1
    assert key.agreement == pytest.approx((0.75 + 1 + 1 + 1 + 1 + 0.75) / 6)


def test_responses_with_equal_places_are_tied() -> None:
    key = key_of(RANKING, place__bb=("2", "2", "2", "2"), place__cc=("2", "2", "2", "2"))

    assert key.order == (("aa",), ("bb", "cc"), ("dd",))


def test_hidden_responses_get_the_ranks_of_the_panel() -> None:
    keyed = keyed_by(RUBRIC_WRITING, ratings(RUBRIC_WRITING))

    assert isinstance(keyed, RubricWritingItem)
    assert {one.id: one.rank for one in keyed.key.hidden_responses} == {f"h{n}": 7 - n for n in range(1, 7)}


def test_labels_are_those_of_most_and_a_quarter_is_said_as_well() -> None:
    keyed = keyed_by(TRAJECTORY, ratings(TRAJECTORY))

    assert isinstance(keyed, TrajectoryItem)
    key = keyed.key
    assert (key.first_error, key.error_class, key.outcome) == ("s3", "scope_creep", "partial")
    assert key.also_class == ("destructive_action",)
    assert (key.steps["s2"].label, key.steps["s2"].also) == ("good", ("poor",))
    # As many say harmful as poor: then the author's label is the first.
    assert (key.steps["s3"].label, key.steps["s3"].also) == ("harmful", ("poor",))


NO_KEY: list[tuple[Item, dict[str, tuple[str, ...]], str]] = [
    (TRAJECTORY, {"first_error": ("s3", "s3", "s2", "s2")}, "split on the first step"),
    (TRAJECTORY, {"outcome": ("partial", "failure", "partial", "failure")}, "split on the outcome"),
    (TRAJECTORY, {"first_error": ("none",) * 4}, "contradict each other"),
    (RANKING, {f"place__{name * 2}": ("1",) * 4 for name in "abcd"}, "in the same place"),
    (RUBRIC_WRITING, {f"place__h{n}": ("1", "1") for n in range(1, 7)}, "too few ranks"),
    (SFT, {"reference": ("3", "4")}, "rates the reference 3.5 of 5"),
]


@pytest.mark.parametrize(("item", "said", "reason"), NO_KEY)
def test_a_panel_that_settles_nothing_gives_no_key(
    item: Item, said: dict[str, tuple[str, ...]], reason: str
) -> None:
    with pytest.raises(PanelUndecided, match=reason):
        keyed_by(item, ratings(item, **said))


def test_nothing_is_asked_of_an_interview_question_or_a_hidden_repeat() -> None:
    repeat = RANKING.changed(id="again", repeat_of=RANKING.id)

    assert isinstance(repeat, RankingItem)
    assert judgements(INTERVIEW) == judgements(repeat) == {}


@pytest.mark.parametrize(
    ("judgement", "answer", "fault"),
    [
        ("rating:clarity", "6", "has '6'; answer one of: 1, 2, 3, 4, 5"),
        ("rating:clarity", "", "is empty"),
        ("issues", "bad_mood: the idiomatic way", "names 'bad_mood', which is no flaw on the list"),
        ("issues", "omission: words of somebody else", "not in the response word for word"),
        ("issues", "omission", "quotes ''"),
        ("issues", FIRST_FLAW, None),
        ("issues", "none", None),
        ("issues", "", None),
    ],
)
def test_an_answer_that_cannot_be_used_is_told_with_what_could(
    judgement: str, answer: str, fault: str | None
) -> None:
    found = answer_fault(EVALUATION, judgement, answer)

    assert fault in found if fault and found else found is fault
