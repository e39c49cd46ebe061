"""The audit log. A place is given out under a lock on the log's end, held to the end of the transaction."""

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CompoundSelect, Connection, Select, bindparam, insert, null, or_, select, text, update

from assessor.adapters.store.part import StorePart
from assessor.adapters.store.tables import ASSESSMENT, AUDIT_END, AUDIT_RECORD, CANDIDATE, in_utc
from assessor.domain.audit_log import (
    Act,
    AuditEnd,
    AuditRecord,
    verify_records,
    words_digest,
    words_missing,
)
from assessor.ports import ActFilter

R: Final = AUDIT_RECORD.c

OF_THE_SERVICE: Final = ""
"""What stands in place of a tenant's id: a column of a key cannot be null."""

_SALT_BYTES: Final = 16
_AT_ONCE: Final = 1000
"""Rows in one fetch of a check."""

_BEGIN: Final = text(
    "INSERT INTO audit_end (tenant_id, seq, head) VALUES (:tenant, 0, '') ON CONFLICT DO NOTHING"
)

_ERASED: Final = (
    select(CANDIDATE.c.id)
    .where(CANDIDATE.c.erased_at.is_not(None))
    .union(select(ASSESSMENT.c.id).where(ASSESSMENT.c.erased_at.is_not(None)))
)
_WIPED: Final = (
    select(R.seq)
    .where(R.tenant_id == bindparam("tenant"), R.salt.is_(None), R.subject.not_in(_ERASED))
    .order_by(R.seq)
    .limit(1)
)
"""The first record whose words are gone although nobody was erased whom it is about."""


def place_acts(connection: Connection, acts: Sequence[Act], at: datetime) -> tuple[AuditRecord, ...]:
    """Write acts at the end of their log, in the transaction of what was done. All are of one log.

    Comes last in a transaction: the lock that it takes is held by whoever writes to the same log.
    """
    if not acts:
        return ()
    tenant = acts[0].tenant or OF_THE_SERVICE
    mine = AUDIT_END.c.tenant_id == tenant
    count = update(AUDIT_END).where(mine).values(seq=AUDIT_END.c.seq + len(acts))
    locked = count.returning(AUDIT_END.c.seq, AUDIT_END.c.head)
    end = connection.execute(locked).first()
    if end is None:
        connection.execute(_BEGIN, {"tenant": tenant})
        end = connection.execute(locked).one()
    records = tuple(_chained(acts, in_utc(at), end.seq - len(acts), end.head))
    connection.execute(insert(AUDIT_RECORD), [_row(record) for record in records])
    connection.execute(update(AUDIT_END).where(mine).values(head=records[-1].hash))
    return records


def _chained(acts: Sequence[Act], at: datetime, seq: int, head: str) -> Iterator[AuditRecord]:
    for number, act in enumerate(acts, seq + 1):
        salt = os.urandom(_SALT_BYTES)
        bare = AuditRecord(
            tenant=act.tenant,
            seq=number,
            at=at,
            actor=act.actor,
            action=act.action.value,
            subject=act.subject,
            words_digest=words_digest(salt, act.reason, act.detail),
            hash="",
            reason=act.reason,
            detail=dict(act.detail),
            salt=salt,
        )
        head = bare.hash_after(head)
        yield AuditRecord(**{**vars(bare), "hash": head})


def forget_words(connection: Connection, subjects: Select[Any] | CompoundSelect[Any]) -> None:
    """Take reasons and details out of records about subjects that are erased; the chain holds."""
    about = AUDIT_RECORD.c.subject.in_(subjects)
    # JSON's null would be a value: the column is to be empty.
    connection.execute(update(AUDIT_RECORD).where(about).values(reason=None, detail=null(), salt=None))


def page_of_records(wanted: ActFilter, before: int | None, limit: int) -> Select[Any]:
    """Return the query for records, newest first."""
    query = select(AUDIT_RECORD).where(R.tenant_id == (wanted.tenant or OF_THE_SERVICE))
    for column, value in (
        (R.actor, wanted.actor),
        (R.action, wanted.action),
        (R.subject, wanted.subject),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.since is not None:
        query = query.where(R.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(R.at < wanted.until)
    if wanted.since is None and wanted.until is None:
        query = query if before is None else query.where(R.seq < before)
        return query.order_by(R.seq.desc()).limit(limit)
    # In the order of their index: in another one, every record since would be read to find those of a day.
    if before is not None:
        mine = R.tenant_id == (wanted.tenant or OF_THE_SERVICE)
        last = select(AUDIT_RECORD.c.at).where(mine, R.seq == before).scalar_subquery()
        query = query.where(R.at <= last, or_(R.at < last, R.seq < before))
    return query.order_by(R.at.desc(), R.seq.desc()).limit(limit)


class SqlAuditLogs(StorePart):
    """Fulfils `AuditLogs`."""

    async def record_act(self, act: Act, at: datetime) -> AuditRecord:
        """Write an act at the end of its log; when this returns, it is on disk."""
        return (await self._database.write(lambda connection: place_acts(connection, [act], at)))[0]

    async def recorded(
        self, wanted: ActFilter, before: int | None = None, limit: int = 50
    ) -> tuple[AuditRecord, ...]:
        """Return records, newest first, of those before a place."""
        return tuple(map(_record, await self._all(page_of_records(wanted, before, limit))))

    async def audited(self) -> Sequence[str | None]:
        """Return whose logs there are; None stands for the service's own."""
        rows = await self._all(select(AUDIT_END.c.tenant_id).order_by(AUDIT_END.c.tenant_id))
        return [row.tenant_id or None for row in rows]

    async def verify_audit_log(
        self, tenant: str | None, progress: Callable[[int, int], None] | None = None
    ) -> int:
        """Check a log's chain, and return how many records it has. Raises DocumentRefused."""
        mine = tenant or OF_THE_SERVICE

        def verify(connection: Connection) -> int:
            noted = connection.execute(select(AUDIT_END).where(AUDIT_END.c.tenant_id == mine)).first()
            end = AuditEnd(tenant, noted.seq, noted.head) if noted else AuditEnd(tenant, 0, "")
            query = select(AUDIT_RECORD).where(R.tenant_id == mine).order_by(R.seq)
            # Closed also when a bad record ends the check: the server would hold the cursor.
            with connection.execute(query.execution_options(yield_per=_AT_ONCE)) as rows:
                verify_records(end, _told(map(_record, rows), end.seq, progress))
            if wiped := connection.execute(_WIPED, {"tenant": mine}).scalar():
                raise words_missing(end, wiped)
            return end.seq

        return await self._database.read(verify)


def _told(
    records: Iterator[AuditRecord], total: int, progress: Callable[[int, int], None] | None
) -> Iterator[AuditRecord]:
    for done, record in enumerate(records, 1):
        yield record
        if progress and (done % _AT_ONCE == 0 or done == total):
            progress(done, total)


def _row(record: AuditRecord) -> dict[str, Any]:
    values = dict(vars(record))
    return {"tenant_id": values.pop("tenant") or OF_THE_SERVICE, **values}


def _record(row: Any) -> AuditRecord:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public way to a row's columns by name
    return AuditRecord(tenant=values.pop("tenant_id") or None, **values)
