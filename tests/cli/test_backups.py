"""Backups of a live installation, and the drill that finds out whether one can be lived on."""

import asyncio
import base64
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.databases import Kind
from tests.postgres import Databases, programs_path
from tests.services import plays
from tests.world import world as build

MASTER_KEY = base64.b64encode(bytes(32)).decode()


@dataclass(frozen=True)
class Live:
    """An installation with one assessment, of which a backup was made, and a second one since."""

    backup: Path
    variables: dict[str, str]
    into: tuple[str, ...]
    run: Run

    def drill(self, **other: str) -> tuple[int, dict[str, Any]]:
        """Return the exit status and what was printed."""
        done = self.run(
            "restore-drill", str(self.backup), *self.into, "--json", **{**self.variables, **other}
        )
        return done.returncode, json.loads(done.stdout)


@pytest.fixture
def live(tmp_path: Path, kind: Kind, address: str, run: Run, request: pytest.FixtureRequest) -> Live:
    folder = tmp_path / "var"  # with the key of demonstrations, which test assessments are signed with
    folder.mkdir()
    variables = {
        "ASSESSOR_DATABASE_URL": address,
        "ASSESSOR_MASTER_KEY": MASTER_KEY,
        "ASSESSOR_SIGNING_KEY_FILE": str(folder / "live.jwk"),
        "ASSESSOR_ERASURE_LEDGER": str(folder / "destroyed-keys.jsonl"),
    }
    into: tuple[str, ...] = ()
    if kind == "postgresql":
        variables["PATH"] = programs_path()
        databases: Databases = request.getfixturevalue("postgres")
        into = ("--into", databases.empty())

    async def used() -> Path:
        """Make a backup in the middle of what is written."""
        async with build(folder, address) as world:
            await plays.submitted(world)
            await asyncio.to_thread(run, "migrate", **variables)
            done = await asyncio.to_thread(run, "backup", str(tmp_path / "backups"), "--json", **variables)
            assert done.returncode == 0, done.stderr
            world.clock.turn(timedelta(minutes=90))
            await plays.submitted(world)
            return Path(json.loads(done.stdout)[0]["file"])

    return Live(asyncio.run(used()), variables, into, run)


def test_a_backup_is_restored_checked_and_compared_with_what_happened_since(live: Live) -> None:
    status, found = live.drill()

    assert status == 0, found
    assert found["troubles"] == []
    assert live.backup.stat().st_mode & 0o077 == 0
    assert found["examined"]["chains"]["assessments"] == 1
    assert found["examined"]["chains"]["verdicts"] >= 1
    assert found["examined"]["opened"].startswith("asm_")
    assert found["lost"]["events"] > 10  # the second assessment
    assert found["lost"]["minutes"] == 90
    assert found["restore_seconds"] > 0


def test_with_another_master_key_the_drill_fails(live: Live) -> None:
    other = base64.b64encode(bytes([7] * 32)).decode()

    status, found = live.drill(ASSESSOR_MASTER_KEY=other)

    assert status == 1
    assert any("opened" in one for one in found["troubles"])


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_backup_that_was_changed_or_is_of_another_schema_fails(live: Live) -> None:
    whole = live.backup.read_bytes()
    with closing(sqlite3.connect(live.backup)) as database, database:
        database.execute("UPDATE event SET ciphertext = zeroblob(64) WHERE seq = 3")
    changed = live.drill()
    live.backup.write_bytes(whole)
    with closing(sqlite3.connect(live.backup)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    newer = live.drill()
    live.backup.write_bytes(whole[: len(whole) // 2])
    torn = live.drill()

    assert [status for status, _ in (changed, newer, torn)] == [1, 1, 1]
    assert "event" in changed[1]["troubles"][0].lower()
    assert "newer schema 9999" in newer[1]["troubles"][0]
    assert torn[1]["troubles"]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_whoever_was_erased_since_stays_erased_and_the_live_ledger_is_not_touched(live: Live) -> None:
    with closing(sqlite3.connect(live.backup)) as database:
        (candidate,) = database.execute("SELECT candidate_id FROM assessment").fetchone()
    ledger = Path(live.variables["ASSESSOR_ERASURE_LEDGER"])
    ledger.write_text(
        json.dumps({"candidate": candidate, "at": "2026-05-04T12:00:00+00:00", "by": "operator"}) + "\n"
    )
    before = ledger.read_bytes()

    status, found = live.drill()

    assert status == 0, found
    assert found["examined"]["destroyed_again"] == 1
    assert found["examined"]["opened"] is None
    assert ledger.read_bytes() == before


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_without_the_server_s_programs_it_is_said_what_to_do(live: Live, tmp_path: Path) -> None:
    done = live.run("backup", str(tmp_path / "more"), **{**live.variables, "PATH": str(tmp_path)})

    assert done.returncode == 1
    assert "pg_dump is not on this machine" in done.stderr
    assert "pg_dump --format=custom" in done.stderr


Refusal = Callable[[Live], list[str]]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (lambda live: ["restore-drill", str(live.backup.with_name("none.db"))], "is no file"),
        (lambda live: ["backup", str(Path(live.variables["ASSESSOR_ERASURE_LEDGER"]).parent)], "ledger"),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_what_cannot_be_is_refused_with_its_way_out(live: Live, arguments: Refusal, told: str) -> None:
    done = live.run(*arguments(live), **live.variables)

    assert done.returncode == 1
    assert told in done.stderr
