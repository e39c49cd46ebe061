"""The append-only logs."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from assessor.adapters.store import derived, outbox
from assessor.adapters.store.answers import SqlAnswers
from assessor.adapters.store.audit_log import place_acts
from assessor.adapters.store.lookup import Lookup
from assessor.adapters.store.mailing import place_mails
from assessor.adapters.store.part import LogEnd, log_end, unique_or
from assessor.adapters.store.queue import place_in_queue
from assessor.adapters.store.rows import MOVING, first_values, moved_values
from assessor.adapters.store.tables import ASSESSMENT, CANDIDATE, EVENT, in_utc
from assessor.adapters.vault import open_sealed, place, seal, single_key
from assessor.domain import chain
from assessor.domain.assessment import Projection
from assessor.domain.audit_log import acts_of
from assessor.domain.errors import Conflict, DocumentRefused, Erased, NotFound, SequenceTaken
from assessor.domain.events import FACTS, Event, Fact, WordsRedacted
from assessor.ports import Answered, Append, SealedEvent

# Built once: building a statement takes longer than running it.
_ADD = insert(EVENT)
_MOVE = (
    update(ASSESSMENT)
    .where(ASSESSMENT.c.id == bindparam("assessment_id"), ASSESSMENT.c.seq == bindparam("after"))
    .values({name: bindparam(name) for name in (*MOVING, "seq", "head")})
)
_EVENTS = (
    select(
        EVENT.c.seq,
        EVENT.c.type,
        EVENT.c.at,
        EVENT.c.ciphertext,
        EVENT.c.hash,
        EVENT.c.digest,
        EVENT.c.redacted_by,
    )
    .where(EVENT.c.assessment_id == bindparam("assessment_id"), EVENT.c.seq > bindparam("after"))
    .order_by(EVENT.c.seq)
)
# What a turn reads again and again: new events with the key that opens them, by one query.
_KEYED_EVENTS = (
    _EVENTS.add_columns(CANDIDATE.c.id, CANDIDATE.c.wrapped_key)
    .join(ASSESSMENT, ASSESSMENT.c.id == EVENT.c.assessment_id)
    .join(CANDIDATE, CANDIDATE.c.id == ASSESSMENT.c.candidate_id)
)

_HEAD = Lookup(
    select(ASSESSMENT.c.head)
    .join(CANDIDATE, CANDIDATE.c.id == ASSESSMENT.c.candidate_id)
    .where(ASSESSMENT.c.id == bindparam("assessment_id"), CANDIDATE.c.wrapped_key.is_not(None))
)


class SqlEventLog(SqlAnswers):
    """Fulfils `EventLog`."""

    async def begin(
        self, change: Append, answered: Answered | None = None, *, earlier: int | None = None
    ) -> tuple[Event, ...]:
        """Create the assessment with its first facts and the stored answer, in one transaction.

        Raises SequenceTaken when the candidate has other than `earlier` assessments for the track, Conflict
        when the idempotency key or the id was used, NotFound for an unknown candidate.
        """
        _require_sound(change)
        if change.after != 0:
            raise ValueError("a log begins after 0")
        twice = Conflict(f"Assessment {change.assessment_id} was begun already", "Use another id.")

        def begin(connection: Connection) -> tuple[Event, ...]:
            end = _beginning(connection, change.projection)
            if earlier is not None and earlier != _begun_before(connection, change.projection):
                raise SequenceTaken("The candidate was given another assessment meanwhile", "Try again.")
            if answered is not None:
                self._keep_answer(connection, change.at, answered)
            with unique_or(twice):
                row = first_values(change.projection)
                connection.execute(insert(ASSESSMENT).values(**row, seq=0, head=""))
            return self._write_events(connection, change, end)

        return await self._database.write(begin)

    async def append(self, change: Append) -> tuple[Event, ...]:
        """Append; when it returns, the facts are on disk.

        Raises SequenceTaken, NotFound, and Gone when the candidate was erased or an invite is spent.
        """
        _require_sound(change)

        def append(connection: Connection) -> tuple[Event, ...]:
            end = log_end(connection, change.assessment_id, lock=True)
            if end.seq != change.after or change.head not in {None, end.head}:
                raise _taken(change)
            return self._write_events(connection, change, end)

        events = await self._database.write(append)
        if any(isinstance(event.fact, WordsRedacted) for event in events):
            await self._database.forget_overwritten()
        return events

    def _write_events(self, connection: Connection, change: Append, end: LogEnd) -> tuple[Event, ...]:
        """Write events, what is derived from them, and the row of the assessment."""
        events, rows = self._sealed(change, end)
        with unique_or(_taken(change)):
            connection.execute(_ADD, rows)
        outbox.announce(connection, end.tenant_id, events, change.projection)
        place_mails(connection, self._key(end.candidate_id, end.wrapped_key), change, events)
        moved = connection.execute(
            _MOVE,
            {
                **moved_values(change.projection),
                "seq": events[-1].seq,
                "head": events[-1].hash,
                "assessment_id": change.assessment_id,
                "after": change.after,
            },
        )
        if moved.rowcount != 1:
            raise _taken(change)
        place_in_queue(connection, end.queued, change.projection)
        for event in events:
            derived.write(connection, change.projection, event)
        place_acts(connection, tuple(acts_of(end.tenant_id, events)), change.at)
        return events

    def _sealed(self, change: Append, end: LogEnd) -> tuple[tuple[Event, ...], list[dict[str, Any]]]:
        """Return the events, and their rows with the facts sealed."""
        key = self._key(end.candidate_id, end.wrapped_key)
        at, head = in_utc(change.at), end.head
        events: list[Event] = []
        rows: list[dict[str, Any]] = []
        for seq, fact in enumerate(change.facts, start=change.after + 1):
            bound = place(change.assessment_id, seq, fact.type)
            sealed = seal(single_key(key, bound), fact.model_dump_json().encode(), bound)
            link = chain.Link(change.assessment_id, seq, fact.type, at, chain.digest_of(sealed))
            head = link.hash_after(head)
            rows.append(
                {
                    "assessment_id": change.assessment_id,
                    "seq": seq,
                    "type": fact.type,
                    "at": at,
                    "ciphertext": sealed,
                    "hash": head,
                }
            )
            events.append(Event(assessment_id=change.assessment_id, seq=seq, at=at, fact=fact, hash=head))
        return tuple(events), rows

    async def events(self, assessment_id: str, after: int = 0) -> tuple[Event, ...]:
        """Return the facts after a sequence number, oldest first.

        Raises NotFound, Erased, DocumentRefused for bytes that were changed.
        """
        return await self._database.read(lambda connection: self._events(connection, assessment_id, after))

    def _events(self, connection: Connection, assessment_id: str, after: int = 0) -> tuple[Event, ...]:
        rows = connection.execute(_KEYED_EVENTS, {"assessment_id": assessment_id, "after": after}).all()
        if not rows or rows[0].wrapped_key is None:
            end = log_end(connection, assessment_id)  # unknown, erased, or nothing new
            if end.wrapped_key is None:
                raise Erased(tenant=end.tenant_id)
            return ()
        key = self._key(*rows[0][-2:])
        return _opened(key, assessment_id, rows)

    async def head(self, assessment_id: str) -> str | None:
        """Return the hash of the last event; None for an unknown id and for an erased candidate."""
        row = await self._look_up(_HEAD, assessment_id=assessment_id)
        return None if row is None else str(row.head)

    async def sealed_events(self, assessment_id: str) -> tuple[SealedEvent, ...]:
        """Return the whole log as it is stored, each event with the key that opens it and no other.

        Raises NotFound, Erased.
        """

        def read(connection: Connection) -> tuple[SealedEvent, ...]:
            end = log_end(connection, assessment_id)
            if end.wrapped_key is None:
                raise Erased(tenant=end.tenant_id)
            key = self._key(end.candidate_id, end.wrapped_key)
            rows = connection.execute(_EVENTS, {"assessment_id": assessment_id, "after": 0})
            return tuple(_sealed_event(key, assessment_id, row) for row in rows)

        return await self._database.read(read)

    async def verify_chain(self, assessment_id: str) -> int:
        """Check that the log is gapless and its hash chain intact. Return its length.

        Raises NotFound, and DocumentRefused naming the first bad event.
        """

        def verify(connection: Connection) -> int:
            end = log_end(connection, assessment_id)
            rows = connection.execute(_EVENTS, {"assessment_id": assessment_id, "after": 0})
            stored = ((_whole(assessment_id, row), row.hash) for row in rows)
            chain.verify(assessment_id, end.seq, end.head, stored)
            return end.seq

        return await self._database.read(verify)


def _require_sound(change: Append) -> None:
    if not change.facts:
        raise ValueError("an append carries at least one fact")
    if change.projection.id != change.assessment_id:
        raise ValueError("the projection is of another assessment")


def _beginning(connection: Connection, projection: Projection) -> LogEnd:
    """Return the end of a log that has no events yet. Raises NotFound for another tenant's candidate."""
    query = select(CANDIDATE.c.wrapped_key).where(
        CANDIDATE.c.id == projection.candidate_id, CANDIDATE.c.tenant_id == projection.tenant
    )
    # The lock makes two orders for one person wait for each other where rows can be locked.
    row = connection.execute(query.with_for_update()).first()
    if row is None:
        raise NotFound("candidate", projection.candidate_id)
    return LogEnd(0, "", projection.tenant, projection.candidate_id, row.wrapped_key)


