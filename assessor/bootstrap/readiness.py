"""Whether a process can serve at this moment: what `/readyz` asks.

A model that is away is no reason: interviews go on with authored questions, and what needs a judge waits.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from assessor.adapters.clock import SystemClock
from assessor.bootstrap.service import Services
from assessor.domain.errors import AssessorError, Conflict
from assessor.settings import Settings

PATIENCE_SECONDS: Final = 3.0
"""A database that answers later serves nobody; a prober asks again."""
EMBEDDED: Final = "sqlite:///"

Part = Literal["database", "schema", "library", "data folder", "erasure ledger", "replica", "clock"]


@dataclass(frozen=True)
class Failing:
    """A part that cannot be used. Anybody may read it: no path, no address."""

    part: Part
    problem: str


async def failing(services: Services) -> AsyncIterator[Failing]:
    """Yield every part that fails."""
    if found := await _database(services):
        yield found
    try:
        await services.content.library()
    except AssessorError:
        yield Failing("library", "cannot be read")
    async for found in _folders(services.settings):
        yield found


def left_out(services: Services) -> tuple[Failing, ...]:
    """Return the parts that the process serves without."""
    standing, jump = services.store.replica, SystemClock().jump.total_seconds()
    replica = standing.problem if standing else ""
    clock = f"was set by {jump:+.0f} s; the process goes on by the time before until it is started again"
    found: tuple[tuple[Part, str], ...] = (("replica", replica), ("clock", clock if jump else ""))
    return tuple(Failing(part, problem) for part, problem in found if problem)


async def _database(services: Services) -> Failing | None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await services.store.ping()
    except Conflict as other:
        return Failing("schema", str(other))
    except TimeoutError:
        return Failing("database", f"did not answer within {PATIENCE_SECONDS:g} s")
    except Exception as fault:  # noqa: BLE001 - whatever its driver raises, the answer is: it is away
        return Failing("database", f"cannot be reached ({type(fault.__cause__ or fault).__name__})")
    return None


async def _folders(settings: Settings) -> AsyncIterator[Failing]:
    for folder in _written(settings):
        if not await asyncio.to_thread(can_write, folder):
            yield Failing("data folder", "cannot be written")
            break
    if not await asyncio.to_thread(can_write, _there(settings.erasure_ledger.parent)):
        yield Failing("erasure ledger", "cannot be written: nobody can be erased")


def _written(settings: Settings) -> set[Path]:
    """Return the folders that the process writes to: of embedded databases, and in development of mail."""
    databases = settings.database_url, settings.jobs_database_url
    embedded = {Path(one.removeprefix(EMBEDDED)).parent for one in databases if one.startswith(EMBEDDED)}
    return embedded | ({_there(settings.data_dir)} if settings.environment == "development" else set())


def _there(folder: Path) -> Path:
    """Return a folder that is made when it is needed, or the nearest one above it that is there."""
    return next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())


def can_write(folder: Path) -> bool:
    """Whether a file can be made in a folder.

    Tried, not asked: permissions say nothing of a full disk, and everything is permitted to root.
    """
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0")
    except OSError:
        return False
    return True
