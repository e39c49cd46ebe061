"""`assessor processing-record`: without a database, the page and the same for machines."""

import json

from assessor.bootstrap.processing import processing_page, processing_record
from tests.cli.conftest import Run


def test_the_command_prints_the_page_and_the_same_for_machines(run: Run) -> None:
    page, machines = run("processing-record"), run("processing-record", "--json")

    assert page.stdout == processing_page()
    assert json.loads(machines.stdout) == json.loads(json.dumps(processing_record()))
