"""The headless demonstration and the offline check of what it signs."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def out(run: Run, tmp_path: Path) -> Path:
    played = run("demo", "--headless", "--json", "--out", str(tmp_path / "out"))
    assert played.returncode == 0, played.stderr
    assert json.loads(played.stdout)["decision"] == "qualified"
    return tmp_path / "out"


@pytest.mark.slow
def test_the_demonstrations_verdict_verifies_as_such_and_as_nothing_else(run: Run, out: Path) -> None:
    check = ("verify-verdict", str(out / "verdict.jws"), "--jwks", str(out / "jwks.json"))

    accepted = run(*check, "--demonstration", "--json")
    refused = run(*check)

    assert accepted.returncode == 0
    assert json.loads(accepted.stdout)["document"] == json.loads((out / "verdict.json").read_text())
    assert refused.returncode == 1
    assert "demonstration" in refused.stderr

    token = (out / "verdict.jws").read_bytes()
    for place in (0, len(token) // 2, len(token) - 1):
        changed = bytearray(token)
        changed[place] ^= 1
        (out / "changed.jws").write_bytes(changed)
        again = run(
            "verify-verdict", str(out / "changed.jws"), "--jwks", str(out / "jwks.json"), "--demonstration"
        )
        assert again.returncode == 1
        assert "Traceback" not in again.stderr

    transcript = json.loads((out / "transcript.json").read_text())
    assert {turn["speaker"] for turn in transcript["turns"]} == {"interviewer", "candidate"}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_the_decision_is_the_same_on_postgresql_while_one_of_two_web_and_of_two_worker_processes_is_killed(
    run: Run, out: Path, empty_address: str, tmp_path: Path
) -> None:
    killing = ("--web", "2", "--workers", "2", "--kill-one", "--out", str(tmp_path / "killed"))

    played = run("demo", "--headless", *killing, ASSESSOR_DATABASE_URL=empty_address)
    again = run("demo", "--headless", "--json", ASSESSOR_DATABASE_URL=empty_address)

    assert played.returncode == 0, played.stderr
    assert "was killed in mid-scoring, and another went on" in played.stderr
    assert "was killed in mid-turn, and another went on" in played.stderr
    decisions = [
        json.loads((out / "verdict.json").read_text())["decision"],
        json.loads((tmp_path / "killed" / "verdict.json").read_text())["decision"],
        json.loads(again.stdout)["decision"],
    ]
    assert decisions == ["qualified"] * 3


@pytest.mark.parametrize(
    ("options", "variables", "said"),
    [
        (["--kill-one"], {}, "needs --headless and --workers 2"),
        (["--headless", "--kill-one", "--workers", "1"], {}, "needs --headless and --workers 2"),
        (["--web", "2", "--workers", "1"], {}, "needs --headless and --workers"),
        (["--headless", "--web", "2"], {}, "needs --headless and --workers"),
        (["--headless", "--web", "2", "--workers", "1"], {}, "needs PostgreSQL"),
        (
            ["--headless", "--web", "1", "--workers", "2", "--kill-one"],
            {"ASSESSOR_DATABASE_URL": "postgresql://nobody@localhost/none"},
            "needs --web 2 or more",
        ),
        (["--fresh"], {"ASSESSOR_DATABASE_URL": "postgresql://nobody@localhost/none"}, "not a named one"),
    ],
)
def test_a_demonstration_that_cannot_be_is_refused(
    run: Run, options: list[str], variables: dict[str, str], said: str
) -> None:
    refused = run("demo", *options, **variables, COLUMNS="200")

    assert refused.returncode == 2
    assert said in refused.stderr


@pytest.mark.parametrize(
    ("content", "jwks", "said"),
    [
        (None, '{"keys": []}', "does not exist"),
        ("not.a.jws", '{"keys": []}', "not a verdict"),
        ("é", '{"keys": []}', "no JWS has"),
        ("a.b.c", "[]", "not a JWK set"),
        ("a.b.c", None, "cannot be read"),
    ],
)
def test_files_that_are_no_verdict_or_no_keys_get_a_clear_answer(
    run: Run, tmp_path: Path, content: str | None, jwks: str | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "verdict.jws").write_text(content, "utf-8")
    if jwks is not None:
        (tmp_path / "jwks.json").write_text(jwks)

    refused = run("verify-verdict", "verdict.jws", "--jwks", "jwks.json")

    assert refused.returncode == 1
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr
