"""How sure it has to be who works, and what reports of a hosted service add up to."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assessor.domain import events as e
from assessor.domain.assessment import Assessment, Status, advanced
from assessor.domain.identification import MAX_OPENINGS, WAIT, CheckState, Identification
from assessor.domain.identity import Attestation, HostedOutcome, IdentityNeed, Level, Method, Report
from assessor.domain.policy import Policy
from assessor.domain.verdict import ReasonCode, decide
from tests.domain.samples import BOTH_WAYS, DRAWN, NOW, STARTED, assessment, form, scores, track
from tests.domain.samples import ORDERED as PLAIN

HOSTED = IdentityNeed(method="hosted")
ORDERED = PLAIN.changed(identity_need=HOSTED)
OPENED = e.IdentityCheckOpened(reference="vs_1", level="substantial")
AGAIN = e.IdentityCheckOpened(reference="vs_2", level="substantial")


def by_platform(level: Level) -> Attestation:
    return Attestation(level=level, reference="kyc-1", checked_at=NOW)


def by_service(level: Level) -> HostedOutcome:
    return HostedOutcome(level=level, reference="vs_1", checked_at=NOW)


@pytest.mark.parametrize(
    ("method", "level", "made_sure", "is_met"),
    [
        ("none", "low", None, True),
        ("platform", "low", None, False),
        ("platform", "low", by_platform("low"), True),
        ("platform", "substantial", by_platform("low"), False),
        ("platform", "substantial", by_platform("high"), True),
        ("platform", "substantial", by_service("substantial"), True),
        ("platform", "substantial", by_service("low"), False),
        ("hosted", "low", by_platform("high"), False),
        ("hosted", "low", by_service("low"), True),
        ("hosted", "high", by_service("substantial"), False),
    ],
)
def test_a_need_is_met_by_whoever_made_sure_enough(
    method: Method, level: Level, made_sure: Any, *, is_met: bool
) -> None:
    assert IdentityNeed(method=method, level=level).is_met_by(made_sure) is is_met


needs = st.builds(
    lambda method, level: IdentityNeed(method=method, level="low" if method == "none" else level),
    st.sampled_from(["none", "platform", "hosted"]),
    st.sampled_from(["low", "substantial", "high"]),
)
proofs = st.one_of(
    st.none(), *(st.builds(one, st.sampled_from(["low", "high"])) for one in (by_platform, by_service))
)


@given(needs, needs, proofs)
def test_an_order_can_ask_for_more_than_the_track_and_never_for_less(
    of_track: IdentityNeed, of_order: IdentityNeed, made_sure: Any
) -> None:
    both = of_track.and_also(of_order)

    assert both == of_order.and_also(of_track)
    if both.is_met_by(made_sure):
        assert of_track.is_met_by(made_sure)
        assert of_order.is_met_by(made_sure)


def test_a_level_without_a_method_is_refused_instead_of_asking_for_nothing() -> None:
    with pytest.raises(ValidationError, match="level: says nothing"):
        IdentityNeed(level="high")


def started(*facts: e.Fact) -> Assessment:
    """An assessment that stands at the identity step, and what happened after."""
    at_the_step = (*STARTED[:3], e.IdentityAsked())
    return replayed(*at_the_step, *facts)


def replayed(*facts: e.Fact) -> Assessment:
    found = Assessment("as_1")
    for seq, fact in enumerate((ORDERED, DRAWN, *facts), 1):
        found = advanced(found, seq, NOW + timedelta(minutes=seq), fact)
    return found


def reported(outcome: Any, seconds: float = 0, reference: str = "vs_1", **more: Any) -> e.IdentityReported:
    return e.IdentityReported(
        reference=reference, outcome=outcome, at=NOW + timedelta(seconds=seconds), **more
    )


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ((), CheckState.NOT_BEGUN),
        ((OPENED,), CheckState.OPENED),
        ((OPENED, reported("processing")), CheckState.PROCESSING),
        ((OPENED, reported("failed", failure="expired")), CheckState.FAILED),
        ((OPENED, reported("cancelled")), CheckState.FAILED),
        ((OPENED, reported("failed"), OPENED), CheckState.OPENED),
        ((OPENED, reported("failed"), AGAIN), CheckState.OPENED),
        ((OPENED, reported("verified")), CheckState.VERIFIED),
        ((e.IdentityUnavailable(kind="timeout"),), CheckState.UNAVAILABLE),
        ((e.IdentityUnavailable(kind="timeout"), OPENED), CheckState.OPENED),
        ((OPENED, e.IdentityUnavailable(kind="timeout"), reported("verified")), CheckState.VERIFIED),
        ((OPENED, AGAIN, reported("verified")), CheckState.VERIFIED),
    ],
)
def test_the_log_says_where_the_check_stands(facts: tuple[e.Fact, ...], state: CheckState) -> None:
    found = started(*facts)

    assert found.status is Status.IDENTITY
    assert found.identity.state is state
    assert found.identity.is_met is (state is CheckState.VERIFIED)


def test_a_check_that_made_less_sure_than_is_asked_for_does_not_meet_the_need() -> None:
    low = Identification(IdentityNeed(method="hosted", level="substantial"))

    found = low.after(OPENED.changed(level="low")).after(reported("verified"))

    assert (found.state, found.is_met) == (CheckState.VERIFIED, False)


COURSE = [("processing", 1), ("failed", 2), ("processing", 30), ("verified", 31)]
UNLUCKY = [("processing", 1), ("failed", 1), ("processing", 30), ("failed", 31)]


def told(outcome: Any, seconds: int) -> Report:
    at = NOW + timedelta(seconds=seconds)
    return Report(assessment_id="as_1", reference="vs_1", outcome=outcome, at=at, livemode=True)


@given(st.sampled_from([COURSE, UNLUCKY]), st.data())
def test_reports_add_up_to_the_latest_however_often_and_in_whatever_order_they_come(
    course: list[tuple[str, int]], data: st.DataObject
) -> None:
    repeats = data.draw(st.lists(st.sampled_from(course), max_size=6))
    sent = data.draw(st.permutations([*course, *repeats]))
    found = Identification(HOSTED).after(OPENED)

    for one in sent:
        if found.is_news(report := told(*one)):
            found = found.after(e.IdentityReported(reference="vs_1", outcome=report.outcome, at=report.at))

    assert found.state is (CheckState.VERIFIED if course is COURSE else CheckState.FAILED)
    assert not any(found.is_news(told(*one)) for one in sent)


@pytest.mark.parametrize(
    ("reference", "outcome", "is_news"),
    [
        ("vs_2", "processing", True),
        ("vs_1", "failed", False),
        ("vs_1", "verified", True),
        ("vs_9", "verified", False),
    ],
)
def test_of_an_earlier_check_only_its_success_counts_and_of_a_strangers_nothing(
    reference: str, outcome: Any, *, is_news: bool
) -> None:
    found = Identification(HOSTED).after(OPENED).after(AGAIN)
    report = told(outcome, 1).changed(reference=reference)

    assert found.is_news(report) is is_news


def test_what_is_verified_stays_so() -> None:
    found = Identification(HOSTED).after(OPENED).after(reported("verified"))

    assert not any(found.is_news(told(outcome, 99)) for outcome in ("processing", "failed", "cancelled"))


def test_after_many_tries_a_person_has_to_help() -> None:
    found = Identification(HOSTED)
    for _ in range(MAX_OPENINGS):
        assert found.may_try
        found = found.after(OPENED).after(reported("failed"))

    assert not found.may_try


@pytest.mark.parametrize(
    ("facts", "waits"),
    [
        ((OPENED,), True),
        ((OPENED, reported("processing")), True),
        ((e.IdentityUnavailable(kind="timeout"),), True),
        ((OPENED, reported("failed")), False),
        ((OPENED, reported("verified")), False),
    ],
)
def test_a_verdict_waits_for_what_can_still_come_and_no_longer_than_stated(
    facts: tuple[e.Fact, ...], *, waits: bool
) -> None:
    found = started(*facts).identity

    assert found.can_still_come(NOW + WAIT - timedelta(seconds=1), NOW) is waits
    assert not found.can_still_come(NOW + WAIT, NOW)


@pytest.mark.parametrize(("value", "policy"), [(1.0, BOTH_WAYS), (0.0, BOTH_WAYS)])
def test_no_rule_decides_about_somebody_nobody_made_sure_of(value: float, policy: Policy) -> None:
    sure = decide(scores(value), track(), form(), policy)
    unsure = decide(scores(value), track(), form(), policy, identity_open=True)

    assert sure.decision != "needs_review"
    assert unsure.decision == "needs_review"
    assert unsure.reasons[0] is ReasonCode.IDENTITY_OPEN
    assert (unsure.score, unsure.interval) == (sure.score, sure.interval)
    assert unsure.actor == "reviewer"


def test_without_a_need_nothing_is_open() -> None:
    assert assessment(*STARTED).identity.is_met
    assert assessment(*STARTED).identity.state is CheckState.NOT_NEEDED


DECIDED = e.VerdictIssued(verdict_id="ver_1", supersedes=None, document={"decision": "needs_review"}, jws="x")
REVOKED = e.VerdictRevoked(verdict_id="ver_1", by="anna", reason="Somebody else sat the assessment.")


@pytest.mark.parametrize(
    ("between", "is_behind"), [((), False), ((DECIDED,), True), ((DECIDED, REVOKED), False)]
)
def test_an_outcome_that_comes_late_makes_a_verdict_due_and_never_brings_back_a_revoked_one(
    between: tuple[e.Fact, ...], *, is_behind: bool
) -> None:
    submitted = (e.AssessmentStarted(deadline=None), e.AssessmentSubmitted(), e.ScoringStarted())

    found = started(OPENED, *submitted, *between, reported("verified"))

    assert found.verdict_is_behind is is_behind


def test_asking_a_service_again_that_says_the_same_is_no_news() -> None:
    opened = Identification(need=HOSTED).after(OPENED)
    heard = opened.after(e.IdentityReported(reference="vs_1", outcome="processing", at=NOW))

    assert not opened.is_known("processing")
    assert heard.is_known("processing")
    assert not heard.is_known("failed")
    assert not heard.after(AGAIN).is_known("processing")
