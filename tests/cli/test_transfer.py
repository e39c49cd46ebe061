"""`migrate-store`: an installation moves to PostgreSQL in the middle of its work, and goes on there."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor.bootstrap import running
from assessor.domain.assessment import Status
from assessor.domain.policy import Grade, Policy
from assessor.settings import Settings
from assessor.simulation.candidate import EXPERT
from assessor.simulation.playing import begin
from tests.cli.conftest import Run
from tests.postgres import Databases

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

SCORING_SECONDS = 60


@pytest.fixture
def target(postgres: Databases) -> Iterator[str]:
    with postgres.lent(postgres.empty()) as address:
        yield address


async def handed_in(settings: Settings) -> str:
    """Let one candidate be decided, and another hand in what nobody has scored yet; return the latter's."""
    from assessor.adapters.store import migrate

    migrate(settings.database_url)
    async with running(settings) as services:
        tenant = await services.access.add_tenant("acme", "Acme", Policy(least_basis=Grade.PROVISIONAL))
        decided = await begin(services, tenant, "first", "short", "python", EXPERT)
        await decided.interview()
        await decided.tasks()
        assert (await decided.submit()).status is Status.DECIDED
    async with running(settings, works=False) as services:
        waiting = await begin(services, tenant, "second", "short", "python", EXPERT)
        await waiting.interview()
        await waiting.tasks()
        await services.answering.submit(waiting.assessment_id)
    return waiting.assessment_id


async def test_an_embedded_installation_moves_and_what_was_handed_in_is_scored_there(
    run: Run, tmp_path: Path, target: str
) -> None:
    embedded = Settings(data_dir=tmp_path / "var", log_level="WARNING")
    waiting = await handed_in(embedded)
    move = ("migrate-store", "--from", "sqlite", "--to", "postgres", "--json")
    there = {"ASSESSOR_DATABASE_URL": target}

    async with running(embedded, works=False):
        served = await asyncio.to_thread(run, *move, **there)
    moved = await asyncio.to_thread(run, *move, **there)
    again = await asyncio.to_thread(run, "migrate-store", "--to", target)

    assert (served.returncode, "is in use" in served.stderr) == (1, True), served.stderr
    assert moved.returncode == 0, moved.stderr
    told = json.loads(moved.stdout)
    assert told["copied"] == sum(told["tables"].values())
    assert (told["checked"]["assessments"], told["checked"]["verdicts"]) == (2, 1)
    assert told["checked"]["events"] == told["tables"]["event"]
    assert told["checked"]["faults"] == []
    assert (again.returncode, "Everything was there already" in again.stdout) == (0, True), again.stderr
    assert "Set ASSESSOR_DATABASE_URL" in again.stdout
    assert "Comparing: " in again.stderr
    settings = Settings(data_dir=tmp_path / "var", database_url=target, log_level="WARNING")
    async with running(settings) as services, asyncio.timeout(SCORING_SECONDS):
        while (await services.conversing.open(waiting)).status is not Status.DECIDED:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--from", "postgresql://localhost/a"), "--from: is no SQLite database"),
        (("--to", "sqlite:///b.db"), "--to: is no PostgreSQL database"),
        (("--to", "postgres"), "--to: stands for ASSESSOR_DATABASE_URL, which is no PostgreSQL database"),
        (("--to", "postgresql://localhost/b"), "There is no database"),
    ],
)
def test_what_cannot_be_moved_is_said_with_the_way_out(
    run: Run, arguments: tuple[str, ...], named: str
) -> None:
    refused = run("migrate-store", *arguments)

    assert refused.returncode == 1
    assert named in refused.stderr
    assert "Traceback" not in refused.stderr
