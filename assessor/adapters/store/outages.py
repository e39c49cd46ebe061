"""When the database cannot be had: it is away, it took too long, or all connections are in use."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from assessor.domain.errors import StoreUnavailable

SOON: Final = 1
LATER: Final = 5
"""Seconds after which to ask again: others go first, or a server has to come up."""
_PASSING: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_IDLE_TOO_LONG: Final = "25P03"

log = structlog.get_logger()


@contextmanager
def outages_told() -> Iterator[None]:
    """Raise StoreUnavailable where the database could not be had. A wrong statement stays what it is."""
    try:
        yield
    except PoolExhausted as fault:
        raise StoreUnavailable(SOON) from fault
    except DBAPIError as fault:
        if not _is_outage(fault):
            raise
        # The type and the state alone: a message may quote what people wrote.
        state = getattr(fault.orig, "sqlstate", None)
        log.warning("the database cannot be had", fault=type(fault.orig).__name__, sqlstate=state)
        raise StoreUnavailable(LATER) from fault


def _is_outage(fault: DBAPIError) -> bool:
    """Whether it may pass by itself. SQLite says so of a lock only: a full disk, or no table, stays."""
    if isinstance(fault.orig, sqlite3.Error):
        code = getattr(fault.orig, "sqlite_errorcode", None)
        return code is not None and code & 0xFF in _PASSING
    ended = getattr(fault.orig, "sqlstate", None) == _IDLE_TOO_LONG
    return ended or isinstance(fault, OperationalError | InterfaceError)
