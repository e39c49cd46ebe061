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

OFFERED = [
    (track, jurisdiction)
    for track in TRACKS
    for jurisdiction in {"finance": ("ifrs", "us-gaap"), "nursing": ("gb", "us")}.get(track, ("",))
]
"""Every track in every jurisdiction for which it can be ordered."""


@pytest.fixture(scope="module")
def report() -> CheckReport:
    return check(ROOT / "question_banks", ROOT / "rubrics")


@pytest.mark.parametrize("track", TRACKS)
def test_no_cue_in_what_candidates_choose_from_is_more_frequent_than_chance(
    report: CheckReport, track: str
) -> None:
    figures = report.statistics[track]

    assert all(test.p >= 0.05 for name, test in figures.longest.items() if name == "ranking")
    assert all(test.p >= 0.05 for test in figures.first.values())
    assert figures.lengths["evaluation"].p >= 0.05
    assert all(even.p >= 0.05 for even in figures.positions.values())


@pytest.mark.parametrize("track", TRACKS)
def test_a_bank_has_the_items_that_keep_it_in_use(report: CheckReport, track: str) -> None:
    lacking = [one for one in report.warnings if f"/{track}/" in one.file and "a bank needs" in one.problem]

    assert lacking == []


@pytest.mark.parametrize("place", OFFERED, ids=" ".join)
def test_a_thousand_candidates_share_few_tasks_and_every_form_keeps_to_its_plan(
    library: Library, place: tuple[str, str]
) -> None:
    track, jurisdiction = library.track(place[0]), place[1] or None

    drawn = draws_of(library, track, "full", 1000, jurisdiction)

    found = exposure(track, "full", drawn, library.items[track.id], jurisdiction)
    assert found.holds, found
    assert found.highest <= 0.33
    assert found.overlap <= 0.20


@pytest.mark.parametrize("place", OFFERED, ids=" ".join)
def test_a_short_form_of_about_eight_minutes_can_be_drawn_for_anybody(
    library: Library, place: tuple[str, str]
) -> None:
    track, jurisdiction = library.track(place[0]), place[1] or None

    drawn = draws_of(library, track, "short", 100, jurisdiction)

    found = exposure(track, "short", drawn, library.items[track.id], jurisdiction)
    assert (found.broken, found.promised_minutes) == ((), 8)
    assert min(sum(item.minutes for item in items) for items in drawn) >= 6


@needs_isolation
def test_every_key_holds_and_all_its_code_does_what_it_says() -> None:
    report = check(ROOT / "question_banks", ROOT / "rubrics", JailedCode("full"))

    assert report.errors == ()
    assert [warning for warning in report.warnings if "was not run" in warning.problem] == []
