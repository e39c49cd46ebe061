"""The chain of a log notices whatever was changed, lost, moved or added."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from assessor.domain.chain import REDACTION, Link, digest_of, verify
from assessor.domain.errors import DocumentRefused

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
Stored = list[tuple[Link, str]]


def link(seq: int, **changes: object) -> Link:
    basics = Link("as_1", seq, "message.candidate", NOW, digest_of(f"ciphertext {seq}".encode()))
    return replace(basics, **changes)  # type: ignore[arg-type] # fields by their names


def chained(*links: Link) -> Stored:
    stored: Stored = []
    for one in links:
        stored.append((one, one.hash_after(stored[-1][1] if stored else "")))
    return stored


FIVE = chained(*map(link, range(1, 5)), link(5, type=REDACTION))


def check(stored: Stored, length: int = 5, head: str = FIVE[-1][1]) -> None:
    verify("as_1", length, head, stored)


def test_a_whole_chain_holds() -> None:
    check(FIVE)


def test_an_empty_log_is_whole_when_nothing_was_noted() -> None:
    check([], 0, "")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda five: five[1:], "Event 1 of as_1 is missing"),
        (lambda five: [*five[:2], *five[3:]], "Event 3 of as_1 is missing"),
        (lambda five: five[:-1], "Event 5 of as_1 is missing"),
        (lambda _: [], "Event 1 of as_1 is missing"),
        (lambda five: [five[1], five[0], *five[2:]], "Event 1 of as_1 is missing"),
        (lambda five: [*five, five[-1]], "Event 6 of as_1 is missing"),
        (
            lambda five: chained(*(one for one, _ in five), link(6)),
            "Event 6 of as_1 was added after the end that was noted",
        ),
        (lambda five: chained(*(one for one, _ in five[:4]), link(5)), "Event 5 of as_1 is not the end"),
    ],
)
def test_the_first_event_that_is_missing_or_too_many_is_named(
    spoil: Callable[[Stored], Stored], said: str
) -> None:
    with pytest.raises(DocumentRefused, match=said):
        check(spoil(FIVE))


@pytest.mark.parametrize(
    "change",
    [
        {"assessment_id": "as_2"},
        {"type": "message.interviewer"},
        {"at": NOW + timedelta(microseconds=1)},
        {"digest": digest_of(b"other words")},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_is_changed_in_an_event_is_noticed(change: dict[str, object]) -> None:
    changed = [*FIVE[:2], (link(3, **change), FIVE[2][1]), *FIVE[3:]]

    with pytest.raises(DocumentRefused, match="Event 3 of as_1 was changed or moved"):
        check(changed)


def test_where_a_clock_stands_makes_no_difference() -> None:
    elsewhere = link(1, at=NOW.astimezone(timezone(timedelta(hours=5))))

    assert elsewhere.hash_after("") == link(1).hash_after("") != link(1).hash_after("before")


def destroyed(seq: int, by: int) -> Stored:
    return [(replace(one, redacted_by=by) if one.seq == seq else one, kept) for one, kept in FIVE]


def test_words_that_a_later_redaction_destroyed_leave_the_chain_whole() -> None:
    check(destroyed(3, by=5))


@pytest.mark.parametrize(("seq", "by"), [(3, 4), (3, 2), (5, 5), (3, 9)])
def test_words_that_anything_else_destroyed_are_named(seq: int, by: int) -> None:
    with pytest.raises(
        DocumentRefused, match=f"Event {seq} of as_1 was destroyed, and by no later redaction"
    ):
        check(destroyed(seq, by))
