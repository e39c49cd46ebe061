"""Rows that follow from facts: invites and verdicts, written in the transaction of their event."""

from datetime import datetime

from sqlalchemy import Connection, insert, update

from assessor.adapters.store.part import unique_or
from assessor.adapters.store.tables import INVITE, VERDICT
from assessor.domain.errors import Conflict, Gone
from assessor.domain.events import Event, InviteIssued, InviteRedeemed, VerdictIssued
from assessor.domain.value import canonical

ISSUED = "issued"
SUPERSEDED = "superseded"


def write(connection: Connection, tenant_id: str, event: Event) -> None:
    """Write what follows from one event; most have nothing that does.

    Raises Gone for an invite that is spent, Conflict for a second live verdict.
    """
    match event.fact:
        case InviteIssued():
            _issue_invite(connection, event.assessment_id, event.at, event.fact)
        case InviteRedeemed():
            _redeem_invite(connection, event.assessment_id, event.at, event.fact)
        case VerdictIssued():
            _issue_verdict(connection, tenant_id, event, event.fact)
        case _:
            pass


def _issue_invite(connection: Connection, assessment_id: str, at: datetime, fact: InviteIssued) -> None:
    connection.execute(
        update(INVITE)
        .where(INVITE.c.assessment_id == assessment_id, INVITE.c.closed_at.is_(None))
        .values(closed_at=at)
    )
    connection.execute(
        insert(INVITE).values(
            token_hash=fact.token_hash, assessment_id=assessment_id, expires_at=fact.expires_at
        )
    )


def _redeem_invite(connection: Connection, assessment_id: str, at: datetime, fact: InviteRedeemed) -> None:
    used = connection.execute(
        update(INVITE)
        .where(
            INVITE.c.token_hash == fact.token_hash,
            INVITE.c.assessment_id == assessment_id,
            INVITE.c.closed_at.is_(None),
        )
        .values(closed_at=at)
    )
    if used.rowcount != 1:
        raise Gone("invitation", "was used or replaced", "Ask the platform for a new one.")


def _issue_verdict(connection: Connection, tenant_id: str, event: Event, fact: VerdictIssued) -> None:
    if fact.supersedes is not None:
        _supersede(connection, event.assessment_id, fact.supersedes, fact.verdict_id)
    second = Conflict(f"Assessment {event.assessment_id} has a live verdict", "Supersede it.")
    with unique_or(second):
        connection.execute(
            insert(VERDICT).values(
                id=fact.verdict_id,
                assessment_id=event.assessment_id,
                tenant_id=tenant_id,
                seq=event.seq,
                document=canonical(fact.document),
                jws=fact.jws,
                status=ISSUED,
            )
        )


def _supersede(connection: Connection, assessment_id: str, old: str, new: str) -> None:
    superseded = connection.execute(
        update(VERDICT)
        .where(VERDICT.c.id == old, VERDICT.c.assessment_id == assessment_id, VERDICT.c.status == ISSUED)
        .values(status=SUPERSEDED, superseded_by=new)
    )
    if superseded.rowcount != 1:
        raise Conflict(f"Verdict {old} is not the live one", "Read the assessment again and retry.")
