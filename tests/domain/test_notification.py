"""Which facts are public, and how they are told."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assessor.domain import events as e
from assessor.domain.appeal import AppealedCriterion
from assessor.domain.assessment import Status
from assessor.domain.notification import (
    MEANINGS,
    EventType,
    Notice,
    cloud_event,
    notices_of,
    types_of,
)
from tests.adapters.store.samples import NOW, every_fact, ordered_by, projection

HOUR = timedelta(hours=1)


def verdict(decision: str, supersedes: str | None = None) -> e.VerdictIssued:
    document = {"decision": decision, "issued_at": "2026-03-01T09:30:15Z"}
    return e.VerdictIssued(verdict_id="ver_2", supersedes=supersedes, document=document, jws="a.b.c")


REVOKED = e.VerdictRevoked(verdict_id="ver_2", by="anna", reason="Somebody else sat the assessment.")


def filed() -> e.AppealFiled:
    criteria = (AppealedCriterion(item_id="sft-1", criterion="c1"),)
    return e.AppealFiled(appeal_id="appeal-1", criteria=criteria, ground="other", note="It is there.")


def answered(*, is_last: bool) -> e.AppealAnswered:
    return e.AppealAnswered(
        reviewer="rev_2",
        item_id="sft-1",
        criterion="c1",
        mark="met",
        outcome="raised",
        reason="It is there, in the second sentence.",
        is_last=is_last,
    )


def logged(*facts: e.Fact, after: int = 0) -> list[e.Event]:
    return [
        e.Event(assessment_id="asm_1", seq=seq, at=NOW, fact=fact, hash="h")
        for seq, fact in enumerate(facts, after + 1)
    ]


@pytest.mark.parametrize(
    ("before", "fact", "types"),
    [
        (None, ordered_by(), ["assessment.created"]),
        (None, e.AssessmentStarted(deadline=NOW + HOUR), ["assessment.started"]),
        (None, e.AssessmentSubmitted(), ["assessment.submitted"]),
        (None, e.AssessmentSubmitted(by="deadline"), ["assessment.submitted"]),
        (None, e.AssessmentExpired(), ["assessment.expired"]),
        (None, e.AssessmentCancelled(), ["assessment.cancelled"]),
        (None, e.AssessmentWithdrawn(), ["assessment.withdrawn"]),
        (None, e.AssessmentVoided(reason="a fault", successor="asm_2"), ["assessment.voided"]),
        (None, e.HelpAsked(kind="distress", message=9), ["help.requested"]),
        (None, e.HelpAsked(kind="person", message=9), ["help.requested"]),
        (None, e.HelpAsked(kind="more_time", message=9), ["help.requested"]),
        (None, e.HelpAsked(kind="break", message=9), []),
        ("not_qualified", filed(), ["review.requested"]),
        ("not_qualified", answered(is_last=False), []),
        ("not_qualified", answered(is_last=True), ["review.completed"]),
        ("needs_review", e.FollowUpAnswered(follow_up_id="fol_1", text="So."), ["question.answered"]),
        ("qualified", REVOKED, ["verdict.revoked"]),
        (None, verdict("qualified"), ["verdict.issued"]),
        (None, verdict("needs_review"), ["verdict.issued", "review.requested"]),
        (
            "needs_review",
            verdict("qualified", "ver_1"),
            ["verdict.superseded", "verdict.issued", "review.completed"],
        ),
        ("needs_review", verdict("needs_review", "ver_1"), ["verdict.superseded", "verdict.issued"]),
        ("qualified", verdict("not_qualified", "ver_1"), ["verdict.superseded", "verdict.issued"]),
        (
            "not_qualified",
            verdict("needs_review", "ver_1"),
            ["verdict.superseded", "verdict.issued", "review.requested"],
        ),
    ],
)
def test_a_fact_is_these_public_events(before: str | None, fact: e.Fact, types: list[str]) -> None:
    assert [public.removeprefix("assessor.") for public in types_of(before, fact)] == types


def test_what_was_said_scored_or_read_is_no_public_event() -> None:
    private = {
        "form.drawn", "invite.issued", "invite.redeemed", "notice.accepted", "message.candidate",
        "message.interviewer", "interview.finished", "interview.help_asked", "interview.item_swapped",
        "interview.observed",
        "response.handed_in", "scoring.started",
        "model.replied", "response.scored", "scoring.repeated", "review.decided", "fault.recorded",
        "follow_up.extended", "score.overridden", "score.disputed", "score.adjudicated",
        "hold.released",
        "assessment.paused", "assessment.resumed", "accommodation.granted", "help.seen", "transcript.opened",
        "answer.corrected", "words.redacted", "summary.confirmed", "result.shared", "sharing.ended",
        "second_look.drawn", "second_look.scored", "second_look.compared", "second_look.seen",
        "item.retired", "block.finished",
        "assessment.extended", "metadata.replaced", "signal.replied",
        "answer.found_alike", "answer.quotes_key", "signal.judged", "signal.unanswered",
        "identity.asked", "identity.opened", "identity.reported", "identity.unavailable",
        "consent.answered", "session.moved", "accommodation.requested", "accommodation.answered",
    }  # fmt: skip

    silent = {fact.type for fact in every_fact() if not types_of(None, fact)}

    assert silent == private


def test_every_type_is_explained() -> None:
    assert set(MEANINGS) == set(EventType)


def test_a_notice_refers_to_the_assessment_and_says_where_it_stands() -> None:
    row = projection("asm_1", "cnd_1", status=Status.DECIDED)

    (superseded, issued, completed) = notices_of(
        "needs_review", logged(verdict("qualified", "ver_1"), after=41), row
    )

    common = {
        "assessment_id": "asm_1", "candidate_ref": "worker-17", "track": "python", "livemode": False,
        "status": "decided", "sequence": 42,
    }  # fmt: skip
    assert superseded.data == {**common, "verdict_id": "ver_1", "superseded_by": "ver_2"}
    assert issued.data == completed.data == {
        **common, "verdict_id": "ver_2", "decision": "qualified", "supersedes": "ver_1",
        "issued_at": "2026-03-01T09:30:15Z",
    }  # fmt: skip


def test_a_call_for_help_names_its_kind_and_nothing_that_was_said() -> None:
    row = projection("asm_1", "cnd_1", status=Status.PAUSED)

    (notice,) = notices_of(None, logged(e.HelpAsked(kind="distress", message=9), after=11), row)

    assert notice.data == {
        "assessment_id": "asm_1", "candidate_ref": "worker-17", "track": "python", "livemode": False,
        "status": "paused", "sequence": 12, "kind": "distress",
    }  # fmt: skip


def test_an_appeal_tells_that_there_is_one_and_nothing_that_was_said() -> None:
    row = projection("asm_1", "cnd_1", status=Status.DECIDED)

    asked, done = notices_of("not_qualified", logged(filed(), answered(is_last=True)), row)

    assert (asked.data["cause"], asked.data["criteria"]) == ("appeal", 1)
    assert done.data["cause"] == "appeal"
    assert "verdict_id" not in {**asked.data, **done.data}


def test_each_public_event_has_an_id_of_its_own_that_never_changes() -> None:
    row = projection("asm_1", "cnd_1")
    log = [*logged(verdict("needs_review")), *logged(verdict("qualified", "ver_2"), after=1)]

    once, again = (notices_of(None, log, row) for _ in range(2))

    assert [notice.id for notice in once] == [notice.id for notice in again]
    assert len({notice.id for notice in once}) == len(once) == 5
    assert all("." not in notice.id for notice in once)


def test_two_verdicts_that_are_appended_together_follow_one_another() -> None:
    log = logged(verdict("needs_review"), verdict("qualified", "ver_1"))

    types = [notice.type for notice in notices_of(None, log, projection("asm_1", "cnd_1"))]

    assert types.count(EventType.REVIEW_REQUESTED) == types.count(EventType.REVIEW_COMPLETED) == 1


def test_no_body_carries_what_anybody_wrote() -> None:
    words = "these very words must stay here"
    told: list[Any] = [replace_words(fact, words) for fact in every_fact()]

    notices = notices_of(None, logged(*told), projection("asm_1", "cnd_1"))

    assert len(notices) > 5
    assert all(words.encode() not in cloud_event(notice, "https://a.example") for notice in notices)


def replace_words(fact: e.Fact, words: str) -> e.Fact:
    """Put the words wherever the fact has text of somebody's own."""
    own = {"text", "reply", "reason", "note"} & set(type(fact).model_fields)
    own -= {"reason"} if isinstance(fact, e.InterviewFinished | e.ItemSwapped | e.AssessmentPaused) else set()
    changed = fact.changed(**dict.fromkeys(own, words))
    if isinstance(changed, e.VerdictIssued):
        return changed.changed(document={**changed.document, "reasons": [{"text": words}]})
    return changed


def test_a_body_is_a_cloud_event_always_in_the_same_bytes() -> None:
    at = datetime(2026, 3, 1, 10, 30, 15, 123456, tzinfo=UTC)
    notice = Notice("evt_1", EventType.VERDICT_ISSUED, "asm_1", at, {"decision": "qualified"})

    body = cloud_event(notice, "https://assess.example.org")

    assert json.loads(body) == {
        "specversion": "1.0",
        "id": "evt_1",
        "source": "https://assess.example.org",
        "type": "assessor.verdict.issued",
        "subject": "asm_1",
        "time": "2026-03-01T10:30:15.123Z",
        "datacontenttype": "application/json",
        "data": {"decision": "qualified"},
    }
    assert body == cloud_event(replace(notice, data=dict(notice.data)), "https://assess.example.org")
