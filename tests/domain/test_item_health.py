"""Item health: worked examples, properties, and a bank in which one key is wrong."""

import math
import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import events as e
from assessor.domain.item import Category, IssueTag, Item
from assessor.domain.item_health import (
    THRESHOLDS,
    Answer,
    Choice,
    ItemHealth,
    answers_of,
    choices_of,
    estimated_shift,
    health_of,
    item_rest_correlation,
    minutes_taken,
    overlap,
)
from assessor.domain.item_health.health import against_key
from assessor.domain.item_health.shift import SHIFTS, log_likelihood_of_shifts
from assessor.domain.response import EvaluationResponse, FoundIssue, RankingResponse, TrajectoryResponse
from assessor.domain.score import Score, Unscored
from tests.domain.banks import ranking
from tests.domain.samples import DRAWN, NOW, ORDERED, score
from tests.scoring.works import EVALUATION, RANKING, TRAJECTORY, handed_in

PERSON = st.floats(-3, 3)
FLAT = np.zeros(SHIFTS)


def answer(value: float, rest: float, *choices: Choice, minutes: float | None = None) -> Answer:
    return Answer("rank-1", value, rest, 0.0, FLAT, choices, minutes)


# Discrimination


def test_the_correlation_agrees_with_a_worked_example() -> None:
    scores, rest = [0.0, 1.0, 0.0, 1.0, 1.0], [-1.0, 1.0, 0.0, 2.0, 0.0]

    found = item_rest_correlation(scores, rest)

    # Sum of products of deviations 1.8, sums of squares 1.2 and 5.2.
    assert found.value == pytest.approx(1.8 / math.sqrt(1.2 * 5.2), abs=1e-6)


