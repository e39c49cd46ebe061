"""`model-card` and `instructions-for-use`: on a release without a database, and on an installation."""

import json

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize("command", ["model-card", "instructions-for-use"])
def test_both_are_printed_without_a_database(run: Run, command: str) -> None:
    page = run(command, "--people", "0", "--provider", "Example GmbH")
    machines = run(command, "--people", "0", "--provider", "Example GmbH", "--json")

    assert page.returncode == 0, page.stderr
    read = json.loads(machines.stdout)
    assert page.stdout.splitlines()[0] == f"# {read['title']}"
    assert "Example GmbH" in page.stdout


def test_too_few_people_are_refused_by_the_option(run: Run) -> None:
    refused = run("model-card", "--people", "3")

    assert refused.returncode == 1
    assert "--people: is 3" in refused.stderr
