"""`replay` and `rescore` from a terminal, over the database of an installation."""

import asyncio
import base64
import json
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Run
from tests.services import plays
from tests.world import world as build

MASTER_KEY = base64.b64encode(bytes(32)).decode()


@dataclass(frozen=True)
class Installation:
    """An assessment that was scored by rule and by a person, with what opens its database."""

    assessment: str
    rubric: Path
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
        assessment = await plays.submitted(world)
        await plays.reviewed(world, assessment, await plays.reviewer(world))
        library = await world.content.library()
        rubric = library.rubric(library.item("python", assessment.form.items[0].item_id).rubric or "")
    lighter = rubric.changed(criteria=(rubric.criteria[0].changed(weight=5.0), *rubric.criteria[1:]))
    (folder / "rubrics.yaml").write_text(yaml.safe_dump({"rubrics": [lighter.model_dump(mode="json")]}))
    variables = {
        "ASSESSOR_DATABASE_URL": f"sqlite:///{file}",
        "ASSESSOR_MASTER_KEY": MASTER_KEY,
        "ASSESSOR_SIGNING_KEY_FILE": str(folder / "live.jwk"),
    }
    return Installation(assessment.id, folder / "rubrics.yaml", variables)


def test_a_verdict_is_replayed_scored_again_and_replayed(installation: Installation, run: Run) -> None:
    first = run("replay", installation.assessment, "--json", **installation.variables)
    assert first.returncode == 0, first.stderr
    (replayed,) = json.loads(first.stdout)["assessments"]
    assert (replayed["is_equal"], len(replayed["verdicts"])) == (True, 2)

    again = ("rescore", installation.assessment, "--rubric", str(installation.rubric))
    looked = run(*again, "--dry-run", **installation.variables)
    assert (looked.returncode, "Before" in looked.stdout) == (0, True), looked.stderr
    assert "A dry run: nothing was recorded" in looked.stdout

    reason = ("--reason", "The first criterion counts for more now.", "--by", "anna")
    done = run(*again, *reason, "--json", **installation.variables)
    assert done.returncode == 0, done.stderr
    (rescored,) = json.loads(done.stdout)["assessments"]
    assert rescored["outcome"] == "recorded"
    assert [change["after"]["weight"] for change in rescored["changes"]] == [5.0]

    last = run("replay", installation.assessment, **installation.variables)
    assert (last.returncode, last.stdout.count("byte-equal")) == (0, 3), last.stderr


def test_a_verdict_is_revoked_and_says_so_when_it_is_asked_for_again(
    installation: Installation, run: Run
) -> None:
    replayed = run("replay", installation.assessment, "--json", **installation.variables)
    superseded, live = (one["id"] for one in json.loads(replayed.stdout)["assessments"][0]["verdicts"])
    why = ("--reason", "Somebody else sat the assessment.", "--json")

    revoked = run("revoke-verdict", live, *why, **installation.variables)
    refused = run("revoke-verdict", superseded, *why, **installation.variables)
    again = run("replay", installation.assessment, **installation.variables)

    found = json.loads(revoked.stdout)
    assert (found["id"], found["status"], found["reason"]) == (live, "revoked", why[1])
    assert (refused.returncode, live in refused.stderr, "Traceback" in refused.stderr) == (1, True, False)
    assert again.returncode == 0, again.stdout


def test_what_cannot_be_replayed_or_scored_again_is_said_without_a_traceback(
    installation: Installation, run: Run
) -> None:
    unknown = run("replay", "asm_unknown", **installation.variables)
    unreasoned = run("rescore", installation.assessment, **installation.variables)
    missing = run("rescore", "asm_unknown", "--dry-run", "--rubric", "nowhere.yaml", **installation.variables)

    assert [one.returncode for one in (unknown, unreasoned, missing)] == [1, 1, 1]
    assert "There is no assessment 'asm_unknown' here" in unknown.stderr
    assert "--reason: is missing" in unreasoned.stderr
    assert "nowhere.yaml does not exist" in missing.stderr
    assert not any("Traceback" in one.stderr for one in (unknown, unreasoned, missing))


