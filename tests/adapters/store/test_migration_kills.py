"""Whoever is killed in the middle of the first migration leaves a database that the next one starts on."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from assessor.adapters.store import migrate
from assessor.bootstrap import running
from assessor.settings import Settings

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]

MIGRATES_UNTIL_KILLED = """
import itertools, os, signal, sys
from sqlalchemy import Engine, event
from assessor.adapters.jobs import migrate_jobs
from assessor.adapters.store import migrate

store, jobs, whose, statements = sys.argv[1:]
countdown = itertools.count(int(statements) - 1, -1)

def count(*_):
    if next(countdown) == 0:
        os.kill(os.getpid(), signal.SIGKILL)

if whose == "jobs":
    migrate(store)
event.listen(Engine, "after_cursor_execute", count)
migrate_jobs(jobs) if whose == "jobs" else migrate(store)
"""


@pytest.mark.parametrize("statements", [3, 12, 30])
@pytest.mark.parametrize("whose", ["store", "jobs"])
async def test_a_kill_in_the_first_migration_does_not_keep_the_service_from_starting(
    tmp_path: Path, empty_address: str, whose: str, statements: int
) -> None:
    settings = Settings(data_dir=tmp_path, database_url=empty_address, log_level="ERROR")
    addresses = (settings.database_url, settings.jobs_database_url)

    command = [sys.executable, "-c", MIGRATES_UNTIL_KILLED, *addresses, whose, str(statements)]
    killed = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True)
    migrate(settings.database_url)
    async with running(settings) as service:
        await service.store.ping()
        unscored = await service.store.unscored()

    assert killed.returncode == -9, killed.stderr
    assert unscored == {}
