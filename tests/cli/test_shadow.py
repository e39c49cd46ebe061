"""`shadow run` from a terminal, with a model over HTTP."""

import asyncio
import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessor.adapters.store import migrate
from assessor.domain.policy import Policy
from tests.cli.conftest import Run
from tests.cli.grading_server import GradingServer, serving
from tests.services.grading import GradingModel
from tests.services.shadows import usable
from tests.world import PILOT, world

JUDGED = Policy(judge_may_score=True, least_basis=PILOT.least_basis)
ASKED = ("shadow", "run", "--tenant", "acme", "--population", "test", "--sample", "5")
WHY = ("--reason", "A newer model agrees better.")


@pytest.fixture
def server() -> Iterator[GradingServer]:
    with serving(lambda _text, own: len(own) % 2 == 0) as running:
        yield running


async def sown(folder: Path, database: str) -> None:
    async with world(folder, database, model=GradingModel(), policy=JUDGED) as built:
        await usable(built)


def test_a_model_is_tried_from_a_terminal_and_an_interrupted_run_goes_on(
    run: Run, tmp_path: Path, server: GradingServer
) -> None:
    database = f"sqlite:///{tmp_path / 'var' / 'assessor.db'}"
    migrate(database)
    asyncio.run(sown(tmp_path, database))
    variables = {
        "ASSESSOR_MODEL": "openai/grader",
        "ASSESSOR_MODEL_BASE_URL": server.address,
        "ASSESSOR_MODEL_API_KEY": "none",
        "ASSESSOR_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
        "COLUMNS": "250",
    }
    newer = (*ASKED, *WHY, "--model", "openai/newer")

    server.fails = True
    cut = run(*newer, **variables)
    server.fails = False
    done = run(*newer, "--json", **variables)

    assert (cut.returncode, done.returncode) == (1, 0), cut.stderr + done.stderr
    assert "Run it again; what it has read already is not paid for again." in cut.stderr
    document = json.loads(done.stdout)
    assert (document["report"]["cases"], document["proposed"]["models"]) == (1, ["openai/newer"])
    assert "the report is of 1 assessments, and 50 are needed" in document["obstacles"]

    shown = run("shadow", "show", document["id"], "--tenant", "acme", **variables)
    assert "1 assessments graded again, of 5 that were asked for." in shown.stdout
    assert "Against switching it on: the report is of 1 assessments, and 50 are needed." in shown.stdout


def test_what_cannot_be_tried_is_refused_with_the_way_out(run: Run) -> None:
    refused = run(*ASKED, *WHY, "--prompts", "no-such-folder")

    assert refused.returncode == 1
    assert "error: --prompts: no-such-folder is no folder" in refused.stderr
