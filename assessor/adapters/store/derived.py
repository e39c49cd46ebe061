"""What follows from facts, written in the transaction of their event: invites, the items of forms, verdicts,
the levels of second looks, and words that are destroyed because they were taken back.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, insert, select, update

from assessor.adapters.store.part import unique_or
from assessor.adapters.store.tables import EVENT, FORM_ITEM, INVITE, QUALITY_LEVEL, SHARE, VERDICT
from assessor.domain.assessment import Projection
from assessor.domain.chain import digest_of
from assessor.domain.errors import Conflict, Gone
from assessor.domain.events import (
    AssessmentExtended,
    Event,
    FormDrawn,
    InviteIssued,
    InviteRedeemed,
    ItemSwapped,
    ResultShared,
    SecondLookCompared,
    SharingEnded,
    VerdictIssued,
    VerdictRevoked,
    WordsRedacted,
)
from assessor.domain.value import canonical

ISSUED = "issued"
SUPERSEDED = "superseded"
REVOKED = "revoked"


def write(connection: Connection, row: Projection, event: Event) -> None:  # noqa: C901, PLR0912 - one case a fact
    """Write what follows from one event of an assessment; most have nothing that does.

    Raises Gone for an invite that is spent, Conflict for a second current verdict.
    """
    match event.fact:
        case InviteIssued():
            _issue_invite(connection, event.assessment_id, event.at, event.fact)
        case AssessmentExtended():
            open_ = (INVITE.c.assessment_id == event.assessment_id) & INVITE.c.closed_at.is_(None)
            connection.execute(update(INVITE).where(open_).values(expires_at=event.fact.expires_at))
        case InviteRedeemed():
            _redeem_invite(connection, event.assessment_id, event.at, event.fact)
        case FormDrawn():
            _give(connection, event.assessment_id, *(place.item_id for place in event.fact.form.items))
        case ItemSwapped():
            _give(connection, event.assessment_id, event.fact.place.item_id)
        case VerdictIssued():
            _issue_verdict(connection, row, event, event.fact)
        case ResultShared():
            _share(connection, event, event.fact)
        case SharingEnded():
            ended = update(SHARE).where(
                SHARE.c.id == event.fact.share_id, SHARE.c.assessment_id == event.assessment_id
            )
            connection.execute(ended.values(ended_at=event.at))
        case VerdictRevoked():
            _revoke_verdict(connection, event, event.fact)
        case WordsRedacted():
            for one in event.fact.left:
                _destroy(connection, event, one.seq, one.fact.type)
        case SecondLookCompared():
            _keep_levels(connection, event, event.fact)
        case _:
            pass


def _destroy(connection: Connection, by: Event, seq: int, type_: str) -> None:
    """Destroy what an event holds, and keep the digest that the chain runs over.

    Its own key follows from the candidate's, so there is none to destroy. One that did not would lie wrapped
    beside the ciphertext, in the same pages and backups: destroying it would destroy no more than this does.
    """
    one = (EVENT.c.assessment_id == by.assessment_id) & (EVENT.c.seq == seq) & (EVENT.c.seq < by.seq)
    row = connection.execute(
        select(EVENT.c.ciphertext, EVENT.c.digest).where(one, EVENT.c.type == type_)
    ).first()
    if row is None:
        raise Conflict(f"Event {seq} of {by.assessment_id} is no {type_}", "Read it again and retry.")
    digest = row.digest if row.ciphertext is None else digest_of(row.ciphertext)
    connection.execute(update(EVENT).where(one).values(ciphertext=None, digest=digest, redacted_by=by.seq))


def _keep_levels(connection: Connection, event: Event, fact: SecondLookCompared) -> None:
    rows = [
        {**one.model_dump(mode="json"), "assessment_id": event.assessment_id, "at": event.at}
        for one in fact.levels
    ]
    if rows:
        connection.execute(insert(QUALITY_LEVEL), rows)


def _give(connection: Connection, assessment_id: str, *item_ids: str) -> None:
    rows = [{"assessment_id": assessment_id, "item_id": item_id} for item_id in item_ids]
    connection.execute(insert(FORM_ITEM), rows)


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


def _issue_verdict(connection: Connection, row: Projection, event: Event, fact: VerdictIssued) -> None:
    if fact.supersedes is not None:
        _supersede(connection, event.assessment_id, fact.supersedes, fact.verdict_id)
    second = Conflict(f"Assessment {event.assessment_id} has a live verdict", "Supersede it.")
    with unique_or(second):
        values = verdict_values(
            event,
            fact,
            tenant=row.tenant,
            livemode=row.livemode,
            candidate_ref=row.candidate_ref,
            track=row.track,
        )
        connection.execute(insert(VERDICT).values(**values, status=ISSUED))


def verdict_values(
    event: Event, fact: VerdictIssued, *, tenant: str, livemode: bool, candidate_ref: str, track: str
) -> dict[str, Any]:
    """Return the row of a verdict, but for what changes later."""
    return {
        "id": fact.verdict_id,
        "assessment_id": event.assessment_id,
        "tenant_id": tenant,
        "livemode": livemode,
        "candidate_ref": candidate_ref,
        "track": track,
        "decision": fact.document["decision"],
        "level": fact.document.get("level"),
        "issued_at": event.at,
        "valid_until": datetime.fromisoformat(fact.document["valid_until"]),
        "seq": event.seq,
        "document": canonical(fact.document),
        "jws": fact.jws,
    }


def _share(connection: Connection, event: Event, fact: ResultShared) -> None:
    connection.execute(
        insert(SHARE).values(
            token_hash=fact.token_hash,
            id=fact.share_id,
            assessment_id=event.assessment_id,
            until=fact.until,
        )
    )


def _supersede(connection: Connection, assessment_id: str, old: str, new: str) -> None:
    """Name the successor. One that was revoked stays revoked."""
    current = (VERDICT.c.id == old) & (VERDICT.c.assessment_id == assessment_id)
    current &= VERDICT.c.superseded_by.is_(None)
    status = case((VERDICT.c.status == REVOKED, REVOKED), else_=SUPERSEDED)
    superseded = connection.execute(update(VERDICT).where(current).values(status=status, superseded_by=new))
    if superseded.rowcount != 1:
        raise Conflict(f"Verdict {old} is not the live one", "Read the assessment again and retry.")


def _revoke_verdict(connection: Connection, event: Event, fact: VerdictRevoked) -> None:
    live = (VERDICT.c.id == fact.verdict_id) & (VERDICT.c.assessment_id == event.assessment_id)
    revoked = connection.execute(
        update(VERDICT)
        .where(live, VERDICT.c.status == ISSUED)
        .values(status=REVOKED, revoked_at=event.at, revoked_because=fact.reason)
    )
    if revoked.rowcount != 1:
        raise Conflict(f"Verdict {fact.verdict_id} is not the live one", "Read the assessment again.")
