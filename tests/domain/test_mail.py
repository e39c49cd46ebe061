"""Which facts are told by mail, when a reminder is due, and what follows from an attempt."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.domain import events as e
from assessor.domain.assessment import OPEN, Status
from assessor.domain.fence import is_invisible
from assessor.domain.mail import (
    GIVE_UP_AFTER,
    KIND_OF_FACT,
    MOVES_REMINDER,
    POINTLESS_AFTER,
    Acceptance,
    MailKind,
    MailSettled,
    MailStatus,
    Sending,
    dropped,
    mail_id,
    mails_of,
    one_line,
    put_off,
    remind_at,
    settle_mail,
)
from assessor.domain.value import Value
from tests.adapters.store.samples import HOUR, NOW, projection, verdict

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
REVOKED = e.VerdictRevoked(verdict_id="vrd_1", by="anna", reason="Somebody else sat the assessment.")


class Answered(Value):
    """Stands for the fact that an appeal was answered."""

    type: Literal["appeal.answered"] = "appeal.answered"
    is_last: bool = True
    """Whether no other appeal waits."""


def told(before: str | None, facts: Iterable[Any]) -> list[str]:
    log = [
        e.Event.model_construct(assessment_id="asm_1", seq=seq, at=NOW, fact=fact, hash="h")
        for seq, fact in enumerate(facts, 1)
    ]
    return [kind.value for _, kind in mails_of(before, log)]


@pytest.mark.parametrize(
    ("before", "facts", "mails"),
    [
        (None, [e.InviteIssued(token_hash="t", expires_at=NOW)], ["invite"]),
        (None, [e.AssessmentStarted(deadline=None), e.AssessmentSubmitted()], []),
        (None, [verdict("vrd_1")], ["result"]),
        (None, [verdict("vrd_1", decision="not_qualified")], ["result"]),
        (None, [verdict("vrd_1", decision="needs_review")], []),
        ("needs_review", [verdict("vrd_2", "vrd_1")], ["result"]),
        ("needs_review", [verdict("vrd_2", "vrd_1", decision="needs_review")], []),
        ("qualified", [verdict("vrd_2", "vrd_1")], []),
        ("qualified", [verdict("vrd_2", "vrd_1", decision="not_qualified")], ["result"]),
        ("qualified", [REVOKED, verdict("vrd_2", "vrd_1")], ["result"]),
        (None, [verdict("vrd_1", decision="needs_review"), verdict("vrd_2", "vrd_1")], ["result"]),
        ("not_qualified", [Answered()], ["appeal"]),
        ("not_qualified", [Answered(is_last=False)], []),
        ("not_qualified", [Answered(is_last=False), Answered()], ["appeal"]),
        ("not_qualified", [Answered(), verdict("vrd_2", "vrd_1")], ["appeal", "result"]),
    ],
)
def test_a_fact_is_told_when_there_is_something_to_know(
    before: str | None, facts: list[Any], mails: list[str]
) -> None:
    assert told(before, facts) == mails


def test_the_tables_name_facts_that_exist() -> None:
    union = get_args(get_args(e.Fact)[0])
    known = {fact.model_fields["type"].default for fact in union} | {"appeal.answered"}

    assert {*KIND_OF_FACT, *POINTLESS_AFTER, *MOVES_REMINDER} <= known
    assert set(MailKind) == {*KIND_OF_FACT.values(), MailKind.REMINDER}


@pytest.mark.parametrize("status", [Status.ORDERED, Status.OPENED, Status.IDENTITY])
@pytest.mark.parametrize(
    ("term", "before"),
    [(14 * DAY, 2 * DAY), (4 * DAY, 2 * DAY), (2 * DAY, DAY), (DAY, DAY / 2), (23 * HOUR, None)],
    ids=["14 days", "4 days", "2 days", "a day", "less than a day"],
)
def test_who_has_not_begun_is_reminded_two_days_before_the_end_or_in_the_middle_of_a_short_term(
    status: Status, term: timedelta, before: timedelta | None
) -> None:
    row = projection("asm_1", "cnd_1", status=status, expires_at=NOW + term)

    assert remind_at(row, NOW) == (None if before is None else NOW + term - before)


def test_who_has_begun_is_reminded_a_quarter_of_an_hour_before_the_time_is_over() -> None:
    works = projection("asm_1", "cnd_1", status=Status.IN_PROGRESS, deadline=NOW + HOUR)

    assert remind_at(works, NOW - 9 * DAY) == NOW + 45 * MINUTE


@pytest.mark.parametrize("status", [*sorted(set(Status) - OPEN), Status.PAUSED, Status.IN_PROGRESS])
def test_without_an_end_there_is_no_reminder(status: Status) -> None:
    row = projection("asm_1", "cnd_1", status=status, expires_at=NOW + 14 * DAY, deadline=None)

    assert remind_at(row, NOW) is None


@pytest.mark.parametrize(
    ("acceptance", "status"),
    [
        (Acceptance.ACCEPTED, MailStatus.SENT),
        (Acceptance.NOT_SENT, MailStatus.DROPPED),
        (Acceptance.REFUSED, MailStatus.DEAD),
    ],
)
def test_what_a_server_says_for_good_settles_it(acceptance: Acceptance, status: MailStatus) -> None:
    assert settle_mail(Sending(acceptance, "why"), 0, NOW, NOW) == MailSettled(status, "why")


def test_what_is_deferred_is_tried_with_growing_pauses_for_three_days_and_not_longer() -> None:
    now, tries, pauses = NOW, 0, []

    while (settled := settle_mail(Sending(Acceptance.DEFERRED, "450"), tries, NOW, now)).next_at:
        assert settled.status is MailStatus.PENDING
        pauses.append(settled.next_at - now)
        now, tries = settled.next_at, tries + 1

    assert settled == MailSettled(MailStatus.DEAD, "450")
    assert pauses == sorted(pauses)
    assert pauses[0] == MINUTE
    assert GIVE_UP_AFTER - pauses[-1] < now - NOW <= GIVE_UP_AFTER
    assert tries > 15


def test_an_assessment_has_one_reminder_and_a_mail_for_each_other_fact() -> None:
    assert mail_id("asm_1", 3, MailKind.REMINDER) == mail_id("asm_1", 9, MailKind.REMINDER)
    ids = {mail_id(assessment, seq, kind) for assessment in ("a", "b") for seq in (3, 9) for kind in MailKind}
    assert len(ids) == 2 * (2 * (len(MailKind) - 1) + 1)
    assert all(one.startswith("mail_") for one in ids)


@given(st.text())
def test_a_name_in_a_header_is_one_line_and_nothing_in_it_is_hidden(text: str) -> None:
    line = one_line(text)

    assert len(line) <= 120
    assert line.splitlines() in ([], [line])
    assert not [character for character in line if is_invisible(character) or character == "\t"]
    assert one_line(line) == line


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Acme Data", "Acme Data"),
        ("Acme\r\nBcc: everyone@example.org", "Acme Bcc: everyone@example.org"),
        ("Acme\u2028X: y", "Acme X: y"),
        ("\u202eatad emcA\u202c", "atad emcA"),
        ("Ac\u200bme\x00", "Acme"),
        ("Zoë & Söhne 数据", "Zoë & Söhne 数据"),
    ],
)
def test_what_could_forge_a_header_or_a_sender_is_taken_out(name: str, shown: str) -> None:
    assert one_line(name) == shown


def test_what_was_not_tried_is_no_attempt() -> None:
    assert dropped("no use") == MailSettled(MailStatus.DROPPED, "no use", next_at=None, tried=False)
    assert put_off(NOW) == MailSettled(MailStatus.PENDING, None, next_at=NOW, tried=False)
    assert put_off(None).next_at is None
