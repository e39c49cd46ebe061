"""Progress where there is no terminal: a line for each twentieth."""

import pytest

from assessor.cli.output import counting


def test_a_long_run_tells_a_log_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with counting("Assessments") as tell:
        for done in range(1, 201):
            tell(done, 200)

    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 20
    assert lines[0].startswith("Assessments: 10 of 200, after")


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with counting("Assessments", quiet=True) as tell:
        tell(1, 1)

    assert capsys.readouterr().err == ""
