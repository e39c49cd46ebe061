"""Whether an installation can serve: what `assessor doctor` looks at. Nothing is made or changed."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assessor.bootstrap import parts
from assessor.bootstrap.commands import signal_rules
from assessor.bootstrap.keys import wrapping
from assessor.domain.code import CodeCall, CodeNotRunError
from assessor.domain.errors import AssessorError, SettingsInvalid
from assessor.settings import Settings

LEAST_FREE_BYTES: Final = 1_000_000_000
OF_THE_STREAM: Final = 2
"""Connections by which a process hears others and speaks to them."""
FOR_PEOPLE: Final = 10
"""Connections that stay free for people and backups."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. Never holds a secret."""

    what: str
    problem: str = ""
    """Empty where all is well."""
    remedy: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be done."""
        return not self.problem


def refused_settings(refused: SettingsInvalid) -> list[Finding]:
    """Return what is wrong with settings that no process starts with."""
    return [Finding(one.variable, one.problem, one.remedy) for one in refused.problems]


async def examine(settings: Settings, processes: int | None = None) -> AsyncIterator[Finding]:
    """Yield what was looked at, one by one. So many processes will run, or as many as are connected now."""
    yield Finding("settings")
    yield _folder(settings)
    database = await asyncio.to_thread(_database, settings)
    yield database
    if database.is_well:
        if connections := await asyncio.to_thread(_connections, settings, processes):
            yield connections
        if (replica := await asyncio.to_thread(_replica, settings)) is not None:
            yield replica
        yield await _master_key(settings)
        yield await _signal_rules(settings)
    yield _signing_key(settings)
    yield await _library()
    yield _model_files(settings)
    yield await _code(settings)


def _folder(settings: Settings) -> Finding:
    what, folder = "data folder", _existing(settings.data_dir)
    if not os.access(folder, os.W_OK | os.X_OK):
        return Finding(what, f"{folder} cannot be written", "Give it to the user that the service runs as.")
    if (free := shutil.disk_usage(folder).free) < LEAST_FREE_BYTES:
        return Finding(what, f"only {free // 1_000_000} MB are free", "Make room, or use a larger disk.")
    return Finding(what)


def _existing(path: Path) -> Path:
    """Return the folder itself, or the nearest one above it that is there."""
    return next(one for one in (path.absolute(), *path.absolute().parents) if one.exists())


def _database(settings: Settings) -> Finding:
    from assessor.adapters.store.schema import HEAD, why_unusable

    problem = why_unusable(settings.database_url)
    remedy = "See ASSESSOR_DATABASE_URL; `assessor migrate` makes the tables, and so does `assessor serve`."
    return Finding("database", problem, remedy) if problem else Finding(f"database: schema {HEAD}")


def _replica(settings: Settings) -> Finding | None:
    """Look how far behind the replica is; None where none is set."""
    from assessor.adapters.store.replica import examine_replica

    if (replica := parts.replica(settings)) is None:
        return None
    found = examine_replica(settings.database_url, replica)
    remedy = "See ASSESSOR_DATABASE_REPLICA_URL (docs/running.md); until then the main database is read."
    if found.problem:
        return Finding("replica", found.problem, remedy)
    return Finding(f"replica: no more than {found.lag_seconds:.1f} s behind")


def _connections(settings: Settings, processes: int | None) -> Finding | None:
    """Compare what all processes may open with what the server takes; None for an embedded database."""
    from assessor.adapters.store.room import are_on_one_server, room_on

    room = room_on(settings.database_url)
    if room is None:
        return None
    each = settings.database_connections + OF_THE_STREAM
    if are_on_one_server(settings.database_url, settings.jobs_database_url):
        each += settings.jobs_database_connections
    several = max(1, room.processes) if processes is None else processes
    return fitting(several, each, room.connections)


def fitting(processes: int, each: int, allowed: int) -> Finding:
    """Judge whether so many processes with so many connections each fit into a server."""
    wanted, fit = processes * each + FOR_PEOPLE, max(0, allowed - FOR_PEOPLE) // each
    if wanted <= allowed:
        return Finding(f"connections: {wanted} of {allowed} at most, room for {fit} processes")
    return Finding(
        "connections",
        f"{processes} processes may open {each} each, {FOR_PEOPLE} more are for people and backups, and the "
        f"server lets us have {allowed}: that is enough for {fit}",
        "Raise max_connections there, or lower ASSESSOR_DATABASE_CONNECTIONS and "
        "ASSESSOR_JOBS_DATABASE_CONNECTIONS (docs/running.md).",
    )


async def _master_key(settings: Settings) -> Finding:
    what, kept = "master key", settings.data_dir / "master.key"
    if settings.master_key is None and not kept.exists():
        return Finding(what)  # it is made at the first start
    try:
        async with wrapping(settings) as (store, vault):
            wraps = await store.wraps()
    except SettingsInvalid as refused:
        return refused_settings(refused)[0]
    for name, count in sorted(wraps.items()):
        if name in vault.others:
            problem = f"{count} keys are wrapped with the former one, {name}, still"
            return Finding(what, problem, "Run `assessor master-key rotate` (docs/keys.md).")
        if name != vault.newest:
            problem = f"{count} keys are wrapped with {name}, which is not set: nothing opens them"
            return Finding(what, problem, "Give that key in ASSESSOR_OTHER_MASTER_KEYS (docs/keys.md).")
    return Finding(what)


async def _signal_rules(settings: Settings) -> Finding:
    """Say which rules people set aside so often that they are off; the service can serve without."""
    async with signal_rules(settings) as (store, rules):
        standings = {one.id: await rules.look(one.id) for one in await store.tenants()}
    off = [
        f"{one.rule} is off for {tenant}"
        for tenant, found in standings.items()
        for one in found
        if not one.is_on
    ]
    return Finding(
        f"rules that notice: {', '.join(off)}, see `assessor signals`" if off else "rules that notice"
    )


def _signing_key(settings: Settings) -> Finding:
    from assessor.adapters.signing import check_key_file

    what, file = "signing key", settings.signing_key_file
    if settings.environment == "development" and not file.exists():
        return Finding(what)  # it is made at the first start
    try:
        check_key_file(file)
    except SettingsInvalid as refused:
        return refused_settings(refused)[0]
    except (OSError, ValueError) as fault:
        return Finding(
            what,
            f"{file} cannot be read ({type(fault).__name__})",
            "Make one with `assessor signing-key make FILE`.",
        )
    return Finding(what)


async def _library() -> Finding:
    try:
        await parts.library()
    except AssessorError as refused:
        return Finding("question library", str(refused), "Install the package again.")
    return Finding("question library")


def _model_files(settings: Settings) -> Finding:
    try:
        parts.check_models(settings)
    except SettingsInvalid as refused:
        return refused_settings(refused)[0]
    return Finding("model" if settings.model else "model: none, the embedded interviewer speaks")


async def _code(settings: Settings) -> Finding:
    """Run a line of code as a candidate's would be."""
    from assessor.adapters.code import JailedCode

    what = "code of candidates"
    if settings.code_isolation == "off":
        return Finding(f"{what}: is not run, people check it")
    try:
        await JailedCode(settings.code_isolation).run(
            "def one():\n    return 1\n", [CodeCall(function="one")]
        )
    except CodeNotRunError as refused:
        remedy = "See docs/running.md, or set ASSESSOR_CODE_ISOLATION=off: people check it then."
        return Finding(what, f"cannot be run apart from everything else: {refused}", remedy)
    return Finding(what)
