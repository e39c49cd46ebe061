"""What a form shows about how somebody rates: worked examples. No score follows from any of it."""

import math
from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.item import Category, Item, RankingItem, RankingKey
from assessor.domain.response import EvaluationResponse, RankingResponse, Response, parse_response
from assessor.scoring import rate_by_rule
from assessor.scoring.diagnostics import LengthBias, diagnose
from assessor.scoring.evaluation import crps, expected
from assessor.scoring.work import Work
from tests.scoring.works import EVALUATION, RANKING, WHY

SIZES = {"aa": 100, "bb": 200, "cc": 300, "dd": 400}


def ranking(*best_first: str, sizes: dict[str, int] = SIZES, **changes: object) -> RankingItem:
    """A ranking whose key is strict, best first, and whose responses have these lengths."""
    return RANKING.changed(
        responses=tuple({"id": name, "text": name + "." * (sizes[name] - 2)} for name in best_first),
        key=RankingKey(
            rationale=WHY,
            order=tuple((name,) for name in best_first),
            notes=dict.fromkeys(best_first, WHY),
        ),
        **changes,
    )


def placed(*groups: str) -> RankingResponse:
    return RankingResponse(order=tuple(tuple(group.split()) for group in groups), justification="So.")


def rated(correctness: int, clarity: int) -> EvaluationResponse:
    return EvaluationResponse(ratings={"correctness": correctness, "clarity": clarity})


def test_severity_is_the_mean_distance_from_the_keys_expectation_with_its_error() -> None:
    other = EVALUATION.changed(id="eval-other")
    keys = EVALUATION.key.ratings
    means = [
        sum(rating * share for rating, share in enumerate(expected(keys[name]), 1))
        for name in ("correctness", "clarity")
    ]
    differences = [3 - means[0], 5 - means[1], 2 - means[0], 5 - means[1]]

    found = diagnose([(EVALUATION, rated(3, 5)), (other, rated(2, 5))]).severity

    assert found is not None
    assert found.mean == pytest.approx(fmean(differences), abs=1e-6)
    assert found.standard_error == pytest.approx(stdev(differences) / math.sqrt(4), abs=1e-6)
    assert found.ratings == 4
    assert found.is_clear


def test_answering_as_the_key_expects_is_neither_lenient_nor_harsh() -> None:
    other = EVALUATION.changed(id="eval-other")

    found = diagnose([(EVALUATION, rated(1, 4)), (other, rated(1, 4))]).severity

    assert found is not None
    assert abs(found.mean) < 0.25
    assert not found.is_clear


def test_two_ratings_tell_nothing_about_a_habit() -> None:
    assert diagnose([(EVALUATION, rated(5, 5))]).severity is None


def test_ordering_by_length_against_the_key_is_seen() -> None:
    # The key goes by quality and says nothing about length; the candidate puts the longest first.
    item = ranking("bb", "dd", "aa", "cc")

    found = diagnose([(item, placed("dd", "cc", "bb", "aa"))]).length_bias

    # Order and length agree in all six pairs, each with the key in three of six: t_ol = 1, t_ok = t_kl = 0.
    assert found == LengthBias(partial_tau=1.0, pairs=6, probes=3, taken_in=3)


def test_partial_correlation_in_a_worked_example() -> None:
    # Key a b c d, lengths b d a c from long to short, order b a d c.
    item = ranking("aa", "bb", "cc", "dd", sizes={"bb": 400, "dd": 300, "aa": 200, "cc": 100})

    found = diagnose([(item, placed("bb", "aa", "dd", "cc"))]).length_bias

    # t_ok = (4 - 2)/6, t_kl = (3 - 3)/6, t_ol = (5 - 1)/6: (2/3 - 0) / sqrt((1 - 1/9) * 1).
    assert found is not None
    assert found.partial_tau == pytest.approx((2 / 3) / math.sqrt(8 / 9), abs=1e-6)
    assert (found.probes, found.taken_in) == (3, 2)


def test_who_orders_as_the_key_does_shows_no_preference_of_their_own() -> None:
    item = ranking("aa", "bb", "cc", "dd")

    found = diagnose([(item, placed("aa", "bb", "cc", "dd"))]).length_bias

    assert found == LengthBias(partial_tau=None, pairs=6, probes=6, taken_in=0)


def test_who_places_all_alike_follows_no_length() -> None:
    item = ranking("bb", "dd", "aa", "cc")

    found = diagnose([(item, placed("aa bb cc dd"))]).length_bias

    assert found is not None
    assert found.partial_tau == 0


