"""What every part of the store stands on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import structlog
from sqlalchemy import Connection, Delete, Insert, Row, Select, Update, bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError

from assessor.adapters.store.engine import Database
from assessor.adapters.store.lookup import Lookup
from assessor.adapters.store.tables import ASSESSMENT, CANDIDATE, INSTALLATION_KEY
from assessor.adapters.vault import Vault, derived
from assessor.domain.errors import AssessorError, DocumentRefused, Erased, NotFound
from assessor.ports import Random

T = TypeVar("T")

log = structlog.get_logger()

INSTALLATION: Final = "installation"
"""The owner of the key that belongs to no candidate; ids of candidates begin with `cnd_`."""
_KEY_LOCK: Final = 0x6B657973
"""Lets one process at a time make it; any number that no one else locks."""

_INSTALLATION: Final = select(INSTALLATION_KEY.c.wrapped_key)

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
        self._installation_key: bytes | None = None

    def _key(self, candidate_id: str, wrapped_key: bytes | None) -> bytes:
        """Unwrap a data key. Raises Erased when it was destroyed.

        Nothing is cached: unwrapping takes 15 microseconds, the wrapped key comes with a row that is
        read anyway, and a cache would go on opening what was erased elsewhere.
        """
        if wrapped_key is None:
            raise Erased
        return self._vault.unwrap(candidate_id, wrapped_key)

    def _derived(self, purpose: str) -> bytes:
        """Return a key for what belongs to no candidate.

        All of them follow from one key, which is made with the first platform: nothing is sealed before.
        It never changes and is never destroyed, so it is read once and kept.
        """
        if self._installation_key is None:
            wrapped = self._database.ask_here(
                lambda connection: connection.execute(_INSTALLATION).scalar_one()
            )
            self._installation_key = self._vault.unwrap(INSTALLATION, wrapped)
        return derived(self._installation_key, purpose)

    def _make_installation_key(self, connection: Connection) -> None:
        """Make the key that all others of the installation follow from, unless there is one."""
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_KEY_LOCK)))
        if connection.execute(select(INSTALLATION_KEY.c.id)).first() is None:
            wrapped = self._vault.new_key(INSTALLATION)
            connection.execute(insert(INSTALLATION_KEY).values(id=INSTALLATION, wrapped_key=wrapped))

    async def _all(self, query: Select[*tuple[Any, ...]]) -> Sequence[Row[Any]]:
        """Return all rows of a query that is a transaction of its own."""
        return await self._database.read(lambda connection: connection.execute(query).all())

    async def _all_stale(self, query: Select[*tuple[Any, ...]]) -> Sequence[Row[Any]]:
        """Return all rows of a query that may be seconds old, and touches no key and nothing sealed."""
        return await self._database.read_stale(lambda connection: connection.execute(query).all())

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


def each_opened(rows: Iterable[Row[Any]], open_: Callable[[Row[Any]], T]) -> tuple[T, ...]:
    """Return what workers have claimed and can open.

    The rest, as what a master key wraps that is not set, is left until its claim runs out: nothing else may
    wait for it.
    """
    opened = []
    for row in rows:
        try:
            opened.append(open_(row))
        except DocumentRefused as refused:
            log.error("something to send cannot be opened", id=row.id, reason=str(refused))  # noqa: TRY400 - the reason says it all
    return tuple(opened)
