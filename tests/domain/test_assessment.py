from datetime import datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import events as e
from assessor.domain.assessment import OPEN, TRANSITIONS, Assessment, Status, advanced, replay
from assessor.domain.errors import IllegalTransition, InvalidInput
from assessor.domain.item import Category
from assessor.domain.response import SftResponse
from assessor.domain.score import Unscored
from assessor.domain.wishes import Wish
from tests.domain.samples import (
    DRAWN,
    NOW,
    ORDERED,
    SOUND,
    STARTED,
    SUBMITTED,
    assessment,
    item_id,
    log,
    score,
    scored,
    scores,
    unscored,
)

ENDINGS = {Status.EXPIRED, Status.WITHDRAWN, Status.CANCELLED}
LEGAL = {
    Status.ORDERED: {Status.OPENED} | ENDINGS,
    Status.OPENED: {Status.IDENTITY, Status.IN_PROGRESS} | ENDINGS,
    Status.IDENTITY: {Status.IN_PROGRESS} | ENDINGS,
    Status.IN_PROGRESS: {Status.PAUSED, Status.SUBMITTED, Status.TECHNICAL_HOLD} | ENDINGS,
    Status.PAUSED: {Status.IN_PROGRESS} | ENDINGS,
    Status.SUBMITTED: {Status.SCORING},
    Status.SCORING: {Status.DECIDED, Status.TECHNICAL_HOLD},
    Status.TECHNICAL_HOLD: {Status.IN_PROGRESS, Status.SCORING, Status.VOIDED},
}
ISSUED = e.VerdictIssued(verdict_id="ver_1", supersedes=None, document={"decision": "needs_review"}, jws="x")
QUESTION = item_id(Category.INTERVIEW)


def said(text: str, number: int = 1, item: str | None = QUESTION) -> e.CandidateMessage:
    return e.CandidateMessage(message_id=f"message-{number}", item_id=item, text=text)


def asked(text: str, item: str | None = QUESTION) -> e.InterviewerMessage:
    return e.InterviewerMessage(run="r1", kind="core", item_id=item, text=text, source="authored")


@pytest.mark.parametrize(("before", "after"), list(product(Status, Status)))
def test_an_assessment_moves_only_along_the_table_of_states(before: Status, after: Status) -> None:
    here = Assessment("as_1", status=before)

    if after is before or after in LEGAL.get(before, set()):
        assert here.moved(after).status is after
    else:
        with pytest.raises(IllegalTransition) as refused:
            here.moved(after)
        assert refused.value.remedy


def test_every_status_stands_in_the_table_and_what_is_open_can_end() -> None:
    assert set(TRANSITIONS) == set(Status)
    assert all(TRANSITIONS[status] >= ENDINGS for status in OPEN)


def test_a_whole_life_from_the_order_to_a_superseding_verdict() -> None:
    review = e.ReviewDecided(reviewer="rev_1", decision="qualified", reason=SOUND)
    second = ISSUED.changed(verdict_id="ver_2", supersedes="ver_1", document={"decision": "qualified"})

    found = assessment(*SUBMITTED, *scored(scores(0.6)), ISSUED, review, second)

    assert found.status is Status.DECIDED
    assert (found.ordered_at, found.started_at, found.deadline) == (
        NOW + timedelta(minutes=1), NOW + timedelta(minutes=6), NOW + timedelta(hours=2),
    )  # fmt: skip
    assert found.submitted_at == NOW + timedelta(minutes=7)
    assert found.verdict == second
    assert found.decided_by_person == review
    assert not found.needs_person
    assert found.seq == 2 + len(SUBMITTED) + len(found.form.items) + 3


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ((), Status.ORDERED),
        (STARTED[:2], Status.OPENED),
        (STARTED, Status.IN_PROGRESS),
        ((*STARTED, e.AssessmentPaused()), Status.PAUSED),
        (SUBMITTED, Status.SCORING),
        ((*SUBMITTED, ISSUED), Status.DECIDED),
        ((*SUBMITTED, e.FaultRecorded(where="scoring", kind="OSError")), Status.TECHNICAL_HOLD),
        ((e.AssessmentExpired(),), Status.EXPIRED),
        ((*STARTED, e.AssessmentWithdrawn()), Status.WITHDRAWN),
        ((*STARTED[:2], e.AssessmentCancelled()), Status.CANCELLED),
    ],
)
def test_the_log_adds_up_to_a_status(facts: tuple[e.Fact, ...], status: Status) -> None:
    assert assessment(*facts).status is status


@pytest.mark.parametrize(
    "facts",
    [
        (e.AssessmentSubmitted(),),
        (*SUBMITTED, e.AssessmentWithdrawn()),
        (*STARTED, ISSUED),
        (*STARTED, e.ScoringStarted()),
        (e.AssessmentExpired(), *STARTED),
        (*STARTED, e.AssessmentVoided(reason="fault", successor="as_2")),
    ],
)
def test_a_log_that_tells_an_impossible_story_is_refused(facts: tuple[e.Fact, ...]) -> None:
    with pytest.raises(IllegalTransition):
        assessment(*facts)


