import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain.item import DimensionKey, Issue, IssueTag
from assessor.domain.response import FoundIssue
from assessor.scoring.evaluation import crps, expected, issue_credit, rating_skill
from tests.scoring.works import EVALUATED, EVALUATION, WHY

ISSUES = EVALUATION.key.issues
FACT, CODE = IssueTag.FACTUAL_ERROR, IssueTag.CODE_DEFECT
FACT_SPAN, CODE_SPAN = (issue.span for issue in ISSUES)


def key(rating: float, tolerance: float) -> DimensionKey:
    return DimensionKey(rating=rating, tolerance=tolerance, rationale=WHY)


def test_the_expected_distribution_of_a_centre_of_3_and_a_tolerance_of_1() -> None:
    assert expected(key(3, 1)) == pytest.approx((0.0668, 0.2417, 0.3829, 0.2417, 0.0668), abs=1e-4)


@given(st.floats(1, 5), st.floats(0.05, 2))
def test_every_expected_distribution_adds_up_to_one(rating: float, tolerance: float) -> None:
    assert sum(expected(key(rating, tolerance))) == pytest.approx(1)


@pytest.mark.parametrize(
    ("probabilities", "rating", "score"),
    [
        # A forecast of one point is the absolute distance.
        ((0.0, 0.0, 1.0, 0.0, 0.0), 3, 0.0),
        ((0.0, 0.0, 1.0, 0.0, 0.0), 5, 2.0),
        ((1.0, 0.0, 0.0, 0.0, 0.0), 5, 4.0),
        # Half on 2, half on 3: F is 0, .5, 1, 1, 1, so a rating of 2 costs (.5 - 1)^2, one of 4 .25 + 1.
        ((0.0, 0.5, 0.5, 0.0, 0.0), 2, 0.25),
        ((0.0, 0.5, 0.5, 0.0, 0.0), 4, 1.25),
        # Uniform: F is .2, .4, .6, .8, 1; at 3: .04 + .16 + .16 + .04.
        ((0.2, 0.2, 0.2, 0.2, 0.2), 3, 0.40),
    ],
)
def test_the_crps_in_worked_examples(probabilities: tuple[float, ...], rating: int, score: float) -> None:
    assert crps(probabilities, rating) == pytest.approx(score)


@given(st.floats(1, 5), st.floats(0.05, 2), st.integers(1, 5))
def test_the_crps_is_the_mean_distance_less_half_the_spread(
    rating: float, tolerance: float, given_: int
) -> None:
    p = expected(key(rating, tolerance))
    distance = sum(q * abs(x - given_) for x, q in enumerate(p, 1))
    spread = sum(q * r * abs(x - y) for x, q in enumerate(p, 1) for y, r in enumerate(p, 1))

    assert crps(p, given_) == pytest.approx(distance - spread / 2)


@pytest.mark.parametrize(
    ("centre", "tolerance", "skills"),
    [
        # All but certain: distances 0 to 4 have the mean 2, so a step off is worth 1 - 1/2.
        (1, 0.1, (1.0, 0.5, 0.0, 0.0, 0.0)),
        # Distances 2, 1, 0, 1, 2 have the mean 1.2: 1 - 1/1.2.
        (3, 0.1, (0.0, 1 / 6, 1.0, 1 / 6, 0.0)),
        # People differ: mean distances are 2, 1.1335 and .7506, so a step off costs .3829 and two 1.2494;
        # the mean of the five is .6529, and 1 - .3829 / .6529 is left.
        (3, 1.0, (0.0, 0.4136, 1.0, 0.4136, 0.0)),
    ],
)
def test_the_skill_of_each_rating_in_worked_examples(
    centre: float, tolerance: float, skills: tuple[float, ...]
) -> None:
    found = [rating_skill(key(centre, tolerance), rating) for rating in range(1, 6)]

    assert found == pytest.approx(skills, abs=1e-3)


@given(st.floats(1, 5), st.floats(0.05, 2))
def test_the_best_rating_earns_1_the_worst_0_and_nearer_never_earns_less(
    centre: float, tolerance: float
) -> None:
    found = [rating_skill(key(centre, tolerance), rating) for rating in range(1, 6)]
    best = found.index(max(found))

    assert (min(found), max(found)) == (0.0, 1.0)
    assert found[: best + 1] == sorted(found[: best + 1])
    assert found[best:] == sorted(found[best:], reverse=True)


@pytest.mark.parametrize(
    ("named", "credit"),
    [
        ([], 0.0),
        ([(FACT, FACT_SPAN), (CODE, CODE_SPAN)], 1.0),
        ([(CODE, CODE_SPAN), (FACT, FACT_SPAN)], 1.0),
        ([(FACT, FACT_SPAN)], 2 / 3),  # precision 1, recall 1/2
        ([(FACT, "")], 0.4),  # the tag without a place earns .6: precision .6, recall .3
        ([(FACT, FACT_SPAN), (FACT, FACT_SPAN)], 2 / 3),  # said twice is said once
        ([(IssueTag.BIAS, "")], 0.0),
        ([(FACT, FACT_SPAN), (CODE, CODE_SPAN), (IssueTag.BIAS, "")], 0.8),  # precision 2/3, recall 1
        ([(IssueTag.OMISSION, FACT_SPAN)], 4 / 15),  # the place under another name earns .4
        (
            [(FACT, "The list is created anew at each call, so nothing is shared.")],
            2 / 3,
        ),  # a little too long
    ],
)
def test_naming_flaws_in_worked_examples(named: list[tuple[IssueTag, str]], credit: float) -> None:
    found = tuple(FoundIssue(tag=tag, quote=quote) for tag, quote in named)

    assert issue_credit(EVALUATED, ISSUES, found) == pytest.approx(credit)


def test_ticking_every_tag_or_quoting_everything_earns_little() -> None:
    every_tag = tuple(FoundIssue(tag=tag) for tag in IssueTag)
    everything = tuple(FoundIssue(tag=tag, quote=EVALUATED) for tag in IssueTag)

    assert issue_credit(EVALUATED, ISSUES, every_tag) < 0.2
    assert issue_credit(EVALUATED, ISSUES, everything) < 0.3


@pytest.mark.parametrize(("alarms", "credit"), [(0, 1.0), (1, 0.5), (2, 1 / 3), (4, 0.2)])
def test_where_there_is_no_flaw_each_false_alarm_lowers_the_credit(alarms: int, credit: float) -> None:
    named = tuple(FoundIssue(tag=tag) for tag in list(IssueTag)[:alarms])

    assert issue_credit("All of this is right.", (), named) == pytest.approx(credit)


def test_a_span_that_stands_twice_may_be_quoted_at_either_place() -> None:
    text = "x is new. Something else. x is new."
    issue = Issue(tag=FACT, span="x is new", severity="minor", rationale=WHY)

    assert issue_credit(text, (issue,), (FoundIssue(tag=FACT, quote="x is new."),)) == pytest.approx(1.0)


@given(
    st.lists(
        st.tuples(st.sampled_from(IssueTag), st.sampled_from(["", FACT_SPAN, CODE_SPAN, "tuples"])),
        max_size=8,
    )
)
def test_credit_for_flaws_lies_between_0_and_1(named: list[tuple[IssueTag, str]]) -> None:
    found = tuple(FoundIssue(tag=tag, quote=quote) for tag, quote in named)

    assert 0 <= issue_credit(EVALUATED, ISSUES, found) <= 1
