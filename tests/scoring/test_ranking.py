import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.item import Category, PairAgreement, RankingKey
from assessor.domain.score import Unscored
from assessor.scoring import rate_by_rule
from assessor.scoring.ranking import weighted_tau
from tests.scoring.works import WHY, work

NAMES = ("aa", "bb", "cc", "dd")


def key(*groups: str, agreement: float = 0.9, pairs: tuple[tuple[str, str, float], ...] = ()) -> RankingKey:
    return RankingKey(
        rationale=WHY,
        order=order(*groups),
        agreement=agreement,
        notes=dict.fromkeys(NAMES, WHY),
        pairs=tuple(PairAgreement(pair=(a, b), agreement=share) for a, b, share in pairs),
    )


def order(*groups: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(group.split()) for group in groups)


STRICT = key("aa", "bb", "cc", "dd")


@pytest.mark.parametrize(
    ("given_order", "tau"),
    [
        (order("aa", "bb", "cc", "dd"), 1.0),
        (order("dd", "cc", "bb", "aa"), -1.0),
        (order("bb", "aa", "cc", "dd"), 2 / 3),  # one of six pairs turned: (5 - 1) / 6
        (order("aa bb", "cc", "dd"), 5 / 30**0.5),  # one of six tied: 5 / sqrt(6 * 5)
        (order("aa bb cc dd"), 0.0),
    ],
)
def test_tau_b_in_worked_examples(given_order: tuple[tuple[str, ...], ...], tau: float) -> None:
    assert weighted_tau(STRICT, given_order) == pytest.approx(tau)


def test_a_pair_on_which_people_are_split_hardly_counts() -> None:
    split = key("aa", "bb", "cc", "dd", pairs=(("bb", "aa", 0.5),))

    assert weighted_tau(split, order("bb", "aa", "cc", "dd")) > 0.95
    assert weighted_tau(split, order("aa", "cc", "bb", "dd")) < 0.7


def test_weights_of_pairs_follow_the_agreement() -> None:
    # Five pairs weigh .8, the turned one .4: (5 * .8 - .4) / (5 * .8 + .4).
    uneven = key("aa", "bb", "cc", "dd", pairs=(("aa", "bb", 0.7),))

    assert weighted_tau(uneven, order("bb", "aa", "cc", "dd")) == pytest.approx(3.6 / 4.4)


def test_ties_of_the_panel_are_met_by_ties() -> None:
    tied = key("aa bb cc dd")

    assert weighted_tau(tied, order("aa bb cc dd")) == 1.0
    assert weighted_tau(tied, order("aa", "bb", "cc", "dd")) == 0.0


@given(st.permutations(NAMES), st.permutations(NAMES), st.floats(0.5, 1))
def test_tau_is_bounded_and_turns_its_sign_with_the_order(
    mine: list[str], theirs: list[str], agreement: float
) -> None:
    panel = key(*theirs, agreement=agreement)

    tau = weighted_tau(panel, order(*mine))

    assert -1 <= tau <= 1
    assert weighted_tau(panel, order(*reversed(mine))) == pytest.approx(-tau)


@pytest.mark.parametrize(
    ("groups", "value"), [([["aa"], ["bb", "cc"], ["dd"]], 1.0), ([["dd"], ["cc", "bb"], ["aa"]], 0.0)]
)
def test_tau_becomes_a_value_between_0_and_1(groups: list[list[str]], value: float) -> None:
    (found,) = rate_by_rule(work(Category.RANKING, order=groups))

    assert found.value == pytest.approx(value)


def test_a_candidate_who_cannot_judge_is_not_scored_and_keeps_the_weight() -> None:
    (found,) = rate_by_rule(
        work(Category.RANKING, order=[], cannot_judge=True, justification="No context is given.")
    )

    assert found.value is None
    assert found.unscored is Unscored.CANDIDATE_COULD_NOT_JUDGE
    assert found.weight == 1.0
    assert not found.is_open


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (order("aa", "bb cc", "dd"), "very near it"),
        (order("aa", "cc", "dd", "bb"), "in part"),
        (order("dd", "bb cc", "aa"), "hardly"),
    ],
)
def test_an_order_is_near_the_panels_or_agrees_in_part_or_hardly(
    given: tuple[tuple[str, ...], ...], told: str
) -> None:
    (found,) = rate_by_rule(work(Category.RANKING, order=given))

    assert told in found.reason
