"""The outbox of mail, as a worker reads it.

A row is at once the queue, the schedule and what became of one mail. Whoever sends it first moves `next_at`
to when others may take it up; a worker that dies leaves nothing behind but that time.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, Subquery, bindparam, delete, func, insert, select, update

from assessor.adapters.store.lookup import Lookup
from assessor.adapters.store.mailing import ADDRESS, TOKEN, settled_values
from assessor.adapters.store.part import StorePart, each_opened, log_end
from assessor.adapters.store.tables import (
    ASSESSMENT,
    CANDIDATE,
    DRAFT,
    EVENT,
    MAIL,
    MAIL_ADDRESS,
    REMINDER_REFUSAL,
)
from assessor.adapters.vault import open_sealed, place
from assessor.domain.mail import MailKind, MailSettled, MailStatus
from assessor.ports import ClaimedMail

ERASED: Final = "erased"
UNSUBSCRIBED: Final = "unsubscribed"

M = MAIL.c


class SqlMailOutbox(StorePart):
    """Fulfils `MailOutbox`."""

    async def claim_mail(
        self, holder: str, now: datetime, until: datetime, limit: int
    ) -> tuple[ClaimedMail, ...]:
        """Take up what is due, platforms in turn, and what waits longest first.

        Nobody else gets the same before `until`.

        What is for somebody who was erased is dropped: nobody knows any more where to write.
        """

        def claim(connection: Connection) -> tuple[ClaimedMail, ...]:
            rows = connection.execute(_due(now, limit)).all()
            mine = [row for row in rows if _taken_up(connection, row, holder, until)]
            _drop(connection, (row.id for row in mine if row.wrapped_key is None), ERASED, now)
            alive = [row for row in mine if row.wrapped_key is not None]
            return each_opened(alive, lambda row: self._opened_mail(row, until))

        # Asked every second: where nothing is due, nobody has to wait for the writer.
        if await self._look_up(ANY_DUE, now=now) is None:
            return ()
        return await self._database.write(claim)

    async def release_mail(self, holder: str, now: datetime) -> int:
        """Make due again what a worker had taken up before it ended. Returns how many."""
        held = (M.holder == holder) & (M.status == MailStatus.PENDING.value)
        return await self._execute(update(MAIL).where(held).values(next_at=now, holder=None))

    async def record_mail(self, claimed: ClaimedMail, settled: MailSettled, at: datetime) -> None:
        """Note what follows from an attempt; what is settled loses its link in the same transaction.

        An attempt that outlived its claim cannot undo what another has settled, or what moved the mail;
        that a server took it always counts.
        """

        def note(connection: Connection) -> None:
            query = select(M.status, M.next_at).where(M.id == claimed.id).with_for_update()
            row = connection.execute(query).first()
            current = row is not None and (row.status, row.next_at) == (MailStatus.PENDING, claimed.until)
            if current or settled.status is MailStatus.SENT:
                values = _values(settled, at) | {"tries": M.tries + int(settled.tried)}
                connection.execute(update(MAIL).where(M.id == claimed.id).values(**values))

        await self._database.write(note)

    async def forget_mail(self, before: datetime) -> int:
        """Remove what was settled before a time, but not that a reminder was. Returns how many."""
        old = (M.settled_at < before) & (M.kind != MailKind.REMINDER.value)
        return await self._execute(delete(MAIL).where(old))

    async def mail_address(self, assessment_id: str) -> str | None:
        """Return where to write about an assessment. Raises NotFound, and Gone once its person was erased."""

        def read(connection: Connection) -> str | None:
            end = log_end(connection, assessment_id)
            key = self._key(end.candidate_id, end.wrapped_key)
            mine = MAIL_ADDRESS.c.assessment_id == assessment_id
            sealed = connection.execute(select(MAIL_ADDRESS.c.ciphertext).where(mine)).scalar()
            return None if sealed is None else _address(key, assessment_id, sealed)

        return await self._database.read(read)

    async def refuse_reminders(self, assessment_id: str, at: datetime) -> None:
        """Stop reminders to the assessment's candidate, of all their assessments. Raises NotFound."""

        def refuse(connection: Connection) -> None:
            candidate_id = log_end(connection, assessment_id, lock=True).candidate_id
            r = REMINDER_REFUSAL.c
            known = select(r.at).where(r.candidate_id == candidate_id)
            if connection.execute(known).first() is None:
                connection.execute(insert(REMINDER_REFUSAL).values(candidate_id=candidate_id, at=at))
            theirs = select(ASSESSMENT.c.id).where(ASSESSMENT.c.candidate_id == candidate_id)
            waiting = select(M.id).where(
                M.assessment_id.in_(theirs),
                M.kind == MailKind.REMINDER.value,
                M.status == MailStatus.PENDING.value,
            )
            _drop(connection, connection.execute(waiting).scalars().all(), UNSUBSCRIBED, at)

        await self._database.write(refuse)

    def _opened_mail(self, row: Row[Any], until: datetime) -> ClaimedMail:
        key = self._key(row.candidate_id, row.wrapped_key)
        what = f"The link of mail {row.id}"
        token = row.token and open_sealed(key, row.token, place(TOKEN, row.id), what).decode()
        return ClaimedMail(
            id=row.id,
            kind=MailKind(row.kind),
            assessment_id=row.assessment_id,
            tries=row.tries,
            due_at=row.due_at,
            until=until,
            given_at=row.given_at,
            last_heard=max(filter(None, (row.given_at, row.last_event, row.last_draft))),
            refused=row.refused_at is not None,
            address=_address(key, row.assessment_id, row.ciphertext),
            invite_token=token or None,
        )


