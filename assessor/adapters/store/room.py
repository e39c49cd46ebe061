"""How many connections a server takes, and how many processes of ours have some at this moment."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

from assessor.adapters.store.engine import create_engine, database_url
from assessor.adapters.store.patience import NAMED, process_name

_SETTINGS: Final = text(
    "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
    " - coalesce(current_setting('reserved_connections', true), '0')::int"
)
_LIMITS: Final = text(
    "SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user AND rolconnlimit >= 0"
    " UNION ALL"
    " SELECT datconnlimit FROM pg_database WHERE datname = current_database() AND datconnlimit >= 0"
)
_PROCESSES: Final = text(
    "SELECT count(DISTINCT application_name) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name LIKE :ours AND application_name <> :self"
)


@dataclass(frozen=True)
class Room:
    """What a server has for us."""

    connections: int
    """That it lets us have."""
    processes: int
    """Of ours that are connected, but for this one."""


def room_on(address: str) -> Room | None:
    """Ask a server; None for an embedded database. Raises SQLAlchemyError."""
    if database_url(address).get_backend_name() == "sqlite":
        return None
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            return Room(_allowed(connection), _processes(connection))
    finally:
        engine.dispose()


def are_on_one_server(address: str, other: str) -> bool:
    """Whether two addresses name one server, as far as they show."""
    one, two = database_url(address), database_url(other)
    return (one.host, one.port or 5432, one.query.get("host")) == (
        two.host,
        two.port or 5432,
        two.query.get("host"),
    )


def _allowed(connection: Connection) -> int:
    limits = connection.execute(_LIMITS).scalars().all()
    allowed: int = min([connection.execute(_SETTINGS).scalar_one(), *limits])
    return allowed


def _processes(connection: Connection) -> int:
    ours = {"ours": NAMED, "self": process_name()}
    found: int = connection.execute(_PROCESSES, ours).scalar_one()
    return found
