"""What holds for every track that is shipped."""

from pathlib import Path

import pytest

from assessor.adapters.code import JailedCode
from assessor.adapters.content import CheckReport, check
from assessor.domain.library import Library
from assessor.simulation.exposure import draws_of, exposure
from tests.adapters.test_code import pytestmark as needs_isolation

ROOT = Path(__file__).parents[2]

TRACKS = sorted(path.parent.name for path in ROOT.glob("question_banks/*/track.yaml"))


@pytest.fixture(scope="module")
def report() -> CheckReport:
    return check(ROOT / "question_banks", ROOT / "rubrics")


def is_complete(report: CheckReport, track: str) -> bool:
    return not any(f"/{track}/" in one.file and "a bank needs" in one.problem for one in report.warnings)


@pytest.mark.parametrize("track", TRACKS)
def test_no_cue_in_what_candidates_choose_from_is_more_frequent_than_chance(
    report: CheckReport, track: str
) -> None:
    figures = report.statistics[track]

    assert all(test.p >= 0.05 for name, test in figures.longest.items() if name == "ranking")
    assert all(test.p >= 0.05 for test in figures.first.values())
    assert all(even.p >= 0.05 for even in figures.positions.values())


@pytest.mark.parametrize("track", TRACKS)
def test_a_thousand_candidates_of_a_complete_bank_share_few_tasks(
    report: CheckReport, library: Library, track: str
) -> None:
    if not is_complete(report, track):
        pytest.skip(f"the bank of {track} is not complete yet; check-library names what is missing")

    drawn = draws_of(library, library.track(track), "full", 1000)

    found = exposure(library.track(track), "full", drawn, library.items[track])
    assert found.holds, found


@needs_isolation
def test_every_key_holds_and_all_its_code_does_what_it_says() -> None:
    report = check(ROOT / "question_banks", ROOT / "rubrics", JailedCode("full"))

    assert report.errors == ()
    assert [warning for warning in report.warnings if "was not run" in warning.problem] == []
