"""The quick start, run as a reader runs it: its code in a process of its own, against a real service."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import httpx
import pytest

from assessor.adapters.content import shipped_content
from assessor.settings import Settings
from assessor.simulation.candidate import EXPERT, SimulatedCandidate
from assessor.simulation.demonstration import KEY_FILE, POLICY, REVIEWER_EMAIL, TENANT, TRACK, prepare
from assessor.simulation.forms import FormBrowser
from assessor.simulation.headless import Platform, Run
from assessor.web.serving import free_port, serving
from tests.client.pages import python_of

LINK = "Give this link to the candidate: "
PEOPLE_SECONDS = 120


async def line_with(process: Process, beginning: str) -> str:
    assert process.stdout
    while line := (await process.stdout.readline()).decode():
        if line.startswith(beginning):
            return line.removeprefix(beginning).strip()
    assert process.stderr
    raise AssertionError((await process.stderr.read()).decode())


async def played(settings: Settings, key: str, invite_url: str) -> None:
    """Be the candidate who opens the link, and the reviewer."""
    library = await shipped_content().library()
    async with FormBrowser(settings.public_url) as browser, Platform(settings.public_url, key) as platform:
        async with httpx.AsyncClient(base_url=settings.public_url) as client:
            listed = await client.get("/v1/assessments", headers={"Authorization": f"Bearer {key}"})
        (assessment,) = listed.json()["data"]
        candidate = SimulatedCandidate(library, TRACK, EXPERT)
        run = Run(browser, platform, library, candidate, assessment["id"])
        await run.open(httpx.URL(invite_url).path)
        await run.interview()
        await run.tasks()
        await run.submit()
        await run.review()


@pytest.mark.slow
async def test_the_quick_start_ends_with_a_verified_qualification(tmp_path: Path) -> None:
    script = tmp_path / "quickstart.py"
    script.write_text("\n\n".join(python_of("quickstart.md")), "utf-8")
    settings = Settings(
        demonstration=True,
        data_dir=tmp_path / "var",
        port=free_port("127.0.0.1"),
        webhook_allow_loopback=True,
        log_level="WARNING",
    )

    async with serving(settings) as server:
        await server.services.access.add_tenant(TENANT, "Demonstration platform", POLICY)
        await server.services.access.add_reviewer(TENANT, REVIEWER_EMAIL, "Demo reviewer", "not used by hand")
        await prepare(server.services, lambda _line: None)
        key = (settings.data_dir / KEY_FILE).read_text("ascii")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(script),
            env={"ASSESSOR_URL": settings.public_url, "ASSESSOR_KEY": key},
            stdout=PIPE,
            stderr=PIPE,
        )
        invite_url = await line_with(process, LINK)
        await played(settings, key, invite_url)
        async with asyncio.timeout(PEOPLE_SECONDS):
            out, err = await process.communicate()

    assert process.returncode == 0, err.decode()
    said = out.decode().splitlines()
    assert said[0] == "applicant-4711 is qualified for python"
    assert said[1].endswith("; issued")
