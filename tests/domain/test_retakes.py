"""What counts as an attempt, and from when another one is possible."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, replay
from assessor.domain.errors import Because, RetakeTooEarly
from assessor.domain.retakes import History, counts, possible_from, require_retake, retake_after
from assessor.domain.track import RetakePolicy
from tests.domain.samples import DRAWN, NOW, ORDERED, STARTED, SUBMITTED, log, scored, scores

DAY = timedelta(days=1)
POLICY = RetakePolicy(cool_down_days=30, attempts=3, period_days=365)
FAULT = e.FaultRecorded(where="in_progress", kind="outage")
RELEASED = e.HoldReleased(by="rev_1")
RETIRED = e.ItemRetired(item_id="evaluation-0", by="anna", reason="Its key is wrong.")
DAYS = st.lists(st.integers(0, 3000), min_size=1, max_size=8)


def issued(decision: str) -> e.VerdictIssued:
    return e.VerdictIssued(verdict_id="ver_1", supersedes=None, document={"decision": decision}, jws="x")


def told(*facts: e.Fact, order: e.AssessmentOrdered = ORDERED) -> Assessment:
    return replay("as_1", log(order, DRAWN, *facts))


DECIDED = (*SUBMITTED, *scored(scores(0.4)))


@pytest.mark.parametrize(
    ("facts", "counted"),
    [
        ((), False),
        (STARTED[:2], False),
        (STARTED, True),
        ((*STARTED, e.AssessmentWithdrawn()), True),
        ((*STARTED, e.AssessmentCancelled()), True),
        ((*STARTED[:2], e.AssessmentCancelled()), False),
        ((*STARTED[:2], e.AssessmentExpired()), False),
        ((*STARTED, FAULT, RELEASED, e.AssessmentCancelled()), False),
        ((*STARTED, FAULT, e.AssessmentVoided(reason="Our outage.", successor="as_2")), False),
        (SUBMITTED, True),
        ((*DECIDED, issued("qualified")), True),
        ((*DECIDED, issued("not_qualified")), True),
        ((*DECIDED, issued("inconclusive")), False),
        ((*DECIDED, issued("not_qualified"), RETIRED), False),
        ((*DECIDED, RETIRED, issued("not_qualified")), True),
        ((*DECIDED, issued("not_qualified"), RETIRED.changed(item_id="ranking-9")), True),
    ],
    ids=[
        "ordered",
        "opened",
        "begun",
        "withdrawn after the beginning",
        "cancelled after the beginning",
        "cancelled before",
        "expired before",
        "cancelled after a fault of ours",
        "voided",
        "being scored",
        "qualified",
        "not qualified",
        "found impossible to judge",
        "a task fell out after the decision",
        "a task fell out before the decision",
        "a task without a score was retired",
    ],
)
def test_an_attempt_counts_once_it_was_begun_and_unless_we_spoiled_it(
    facts: tuple[e.Fact, ...], *, counted: bool
) -> None:
    assert counts(told(*facts)) is counted


@pytest.mark.parametrize(
    ("days_ago", "days_to_wait"),
    [
        ([], None),
        ([10], 20),
        ([30], 0),
        ([40, 200], -10),
        ([31, 100, 300], 65),
        ([340, 350, 360], 5),
        ([335, 350, 360], 5),
        ([20, 362, 363], 10),
        ([31, 40, 50, 300], 315),
    ],
)
def test_the_pause_and_the_number_in_a_period_both_have_to_be_kept(
    days_ago: list[int], days_to_wait: int | None
) -> None:
    free = possible_from(POLICY, [NOW - days * DAY for days in days_ago])

    assert free == (None if days_to_wait is None else NOW + days_to_wait * DAY)


@given(days=DAYS, cool_down=st.integers(0, 60), attempts=st.integers(1, 5), period=st.integers(60, 400))
def test_who_waits_as_long_as_told_has_kept_both_rules(
    days: list[int], cool_down: int, attempts: int, period: int
) -> None:
    policy = RetakePolicy(cool_down_days=cool_down, attempts=attempts, period_days=period)
    used = [NOW + day * DAY for day in days]

    free = possible_from(policy, used)

    assert free is not None
    assert free - max(used) >= cool_down * DAY
    assert sum(free - period * DAY < at <= free for at in used) < attempts


@given(days=DAYS, at=st.integers(0, 3000))
def test_one_attempt_more_never_makes_another_one_possible_earlier(days: list[int], at: int) -> None:
    used = [NOW + day * DAY for day in days]

    before, after = possible_from(POLICY, used), possible_from(POLICY, [*used, NOW + at * DAY])

    assert before is not None
    assert after is not None
    assert after >= before


def test_a_pause_longer_than_the_period_is_refused() -> None:
    with pytest.raises(ValueError, match="cool_down_days"):
        RetakePolicy(cool_down_days=40, period_days=30)


def made(*facts: e.Fact, **order: object) -> Assessment:
    return told(*facts, order=ORDERED.changed(**order))


@pytest.mark.parametrize(
    ("before", "because"),
    [
        ([made()], Because.UNDER_WAY),
        ([made(*SUBMITTED)], Because.UNDER_WAY),
        ([made(*DECIDED, issued("needs_review"))], Because.UNDER_WAY),
        ([made(*STARTED, FAULT)], Because.UNDER_WAY),
        ([made(*DECIDED, issued("not_qualified"))], Because.COOL_DOWN),
        ([made(*DECIDED, issued("qualified"))], Because.COOL_DOWN),
        ([made(*DECIDED, issued("inconclusive"))], None),
        ([made(*DECIDED, issued("not_qualified"), livemode=True)], None),
        ([made(*DECIDED, issued("not_qualified"), simulated=True)], None),
        ([made(*STARTED[:2], e.AssessmentCancelled())], None),
    ],
)
def test_an_order_is_refused_while_one_is_under_way_and_until_the_pause_is_over(
    before: list[Assessment], because: Because | None
) -> None:
    now, history = NOW + DAY, History(before)

    if because is None:
        require_retake(POLICY, history, now, livemode=False)
        return
    with pytest.raises(RetakeTooEarly) as refused:
        require_retake(POLICY, history, now, livemode=False)

    assert refused.value.because is because
    assert (refused.value.possible_from is None) == (because is Because.UNDER_WAY)
    assert "waive_retake_policy" in str(refused.value)


def test_used_up_attempts_are_told_apart_from_the_pause() -> None:
    over = [made(*DECIDED, issued("not_qualified"))] * 3
    later = NOW + 40 * DAY

    with pytest.raises(RetakeTooEarly) as refused:
        require_retake(POLICY, History(over), later, livemode=False)

    assert refused.value.because is Because.ATTEMPTS_USED
    assert refused.value.possible_from == over[0].submitted_at + 365 * DAY  # type: ignore[operator]


def test_what_was_seen_is_every_form_that_was_begun_with_what_was_swapped_out() -> None:
    place = DRAWN.form.items[0].changed(item_id="interview-spare")
    swap = e.ItemSwapped(item_id="interview-0", place=place, reason="not_my_field")
    begun, unopened = told(*STARTED, swap), told()

    assert History([unopened]).seen == frozenset()
    assert History([begun]).seen == {place.item_id for place in DRAWN.form.items} | {"interview-spare"}


def at_submission(assessment: Assessment) -> datetime:
    assert assessment.submitted_at is not None
    return assessment.submitted_at


def test_a_verdict_says_the_day_on_which_an_order_is_taken() -> None:
    over = made(*DECIDED, issued("not_qualified"))

    said = retake_after(over, POLICY, "not_qualified", NOW + DAY)

    assert (
        said == at_submission(over) + 30 * DAY == possible_from(POLICY, History([over]).used(livemode=False))
    )


def test_a_verdict_counts_the_attempts_before_it() -> None:
    earlier = (NOW - 200 * DAY, NOW - 100 * DAY)

    said = retake_after(made(*DECIDED, earlier_attempts=earlier), POLICY, "not_qualified", NOW)

    assert said == earlier[0] + 365 * DAY


@pytest.mark.parametrize(
    ("decision", "facts", "days"),
    [
        ("qualified", (), None),
        ("needs_review", (), None),
        ("inconclusive", (), 0),
        ("not_qualified", (issued("not_qualified"), RETIRED), 0),
    ],
)
def test_what_is_given_back_is_possible_at_once(
    decision: str, facts: tuple[e.Fact, ...], days: int | None
) -> None:
    said = retake_after(told(*DECIDED, *facts), POLICY, decision, NOW + DAY)

    assert said == (None if days is None else NOW + DAY)


def test_a_date_that_went_by_during_a_review_is_not_told() -> None:
    decided_at = NOW + 90 * DAY

    assert retake_after(told(*DECIDED), POLICY, "not_qualified", decided_at) == decided_at


@given(retired=st.sampled_from(["evaluation-0", "ranking-2", "interview-1"]))
def test_a_retired_item_is_as_if_it_had_never_been_asked(retired: str) -> None:
    before = told(*DECIDED, issued("not_qualified"))

    after = told(*DECIDED, issued("not_qualified"), RETIRED.changed(item_id=retired))

    assert after.scores == {place: one for place, one in before.scores.items() if place[0] != retired}
    assert after.counted_form.place_of(retired) is None
    assert after.form == before.form
    assert after.verdict_is_due
