"""What candidates declared of themselves: sealed, apart from everything that decides."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from assessor.adapters.store.part import StorePart
from assessor.adapters.store.tables import ASSESSMENT, CANDIDATE, DEMOGRAPHICS, in_utc
from assessor.adapters.vault import open_sealed, place, seal
from assessor.domain.demographics import Declaration
from assessor.domain.errors import NotFound
from assessor.domain.value import canonical
from assessor.ports import Declared

_PURPOSE = "demographics"


class _Person(NamedTuple):
    candidate_id: str
    livemode: bool
    wrapped_key: bytes | None


class SqlDemographics(StorePart):
    """Fulfils `Demographics`. What somebody declared goes with their key, as their words do."""

    async def declare(self, assessment_id: str, declaration: Declaration, at: datetime) -> None:
        """Keep what the assessment's candidate says, in place of an earlier one. Raises NotFound, Gone."""

        def keep(connection: Connection) -> None:
            # The lock keeps two first declarations apart, which have no row yet to lock.
            person = _person(connection, assessment_id, lock=True)
            key = self._key(person.candidate_id, person.wrapped_key)
            values = {"at": in_utc(at), "ciphertext": seal(key, canonical(declaration), _place(person))}
            if connection.execute(update(DEMOGRAPHICS).where(_of(person)).values(**values)).rowcount == 0:
                mine = {"candidate_id": person.candidate_id, "livemode": person.livemode}
                connection.execute(insert(DEMOGRAPHICS).values(**mine, **values))

        await self._database.write(keep)
        await self._database.forget_overwritten()

    async def declared(self, assessment_id: str) -> Declared | None:
        """Return what the assessment's candidate declared, here or before. Raises NotFound, Gone."""

        def read(connection: Connection) -> Declared | None:
            person = _person(connection, assessment_id)
            key = self._key(person.candidate_id, person.wrapped_key)
            row = connection.execute(select(DEMOGRAPHICS).where(_of(person))).first()
            return None if row is None else Declared(_opened(key, person, row.ciphertext), row.at)

        return await self._database.read(read)

    async def forget_declaration(self, assessment_id: str) -> None:
        """Delete what the assessment's candidate declared; without that nothing changes. Raises NotFound."""

        def forget(connection: Connection) -> None:
            connection.execute(delete(DEMOGRAPHICS).where(_of(_person(connection, assessment_id))))

        await self._database.write(forget)
        await self._database.forget_overwritten()

    async def declarations(self, tenant: str, *, livemode: bool) -> dict[str, Declaration]:
        """Return declarations by candidate id, of those who were not erased."""
        query = (
            select(DEMOGRAPHICS.c.candidate_id, DEMOGRAPHICS.c.ciphertext, CANDIDATE.c.wrapped_key)
            .join(CANDIDATE, CANDIDATE.c.id == DEMOGRAPHICS.c.candidate_id)
            .where(CANDIDATE.c.tenant_id == tenant, CANDIDATE.c.wrapped_key.is_not(None))
            .where(DEMOGRAPHICS.c.livemode == livemode)
        )
        found = {}
        for row in await self._all(query):
            person = _Person(row.candidate_id, livemode, row.wrapped_key)
            key = self._key(person.candidate_id, person.wrapped_key)
            found[person.candidate_id] = _opened(key, person, row.ciphertext)
        return found


def _person(connection: Connection, assessment_id: str, *, lock: bool = False) -> _Person:
    query = (
        select(CANDIDATE.c.id, ASSESSMENT.c.livemode, CANDIDATE.c.wrapped_key)
        .join(CANDIDATE, CANDIDATE.c.id == ASSESSMENT.c.candidate_id)
        .where(ASSESSMENT.c.id == assessment_id)
    )
    row = connection.execute(query.with_for_update(of=CANDIDATE) if lock else query).first()
    if row is None:
        raise NotFound("assessment", assessment_id)
    return _Person(*row)


def _of(person: _Person) -> Any:
    return (DEMOGRAPHICS.c.candidate_id == person.candidate_id) & (DEMOGRAPHICS.c.livemode == person.livemode)


def _opened(key: bytes, person: _Person, sealed: bytes) -> Declaration:
    what = f"What {person.candidate_id} declared"
    return Declaration.model_validate_json(open_sealed(key, sealed, _place(person), what))


def _place(person: _Person) -> bytes:
    return place(_PURPOSE, person.candidate_id, int(person.livemode))
