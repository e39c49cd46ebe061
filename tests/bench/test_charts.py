"""Charts are drawn from the tables of the page, and can be read by anybody."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.bench.charts import ALTS, CHARTS, draw, illustrated, write
from tests.bench.drawing import Bar, Line, bars, lines
from tests.bench.report import Report
from tests.bench.tables import sections_of

SVG = "{http://www.w3.org/2000/svg}"


def reported(name: str, title: str, columns: list[str], *rows: list[str | float]) -> str:
    return str(Report(name, title, columns, rows))


PAGE = "\n".join(
    [
        "# Benchmarks\n",
        reported(
            "growth",
            "B3: growth of one conversation",
            ["server", "CPU ms at turn 5", "CPU ms at turn 100", "kB after 5", "kB after 100"],
            ["**ours**", 22.1, 21.7, 8.96, 175.0],
            ["plain stand-in", 17.6, 22.9, 155.0, 19781.0],
        ),
        reported(
            "processes",
            "B2 to B4 on PostgreSQL, with one, two and four processes",
            ["what", "processes", "units per CPU second", "to one process"],
            ["turn (B2)", 1, 30.0, 1.0],
            ["turn (B2)", 2, 27.0, 0.9],
            ["read of a verdict (B4)", 1, 900.0, 1.0],
        ),
        reported("start", "B6: the start", ["server", "MB"], ["**ours**", 144.0]),
    ]
)


def test_the_figures_of_a_page_are_those_of_its_charts() -> None:
    drawn = draw(PAGE)

    assert sorted(drawn) == ["bench-growth-bytes.svg", "bench-growth-cpu.svg", "bench-processes.svg"]
    assert "ours: 22.1 at 5, 21.7 at 100; plain stand-in: 17.6 at 5, 22.9 at 100." in _told(
        drawn["bench-growth-cpu.svg"]
    )
    assert "turn (B2), by 2: 90; read of a verdict (B4), by 1: 100." in _told(drawn["bench-processes.svg"])


def test_a_page_shows_its_charts_once_however_often_they_are_drawn(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(PAGE)
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "bench-reads.svg").write_text("of a table that is gone")
    (tmp_path / "images" / "frontier.svg").write_text("not ours")

    write(page)
    once = page.read_text()
    write(page)

    shown = re.findall(r"^!\[(.+)\]\(images/(.+)\)$", once, re.MULTILINE)
    assert page.read_text() == once == illustrated(once)
    assert [file for _, file in shown] == [
        "bench-growth-cpu.svg",
        "bench-growth-bytes.svg",
        "bench-processes.svg",
    ]
    assert {one.name for one in (tmp_path / "images").iterdir()} == {
        "frontier.svg",
        *(file for _, file in shown),
    }


def test_the_page_without_its_charts_says_what_it_did_before() -> None:
    assert [one.rows for one in sections_of(illustrated(PAGE))] == [one.rows for one in sections_of(PAGE)]


@pytest.mark.parametrize(
    "chart",
    [
        bars("Bars & more", "ms", [Bar("<ours>", 3, 0), Bar("others", 0), Bar("more", 12345.6)]),
        lines("Lines", "kB", "turn", [Line("ours", [(5, 1.5), (100, 19781)], 0), Line("one", [(5, 0)])]),
    ],
    ids=["bars", "lines"],
)
def test_a_chart_is_sound_has_words_for_who_cannot_see_it_and_stays_within_its_frame(chart: str) -> None:
    root = ET.fromstring(chart)  # noqa: S314 - our own

    width, height = map(float, root.attrib["viewBox"].split()[2:])
    named = [root.find(f"{SVG}{name}") for name in ("title", "desc")]
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"].split() == [one.attrib["id"] for one in named if one is not None]
    assert all(one is not None and one.text for one in named)
    assert "prefers-color-scheme:dark" in chart
    for part in root.iter(f"{SVG}text"):
        assert 0 <= float(part.attrib["x"]) <= width
        assert 0 <= float(part.attrib["y"]) <= height
    for part in root.iter(f"{SVG}rect"):
        assert float(part.attrib.get("x", 0)) + float(part.attrib["width"]) <= width
    for part in root.iter(f"{SVG}circle"):
        assert 0 <= float(part.attrib["cy"]) <= height


def test_nothing_to_draw_is_told() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        bars("None", "ms", [])
    with pytest.raises(ValueError, match="nothing to draw"):
        lines("None", "ms", "turn", [])


def test_every_chart_has_words_in_its_place() -> None:
    assert CHARTS.keys() == ALTS.keys()


def _told(chart: str) -> str:
    said = ET.fromstring(chart).find(f"{SVG}desc")  # noqa: S314 - our own
    assert said is not None
    return said.text or ""
