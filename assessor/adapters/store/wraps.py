"""Which master keys wrap what, and wrapping anew with the newest one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, LargeBinary, Row, bindparam, func, select, update

from assessor.adapters.store.part import StorePart
from assessor.adapters.store.tables import CANDIDATE, INSTALLATION_KEY
from assessor.adapters.vault import ID_BYTES

_TABLES: Final = (INSTALLATION_KEY, CANDIDATE)


class SqlWraps(StorePart):
    """Fulfils `Wraps`."""

    async def wraps(self) -> Mapping[str, int]:
        """Return how many keys are wrapped with each master key, by its id."""

        def count(connection: Connection) -> Counter[str]:
            counted: Counter[str] = Counter()
            for table in _TABLES:
                master = _master(table)
                query = select(master, func.count()).where(table.c.wrapped_key.is_not(None)).group_by(master)
                counted.update({bytes(name).hex(): number for name, number in connection.execute(query)})
            return counted

        return await self._database.read(count)

    async def wrap_anew(self, after: str, limit: int) -> tuple[int, str | None]:
        """Wrap keys of candidates in order of their ids; the installation's own key with the first ones.

        A key that was destroyed meanwhile stays destroyed: only the very wrap that was read is replaced.
        """

        def wrap(connection: Connection) -> tuple[int, str | None]:
            done = 0 if after else self._replace(connection, INSTALLATION_KEY, self._former(connection))
            rows = connection.execute(self._outdated(CANDIDATE, after).limit(limit)).all()
            done += self._replace(connection, CANDIDATE, rows)
            return done, rows[-1].id if len(rows) == limit else None

        return await self._database.write(wrap)

    async def derived_key(self, purpose: str) -> bytes:
        """Return the installation's key for one purpose, made with the first question for any."""
        if self._installation_key is None:
            await self._database.write(self._make_installation_key)
        return self._derived(purpose)

    async def forget_former_wraps(self) -> None:
        """Empty SQLite's write-ahead log."""
        await self._database.forget_overwritten()

    def _former(self, connection: Connection) -> Iterable[Row[Any]]:
        return connection.execute(self._outdated(INSTALLATION_KEY, "")).all()

    def _outdated(self, table: Any, after: str) -> Any:
        """Return the query for what a known master key wraps that is not the newest one."""
        known = [bytes.fromhex(name) for name in sorted(self._vault.others)]
        mine = select(table.c.id, table.c.wrapped_key).where(table.c.id > after, _master(table).in_(known))
        return mine.order_by(table.c.id)

    def _replace(self, connection: Connection, table: Any, rows: Iterable[Row[Any]]) -> int:
        the_same = (table.c.id == bindparam("owner")) & (table.c.wrapped_key == bindparam("former"))
        values = [
            {
                "owner": row.id,
                "former": row.wrapped_key,
                "new": self._vault.wrap_anew(row.id, row.wrapped_key),
            }
            for row in rows
        ]
        if not values:
            return 0
        replaced = update(table).where(the_same).values(wrapped_key=bindparam("new"))
        return connection.execute(replaced, values).rowcount


def _master(table: Any) -> Any:
    return func.substr(table.c.wrapped_key, 1, ID_BYTES, type_=LargeBinary)