def test_lengths_that_nobody_sees_apart_are_alike() -> None:
    item = ranking("aa", "bb", "cc", "dd", sizes={"aa": 100, "bb": 101, "cc": 102, "dd": 103})

    found = diagnose([(item, placed("dd", "cc", "bb", "aa"))]).length_bias

    assert found is not None
    assert (found.probes, found.partial_tau) == (0, None)


def test_a_tenth_of_the_longer_one_is_seen() -> None:
    item = ranking("aa", "bb", "cc", "dd", sizes={"aa": 900, "bb": 1000, "cc": 901, "dd": 1000})

    found = diagnose([(item, placed("dd", "cc", "bb", "aa"))]).length_bias

    # `bb` and `dd` are longer than `aa`, which is better; 901 is alike to all.
    assert found is not None
    assert (found.probes, found.taken_in) == (2, 2)


FIRST = ranking("aa", "bb", "cc", "dd")
REPEAT = ranking("cc", "aa", "bb", id="rank-again", repeat_of="rank-defaults")


@pytest.mark.parametrize(
    ("again", "agreement"),
    [
        (placed("aa", "bb", "cc"), 1.0),
        (placed("cc", "bb", "aa"), 0.0),
        (placed("bb", "aa", "cc"), 2 / 3),
        (placed("aa bb cc"), 0.5),
    ],
)
def test_pairs_that_come_twice_show_whether_somebody_agrees_with_themselves(
    again: RankingResponse, agreement: float
) -> None:
    found = diagnose([(FIRST, placed("aa", "bb", "dd", "cc")), (REPEAT, again)]).consistency

    assert found is not None
    assert found.agreement == pytest.approx(agreement, abs=1e-6)
    assert found.pairs == 3


def test_pairs_are_recognised_by_their_words_not_their_ids() -> None:
    texts = {response.id: response.text for response in FIRST.responses}
    renamed = REPEAT.changed(
        responses=tuple(
            {"id": new, "text": texts[old]} for new, old in (("xx", "cc"), ("yy", "aa"), ("zz", "bb"))
        ),
        key=RankingKey(
            rationale=WHY, order=(("yy",), ("zz",), ("xx",)), notes=dict.fromkeys(("xx", "yy", "zz"), WHY)
        ),
    )

    found = diagnose([(FIRST, placed("aa", "bb", "cc", "dd")), (renamed, placed("yy", "zz", "xx"))])

    assert found.consistency is not None
    assert found.consistency.agreement == 1.0


def test_a_repeat_is_never_scored_and_the_candidate_does_not_see_that_it_is_one() -> None:
    response = parse_response(REPEAT, {"order": [["aa"], ["bb"], ["cc"]], "justification": "As I said."})

    assert rate_by_rule(Work(item=REPEAT, rubric=None, response=response, texts=())) == ()
    assert "repeat_of" not in REPEAT.presented()


def test_a_form_without_work_tells_nothing() -> None:
    found = diagnose([(EVALUATION, None), (FIRST, None), (REPEAT, placed("aa", "bb", "cc"))])

    assert (found.severity, found.consistency) == (None, None)


def test_who_cannot_judge_is_left_out() -> None:
    declined = RankingResponse(cannot_judge=True, justification="No context.")

    assert diagnose([(FIRST, declined)]).length_bias is None


@given(st.permutations(["aa", "bb", "cc", "dd"]), st.permutations(["aa", "bb", "cc", "dd"]))
def test_partial_correlation_is_bounded_and_forms_may_come_in_any_order(
    order: list[str], key: list[str]
) -> None:
    item, other = ranking(*key), ranking(*reversed(key), id="rank-other")
    done: list[tuple[Item, Response | None]] = [
        (item, placed(*order)),
        (other, placed(*order)),
        (EVALUATION, rated(2, 3)),
    ]

    found = diagnose(done)

    assert found == diagnose(done[::-1])
    assert found.length_bias is not None
    assert found.length_bias.partial_tau is None or -1 <= found.length_bias.partial_tau <= 1


def test_severity_uses_the_distribution_that_ratings_are_scored_by() -> None:
    probabilities = expected(EVALUATION.key.ratings["correctness"])

    assert sum(probabilities) == pytest.approx(1)
    assert min(range(1, 6), key=lambda rating: crps(probabilities, rating)) == 1
    assert Category.EVALUATION is EVALUATION.category
