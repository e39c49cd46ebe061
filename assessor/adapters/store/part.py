"""What every part of the store stands on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Row, Select, Update, bindparam, select
from sqlalchemy.exc import IntegrityError

from assessor.adapters.store.engine import Database
from assessor.adapters.store.lookup import Lookup
from assessor.adapters.store.tables import ASSESSMENT, CANDIDATE
from assessor.adapters.vault import Vault
from assessor.domain.errors import AssessorError, Erased, NotFound
from assessor.ports import Random

# Statements of the turn's path are built once: building one takes longer than running it.
_LOG_END = (
    select(
        ASSESSMENT.c.seq,
        ASSESSMENT.c.head,
        ASSESSMENT.c.tenant_id,
        ASSESSMENT.c.candidate_id,
        CANDIDATE.c.wrapped_key,
        ASSESSMENT.c.queued,
    )
    .join(CANDIDATE, CANDIDATE.c.id == ASSESSMENT.c.candidate_id)
    .where(ASSESSMENT.c.id == bindparam("assessment_id"))
)
_LOG_END_LOCKED = _LOG_END.with_for_update(of=ASSESSMENT)


@dataclass(frozen=True)
class LogEnd:
    """Where a log ends, and the key of the person whose words it holds."""

    seq: int
    head: str
    tenant_id: str
    candidate_id: str
    wrapped_key: bytes | None
    queued: str | None = None
    """How it stands in the reviewers' queue."""


class StorePart:
    """A part of the store: the database, and the vault that seals what people wrote."""

    def __init__(self, database: Database, vault: Vault, random: Random) -> None:
        self._database = database
        self._vault = vault
        self._random = random

    def _key(self, candidate_id: str, wrapped_key: bytes | None) -> bytes:
        """Unwrap a data key. Raises Erased when it was destroyed.

        Nothing is cached: unwrapping takes 15 microseconds, the wrapped key comes with a row that is
        read anyway, and a cache would go on opening what was erased elsewhere.
        """
        if wrapped_key is None:
            raise Erased
        return self._vault.unwrap(candidate_id, wrapped_key)

    async def _all(self, query: Select[*tuple[Any, ...]]) -> Sequence[Row[Any]]:
        """Return all rows of a query that is a transaction of its own."""
        return await self._database.read(lambda connection: connection.execute(query).all())

    async def _first(self, query: Select[Any]) -> Row[Any] | None:
        """Return the first row of a query that is a transaction of its own."""
        return await self._database.read(lambda connection: connection.execute(query).first())

    async def _look_up(self, lookup: Lookup, **values: object) -> Any:
        """Return the row of a lookup with its columns as attributes, or None; `values` are its parameters."""
        return await self._database.look_up(lookup, values)

    async def _execute(self, change: Insert | Update | Delete) -> int:
        """Return how many rows a change touched that is a transaction of its own."""
        return await self._database.write(lambda connection: connection.execute(change).rowcount)


def log_end(connection: Connection, assessment_id: str, *, lock: bool = False) -> LogEnd:
    """Return where a log ends; `lock` holds other writers of this log off where rows can be locked.

    Raises NotFound.
    """
    query = _LOG_END_LOCKED if lock else _LOG_END
    row = connection.execute(query, {"assessment_id": assessment_id}).first()
    if row is None:
        raise NotFound("assessment", assessment_id)
    return LogEnd(*row)


@contextmanager
def unique_or(refusal: AssessorError) -> Iterator[None]:
    """Raise `refusal` in place of the database's complaint about a row that is there already."""
    try:
        yield
    except IntegrityError as error:
        raise refusal from error