@pytest.mark.parametrize(("held", "status"), [(STARTED, Status.IN_PROGRESS), (SUBMITTED, Status.SCORING)])
def test_a_hold_returns_to_where_it_was_and_is_counted(held: tuple[e.Fact, ...], status: Status) -> None:
    fault = e.FaultRecorded(where="anywhere", kind="OSError")

    during = assessment(*held, fault)
    after = assessment(*held, fault, e.HoldReleased(by="rev_1"))

    assert during.needs_person
    assert (after.status, after.fault, after.faults) == (status, None, 1)


def test_a_held_attempt_can_be_given_back() -> None:
    voided = e.AssessmentVoided(reason="A fault of ours.", successor="as_2")

    found = assessment(*SUBMITTED, e.FaultRecorded(where="scoring", kind="OSError"), voided)

    assert (found.status, found.voided) == (Status.VOIDED, voided)


def test_an_invite_opens_once_and_a_new_one_replaces_the_old() -> None:
    later = NOW + timedelta(days=1)
    reissued = e.InviteIssued(token_hash="t2", expires_at=later)

    assert assessment(STARTED[0], reissued).invites == {"t2": later}
    assert assessment(STARTED[0], STARTED[1]).invites == {}
    assert assessment(*STARTED, reissued, e.InviteRedeemed(token_hash="t2")).status is Status.IN_PROGRESS


def test_a_pause_keeps_the_time_that_was_left() -> None:
    paused = assessment(*STARTED, e.AssessmentPaused())
    deadline = NOW + timedelta(hours=5)
    resumed = assessment(*STARTED, e.AssessmentPaused(), e.AssessmentResumed(deadline=deadline))

    assert paused.time_left_at_pause == timedelta(hours=2, minutes=-7).total_seconds()
    assert (resumed.deadline, resumed.time_left_at_pause) == (deadline, None)


def test_time_is_over_at_the_deadline_and_only_while_working() -> None:
    working = assessment(*STARTED)
    deadline = NOW + timedelta(hours=2)

    assert not working.is_over(deadline - timedelta(seconds=1))
    assert working.is_over(deadline)
    assert not assessment(*SUBMITTED).is_over(deadline)


WORKING = assessment(*STARTED)
DEADLINE = NOW + timedelta(hours=2)
MESSAGE = e.CandidateMessage(message_id="message-1", item_id=None, text="I write services.")
REPLY = e.InterviewerMessage(run="r", kind="core", item_id="caching", text="Why?", source="authored")


def _asked_at(working: Assessment, at: datetime) -> Assessment:
    return advanced(working, working.seq + 1, at, MESSAGE)


@given(st.integers(0, 100), st.integers(0, 10_000))
def test_the_time_that_the_interviewer_takes_is_given_back(asked_after: int, took: int) -> None:
    asked = NOW + timedelta(minutes=asked_after)
    waiting = _asked_at(WORKING, asked)

    replied = advanced(waiting, waiting.seq + 1, asked + timedelta(seconds=took), REPLY)

    assert replied.deadline == DEADLINE + timedelta(seconds=took)
    assert replied.time_left(asked + timedelta(seconds=took)) == WORKING.time_left(asked)


def test_the_time_is_not_over_while_a_reply_is_owed_but_an_hour_later_it_is() -> None:
    waiting = _asked_at(WORKING, DEADLINE - timedelta(seconds=5))

    assert WORKING.is_over(DEADLINE)
    assert not waiting.is_over(DEADLINE + timedelta(minutes=30))
    assert waiting.is_over(DEADLINE + timedelta(hours=1))


def test_what_the_candidate_takes_is_not_given_back() -> None:
    replied = advanced(_asked_at(WORKING, NOW), WORKING.seq + 2, NOW, REPLY)

    later = _asked_at(replied, NOW + timedelta(minutes=50))

    assert later.time_left(NOW + timedelta(minutes=50)) == timedelta(minutes=70).total_seconds()


def test_a_pause_in_which_a_reply_is_owed_counts_for_neither() -> None:
    asked, paused_at, resumed_at = (NOW + timedelta(minutes=m) for m in (10, 11, 40))
    paused = advanced(_asked_at(WORKING, asked), WORKING.seq + 2, paused_at, e.AssessmentPaused())
    assert paused.time_left_at_pause == timedelta(minutes=110).total_seconds()

    deadline = resumed_at + timedelta(minutes=110)
    resumed = advanced(paused, WORKING.seq + 3, resumed_at, e.AssessmentResumed(deadline=deadline))
    replied = advanced(resumed, WORKING.seq + 4, resumed_at + timedelta(minutes=2), REPLY)

    assert replied.deadline == deadline + timedelta(minutes=2)


def test_the_transcript_is_what_was_said_and_evidence_only_what_the_candidate_said_to_the_item() -> None:
    found = assessment(
        *STARTED,
        asked("What have you built?", None),
        said("A parser.", 1, None),
        asked("What can go wrong?"),
        said("It is shared.", 2),
        asked("Why?"),
        said("Made once.", 3),
    )

    assert [turn.text for turn in found.transcript.about(None)] == ["What have you built?", "A parser."]
    assert [(own.event_seq, own.text) for own in found.texts_of(QUESTION)] == [
        (10, "It is shared."),
        (12, "Made once."),
    ]
    assert found.message_ids == {"message-1", "message-2", "message-3"}
    assert found.transcript.unanswered is not None
    assert found.transcript.unanswered.text == "Made once."


