"""The line of calls to providers, in the database, so that all processes keep to one limit together.

Every process says what it wants and what runs, in one transaction under the provider's row; whoever does so
lets through whatever there is room for, also calls of others. The time is the database's own, so that clocks
of machines that differ take nothing from anybody.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from assessor.adapters.store.part import StorePart
from assessor.adapters.store.tables import PROVIDER, PROVIDER_CALL
from assessor.ports import KEPT, Exchange, Granted, ProviderLimits, Purpose

LEASE_SECONDS: Final = 15.0
RANK: Final[dict[Purpose, int]] = {"turn": 0, "judge": 1, "observation": 2}
_KEPT: Final = {RANK[purpose]: share for purpose, share in KEPT.items()}
_MINUTE: Final = 60.0
_LONGEST_PAUSE: Final = timedelta(seconds=60)
_NO_LIMIT: Final = 1e12

P, C = PROVIDER.c, PROVIDER_CALL.c


class SqlProviderCalls(StorePart):
    """Fulfils `ProviderCalls`."""

    async def exchange_calls(
        self, provider: str, process: str, exchange: Exchange, limits: ProviderLimits
    ) -> Granted:
        """Take note of a process's calls, and return which of them may be made."""

        def swap(connection: Connection) -> Granted:
            standing = _Standing(connection, provider, limits)
            standing.note(process, exchange)
            standing.let_through()
            standing.keep()
            mine = select(C.id).where(C.provider == provider, C.process == process, C.is_running)
            ids = frozenset(connection.execute(mine).scalars())
            return Granted(ids, standing.pause_seconds)

        return await self._database.write(swap)


class _Standing:
    """How a provider stands within one transaction, which nobody else reads meanwhile."""

    def __init__(self, connection: Connection, provider: str, limits: ProviderLimits) -> None:
        self._connection = connection
        self._provider = provider
        self._limits = limits
        self._tokens_limit = float(limits.tokens_per_minute or _NO_LIMIT)
        self._requests_limit = float(limits.requests_per_minute or _NO_LIMIT)
        self._places = float(limits.calls or _NO_LIMIT)
        row = self._locked()
        self._now = _moment(connection)
        # A clock that was set back, or that of a server which took over, blocks nobody.
        flowed = max(0.0, (self._now - row.counted_at).total_seconds()) / _MINUTE
        self._tokens = min(self._tokens_limit, row.tokens + flowed * self._tokens_limit)
        self._requests = min(self._requests_limit, row.requests + flowed * self._requests_limit)
        self._paused_until = row.paused_until and min(row.paused_until, self._now + _LONGEST_PAUSE)

    @property
    def pause_seconds(self) -> float:
        until = self._paused_until
        return max(0.0, (until - self._now).total_seconds()) if until else 0.0

    def note(self, process: str, exchange: Exchange) -> None:
        """Write down what a process says. What it does not name any more, and what ran out, is over."""
        named = [*exchange.running, *(one.id for one in exchange.wanted)]
        theirs = (C.provider == self._provider) & (C.process == process)
        over = (theirs & C.id.not_in(named)) | ((C.provider == self._provider) & (C.expires_at <= self._now))
        # Its own are not taken from a process that was only slow: it says that they run.
        self._connection.execute(delete(PROVIDER_CALL).where(over & C.id.not_in(named)))
        until = self._now + timedelta(seconds=LEASE_SECONDS)
        known = set(self._connection.execute(select(C.id).where(C.id.in_(named))).scalars())
        self._connection.execute(update(PROVIDER_CALL).where(theirs).values(expires_at=until))
        rows = [
            {
                "id": one.id,
                "rank": RANK[one.purpose],
                "tokens": self._limits.set_aside(one.tokens, one.purpose),
                "is_running": False,
            }
            for one in exchange.wanted
        ] + [{"id": id_, "rank": 0, "tokens": 0, "is_running": True} for id_ in exchange.running]
        same = {"provider": self._provider, "process": process, "asked_at": self._now, "expires_at": until}
        if new := [{**row, **same} for row in rows if row["id"] not in known]:
            self._connection.execute(insert(PROVIDER_CALL), new)
        self._tokens = min(self._tokens_limit, self._tokens + exchange.unused_tokens)
        if exchange.pause_seconds:
            wait = min(timedelta(seconds=exchange.pause_seconds), _LONGEST_PAUSE)
            self._paused_until = max(self._paused_until or self._now, self._now + wait)

    def let_through(self) -> None:
        """Let calls through from the front of the line, as long as there is room for the first."""
        if self.pause_seconds:
            return
        here = C.provider == self._provider
        running = self._connection.execute(
            select(func.count()).select_from(PROVIDER_CALL).where(here, C.is_running)
        ).scalar_one()
        line = select(PROVIDER_CALL).where(here, ~C.is_running).order_by(C.rank, C.asked_at, C.id)
        through: list[str] = []
        for row in self._connection.execute(line):
            if not self._has_room(row.rank, row.tokens, running + len(through)):
                break
            self._tokens -= row.tokens
            self._requests -= 1
            through.append(row.id)
        if through:
            self._connection.execute(update(PROVIDER_CALL).where(C.id.in_(through)).values(is_running=True))

    def keep(self) -> None:
        """Write down what is left."""
        self._connection.execute(
            update(PROVIDER)
            .where(P.name == self._provider)
            .values(
                tokens=self._tokens,
                requests=self._requests,
                counted_at=self._now,
                paused_until=self._paused_until,
            )
        )

    def _has_room(self, rank: int, tokens: int, running: int) -> bool:
        kept = _KEPT[rank]
        # With one place nothing can be kept free, or no work would ever be judged.
        kept_places = min(max(1, int(self._places * kept)), int(self._places) - 1) if kept else 0
        return (
            running + 1 <= self._places - kept_places
            and self._tokens - tokens >= self._tokens_limit * kept
            and self._requests - 1 >= min(self._requests_limit * kept, self._requests_limit - 1)
        )

    def _locked(self) -> Row[tuple[object, ...]]:
        """Return the provider's row, and hold all others off until the end of the transaction."""
        query = select(PROVIDER).where(P.name == self._provider).with_for_update()
        if (row := self._connection.execute(query).first()) is not None:
            return row
        full = {
            "tokens": self._tokens_limit,
            "requests": self._requests_limit,
            "counted_at": _moment(self._connection),
        }
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(PROVIDER).values(name=self._provider, **full))
        except IntegrityError:
            pass  # another process was first
        return self._connection.execute(query).one()


def _moment(connection: Connection) -> datetime:
    """Return the database's time; SQLite's is that of the one machine that it is on."""
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)
