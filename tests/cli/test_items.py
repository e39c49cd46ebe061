"""`items retire` and `items health` from a terminal, over the database of an installation."""

import asyncio
import base64
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.services import plays
from tests.world import world as build

REASON = "Its key names the wrong response."


@dataclass(frozen=True)
class Installation:
    """A decided assessment with a ranking on its form, and what opens its database."""

    assessment: str
    item: str
    variables: Mapping[str, str]


@pytest.fixture
def installation(tmp_path: Path, migrated_file: Path) -> Installation:
    return asyncio.run(_installed(tmp_path, migrated_file))


async def _installed(tmp_path: Path, migrated_file: Path) -> Installation:
    folder = tmp_path / "var"
    folder.mkdir()
    file = folder / "assessor.db"
    shutil.copy(migrated_file, file)
    async with build(folder, f"sqlite:///{file}") as world:
        assessment = await plays.submitted(world, "full")
    variables = {
        "ASSESSOR_DATABASE_URL": f"sqlite:///{file}",
        "ASSESSOR_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
        "ASSESSOR_SIGNING_KEY_FILE": str(folder / "live.jwk"),
    }
    item = next(place.item_id for place in assessment.form.items if place.category == "ranking")
    return Installation(assessment.id, item, variables)


def test_an_item_is_looked_at_retired_and_retired_again(installation: Installation, run: Run) -> None:
    retire = ("items", "retire", "python", installation.item, "--reason", REASON, "--by", "anna")

    looked = run(*retire, "--dry-run", "--json", **installation.variables)
    assert looked.returncode == 0, looked.stderr
    shown = json.loads(looked.stdout)
    assert (shown["retired"], shown["effects"]) == (False, {"superseded": 1})

    no = run(*retire, stdin="n\n", **installation.variables)
    assert (no.returncode, "Would retire" in no.stdout) == (1, True), no.stderr

    done = run(*retire, "--yes", "--json", **installation.variables)
    assert done.returncode == 0, done.stderr
    (affected,) = json.loads(done.stdout)["assessments"]
    assert (affected["assessment_id"], affected["effect"]) == (installation.assessment, "superseded")

    again = run(*retire, "--yes", **installation.variables)
    assert (again.returncode, "1 were done by an earlier run" in again.stdout) == (0, True), again.stderr


def test_the_health_of_a_bank_is_shown_as_a_table_and_as_json(installation: Installation, run: Run) -> None:
    shown = run("items", "health", "--track", "python", "--test-mode", **installation.variables)
    document = run("items", "health", "--track", "python", "--test-mode", "--json", **installation.variables)

    assert shown.returncode == 0, shown.stderr
    assert "1 decided assessments, 1 forms" in shown.stdout
    (bank,) = json.loads(document.stdout)["tracks"]
    given = [one for one in bank["items"] if one["exposure"]]
    assert {one["status"] for one in given} == {"insufficient"}
    assert installation.item in {one["item_id"] for one in given}


def test_what_cannot_be_retired_is_said_without_a_traceback(installation: Installation, run: Run) -> None:
    unknown = run(
        "items", "retire", "python", "no-such", "--reason", REASON, "--yes", **installation.variables
    )
    short = run(
        "items", "retire", "python", installation.item, "--reason", "bad", "--yes", **installation.variables
    )
    asking = run(
        "items", "retire", "python", installation.item, "--reason", REASON, "--json", **installation.variables
    )

    assert [one.returncode for one in (unknown, short, asking)] == [1, 1, 1]
    assert "There is no item 'no-such' here" in unknown.stderr
    assert "--reason: is too short" in short.stderr
    assert "--dry-run" in asking.stderr
    assert not any("Traceback" in one.stderr for one in (unknown, short, asking))


def test_answers_are_printed_when_a_reason_is_given_for_a_platform_that_exists(
    installation: Installation, run: Run
) -> None:
    asked = ("items", "answers", "python", installation.item, "--reason", "The key of this item is in doubt.")

    nobody_agreed = run(*asked, "--tenant", "acme", **installation.variables)
    mistyped = run(*asked, "--tenant", "amce", **installation.variables)

    assert (nobody_agreed.returncode, nobody_agreed.stdout) == (0, ""), nobody_agreed.stderr
    assert (mistyped.returncode, "amce" in mistyped.stderr) == (1, True)
