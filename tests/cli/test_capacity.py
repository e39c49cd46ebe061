"""`simulate capacity` from a terminal."""

import json

from tests.cli.conftest import Run


def test_a_command_prints_it_and_refuses_what_is_no_assumption(run: Run) -> None:
    printed = run("simulate", "capacity", "--per-day", "500", "--assume", "minutes=30", "--json")
    unknown = run("simulate", "capacity", "--assume", "hours=3")
    wrong = run("simulate", "capacity", "--assume", "busy=0")

    plan = json.loads(printed.stdout)
    assert plan["per_day"] == 500
    assert plan["assumed"]["minutes"] == 30
    assert unknown.returncode == wrong.returncode == 1
    assert "hours" in unknown.stderr
    assert "busy" in wrong.stderr