def _begun_before(connection: Connection, projection: Projection) -> int:
    mine = (ASSESSMENT.c.candidate_id == projection.candidate_id) & (ASSESSMENT.c.track == projection.track)
    return connection.scalar(select(func.count()).select_from(ASSESSMENT).where(mine)) or 0


def _link(assessment_id: str, row: Any) -> chain.Link:
    digest = (row.digest or "") if row.ciphertext is None else chain.digest_of(row.ciphertext)
    return chain.Link(assessment_id, row.seq, row.type, row.at, digest, row.redacted_by)


def _whole(assessment_id: str, row: Any) -> chain.Link:
    """Return the link of a row whose other columns fit. Raises DocumentRefused."""
    is_destroyed = row.ciphertext is None
    if is_destroyed != (row.digest is not None) or is_destroyed != (row.redacted_by is not None):
        raise DocumentRefused(f"Event {row.seq} of {assessment_id} was changed: half of it is destroyed")
    return _link(assessment_id, row)


def _sealed_event(key: bytes, assessment_id: str, row: Any) -> SealedEvent:
    bound = place(assessment_id, row.seq, row.type)
    opens = None if row.ciphertext is None else single_key(key, bound)
    return SealedEvent(_link(assessment_id, row), row.hash, row.ciphertext, opens)


def _opened(key: bytes, assessment_id: str, rows: Sequence[Any]) -> tuple[Event, ...]:
    """Return the events. Of one whose words were taken back, what the redaction after it left."""
    facts: dict[int, Fact] = {
        row.seq: _fact(key, assessment_id, row) for row in rows if row.ciphertext is not None
    }
    if len(facts) < len(rows):
        facts |= _left(assessment_id, rows, facts)
    return tuple(
        Event(assessment_id=assessment_id, seq=row.seq, at=row.at, fact=facts[row.seq], hash=row.hash)
        for row in rows
    )


def _fact(key: bytes, assessment_id: str, row: Any) -> Fact:
    bound = place(assessment_id, row.seq, row.type)
    what = f"Event {row.seq} of {assessment_id}"
    return FACTS.validate_json(open_sealed(single_key(key, bound), row.ciphertext, bound, what))


def _left(assessment_id: str, rows: Sequence[Any], facts: Mapping[int, Fact]) -> dict[int, Fact]:
    """Return what is left of destroyed events. Raises DocumentRefused where no redaction tells."""
    left: dict[int, Fact] = {}
    for row in rows:
        if row.ciphertext is not None:
            continue
        by = facts.get(row.redacted_by)
        told = by.left if isinstance(by, WordsRedacted) else ()
        fact = next((one.fact for one in told if one.seq == row.seq), None)
        if fact is None or fact.type != row.type or row.redacted_by <= row.seq:
            raise DocumentRefused(f"Event {row.seq} of {assessment_id} was destroyed, and by no redaction")
        left[row.seq] = fact
    return left


def _taken(change: Append) -> SequenceTaken:
    return SequenceTaken(
        f"Assessment {change.assessment_id} has gone on after event {change.after}",
        "Read it again and retry.",
    )
