"""Mails that facts call for, written in the transaction of the facts.

Where to write, and the token of an invitation's link, are sealed with the candidate's own key: a mail that
is still to be sent can be read by nobody who has the database alone, and goes with the key.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from assessor.adapters.store.tables import ASSESSMENT, MAIL, MAIL_ADDRESS, REMINDER_REFUSAL, in_utc
from assessor.adapters.vault import place, seal
from assessor.domain.assessment import Projection
from assessor.domain.events import Event
from assessor.domain.mail import (
    KIND_OF_FACT,
    MOVES_REMINDER,
    POINTLESS_AFTER,
    MailKind,
    MailStatus,
    mail_id,
    mails_of,
    remind_at,
)
from assessor.ports import Append, Enclosure

ADDRESS: Final = "mail_address"
TOKEN: Final = "mail_token"  # noqa: S105 - what the sealed bytes are, not one of them
INVITE_ISSUED: Final = "invite.issued"
INVITE_REDEEMED: Final = "invite.redeemed"
OVERTAKEN: Final = "overtaken"

M = MAIL.c
_CONCERN: Final = frozenset({*KIND_OF_FACT, *POINTLESS_AFTER, *MOVES_REMINDER})


def place_mails(connection: Connection, key: bytes, change: Append, events: Sequence[Event]) -> None:
    """Write the mails that facts call for, before the assessment's row is moved on.

    Without an address there are none. `key` is the candidate's.
    """
    enclosed = change.enclosure or Enclosure()
    if enclosed.address is not None:
        sealed = seal(key, enclosed.address.encode(), place(ADDRESS, change.assessment_id))
        row = {"assessment_id": change.assessment_id, "ciphertext": sealed}
        connection.execute(insert(MAIL_ADDRESS).values(**row))
    if any(event.fact.type in _CONCERN for event in events) and _has_address(connection, change):
        for event in events:
            _drop_pointless(connection, event)
        _place(connection, key, events, enclosed.invite_token)
        _move_reminder(connection, key, change.projection, events, enclosed.invite_token)


def _has_address(connection: Connection, change: Append) -> bool:
    mine = select(MAIL_ADDRESS.c.assessment_id).where(MAIL_ADDRESS.c.assessment_id == change.assessment_id)
    return connection.execute(mine).first() is not None


def _drop_pointless(connection: Connection, event: Event) -> None:
    of_this = (M.assessment_id == event.assessment_id) & (M.status == MailStatus.PENDING.value)
    kinds = POINTLESS_AFTER.get(event.fact.type, frozenset())
    if kinds:
        gone = update(MAIL).where(of_this, M.kind.in_([kind.value for kind in kinds]))
        connection.execute(gone.values(**settled_values(MailStatus.DROPPED, OVERTAKEN, event.at)))
    if event.fact.type == INVITE_REDEEMED:
        # The link opens nothing any more; who is reminded goes on in the browser that it opened.
        connection.execute(update(MAIL).where(of_this).values(token=None))


def _place(connection: Connection, key: bytes, events: Sequence[Event], token: str | None) -> None:
    """Add the mails of facts. An invitation whose token is not enclosed has no link to send."""
    first = events[0]
    before = connection.execute(select(ASSESSMENT.c.decision).where(ASSESSMENT.c.id == first.assessment_id))
    for event, kind in mails_of(before.scalar(), events):
        if kind is MailKind.INVITE and token is None:
            continue
        mail = mail_id(event.assessment_id, event.seq, kind)
        sealed = _sealed(key, mail, token) if kind is MailKind.INVITE else None
        connection.execute(insert(MAIL).values(**_row(mail, event, kind, event.at, sealed)))


def _move_reminder(
    connection: Connection, key: bytes, row: Projection, events: Sequence[Event], token: str | None
) -> None:
    """Keep the one reminder at its time: made with the first invitation, and sent or dropped for good."""
    moves = [event for event in events if event.fact.type in MOVES_REMINDER]
    if not moves:
        return
    mail = mail_id(row.id, 0, MailKind.REMINDER)
    invited = next((event for event in moves if event.fact.type == INVITE_ISSUED), None)
    known = connection.execute(select(M.status, M.given_at).where(M.id == mail)).first()
    given_at = invited.at if invited else known.given_at if known else None
    if given_at is None or (known and known.status != MailStatus.PENDING):
        return
    due = {"given_at": in_utc(given_at), "next_at": remind_at(row, given_at)}
    due["due_at"] = due["next_at"] or due["given_at"]
    sealed = {"token": _sealed(key, mail, token)} if invited else {}
    if known:
        connection.execute(update(MAIL).where(M.id == mail).values(**due, **sealed))
    elif invited and not _refused(connection, row.candidate_id):
        new = _row(mail, invited, MailKind.REMINDER, invited.at, None)
        connection.execute(insert(MAIL).values(**{**new, **due, **sealed}))


def _refused(connection: Connection, candidate_id: str) -> bool:
    query = select(REMINDER_REFUSAL.c.at).where(REMINDER_REFUSAL.c.candidate_id == candidate_id)
    return connection.execute(query).first() is not None


def _sealed(key: bytes, mail: str, token: str | None) -> bytes | None:
    return None if token is None else seal(key, token.encode(), place(TOKEN, mail))


def _row(mail: str, event: Event, kind: MailKind, at: datetime, token: bytes | None) -> dict[str, Any]:
    return {
        "id": mail,
        "assessment_id": event.assessment_id,
        "kind": kind.value,
        "status": MailStatus.PENDING.value,
        "tries": 0,
        "given_at": at,
        "due_at": at,
        "next_at": at,
        "token": token,
    }


def settled_values(status: MailStatus, why: str | None, at: datetime) -> dict[str, Any]:
    """Return the columns of a mail that is over: its link is wiped."""
    return {
        "status": status.value,
        "why": why,
        "settled_at": at,
        "next_at": None,
        "holder": None,
        "token": None,
    }
