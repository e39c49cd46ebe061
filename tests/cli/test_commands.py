import base64
import json
import shutil
from pathlib import Path

import pytest

from assessor.adapters.shipped import shipped
from tests.cli.conftest import Run


def test_without_a_command_the_help_lists_them_all(run: Run) -> None:
    shown = run("--help").stdout

    commands = "serve migrate demo interview check-library verify-verdict keys reviewers openapi simulate"
    assert all(command in shown for command in commands.split())


def test_migrating_twice_is_migrating_once(run: Run) -> None:
    assert run("migrate").returncode == 0

    again = run("migrate")

    assert (again.returncode, again.stdout) == (0, "The database is up to date.\n")


def test_what_is_written_can_be_read_by_nobody_else(run: Run, tmp_path: Path) -> None:
    run("keys", "add", "--tenant", "acme", "--test")

    written = [tmp_path / "var", *(tmp_path / "var").rglob("*")]
    assert len(written) > 1
    assert [path for path in written if path.stat().st_mode & 0o077] == []


def test_a_key_is_made_listed_and_revoked(run: Run) -> None:
    made = json.loads(run("keys", "add", "--tenant", "acme", "--test", "--json").stdout)

    listed = json.loads(run("keys", "list", "--tenant", "acme", "--json").stdout)
    assert [key["id"] for key in listed] == [made["id"]]
    assert made["secret"].startswith(made["id"] + ".")
    assert made["secret"] not in json.dumps(listed)

    assert run("keys", "revoke", made["id"]).returncode == 0
    assert run("keys", "revoke", made["id"]).returncode == 1


def test_a_key_is_rotated_and_the_list_shows_until_when_both_work(run: Run) -> None:
    made = json.loads(
        run(
            "keys", "add", "--tenant", "acme", "--expires-in-days", "90", "--scope", "tracks:read", "--json"
        ).stdout
    )
    new = json.loads(run("keys", "rotate", made["id"], "--overlap-hours", "24", "--json").stdout)

    listed = json.loads(run("keys", "list", "--tenant", "acme", "--json").stdout)

    assert [key["id"] for key in listed] == [made["id"], new["id"]]
    assert [key["scopes"] for key in listed] == [["tracks:read"], ["tracks:read"]]
    assert new["replaces"] == {"id": made["id"], "expires_at": listed[0]["expires_at"]}
    assert listed[0]["expires_at"] < made["expires_at"]
    assert (listed[1]["expires_at"], listed[1]["last_used_at"], listed[1]["livemode"]) == (None, None, True)
    assert new["secret"] not in json.dumps(listed)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--scope", "everything"), "--scope"),
        (("--least-basis", "hearsay"), "--least-basis"),
    ],
)
def test_a_wrong_option_is_named_with_what_would_do(run: Run, arguments: tuple[str, ...], named: str) -> None:
    refused = run("keys", "add", "--tenant", "acme", *arguments)

    assert refused.returncode == 1
    assert named in refused.stderr
    assert "Use one of" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_reviewer_is_added_with_a_password_that_is_asked_for(run: Run) -> None:
    run("keys", "add", "--tenant", "acme", "--test")

    added = run(
        "reviewers", "add", "rita@acme.example", "--tenant", "acme", "--password", "a long enough password"
    )

    assert added.returncode == 0
    assert json.loads(run("reviewers", "list", "--json").stdout)[0]["email"] == "rita@acme.example"

    for command in (
        ("change", "rita@acme.example", "--role", "senior", "--track", "python"),
        ("disable", "rita@acme.example"),
        ("enable", "rita@acme.example"),
        ("unlock", "rita@acme.example"),
        ("waive-training", "rita@acme.example", "--reason", "Rita wrote the rubrics of this track."),
    ):
        assert run("reviewers", *command).returncode == 0
    nobody = run("reviewers", "unlock", "nobody@acme.example")
    curt = run("reviewers", "waive-training", "rita@acme.example", "--reason", "why not")

    assert json.loads(run("reviewers", "list", "--json").stdout)[0]["roles"] == ["senior"]
    assert nobody.returncode == 1
    assert "There is no reviewer" in nobody.stderr
    assert "is too short" in curt.stderr


def test_the_shipped_library_has_no_errors(run: Run) -> None:
    checked = run("check-library", "--json")

    report = json.loads(checked.stdout)
    assert checked.returncode == 0
    assert report["errors"] == []
    assert report["tracks"]["python"]["interview"] >= 8


def test_a_broken_bank_is_reported_with_file_line_and_field_all_at_once(run: Run, tmp_path: Path) -> None:
    banks = tmp_path / "banks"
    shutil.copytree(shipped("question_banks"), banks)
    evaluation = banks / "python" / "evaluation.yaml"
    evaluation.write_text(evaluation.read_text().replace("difficulty: ", "dificulty: "))
    (banks / "python" / "ranking.yaml").write_text("items: [")

    refused = run("check-library", "--banks", str(banks), "--json")

    report = json.loads(refused.stdout)
    assert refused.returncode == 1
    files = {Path(problem["file"]).name for problem in report["errors"]}
    assert {"evaluation.yaml", "ranking.yaml"} <= files
    assert all(problem["line"] >= 1 and problem["problem"] for problem in report["errors"])