def test_a_package_is_exported_verified_offline_and_refused_after_one_byte_is_changed(
    installation: Installation, run: Run, tmp_path: Path
) -> None:
    package, reason = tmp_path / "package.zip", "A regulator asked for it."
    export = ("audit", "export", installation.assessment, "--output", str(package), "--reason")
    assert run(*export, "short", **installation.variables).returncode == 1
    assert not package.exists()
    made = run(*export, reason, "--by", "anna", **installation.variables)
    assert made.returncode == 0, made.stderr
    assert run(*export, reason, **installation.variables).returncode == 1, "never over another file"

    accepted = run("audit", "verify", str(package), "--demonstration", "--json")
    refused = run("audit", "verify", str(package), "--json")
    content = bytearray(package.read_bytes())
    content[content.index(b'"message.candidate"') + 40] ^= 1
    package.write_bytes(content)
    changed = run("audit", "verify", str(package), "--demonstration")

    found = json.loads(accepted.stdout)
    assert (accepted.returncode, found["is_sound"]) == (0, True)
    assert {one["state"] for one in found["checks"]} == {"passed"}
    assert (refused.returncode, "--demonstration" in refused.stdout) == (1, True)
    assert changed.returncode == 1
    assert "log.jsonl, event" in changed.stderr


def test_chains_are_checked_and_the_audit_log_is_shown(installation: Installation, run: Run) -> None:
    assert run("audit", "check", **installation.variables).returncode == 1, "one, or all"
    one = run("audit", "check", installation.assessment, **installation.variables)
    assert one.returncode == 0, one.stderr
    with sqlite3.connect(installation.variables["ASSESSOR_DATABASE_URL"].removeprefix("sqlite:///")) as open_:
        open_.execute("UPDATE verdict SET decision = 'inconclusive' WHERE superseded_by IS NULL")

    every = run("audit", "check", "--all", "--json", **installation.variables)
    shown = run(
        "audit", "log", "--tenant", "acme", "--action", "response.scored", "--json", **installation.variables
    )

    (fault,) = json.loads(every.stdout)["faults"]
    assert every.returncode == 1
    assert fault["where"] == installation.assessment
    assert fault["problem"].endswith("was changed in `decision`")
    assert {one["subject"] for one in json.loads(shown.stdout)} == {installation.assessment}


def test_decisions_are_exported_to_a_private_file_or_the_terminal(
    installation: Installation, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "decisions.csv"
    command = ("export", "--tenant", "acme", "--reason", "The yearly report.")

    written = run(*command, "--output", str(file), **installation.variables)
    again = run(*command, "--output", str(file), **installation.variables)
    shown = run(*command, "--format", "jsonl", **installation.variables)
    refused = run(
        *command, "--format", "docx", "--output", str(tmp_path / "new.docx"), **installation.variables
    )
    log = run(
        "audit", "log", "--tenant", "acme", "--action", "export.list", "--json", **installation.variables
    )

    assert written.returncode == 0, written.stderr
    assert installation.assessment in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert (again.returncode, "cannot be made" in again.stderr) == (1, True)
    assert json.loads(shown.stdout)["assessment_id"] == installation.assessment
    assert (refused.returncode, (tmp_path / "new.docx").exists()) == (1, False)
    assert [one["detail"]["format"] for one in json.loads(log.stdout)] == ["jsonl", "csv"]


def test_an_incident_is_exported_and_verified_without_a_word_of_the_candidate(
    run: Run, installation: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "incident.zip"
    told = ("--what", "A rubric weighed one criterion too much.", "--done", "It was scored again.")
    days = ("--from", "2026-11-21", "--to", "2026-11-21")
    command = ("audit", "incident", *told, *days, "--output", str(file), "--reason", "Asked for by Acme.")

    made = run(*command, "--json", **installation.variables)
    again = run(*command, **installation.variables)
    verified = run("audit", "verify", str(file), "--demonstration", "--json")
    logged = run("audit", "log", "--action", "export.incident", "--json", **installation.variables)

    assert made.returncode == 0, made.stderr
    assert again.returncode == 1
    assert "exists already" in again.stderr
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert {one["name"]: one["state"] for one in json.loads(verified.stdout)["checks"]} == {
        "archive": "passed",
        "signature": "passed",
        "files": "passed",
    }
    content = file.read_bytes()
    assert installation.assessment.encode() in content
    assert b"candidate-1" not in content
    assert json.loads(logged.stdout)[0]["detail"] == {"assessments": 1}
