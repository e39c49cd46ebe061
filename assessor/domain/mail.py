"""Mail to candidates: what is told, when, and what follows from an attempt to send it.

The one table from facts to mails is `KIND_OF_FACT`: a fact of a type that it does not name is not told.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from assessor.domain.assessment import OPEN, Projection, Status
from assessor.domain.events import Event
from assessor.domain.fence import normalised
from assessor.domain.ids import make_id

NEEDS_REVIEW: Final = "needs_review"


class MailKind(StrEnum):
    """What a mail is about."""

    INVITE = "invite"
    REMINDER = "reminder"
    RESULT = "result"
    APPEAL = "appeal"
    QUESTION = "question"


ESSENTIAL: Final = frozenset({MailKind.INVITE, MailKind.RESULT, MailKind.APPEAL, MailKind.QUESTION})
"""What somebody who takes part has to be told. The others can be unsubscribed from."""

KIND_OF_FACT: Final[Mapping[str, MailKind]] = MappingProxyType(
    {
        "invite.issued": MailKind.INVITE,
        "verdict.issued": MailKind.RESULT,
        "appeal.answered": MailKind.APPEAL,
        "follow_up.asked": MailKind.QUESTION,
    }
)
"""By the type of a fact, the mail that is written with it. A reminder follows from the time alone."""

_ENDS: Final = frozenset({MailKind.INVITE, MailKind.REMINDER})
POINTLESS_AFTER: Final[Mapping[str, frozenset[MailKind]]] = MappingProxyType(
    {
        "invite.issued": frozenset({MailKind.INVITE}),  # the one before leads nowhere any more
        "invite.redeemed": frozenset({MailKind.INVITE}),
        "assessment.submitted": _ENDS,
        "assessment.expired": _ENDS,
        "assessment.withdrawn": _ENDS,
        "assessment.cancelled": _ENDS,
        "assessment.voided": _ENDS,
        "follow_up.answered": frozenset({MailKind.QUESTION}),
    }
)
"""By the type of a fact, the mails that are still to be sent and had better not be."""

MOVES_REMINDER: Final = frozenset(
    {
        "invite.issued",
        "assessment.extended",
        "assessment.started",
        "assessment.paused",
        "assessment.resumed",
        "accommodation.granted",
    }
)
"""Facts that move the end which a reminder is about."""

REMIND_BEFORE: Final = timedelta(hours=48)
"""How long before an invitation runs out its candidate is reminded."""
SHORTEST_TERM: Final = timedelta(hours=24)
"""An invitation for less than this needs no reminder."""
REMIND_BEFORE_DEADLINE: Final = timedelta(minutes=15)
"""The same for work that was begun, when nothing was heard for `AWAY`."""
AWAY: Final = timedelta(minutes=10)

RETRY_SECONDS: Final = (60, 300, 900, 3600, 7200, 14_400)
"""The pauses between attempts; the last one is repeated."""
GIVE_UP_AFTER: Final = timedelta(days=3)
"""A mail that no server has taken by then is dead."""


class MailStatus(StrEnum):
    """Where a mail stands."""

    PENDING = "pending"
    SENT = "sent"
    DROPPED = "dropped"
    """Not sent, because there was no use in it any more, or no server to send it by."""
    DEAD = "dead"
    """Not sent, because it was refused for good, or for too long."""


@dataclass(frozen=True)
class Letter:
    """What one mail says, before it is put into words."""

    id: str
    kind: MailKind
    to: str = field(repr=False)
    language: str
    platform: str
    track: str
    link: str = field(repr=False)
    """Where the candidate goes on."""
    written_at: datetime
    """The same at each attempt, so that a repeat has the same bytes."""
    livemode: bool
    minutes: int | None = None
    """How long the work takes; for those who have not begun."""
    until: datetime | None = None
    """By when it has to be begun, or handed in once it was; of a result, until when the link works."""
    begun: bool = False
    unsubscribe: str | None = field(default=None, repr=False)
    """Where mails of this kind can be stopped; None for what is essential."""


@dataclass(frozen=True)
class Mail:
    """A letter in words, as it goes to a server."""

    id: str
    to: str = field(repr=False)
    sender_name: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    language: str
    written_at: datetime
    unsubscribe: str | None = field(default=None, repr=False)


class Acceptance(StrEnum):
    """How one attempt went."""

    ACCEPTED = "accepted"
    """A server answers for it from now on."""
    NOT_SENT = "not_sent"
    """There is no server; it was shown, or only counted."""
    DEFERRED = "deferred"
    """Not now: the server was away, or said so (4xx), or there is something wrong with our account."""
    REFUSED = "refused"
    """Never: the server takes no mail for this recipient, or not this mail (5xx)."""


@dataclass(frozen=True)
class Sending:
    """What came back from an attempt."""

    acceptance: Acceptance
    why: str
    """A status of the server, or a word of ours; never what the server wrote, which may name people."""
    detail: str = field(default="", repr=False)
    """What the server wrote, for an operator who tries it out."""


@dataclass(frozen=True)
class MailSettled:
    """What follows from an attempt."""

    status: MailStatus
    why: str | None
    next_at: datetime | None = None
    tried: bool = True
    """Whether it counts as an attempt."""


def settle_mail(sending: Sending, tries: int, due_at: datetime, now: datetime) -> MailSettled:
    """Decide what follows from an attempt that was preceded by `tries` others and first due at `due_at`."""
    match sending.acceptance:
        case Acceptance.ACCEPTED:
            return MailSettled(MailStatus.SENT, sending.why)
        case Acceptance.NOT_SENT:
            return MailSettled(MailStatus.DROPPED, sending.why)
        case Acceptance.REFUSED:
            return MailSettled(MailStatus.DEAD, sending.why)
        case Acceptance.DEFERRED:
            next_at = now + timedelta(seconds=RETRY_SECONDS[min(tries, len(RETRY_SECONDS) - 1)])
            if next_at > due_at + GIVE_UP_AFTER:
                return MailSettled(MailStatus.DEAD, sending.why)
            return MailSettled(MailStatus.PENDING, sending.why, next_at)


def dropped(why: str) -> MailSettled:
    """Return what follows when there is no use in a mail any more."""
    return MailSettled(MailStatus.DROPPED, why, tried=False)


def put_off(until: datetime | None) -> MailSettled:
    """Return what follows when a mail was taken up too early; None waits for what moves it."""
    return MailSettled(MailStatus.PENDING, None, until, tried=False)


def remind_at(row: Projection, given_at: datetime) -> datetime | None:
    """Return when a reminder is due, by an invitation that was given at `given_at`; None for never.

    Who has not begun is reminded of the invitation's end, who has begun of the end of the time to work.
    """
    if row.status in OPEN - {Status.IN_PROGRESS, Status.PAUSED}:
        term = row.expires_at - given_at
        return None if term < SHORTEST_TERM else row.expires_at - min(REMIND_BEFORE, term / 2)
    if row.status is Status.IN_PROGRESS and row.deadline is not None:
        return row.deadline - REMIND_BEFORE_DEADLINE
    return None


def mails_of(before: str | None, log: Sequence[Event]) -> Iterator[tuple[Event, MailKind]]:
    """Yield the mails that facts call for which were appended together.

    `before` is the decision that held before them. A verdict is told once a person need not look any more,
    and again when the decision becomes another one; appeals are told when the last of them is answered.
    """
    for event in log:
        kind = KIND_OF_FACT.get(event.fact.type)
        if event.fact.type == "verdict.revoked":
            before = None
        if kind is MailKind.RESULT:
            was, before = before, getattr(event.fact, "document", {}).get("decision")
            if before in {was, NEEDS_REVIEW}:
                continue
        if kind is MailKind.APPEAL and not getattr(event.fact, "is_last", True):
            continue
        if kind is not None:
            yield event, kind


def mail_id(assessment_id: str, seq: int, kind: MailKind) -> str:
    """Derive the id of a fact's one mail. An assessment has one reminder, whatever fact calls for it."""
    place = f"{assessment_id}\n{0 if kind is MailKind.REMINDER else seq}\n{kind}"
    return make_id("mail", hashlib.sha256(place.encode()).digest()[:16])


def one_line(text: str, limit: int = 120) -> str:
    """Return a name as it may stand in a header: one line, without what cannot be seen.

    A line break would begin another header; marks that turn the direction of writing would make a sender
    look like another one.
    """
    line = " ".join(normalised(text).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
