"""People who review, and wrong passwords."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from assessor.adapters.store.lookup import Lookup
from assessor.adapters.store.part import StorePart, unique_or
from assessor.adapters.store.tables import REVIEWER, TENANT, WRONG_TRY, in_utc
from assessor.domain.errors import Conflict, NotFound
from assessor.domain.roles import Role
from assessor.ports import Reviewer

FORGET_AFTER: Final = timedelta(days=1)
"""Wrong passwords that long ago count no more, so made-up addresses do not pile up."""

# Every request of a reviewer asks it.
_REVIEWER = Lookup(select(REVIEWER).where(REVIEWER.c.id == bindparam("reviewer_id")))


class SqlPeople(StorePart):
    """Reviewers: a part of `Access`."""

    async def add_reviewer(self, reviewer: Reviewer, at: datetime) -> None:
        """Raises NotFound for an unknown tenant, Conflict when the id or the address is taken."""
        if await self._first(select(TENANT.c.id).where(TENANT.c.id == reviewer.tenant)) is None:
            raise NotFound("tenant", reviewer.tenant)
        row = {"id": reviewer.id, "tenant_id": reviewer.tenant, "email": _folded(reviewer.email)}
        with unique_or(Conflict(f"The address {reviewer.email} is taken", "Choose another address.")):
            await self._execute(insert(REVIEWER).values(**row, **_changing(reviewer), created_at=at))

    async def change_reviewer(self, reviewer: Reviewer) -> None:
        """Keep everything but id, tenant and address anew. Raises NotFound, Conflict for a taken subject."""
        change = update(REVIEWER).where(REVIEWER.c.id == reviewer.id).values(**_changing(reviewer))
        with unique_or(Conflict("This sign-in belongs to another account", "Ask an administrator.")):
            if await self._execute(change) != 1:
                raise NotFound("reviewer", reviewer.id)

    async def reviewer(self, reviewer_id: str) -> Reviewer:
        """Raises NotFound."""
        row = await self._look_up(_REVIEWER, reviewer_id=reviewer_id)
        if row is None:
            raise NotFound("reviewer", reviewer_id)
        return _as_reviewer(row)

    async def reviewer_by_email(self, email: str) -> Reviewer | None:
        """Return who signs in with this address; capitals do not matter."""
        row = await self._first(select(REVIEWER).where(REVIEWER.c.email == _folded(email)))
        return None if row is None else _as_reviewer(row)

    async def reviewer_of_subject(self, issuer: str, subject: str) -> Reviewer | None:
        """Return whom a provider knows by this name."""
        of_them = (REVIEWER.c.issuer == issuer) & (REVIEWER.c.subject == subject)
        row = await self._first(select(REVIEWER).where(of_them))
        return None if row is None else _as_reviewer(row)

    async def reviewers(self) -> tuple[Reviewer, ...]:
        """Return all, the oldest first."""
        rows = await self._all(select(REVIEWER).order_by(REVIEWER.c.created_at, REVIEWER.c.id))
        return tuple(map(_as_reviewer, rows))

    async def count_wrong_try(self, account: str, at: datetime, *, limit: int, lock: timedelta) -> int:
        """Count a wrong password and return how many there were in a row; the `limit`th locks."""

        def count(connection: Connection) -> int:
            connection.execute(delete(WRONG_TRY).where(WRONG_TRY.c.last_at < in_utc(at - FORGET_AFTER)))
            mine = WRONG_TRY.c.account == account
            counted = update(WRONG_TRY).where(mine).values(tries=WRONG_TRY.c.tries + 1, last_at=in_utc(at))
            tries: int | None = connection.scalar(counted.returning(WRONG_TRY.c.tries))
            if tries is None:
                connection.execute(insert(WRONG_TRY).values(account=account, tries=1, last_at=in_utc(at)))
                tries = 1
            if tries >= limit:
                # From here on it counts anew: the first try after the lock does not lock at once.
                locked = {"tries": 0, "locked_until": in_utc(at + lock)}
                connection.execute(update(WRONG_TRY).where(mine).values(**locked))
            return tries

        try:
            return await self._database.write(count)
        except IntegrityError:  # another first try came between
            return await self._database.write(count)

    async def locked_until(self, account: str, now: datetime) -> datetime | None:
        """Return until when no password is looked at, None when one is."""
        query = select(WRONG_TRY.c.locked_until).where(WRONG_TRY.c.account == account)
        row = await self._first(query.where(WRONG_TRY.c.locked_until > in_utc(now)))
        return None if row is None else row.locked_until

    async def unlock(self, account: str) -> None:
        """Forget wrong passwords, and the lock."""
        await self._execute(delete(WRONG_TRY).where(WRONG_TRY.c.account == account))


def _changing(reviewer: Reviewer) -> dict[str, Any]:
    """Return the columns that may change."""
    return {
        "name": reviewer.name,
        "password_hash": reviewer.password_hash,
        "roles": [role.value for role in reviewer.roles],
        "tracks": list(reviewer.tracks),
        "languages": list(reviewer.languages),
        "disabled_at": reviewer.disabled_at,
        "issuer": reviewer.issuer,
        "subject": reviewer.subject,
    }


def _as_reviewer(row: Row[Any]) -> Reviewer:
    return Reviewer(
        row.id,
        row.tenant_id,
        row.email,
        row.name,
        row.password_hash,
        tuple(map(Role, row.roles)),
        tuple(row.tracks),
        tuple(row.languages),
        row.disabled_at,
        row.issuer,
        row.subject,
    )


def _folded(email: str) -> str:
    return email.strip().lower()
