"""Exposure over many forms, counted against drawing them by hand, and the report that is made of it."""

import asyncio
import itertools
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from statistics import fmean

import pytest

from assessor.adapters.content import FileContent, check, shipped_content
from assessor.adapters.content.minima import MINIMA
from assessor.adapters.shipped import shipped
from assessor.domain.ability import Observation, information
from assessor.domain.errors import NotFound
from assessor.domain.item import Category
from assessor.domain.library import Library
from assessor.simulation.bank_report import BankReport, bank_report
from assessor.simulation.exposure import draws_of, exposure
from assessor.web.printed import printed
from tests.adapters.test_content import (
    RANKING,
    TRACK,
    Tree,
    interview_item,
    ranking_item,
    rubric_writing_item,
    sft_item,
    sound_library,
    write,
)
from tests.adapters.test_keys import evaluation_item, trajectory_item


@pytest.fixture(scope="module")
def library() -> Library:
    return asyncio.run(shipped_content().library())


@pytest.fixture(scope="module")
def report(library: Library) -> BankReport:
    return bank_report(library, "python", check(shipped("question_banks"), shipped("rubrics")), draws=40)


def test_exposure_and_overlap_are_those_of_all_pairs_of_forms(library: Library) -> None:
    track = library.track("python")
    drawn = draws_of(library, track, "full", 30)
    tasks = [{item.id for item in items if item.category is not Category.INTERVIEW} for items in drawn]
    pairs = list(itertools.combinations(tasks, 2))

    found = exposure(track, "full", drawn, library.items["python"])

    assert found.overlap == pytest.approx(fmean(len(a & b) / len(a) for a, b in pairs))
    assert found.highest == max(sum(name in one for one in tasks) for name in found.shares) / 30
    assert set(found.shares) == set(library.items["python"])
    assert found.longest_minutes <= found.promised_minutes


def small(root: Path, rankings: int, count: int) -> Library:
    tree = sound_library()
    tree[RANKING]["items"] = [ranking_item(f"item{number}") for number in range(rankings)]
    tree[TRACK]["forms"]["full"]["sections"][1]["count"] = count
    tree[TRACK]["forms"]["full"]["minutes"] = 10 + 2 * count
    return asyncio.run(FileContent(*write(root, tree)).library())


def test_a_bank_of_many_items_is_exposed_less_than_one_of_few(tmp_path: Path) -> None:
    found = []
    for rankings in (2, 10):
        library = small(tmp_path / str(rankings), rankings, 2)
        track = library.track("logic")
        drawn = draws_of(library, track, "full", 300)
        found.append(exposure(track, "full", drawn, library.items["logic"]))

    few, many = found
    assert few.shares["item0"] == 1
    assert many.shares["item0"] == pytest.approx(0.2, abs=0.08)
    # The one SFT item of this library is common to all.
    assert few.overlap == 1
    assert many.overlap == pytest.approx((1 + 2 * 0.2) / 3, abs=0.03)
    assert not many.holds


MADE: dict[str, Callable[[str], Tree]] = {
    "interview": interview_item,
    "evaluation": lambda name: evaluation_item() | {"id": name},
    "ranking": ranking_item,
    "rubric_writing": lambda name: rubric_writing_item() | {"id": name},
    "sft": sft_item,
    "trajectory": lambda name: trajectory_item() | {"id": name},
}
COUNTS = {"interview": 3, "evaluation": 3, "ranking": 3, "rubric_writing": 1, "sft": 1, "trajectory": 1}


def test_a_bank_at_the_minima_keeps_its_items_from_becoming_known(tmp_path: Path) -> None:
    tree = sound_library()
    for category, least in MINIMA.items():
        names = [f"{category.replace('_', '-')}{number}" for number in range(least)]
        items = [MADE[category](name) | {"minutes": 2} for name in names]
        tree[f"question_banks/logic/{category}.yaml"] = {"items": items}
    sections = [{"category": category, "count": count} for category, count in COUNTS.items()]
    tree[TRACK]["forms"]["full"] |= {"sections": sections, "minutes": 24}
    library = asyncio.run(FileContent(*write(tmp_path, tree)).library())

    drawn = draws_of(library, library.track("logic"), "full", 1000)

    found = exposure(library.track("logic"), "full", drawn, library.items["logic"])
    assert found.holds, found


def test_information_is_greatest_where_the_difficulty_is() -> None:
    def one(difficulty: float) -> Observation:
        return Observation("r", difficulty, discrimination=2.0, weight=1.0, value=None, shared_sd=0.0)

    assert information([one(0.5)], 0.5) == pytest.approx(2.0**2 / 4)
    assert information([one(0.5)], 0.5) > information([one(1.5)], 0.5)
    assert information([], 0.5) == 0


def test_criteria_of_one_response_tell_less_than_as_many_responses() -> None:
    together = [Observation("r", 0.0, 1.0, 1.0, None) for _ in range(4)]
    apart = [Observation(f"r{n}", 0.0, 1.0, 1.0, None) for n in range(4)]

    assert information(together, 0.0) < information(apart, 0.0)


def test_the_report_counts_what_the_bank_holds(report: BankReport, library: Library) -> None:
    bank = library.items["python"].values()

    assert {count.category: count.total for count in report.counts} == {
        category: sum(item.category is category for item in bank) for category in Category
    }
    assert sum(sum(own.values()) for own in report.by_competency.values()) == len(report.items)
    assert [form.exposure.form for form in report.forms] == ["full", "short"]
    assert report.forms[0].information > report.forms[1].information
    assert all(figures.information > 0 for figures in report.items)


def test_an_unknown_track_is_refused(library: Library) -> None:
    checked = check(shipped("question_banks"), shipped("rubrics"))

    with pytest.raises(NotFound):
        bank_report(library, "alchemy", checked)


class _Loads(HTMLParser):
    """Collects the addresses that a page would load from."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [f"{tag} {name}" for name, _ in attrs if name in ("src", "srcset") or tag == "link"]


def test_the_page_loads_nothing_and_names_every_item(report: BankReport) -> None:
    page = printed("report", report=report)

    loads = _Loads()
    loads.feed(page)
    assert loads.found == []
    assert not re.search(r"@import|url\(", page)
    assert all(figures.item.id in page for figures in report.items)