ANY_DUE: Final = Lookup(
    select(M.id).where(M.status == MailStatus.PENDING.value, M.next_at <= bindparam("now")).limit(1)
)


def _first_due(now: datetime, limit: int) -> Subquery:
    """Return ids and turns: the first of every platform, then the second of every platform, and so on."""
    turn = func.row_number().over(partition_by=ASSESSMENT.c.tenant_id, order_by=(M.next_at, M.id))
    due = (
        select(M.id, M.next_at, turn.label("turn"))
        .join(ASSESSMENT, ASSESSMENT.c.id == M.assessment_id)
        .where(M.status == MailStatus.PENDING.value, M.next_at <= now)
        .subquery()
    )
    return select(due.c.id, due.c.turn).order_by(due.c.turn, due.c.next_at, due.c.id).limit(limit).subquery()


def _due(now: datetime, limit: int) -> Select[Any]:
    first = _first_due(now, limit)
    last_event = select(func.max(EVENT.c.at)).where(EVENT.c.assessment_id == M.assessment_id)
    last_draft = select(func.max(DRAFT.c.saved_at)).where(DRAFT.c.assessment_id == M.assessment_id)
    return (
        select(
            MAIL,
            MAIL_ADDRESS.c.ciphertext,
            CANDIDATE.c.id.label("candidate_id"),
            CANDIDATE.c.wrapped_key,
            REMINDER_REFUSAL.c.at.label("refused_at"),
            last_event.scalar_subquery().label("last_event"),
            last_draft.scalar_subquery().label("last_draft"),
        )
        .join(first, first.c.id == M.id)
        .join(MAIL_ADDRESS, MAIL_ADDRESS.c.assessment_id == M.assessment_id)
        .join(ASSESSMENT, ASSESSMENT.c.id == M.assessment_id)
        .join(CANDIDATE, CANDIDATE.c.id == ASSESSMENT.c.candidate_id)
        .outerjoin(REMINDER_REFUSAL, REMINDER_REFUSAL.c.candidate_id == CANDIDATE.c.id)
        .order_by(first.c.turn, M.next_at, M.id)
    )


def _taken_up(connection: Connection, row: Row[Any], holder: str, until: datetime) -> bool:
    """Whether the claim is ours: two workers may have seen the same row, and one of them changes it."""
    seen = (M.id == row.id) & (M.status == row.status) & (M.next_at == row.next_at)
    taken = update(MAIL).where(seen).values(next_at=until, holder=holder)
    return connection.execute(taken).rowcount == 1


def _drop(connection: Connection, ids: Iterable[str], why: str, at: datetime) -> None:
    gone = update(MAIL).where(M.id.in_(list(ids)))
    connection.execute(gone.values(**settled_values(MailStatus.DROPPED, why, at)))


def _values(settled: MailSettled, at: datetime) -> dict[str, Any]:
    if settled.status is MailStatus.PENDING:
        return {"why": settled.why, "next_at": settled.next_at, "holder": None}
    return settled_values(settled.status, settled.why, at)


def _address(key: bytes, assessment_id: str, sealed: bytes) -> str:
    what = f"The address for {assessment_id}"
    return open_sealed(key, sealed, place(ADDRESS, assessment_id), what).decode()