def test_handing_in_again_supersedes_and_evidence_points_at_the_later_one() -> None:
    task = item_id(Category.SFT)
    found = assessment(
        *STARTED,
        *(e.ResponseHandedIn(item_id=task, response=SftResponse(text=text)) for text in ("one", "two")),
    )

    assert found.responses[task] == SftResponse(text="two")
    assert [(own.event_seq, own.path, own.text) for own in found.texts_of(task)] == [(8, "text", "two")]
    assert found.texts_of(item_id(Category.TRAJECTORY)) == ()


def test_a_later_score_of_a_criterion_supersedes_an_earlier_one() -> None:
    waits = unscored(score())
    by_person = score(value=1.0, rater="person:rev_1")

    before = assessment(*SUBMITTED, *scored([waits, score(criterion="c1")]))
    after = assessment(*SUBMITTED, *scored([waits, score(criterion="c1")]), *scored([by_person]))

    assert before.open_scores == (waits,)
    assert after.open_scores == ()
    assert after.scores["evaluation-0", "c0"] == by_person
    assert len(after.scores) == 2


def test_recorded_replies_are_found_by_the_hash_of_their_request() -> None:
    replied = e.ModelReplied(purpose="judge", model="m1", request_hash="sha256:1", reply="{}")

    assert assessment(*SUBMITTED, replied).replies == {"sha256:1": replied}


def test_the_row_for_lists_says_where_it_stands_and_holds_no_words() -> None:
    open_one = unscored(score(text="A secret of the rubric"), Unscored.POLICY_WANTS_PERSON)

    row = assessment(
        *STARTED, said("My secret words."), *SUBMITTED[4:], *scored([open_one]), ISSUED
    ).projection()

    assert (row.status, row.decision, row.open_criteria, row.needs_person) == (
        Status.DECIDED,
        "needs_review",
        1,
        True,
    )
    assert (row.tenant, row.candidate_ref, row.track) == ("ten_1", "c-42", "python")
    assert "secret" not in repr(row)


def test_an_action_in_the_wrong_state_is_refused_with_the_way_out() -> None:
    found = assessment(*SUBMITTED)

    found.require("scoring", Status.SCORING)
    with pytest.raises(IllegalTransition, match="scoring; answering is not possible now") as refused:
        found.require("answering", Status.IN_PROGRESS)
    assert refused.value.remedy


def test_an_item_that_is_not_on_the_form_is_refused() -> None:
    assessment().require_on_form(QUESTION)
    with pytest.raises(InvalidInput, match="not on this form"):
        assessment().require_on_form("somebody-elses")


def test_a_log_without_an_order_or_a_form_says_so() -> None:
    with pytest.raises(ValueError, match="does not begin with an order"):
        _ = Assessment("as_1").ordered
    with pytest.raises(ValueError, match="has no form"):
        _ = replay("as_1", log(ORDERED)).form


@given(st.integers(0, 11))
def test_reading_a_log_in_two_parts_gives_what_reading_it_at_once_gives(cut: int) -> None:
    events = log(ORDERED, DRAWN, *SUBMITTED, *scored(scores(0.5))[:3], ISSUED)
    whole = replay("as_1", events)

    resumed = replay("as_1", events[:cut])
    for event in events[cut:]:
        resumed = advanced(resumed, event.seq, event.at, event.fact, event.hash)

    assert resumed == whole
    assert (whole.seq, whole.head) == (len(events), events[-1].hash)


def wishes(place: int) -> tuple[e.Fact, ...]:
    """A request for accommodations at a place of the log, with the call to the platform that it makes."""
    requested = e.AccommodationRequested(wishes=(Wish.OTHER,), note="A quiet hour.")
    return requested, e.HelpAsked(kind="accommodation", message=place)


def test_of_requests_for_accommodations_the_latest_waits_until_it_is_answered_or_the_work_handed_in() -> None:
    twice = (*STARTED, *wishes(7), *wishes(9))
    answered = e.AccommodationAnswered(request=9, granted=False, told="Next week.", by="platform", who="acme")

    assert [one.message for one in assessment(*twice).open_help] == [9]
    assert assessment(*twice).waits_for_platform == (Wish.OTHER,)
    assert assessment(*twice, answered).open_help == ()
    assert assessment(*twice, e.AssessmentSubmitted()).open_help == ()


def test_any_other_call_waits_until_it_was_seen() -> None:
    called = (*STARTED, e.HelpAsked(kind="person", message=7), e.HelpAsked(kind="distress", message=8))

    assert [one.kind for one in assessment(*called, e.AssessmentSubmitted()).open_help] == [
        "person",
        "distress",
    ]
    assert assessment(*called).needs_help == "distress"
    assert assessment(*called, e.HelpSeen(reviewer="rev_1", message=8)).needs_help is None