def test_the_api_document_is_openapi_3_1(run: Run) -> None:
    document = json.loads(run("openapi").stdout)

    assert document["openapi"].startswith("3.1")
    assert "/v1/assessments" in document["paths"]


def test_a_variable_that_nothing_reads_is_named_with_what_was_meant(run: Run) -> None:
    warned = run("settings", "--json", ASSESSOR_MODLE="openai/x")

    assert "ASSESSOR_MODLE; did you mean ASSESSOR_MODEL?" in warned.stderr


def test_unsafe_settings_outside_development_are_refused_all_at_once(run: Run) -> None:
    refused = run("migrate", ASSESSOR_ENVIRONMENT="production", ASSESSOR_DEMONSTRATION="true")

    assert refused.returncode == 1
    for name in (
        "ASSESSOR_MASTER_KEY",
        "ASSESSOR_SIGNING_KEY_FILE",
        "ASSESSOR_PUBLIC_URL",
        "ASSESSOR_DEMONSTRATION",
    ):
        assert name in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_interview_in_the_terminal_comes_to_its_end(run: Run) -> None:
    answer = "I read the traceback first, because it names the line, and then I wrote a test for it.\n\n"

    held = run("interview", "--track", "python", "--form", "short", stdin=answer * 12)

    assert held.returncode == 0, held.stderr
    assert "no person is typing" in held.stdout
    assert "that was the last question" in held.stdout


def test_leaving_an_interview_early_keeps_what_was_said(run: Run) -> None:
    left = run("interview", "--form", "short", stdin="")

    assert left.returncode == 0
    assert "what you said is kept" in left.stdout


def test_an_unknown_track_is_named_with_those_there_are(run: Run) -> None:
    refused = run("interview", "--track", "alchemy")

    assert refused.returncode == 1
    assert "alchemy" in refused.stderr
    assert "python" in refused.stderr


def test_simulated_interviews_are_one_document_for_machines(run: Run) -> None:
    done = run("simulate", "interviews", "--n", "2", "--form", "short", "--seed", "4", "--json")

    document = json.loads(done.stdout)
    assert list(document) == ["summary", "interviews"]
    assert document["summary"]["finished"] == 1
    assert len(document["interviews"]) == 2


def test_simulated_interviews_are_a_table_for_people(run: Run) -> None:
    done = run("simulate", "interviews", "--n", "1", "--form", "short", "--model", "gullible")

    assert (done.returncode, "core_asked" in done.stdout, "expert" in done.stdout) == (0, True, True)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(("--model", "parrot"), "scripted, gullible"), (("--model", "live"), "ASSESSOR_MODEL")],
)
def test_a_model_that_cannot_be_simulated_with_is_refused_with_the_way_out(
    run: Run, arguments: tuple[str, ...], named: str
) -> None:
    done = run("simulate", "interviews", "--n", "1", *arguments)

    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert named in done.stderr


def test_simulated_decisions_are_printed_for_machines_and_for_people(run: Run) -> None:
    asked = [
        "simulate",
        "decisions",
        "--n",
        "60",
        "--seed",
        "5",
        "--seeds",
        "2",
        "--scenario",
        "lenient_judge",
    ]

    document = json.loads(run(*asked, "--json").stdout)

    wanted = "right_of_decided items_mean items_p95 referred wrong_pass wrong_fail consistency exposure_max"
    assert set(wanted.split()) <= set(document["summary"])
    assert [one["seed"] for one in document["seeds"]] == [5, 6]
    assert list(document["scenarios"]) == ["baseline", "lenient_judge"]
    assert "lenient_judge" in run(*asked).stdout


@pytest.mark.parametrize(
    ("option", "known"), [(("--bank", "java"), "reference"), (("--scenario", "rain"), "baseline")]
)
def test_what_cannot_be_simulated_is_refused_with_what_can(
    run: Run, option: tuple[str, str], known: str
) -> None:
    refused = run("simulate", "decisions", *option)

    assert refused.returncode == 1
    assert option[0] in refused.stderr
    assert known in refused.stderr


def test_a_signing_key_is_made_and_rotated(run: Run, tmp_path: Path) -> None:
    file = str(tmp_path / "signing.jwk")

    made = json.loads(run("signing-key", "make", file, "--json").stdout)
    rotated = json.loads(run("signing-key", "rotate", file, "--json").stdout)
    twice = run("signing-key", "make", file)
    missing = run("signing-key", "rotate", str(tmp_path / "nowhere.jwk"))

    assert rotated["retired"] == made["signs"]
    assert [key["kid"] for key in json.loads(Path(file).read_text())["keys"]] == [
        rotated["signs"],
        rotated["retired"],
    ]
    assert (twice.returncode, missing.returncode) == (1, 1)
    assert "Traceback" not in twice.stderr + missing.stderr


def test_seed_is_refused_outside_development_unless_it_is_said_twice(run: Run) -> None:
    refused = run(
        "seed",
        ASSESSOR_ENVIRONMENT="production",
        ASSESSOR_PUBLIC_URL="https://assess.example.org",
        ASSESSOR_MASTER_KEY=base64.b64encode(bytes(32)).decode(),
        ASSESSOR_SIGNING_KEY_FILE="/run/secrets/signing.jwk",
    )

    assert refused.returncode == 1
    assert "--outside-development" in refused.stderr
