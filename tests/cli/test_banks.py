"""Documents about banks, from a terminal."""

import csv
import json
from pathlib import Path

import pytest

from assessor.adapters.content.panel_workbook import workbook_rows
from tests.adapters.test_content import sound_library, write
from tests.adapters.test_uploads import files
from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("command", "file", "held"),
    [
        (("library", "report", "python", "--draws", "5"), "report.html", "Bank report"),
        (("library", "print", "python"), "bank.html", "With keys"),
        (("library", "form", "python", "--seed", "7"), "form.html", "drawn with seed 7"),
        (("panel", "sheet", "python"), "panel.csv", "rating:correctness"),
        (("panel", "reading", "python"), "panel.html", "The reference answer"),
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
    assert 0.05 <= report["statistics"]["python"]["lengths"]["evaluation"]["p"] <= 1
    assert report["errors"] == []


def test_the_forms_of_many_candidates_are_counted(run: Run) -> None:
    done = run("simulate", "forms", "--track", "nursing", "--n", "200", "--json")

    found = json.loads(done.stdout)["forms"]
    assert [(one["jurisdiction"], one["draws"], one["broken"]) for one in found] == [
        ("gb", 200, []),
        ("us", 200, []),
    ]
    assert done.returncode == (0 if all(one["holds"] for one in found) else 1)


def test_a_panel_has_a_workbook_and_its_answers_become_keys(run: Run, tmp_path: Path) -> None:
    banks, rubrics = write(tmp_path / "library", sound_library())
    where = ("--banks", str(banks), "--rubrics", str(rubrics))
    written = run("panel", "sheet", "logic", "--out", "panel.xlsx", *where)
    rows = list(workbook_rows(tmp_path / "panel.xlsx"))
    answer = rows[0].index("answer")
    for expert in ("ann", "ben"):
        for row in rows[1:]:
            row[answer] = {"reference": "5", "place:A": "1", "place:B": "2", "place:C": "3"}.get(row[5], "2")
        with (tmp_path / f"{expert}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)

    dry = run("panel", "import", "ann.csv", "ben.csv", "--track", "logic", "--dry-run", "--json", *where)
    done = run("panel", "import", "ann.csv", "ben.csv", "--track", "logic", *where)

    assert written.stdout == "Wrote panel.xlsx.\n"
    assert json.loads(dry.stdout)["written"] is None
    assert {one["item"]: one["refused"] for one in json.loads(dry.stdout)["items"]} == {
        "three": None,
        "four": None,
    }
    assert done.returncode == 0, done.stderr
    assert "source" not in (banks / "logic" / "panel" / "ratings.yaml").read_text("utf-8")
    assert run("check-library", *where).returncode == 0


def test_a_platforms_own_tasks_are_looked_at_stored_and_activated(run: Run, tmp_path: Path) -> None:
    for name, text in files().items():
        (tmp_path / "own" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "own" / name).write_text(text, "utf-8")
    run("keys", "add", "--tenant", "acme")

    seen = run("library", "preview", "own")
    added = json.loads(run("library", "add", "own", "--tenant", "acme", "--activate", "--json").stdout)
    listed = json.loads(run("library", "versions", "--tenant", "acme", "--json").stdout)

    assert seen.stdout == "Wrote preview.html.\n"
    assert (added["items"], added["stored"]) == ({"interview": 2, "ranking": 1, "sft": 1}, True)
    assert [one["id"] for one in listed] == [added["version"]["id"]]
    assert listed[0]["activated_at"]
