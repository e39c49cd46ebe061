"""`outcomes` and `fairness` from a terminal."""

import csv
import json
from pathlib import Path

from tests.cli.conftest import Run

HEADER = "candidate_ref,track,metric,value,observed_at"
ROW = "{who},python,accepted,0.5,2026-01-01T00:00:00Z"


def test_files_reports_and_audits(run: Run, tmp_path: Path) -> None:
    tenant = ("--tenant", "acme")
    made = run("keys", "add", *tenant, "--json")
    assert made.returncode == 0, made.stderr
    file = tmp_path / "outcomes.csv"
    file.write_text("\n".join([HEADER, ROW.format(who="nobody"), ROW.format(who="no body")]))
    table = tmp_path / "audit.csv"

    unreadable = run("outcomes", "import", str(file), *tenant)
    file.write_text("\n".join([HEADER, ROW.format(who="nobody")]))
    unknown = run("outcomes", "import", str(file), *tenant)
    report = run("outcomes", "report", *tenant, "--json")
    fairness = run("fairness", "report", *tenant, "--since", "2026-01-01", "--json")
    no_day = run("fairness", "report", *tenant, "--since", "January")
    audit = run("fairness", "ll144", *tenant, "--track", "python", "--csv", str(table), "--json")
    elsewhere = run("fairness", "report", "--tenant", "nobody")

    assert unreadable.returncode == unknown.returncode == no_day.returncode == elsewhere.returncode == 1
    assert "line 3, candidate_ref: 'no body' cannot be used" in unreadable.stderr
    assert "line 2, candidate_ref: 'nobody' has no assessment for 'python' here" in unknown.stderr
    assert json.loads(report.stdout) == {"validity": []}
    assert json.loads(fairness.stdout)["tracks"] == []
    assert "--since: 'January' is no day" in no_day.stderr
    assert json.loads(audit.stdout)["applicants"] == 0
    assert next(csv.reader(table.read_text().splitlines()))[0] == "table"
    assert "There is no tenant 'nobody' here" in elsewhere.stderr
