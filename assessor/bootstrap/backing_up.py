"""Backups, and the drill that restores one where nobody works."""

import asyncio
import shutil
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from assessor.adapters.logs import configure_logs
from assessor.bootstrap import parts
from assessor.domain.errors import AssessorError, Conflict, invalid
from assessor.services.chain_checking import Progress
from assessor.services.restore_drill import Examined, examine_restored
from assessor.settings import Settings
from assessor.settings.installation import PREFIX


@dataclass(frozen=True)
class Lost:
    """What happened after the backup: of the live database, which a restored one would not have."""

    events: int
    minutes: float
    """From the newest event of the backup to the newest one of the live database."""


@dataclass(frozen=True)
class Drill:
    """What a drill found. There is trouble where `troubles` names any."""

    backup: str
    newest_event: datetime | None
    """Of the backup."""
    lost: Lost | None
    """None where the live database could not be asked."""
    restore_seconds: float
    check_seconds: float
    examined: Examined | None
    troubles: tuple[str, ...] = field(default=())


def back_up(settings: Settings, folder: Path) -> list[Path]:
    """Copy the databases into new files of a folder, and return them. Raises Conflict, InvalidInput."""
    from assessor.adapters.store.backup import copy_out, suffix_of

    if settings.erasure_ledger.absolute().is_relative_to(folder.absolute()):
        raise invalid("FOLDER", "holds the ledger of destroyed keys", "Keep backups where it is not.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise invalid("FOLDER", f"cannot be made ({fault.strerror})", "Give another one.") from None
    at = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    # On PostgreSQL the job engine's tables lie in the same database.
    names = {settings.jobs_database_url: "jobs", settings.database_url: "assessor"}
    made = []
    for address, name in reversed(names.items()):
        target = folder / f"{name}-{at}{suffix_of(address)}"
        copy_out(address, target, environment_of(settings))
        made.append(target)
    return made


def environment_of(settings: Settings) -> dict[str, str]:
    """Return what a program of PostgreSQL's is started with: nothing of ours, which holds keys."""
    given = settings.child_environment()
    return {name: value for name, value in given.items() if not name.upper().startswith(PREFIX)}


async def drill(
    settings: Settings, backup: Path, into: str | None, progress: Progress = lambda _done, _total: None
) -> Drill:
    """Restore a backup into a scratch file, or into the empty database `into`, and look at it.

    The live database is only read, and the ledger of destroyed keys is copied first.
    """
    configure_logs(settings.log_level, for_machines=settings.environment == "production")
    with TemporaryDirectory(prefix="assessor-drill-") as scratch:
        address = _place(settings, backup, into, Path(scratch))
        ledger = Path(scratch, "destroyed-keys.jsonl")
        if settings.erasure_ledger.exists():
            shutil.copyfile(settings.erasure_ledger, ledger)
        there = settings.model_copy(update={"database_url": address, "erasure_ledger": ledger})
        return await _drilled(settings, there, backup, progress)


def _place(settings: Settings, backup: Path, into: str | None, scratch: Path) -> str:
    from assessor.adapters.store.backup import SUFFIXES

    if not backup.is_file() or backup.suffix not in SUFFIXES.values():
        ends = " or ".join(SUFFIXES.values())
        raise invalid(
            "BACKUP", f"{backup} is no file that ends with {ends}", "Give one of `assessor backup`."
        )
    if backup.suffix == SUFFIXES["sqlite"]:
        return f"sqlite:///{scratch / 'assessor.db'}"
    if into is None:
        raise invalid("--into", "is missing", "Name an empty PostgreSQL database, which may be dropped then.")
    if into == settings.database_url:
        raise invalid("--into", "is the live database", "Name an empty one.")
    return into


async def _drilled(live: Settings, there: Settings, backup: Path, progress: Progress) -> Drill:
    from assessor.adapters.store.backup import extent_of, put_back
    from assessor.adapters.store.schema import why_unusable

    began = time.monotonic()
    try:
        await asyncio.to_thread(put_back, backup, there.database_url, environment_of(live))
    except Conflict as refused:
        return Drill(str(backup), None, None, time.monotonic() - began, 0, None, (str(refused),))
    restored = time.monotonic() - began
    if why := await asyncio.to_thread(why_unusable, there.database_url):
        return Drill(str(backup), None, None, restored, 0, None, (why,))
    newest = (await asyncio.to_thread(extent_of, there.database_url)).newest
    lost = await asyncio.to_thread(_lost, live, newest)
    examined, troubles = await _examined(there, progress)
    took = time.monotonic() - began - restored
    return Drill(str(backup), newest, lost, restored, took, examined, troubles)


async def _examined(there: Settings, progress: Progress) -> tuple[Examined | None, tuple[str, ...]]:
    from assessor.adapters.signing import verify
    from assessor.adapters.store import SqlStore

    try:
        keys = parts.signer(there).jwks()
        store = SqlStore(there.database_url, await asyncio.to_thread(parts.vault, there))
    except AssessorError as fault:
        return None, (str(fault),)
    try:
        found = await examine_restored(
            store, parts.ledger(there), lambda jws: verify(jws, keys, demonstration=True), progress
        )
    finally:
        await store.close()
    troubles = [f"{one.where}: {one.problem}" for one in found.chains.faults]
    if found.unopened:
        troubles.append(f"No log could be opened: {found.unopened}")
    return found, tuple(troubles)


def _lost(live: Settings, newest: datetime | None) -> Lost | None:

    from assessor.adapters.store.backup import extent_of
    from assessor.adapters.store.schema import why_unusable

    if why_unusable(live.database_url):
        return None
    now = extent_of(live.database_url, newest)
    between = (now.newest - newest).total_seconds() / 60 if now.newest and newest else 0.0
    return Lost(now.later, max(0.0, round(between, 1)))