def test_the_interval_is_that_of_fisher_in_the_textbook_case() -> None:
    """r = .5 of n = 28: z = .5493 with a standard error of 1 / 5, so .1574 to .9413 in z."""
    n, r = 28, 0.5
    rest = np.tile([1.0, -1.0], n // 2)
    noise = np.repeat([1.0, -1.0], n // 2)
    mixed = r * rest + math.sqrt(1 - r * r) * noise

    found = item_rest_correlation(list(mixed), list(rest))

    assert found.value == pytest.approx(0.5, abs=1e-6)
    assert found.low == pytest.approx(math.tanh(0.549306 - 1.959964 / 5), abs=1e-5)
    assert found.high == pytest.approx(math.tanh(0.549306 + 1.959964 / 5), abs=1e-5)


@given(st.lists(st.tuples(st.floats(0, 1), PERSON), min_size=4, max_size=40))
def test_the_correlation_stays_within_its_bounds_and_turns_with_the_key(
    pairs: list[tuple[float, float]],
) -> None:
    scores, rest = zip(*pairs, strict=True)

    found, turned = (item_rest_correlation(one, rest) for one in (scores, [1.0 - value for value in scores]))

    if found.value is None or turned.value is None:
        assert found.note
        return
    assert found.low is not None
    assert found.high is not None
    assert -1 <= found.low <= found.value + 1e-6 <= found.high + 2e-6 <= 1 + 3e-6
    assert turned.value == pytest.approx(-found.value, abs=1e-5)


@pytest.mark.parametrize("scores", [[1.0] * 60, [0.0] * 60, [0.37] * 60])
def test_scores_that_are_all_the_same_tell_nobody_apart(scores: list[float]) -> None:
    answers = [answer(value, place / 10) for place, value in enumerate(scores)]

    found = health_of(RANKING, answers)

    assert found.status == "constant"
    assert found.discrimination.value is None


# Difficulty


def people(count: int, seed: int, difficulty: float, items: int = 12) -> list[tuple[Score, ...]]:
    """Scores of candidates on items of which `rank-1` is as hard as stated, and authored at 0."""
    dice = random.Random(seed)
    found = []
    for _ in range(count):
        ability = dice.gauss(0, 1)
        found.append(
            tuple(
                simulated(
                    f"rank-{n}", ability, difficulty if n == 1 else (n % 5 - 2) * 0.6, dice, authored=None
                )
                for n in range(1, items + 1)
            )
        )
    return found


def simulated(
    name: str,
    ability: float,
    difficulty: float,
    dice: random.Random,
    *,
    authored: float | None,
    turned: bool = False,
) -> Score:
    """One criterion of one ranking, right or wrong by a two-parameter model with a response effect."""
    chance = 1 / (1 + math.exp(-1.7 * (ability + dice.gauss(0, 0.8) - difficulty)))
    right = dice.random() < chance
    return score(
        item_id=name,
        category=Category.RANKING,
        criterion="order",
        difficulty=0.0 if name == "rank-1" and authored is None else (authored or difficulty),
        value=float(right != turned),
        rater="rule:ranking",
    )


def answers_to(name: str, sittings: Sequence[Sequence[Score]]) -> list[Answer]:
    return [
        one for own in sittings for one in answers_of(own, {"semantics": 1.0}, {}, {}) if one.item_id == name
    ]


@pytest.mark.parametrize("difficulty", [-1.0, 0.0, 1.0])
def test_an_item_that_is_harder_than_authored_is_found_to_be(difficulty: float) -> None:
    answers = answers_to("rank-1", people(250, seed=7, difficulty=difficulty))

    found = health_of(RANKING, answers)

    assert found.difficulty_authored == 0.0
    assert found.difficulty == pytest.approx(difficulty, abs=0.35)
    assert found.difficulty_interval is not None
    low, high = found.difficulty_interval
    assert low < found.difficulty < high  # type: ignore[operator]
    assert high - low < 1.0


def test_without_answers_the_estimate_is_what_the_author_knew() -> None:
    found = estimated_shift([])

    assert found.mean == pytest.approx(0.0, abs=1e-9)
    assert found.high == pytest.approx(1.96 * 0.6, abs=0.01)


@given(met=st.integers(0, 30), missed=st.integers(0, 30))
def test_one_more_who_misses_an_item_never_makes_it_easier(met: int, missed: int) -> None:
    rest = np.zeros(160)
    right, wrong = (np.log(1 / (1 + np.exp(-sign * 1.5 * (np.arange(160) - 80) / 20))) for sign in (1, -1))
    told = {sign: log_likelihood_of_shifts(rest, one) for sign, one in ((1, right), (-1, wrong))}
    answers = [told[1]] * met + [told[-1]] * missed

    assert estimated_shift([*answers, told[-1]]).mean >= estimated_shift(answers).mean - 1e-9


def test_the_rest_is_without_the_item_itself() -> None:
    lost, won = (people(1, seed=3, difficulty=0.0)[0] for _ in range(2))
    won = tuple(one.changed(value=1.0) if one.item_id == "rank-1" else one for one in won)
    lost = tuple(one.changed(value=0.0) if one.item_id == "rank-1" else one for one in lost)

    (with_it,), (without,) = (answers_to("rank-1", [one]) for one in (won, lost))

    assert with_it.rest == pytest.approx(without.rest, abs=1e-9)
    assert (with_it.score, without.score) == (1.0, 0.0)


def test_what_nobody_scored_is_no_answer_and_too_little_else_is_no_rest() -> None:
    own = people(1, seed=1, difficulty=0.0, items=5)[0]
    waits = own[0].changed(value=None, unscored=Unscored.WAITS_FOR_PERSON, rater="none")

    weights = {"semantics": 1.0}

    assert {one.item_id for one in answers_of((waits, *own[1:]), weights, {}, {})} == {
        f"rank-{n}" for n in range(2, 6)
    }
    assert answers_of(own[:3], weights, {}, {}) == ()


# Picks


def test_the_picks_of_an_evaluation_are_told_with_what_the_key_says() -> None:
    key = EVALUATION.key
    ratings = {name: round(one.rating) for name, one in key.ratings.items()}
    there = key.issues[0].tag
    wrong = next(tag for tag in IssueTag if tag not in {issue.tag for issue in key.issues})
    response = EvaluationResponse(ratings=ratings, issues=(FoundIssue(tag=wrong),))

    picks = {choice.question: choice for choice in choices_of(EVALUATION, response)}

    assert all(picks[f"rating {name}"].keyed for name in ratings)
    assert picks[f"flaw {there}"] == Choice(f"flaw {there}", "not named", keyed=False)
    assert picks[f"flaw {wrong}"] == Choice(f"flaw {wrong}", "named", keyed=False)


def test_the_picks_of_a_ranking_are_its_ends() -> None:
    best, *_, worst = RANKING.key.order
    order = RANKING.key.order

    right = choices_of(RANKING, RankingResponse(order=order))
    turned = choices_of(RANKING, RankingResponse(order=tuple(reversed(order))))

    assert [(one.question, one.keyed) for one in right] == [("first", True), ("last", True)]
    assert [(one.question, one.keyed) for one in turned] == [("first", False), ("last", False)]
    assert turned[0].option == " = ".join(sorted(worst))
    assert best != worst


@pytest.mark.parametrize(
    ("changes", "against"),
    [
        ({}, set()),
        ({"error_class": "scope_creep"}, set()),
        ({"first_error": None, "error_class": "none"}, {"first error", "class of error"}),
        ({"first_error": "s4", "outcome": "success"}, {"first error", "outcome"}),
        ({"error_class": "gave_up"}, {"class of error"}),
    ],
)
def test_the_picks_of_a_review_are_the_first_error_the_outcome_and_its_class(
    changes: dict[str, Any], against: set[str]
) -> None:
    response = handed_in(Category.TRAJECTORY, **changes)
    assert isinstance(response, TrajectoryResponse)

    found = choices_of(TRAJECTORY, response)

    assert [(one.question, one.option) for one in found] == [
        ("first error", response.first_error or "none"),
        ("outcome", response.outcome.value),
        ("class of error", response.error_class.value),
    ]
    assert {one.question for one in found if not one.keyed} == against


def test_of_several_picks_each_is_held_against_the_key_by_itself() -> None:
    able, weak = (
        [
            answer(1.0, rest, Choice("first", "a", keyed=True), Choice("last", "b", keyed=keyed))
            for _ in range(20)
        ]
        for rest, keyed in ((2.0, False), (-2.0, True))
    )

    assert against_key(able, weak) == ("last",)
    assert against_key(weak, able) == ()


def test_who_cannot_judge_is_neither_with_the_key_nor_against_it() -> None:
    (choice,) = choices_of(RANKING, RankingResponse(cannot_judge=True))

    assert choice == Choice("first", "cannot judge", keyed=None)


WITH, AGAINST = Choice("first", "a", keyed=True), Choice("first", "b", keyed=False)


def picked(high: tuple[int, int], low: tuple[int, int], middle: int = 20) -> list[Answer]:
    """Answers of three thirds; `high` and `low` say how many picked with the key, and against it."""
    low_third = [
        answer(n % 2, -2.0, pick)
        for pick, count in zip((WITH, AGAINST), low, strict=True)
        for n in range(count)
    ]
    high_third = [
        answer(n % 2, 2.0, pick)
        for pick, count in zip((WITH, AGAINST), high, strict=True)
        for n in range(count)
    ]
    return [*low_third, *(answer(n % 2, 0.0, WITH) for n in range(middle)), *high_third]


@pytest.mark.parametrize(
    ("high", "low", "status"),
    [
        ((2, 18), (14, 6), "key_suspect"),
        ((8, 12), (2, 18), "sound"),
        ((9, 11), (11, 9), "sound"),
        ((18, 2), (4, 16), "sound"),
        ((12, 8), (20, 0), "sound"),
    ],
    ids=["the able against it", "only hard", "by chance", "as it should be", "no majority"],
)
def test_a_key_is_suspect_when_the_able_go_against_it_and_the_weak_do_not(
    high: tuple[int, int], low: tuple[int, int], status: str
) -> None:
    found = health_of(RANKING, picked(high, low))

    assert found.status == status
    counts = {one.option: (one.high, one.low) for one in found.options}
    assert counts["a"] == (high[0], low[0])
    assert counts.get("b", (0, 0)) == (high[1], low[1])


# Status, exposure, minutes


@pytest.mark.parametrize("n", [0, 1, 3, 49])
def test_too_few_answers_say_how_many_are_needed(n: int) -> None:
    found = health_of(RANKING, [answer(place % 2, place / 10) for place in range(n)])

    assert found.status == "insufficient"
    assert found.notes == (f"needs {THRESHOLDS.least_answers - n} more answers, 50 in all",)
    assert found.difficulty is None


def test_overlap_agrees_with_counting_pairs() -> None:
    forms = [{"a", "b", "c"}, {"a", "d", "e"}, {"a", "b", "f"}, {"g", "h", "i"}]
    given: defaultdict[str, int] = defaultdict(int)
    for name in (name for form in forms for name in form):
        given[name] += 1
    pairs = [(one, other) for place, one in enumerate(forms) for other in forms[place + 1 :]]

    expected = sum(len(one & other) for one, other in pairs) / len(pairs) / 3

    assert overlap(given, len(forms)) == pytest.approx(expected, abs=1e-6)
    assert overlap({}, 0) is None
    assert overlap({"a": 1}, 1) is None


def test_minutes_are_told_by_item_and_pauses_are_left_out() -> None:
    at = iter([0, 0, 0, 1, 4, 5, 8, 18, 23])
    facts: list[e.Fact] = [
        ORDERED,
        DRAWN,
        e.AssessmentStarted(deadline=None),
        e.InterviewerMessage(run="r", kind="core", item_id="interview-0", text="How?", source="authored"),
        e.CandidateMessage(message_id="message-1", item_id="interview-0", text="So."),
        e.InterviewFinished(reason="complete"),
        e.AssessmentPaused(),
        e.AssessmentResumed(deadline=None),
        e.ResponseHandedIn(item_id="ranking-0", response=RankingResponse(cannot_judge=True)),
    ]
    log = [
        e.Event(assessment_id="as_1", seq=seq, at=NOW + timedelta(minutes=next(at)), fact=fact, hash="")
        for seq, fact in enumerate(facts, 1)
    ]

    assert minutes_taken(log) == {"interview-0": 3.0, "ranking-0": 8.0}


def test_the_median_of_minutes_stands_beside_the_authored_ones() -> None:
    answers = [answer(0.5, 0.0, minutes=minutes) for minutes in (1.0, 2.0, 30.0)]

    found = health_of(RANKING, [*answers, answer(0.5, 0.0)])

    assert (found.minutes_median, found.minutes_authored) == (2.0, RANKING.minutes)


# A bank with a wrong key


def surveyed(
    seed: int, *, wrong: int, bank: int = 18, form: int = 9, candidates: int = 240
) -> list[ItemHealth]:
    """Candidates with forms of their own from a bank in which one key says the opposite."""
    dice = random.Random(seed)
    difficulties = [dice.gauss(0, 0.8) for _ in range(bank)]
    authored = [round(value + dice.gauss(0, 0.6), 3) for value in difficulties]
    found: defaultdict[str, list[Answer]] = defaultdict(list)
    for _ in range(candidates):
        ability = dice.gauss(0, 1)
        scores = [
            simulated(f"rank-{n}", ability, difficulties[n], dice, authored=authored[n], turned=n == wrong)
            for n in dice.sample(range(bank), form)
        ]
        for one in answers_of(scores, {"semantics": 1.0}, {}, {}):
            found[one.item_id].append(one)
    items: list[Item] = [ranking(n) for n in range(bank)]
    return [health_of(item, found[item.id]) for item in items]


def test_in_a_bank_with_one_wrong_key_that_item_is_flagged_and_hardly_any_other() -> None:
    runs = [surveyed(seed, wrong=4) for seed in range(4)]

    flagged = [[one.item_id for one in run if one.status == "key_suspect"] for run in runs]

    assert all("rank-4" in names for names in flagged)
    assert sum(len(names) - 1 for names in flagged) <= 1  # of 68 items with a sound key


def test_in_a_bank_without_a_wrong_key_hardly_any_is_flagged() -> None:
    found = surveyed(11, wrong=-1)

    assert sum(one.status == "key_suspect" for one in found) == 0
    assert sum(one.status == "sound" for one in found) >= 16
