"""Documents about banks, from a terminal."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("command", "file", "held"),
    [
        (("library", "report", "python", "--draws", "5"), "report.html", "Bank report"),
        (("library", "print", "python"), "bank.html", "With keys"),
        (("library", "form", "python", "--seed", "7"), "form.html", "drawn with seed 7"),
        (("panel", "sheet", "python"), "panel.csv", "rating:correctness"),
        (("panel", "reading", "python"), "panel.html", "Question bank"),
        (("library", "schema"), "schemas/evaluation.schema.json", "ArithmeticCheck"),
    ],
)
def test_documents_are_written_where_one_stands(
    run: Run, tmp_path: Path, command: tuple[str, ...], file: str, held: str
) -> None:
    done = run(*command)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Wrote ")
    assert held in (tmp_path / file).read_text("utf-8")


def test_a_track_that_does_not_exist_is_named(run: Run) -> None:
    refused = run("library", "print", "alchemy")

    assert (refused.returncode, refused.stderr) == (1, "error: There is no track 'alchemy' here.\n")


def test_check_library_shows_its_statistics_and_runs_code_when_asked(run: Run) -> None:
    report = json.loads(run("check-library", "--run-code", "--json").stdout)

    assert set(report) == {"tracks", "errors", "warnings", "statistics"}
    assert 0 <= report["statistics"]["python"]["longest"]["ranking"]["p"] <= 1
    assert report["errors"] == []
