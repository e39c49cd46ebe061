"""Places for interviews in the database: over all processes, none is given twice."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from assessor.adapters.store.part import StorePart
from assessor.adapters.store.tables import INTERVIEW_PLACE
from assessor.domain.places import AT_WORK, KEPT, PRESENT, REMEMBERED, Standing

WAITING, CALLED, HELD = "waiting", "called", "held"
_LINE_LOCK: Final = 0x6C696E65  # "line"; any number that no one else locks
_NOTED_EVERY: Final = PRESENT / 3
"""Whoever only waits on is noted so often: thousands who look must not write each time."""

P = INTERVIEW_PLACE.c


class SqlPlaces(StorePart):
    """Fulfils `InterviewPlaces`."""

    async def ask_for_place(
        self, assessment_id: str, now: datetime, at_once: int, *, begins: bool
    ) -> Standing:
        """Return how somebody stands, and note that they are there; whoever is new goes to the end."""

        def look(connection: Connection) -> Standing | None:
            row = connection.execute(_row_of(assessment_id)).first()
            if row is None or row.state != WAITING or now - row.seen_at > _NOTED_EVERY:
                return None
            ahead = _ahead(connection, row.asked_at, assessment_id, now)
            return Standing(ahead) if ahead >= at_once - _taken(connection, now) else None

        def ask(connection: Connection) -> Standing:
            _lock(connection)
            row = connection.execute(_row_of(assessment_id)).first()
            if row is not None and _holds(row, now):
                return _with_place(connection, row, now, begins=begins)
            asked_at = now if row is None or _has_lost(row, now) else row.asked_at
            ahead = _ahead(connection, asked_at, assessment_id, now)
            free = ahead < at_once - _taken(connection, now)
            state = WAITING if not free else HELD if begins else CALLED
            _put(connection, assessment_id, state=state, asked_at=asked_at, seen_at=now)
            return _standing(state, ahead, now)

        # Thousands may look every few seconds: who waits on neither locks nor writes.
        waits_on = await self._database.read(look)
        return await self._database.write(ask) if waits_on is None else waits_on

    async def hold_places(self, assessment_ids: Collection[str], now: datetime) -> None:
        """Note that these interviews go on."""

        def hold(connection: Connection) -> None:
            for assessment_id in assessment_ids:
                mine = P.assessment_id == assessment_id
                seen = update(INTERVIEW_PLACE).where(mine).values(state=HELD, seen_at=now)
                if connection.execute(seen).rowcount == 0:
                    # Two processes may see the same interview, and find no row at the same moment.
                    with suppress(IntegrityError), connection.begin_nested():
                        _put(connection, assessment_id, state=HELD, asked_at=now, seen_at=now)

        if assessment_ids:
            await self._database.write(hold)

    async def leave_place(self, assessment_id: str) -> None:
        """Give up a place, or the place in the line."""
        await self._execute(delete(INTERVIEW_PLACE).where(P.assessment_id == assessment_id))

    async def is_remembered(self, assessment_id: str, now: datetime) -> bool:
        """Whether somebody waits to begin, or went away so lately that they may come back."""
        lately = _row_of(assessment_id).where(P.state != HELD, P.seen_at > now - REMEMBERED)
        return await self._first(lately) is not None

    async def forget_places(self, now: datetime) -> int:
        """Remove those who are remembered no more. Returns how many."""
        return await self._execute(delete(INTERVIEW_PLACE).where(P.seen_at < now - REMEMBERED))


def _lock(connection: Connection) -> None:
    """Let one transaction at a time pass. On SQLite the lock of every writer does that already."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LINE_LOCK)))


def _row_of(assessment_id: str) -> Select[Any]:
    return select(INTERVIEW_PLACE).where(P.assessment_id == assessment_id)


def _holds(row: Row[Any], now: datetime) -> bool:
    return bool(row.state in _TERMS and now - row.seen_at < _TERMS[row.state])


def _has_lost(row: Row[Any], now: datetime) -> bool:
    """Whether somebody has to begin at the end: too long away, or a place was kept in vain."""
    return bool(row.state != WAITING or now - row.seen_at >= REMEMBERED)


def _with_place(connection: Connection, row: Row[Any], now: datetime, *, begins: bool) -> Standing:
    if row.state == HELD or begins:
        _put(connection, row.assessment_id, state=HELD, asked_at=row.asked_at, seen_at=now)
        return _standing(HELD, 0, now)
    return _standing(CALLED, 0, row.seen_at)


def _standing(state: str, ahead: int, given_at: datetime) -> Standing:
    if state == WAITING:
        return Standing(ahead)
    return Standing(is_in=True) if state == HELD else Standing(kept_until=given_at + KEPT)


def has_place(now: datetime) -> ColumnElement[bool]:
    """Return the condition for those who hold a place."""
    return or_(*(and_(P.state == state, P.seen_at > now - term) for state, term in _TERMS.items()))


def is_there(now: datetime) -> ColumnElement[bool]:
    """Return the condition for those who wait and have not gone away."""
    return and_(P.state == WAITING, P.seen_at > now - PRESENT)


def _taken(connection: Connection, now: datetime) -> int:
    return _count(connection, has_place(now))


def _ahead(connection: Connection, asked_at: datetime, assessment_id: str, now: datetime) -> int:
    sooner = or_(P.asked_at < asked_at, and_(P.asked_at == asked_at, P.assessment_id < assessment_id))
    return _count(connection, and_(is_there(now), sooner, P.assessment_id != assessment_id))


def _count(connection: Connection, which: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(INTERVIEW_PLACE).where(which)).scalar_one()


def _put(connection: Connection, assessment_id: str, **values: object) -> None:
    changed = update(INTERVIEW_PLACE).where(P.assessment_id == assessment_id).values(**values)
    if connection.execute(changed).rowcount == 0:
        connection.execute(insert(INTERVIEW_PLACE).values(assessment_id=assessment_id, **values))


_TERMS: Final[dict[str, timedelta]] = {CALLED: KEPT, HELD: AT_WORK}
"""For how long a place is held after it was seen last."""
