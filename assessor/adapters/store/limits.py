"""What one process takes of a PostgreSQL server, and how long it waits for it."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import URL

_CONNECT: Final = {
    "connect_timeout": 5,
    # A network that is gone closes nothing: without these a reply is waited for until the system gives up,
    # which is a quarter of an hour by default.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # milliseconds; Linux alone knows it, others leave it out
}
"""In seconds, as libpq names them. What the address says instead goes before."""

_GRACE_SECONDS: Final = 5.0


@dataclass(frozen=True)
class ServerLimits:
    """Bounds for one process. A server has `max_connections`, which all processes share."""

    connections: int = 14
    """One asks whether the server is there, a third is for look-ups, the others are for transactions."""
    wait_seconds: float = 15
    """For how long work waits for a connection until it is refused; on SQLite, for its turn."""
    waiting: int = 2000
    """How many pieces of work wait so at most; the next one is refused at once."""
    statement_seconds: float = 30
    idle_seconds: float = 60
    """After which a transaction that does nothing is ended: it holds rows, and dead rows with them."""

    @property
    def lookups(self) -> int:
        """How many connections are for look-ups, which hold one for less than a millisecond."""
        return self.connections // 3

    @property
    def transactions(self) -> int:
        """How many connections are for transactions."""
        return max(1, self.connections - self.lookups - 1)

    @property
    def answer_seconds(self) -> float:
        """After how long without an answer a connection is given up.

        The server ends a statement before that. One that does not is stopped itself, or stands behind
        something that takes what is sent and passes nothing on, which no probing of TCP notices.
        """
        return self.statement_seconds + min(self.statement_seconds, _GRACE_SECONDS)

    def session(self) -> str:
        """Return the statements that a new connection begins with."""
        return (
            f"SET statement_timeout TO {_milliseconds(self.statement_seconds)};"
            f"SET idle_in_transaction_session_timeout TO {_milliseconds(self.idle_seconds)}"
        )


SERVING: Final = ServerLimits()
ASKING: Final = ServerLimits(connections=1, wait_seconds=2, waiting=20, statement_seconds=2, idle_seconds=10)
"""For asking whether the server is there. It waits behind no work, and for nothing long."""
UNHURRIED: Final = ServerLimits(statement_seconds=3600, idle_seconds=3600)
"""For a migration, or a move: one statement may read or write everything."""


def connecting(url: URL) -> dict[str, Any]:
    """Return how to connect to a server, but for what the address says itself."""
    return {name: value for name, value in _CONNECT.items() if name not in url.query}


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
