"""When the database cannot be had: it is away, it took too long, or all connections are in use."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Final, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from assessor.domain.errors import StoreUnavailable

T = TypeVar("T")

_SOON: Final = 1
_LATER: Final = 5
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
        raise StoreUnavailable(_SOON) from fault
    except DBAPIError as fault:
        if not _is_outage(fault):
            raise
        # The type and the state alone: a message may quote what people wrote.
        state = getattr(fault.orig, "sqlstate", None)
        log.warning("the database cannot be had", fault=type(fault.orig).__name__, sqlstate=state)
        raise StoreUnavailable(_LATER) from fault


def _is_outage(fault: DBAPIError) -> bool:
    """Whether it may pass by itself. SQLite says so of a lock only: a full disk, or no table, stays."""
    if isinstance(fault.orig, sqlite3.Error):
        code = getattr(fault.orig, "sqlite_errorcode", None)
        return code is not None and code & 0xFF in _PASSING
    ended = getattr(fault.orig, "sqlstate", None) == _IDLE_TOO_LONG
    return ended or isinstance(fault, OperationalError | InterfaceError)


async def soon(executor: Executor, seconds: float, work: Callable[..., T], *values: object) -> T:
    """Run work on a thread. Raises StoreUnavailable when it has not begun after so many seconds.

    When the caller is cancelled, it either never begins or runs to its end.
    """
    future = executor.submit(work, *values)
    gave_up = False

    def give_up() -> None:
        nonlocal gave_up
        gave_up = future.cancel()  # what has begun is not

    timer = asyncio.get_running_loop().call_later(seconds, give_up)
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        if gave_up:
            log.warning("all connections to the database are in use", waited=seconds)
            raise StoreUnavailable(_SOON) from None
        raise
    finally:
        timer.cancel()
