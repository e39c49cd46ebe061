"""`fairness record-audit`: what orders for New York City rest on, from a terminal."""

import asyncio
import json
from pathlib import Path

from assessor.bootstrap import accessing
from assessor.domain.policy import Policy
from assessor.settings import Settings
from tests.cli.conftest import Run

TENANT = ("--tenant", "acme")


def test_an_audit_is_recorded_listed_and_in_the_audit_log(run: Run, tmp_path: Path) -> None:
    async def add() -> None:
        async with accessing(Settings(data_dir=tmp_path / "var")) as (access, _):
            await access.add_tenant("acme", "Acme", Policy())

    asyncio.run(add())
    given = (*TENANT, "--track", "python", "--on", "2026-05-04", "--auditor", "Audit Office", "--by", "ops")

    refused = run("fairness", "record-audit", *given, "--summary", "http://platform.example/audit")
    recorded = run("fairness", "record-audit", *given, "--summary", "https://platform.example/audit")
    listed = run("fairness", "audits", *TENANT, "--json")
    logged = run("audit", "log", *TENANT, "--action", "bias_audit.recorded", "--json")

    assert refused.returncode == 1
    assert "--summary" in refused.stderr
    assert recorded.returncode == 0, recorded.stderr
    assert "to be begun by 2027-05-04" in recorded.stdout
    (audit,) = json.loads(listed.stdout)
    assert (audit["track"], audit["audited_on"], audit["until"]) == ("python", "2026-05-04", "2027-05-04")
    assert "Audit Office" in logged.stdout
    assert "ops" in logged.stdout
