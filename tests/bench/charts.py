"""`python -m tests.bench.charts [PAGE]`: draw the charts of docs/benchmarks.md from its own tables.

A chart whose table the page does not have is not drawn, and one that was drawn of it before is taken away.
"""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.bench.drawing import Bar, Line, bars, lines
from tests.bench.tables import Section, number, plain, sections_of

PAGE: Final = Path("docs/benchmarks.md")
PREFIX: Final = "bench-"


def draw(page: str) -> dict[str, str]:
    """Return the charts of a page's text, by the names of their files."""
    drawn = {}
    for section in sections_of(page):
        for name, (beginning, chart) in CHARTS.items():
            if section.title.startswith(beginning):
                drawn[f"{PREFIX}{name}.svg"] = chart(section)
    return drawn


def illustrated(page: str) -> str:
    """Return a page that shows under each heading the charts of its section, once."""
    drawn = draw(page)
    lines: list[str] = []
    for line in re.sub(rf"^!\[.*\]\(images/{PREFIX}.*\)\n\n", "", page, flags=re.MULTILINE).split("\n"):
        lines.append(line)
        for name, alt in ALTS.items():
            if line.startswith(f"## {CHARTS[name][0]}") and (file := f"{PREFIX}{name}.svg") in drawn:
                lines += ["", f"![{alt}](images/{file})"]
    return "\n".join(lines)


def write(page: Path) -> None:
    """Draw the charts of a page into `images` beside it, in place of former ones, and show them there."""
    text, folder = page.read_text(), page.parent / "images"
    folder.mkdir(exist_ok=True)
    for old in folder.glob(f"{PREFIX}*.svg"):
        old.unlink()
    for name, chart in draw(text).items():
        (folder / name).write_text(chart)
    page.write_text(illustrated(text))


def _tone(name: str) -> int:
    return 0 if name.startswith("ours") else 1


def _of(title: str, unit: str, name: str, value: str) -> Callable[[Section], str]:
    def chart(section: Section) -> str:
        found = section.points(name, value)
        return bars(title, unit, [Bar(one, figure, _tone(one)) for one, figure in found])

    return chart


def _reads(section: Section) -> str:
    value = "requests per CPU second"
    drawn = [
        Bar(f"{row['database']}: {plain(row['route'])}", number(row[value]), _tone(plain(row["route"])))
        for row in section.rows
    ]
    return bars("Reading a verdict", "requests for each second of a processor; more is better", drawn)


def _growth(title: str, unit: str, column: str) -> Callable[[Section], str]:
    def chart(section: Section) -> str:
        places = [head for head in section.rows[0] if head.startswith(column)]
        drawn = [
            Line(
                plain(row["server"]),
                [(number(place.removeprefix(column)), number(row[place])) for place in places],
                _tone(plain(row["server"])),
            )
            for row in section.rows
        ]
        return lines(title, unit, "turn of the conversation", drawn)

    return chart


def _processes(section: Section) -> str:
    tones = dict(zip(dict.fromkeys(row["what"] for row in section.rows), (0, 2, 3), strict=False))
    drawn = [
        Bar(
            f"{row['what']}, by {row['processes']}",
            100 * number(row["to one process"]),
            tones.get(row["what"], 1),
        )
        for row in section.rows
    ]
    unit = "% of the units that one process does in a second of a processor; 100 is even"
    return bars("One, two and four processes on one PostgreSQL", unit, drawn)


CHARTS: Final[Mapping[str, tuple[str, Callable[[Section], str]]]] = {
    "turn": (
        "B2: the turn",
        _of("A turn of the conversation", "ms of CPU; less is better", "server", "CPU ms a turn"),
    ),
    "growth-cpu": (
        "B3: growth",
        _growth("What a turn costs as a conversation grows", "ms of CPU; level is best", "CPU ms at turn "),
    ),
    "growth-bytes": (
        "B3: growth",
        _growth("What a conversation stores", "kB in the database; a straight line is best", "kB after "),
    ),
    "reads": ("B4: reading a verdict", _reads),
    "processes": ("B2 to B4 on PostgreSQL", _processes),
    "grading": (
        "B1: grading",
        _of("Grading beside others", "ms of CPU a verdict; less is better", "engine", "CPU ms a verdict"),
    ),
    "grading-characters": (
        "B1: grading",
        _of(
            "What is sent to the model to grade",
            "thousand characters of prompts; less is better",
            "engine",
            "prompt k-chars",
        ),
    ),
}
"""By name: how the heading of its section begins, and what draws it."""

ALTS: Final[Mapping[str, str]] = {
    "turn": "Chart: CPU milliseconds a turn, by server",
    "growth-cpu": "Chart: CPU milliseconds a turn, by its place in the conversation",
    "growth-bytes": "Chart: kilobytes stored, by the length of the conversation",
    "reads": "Chart: reads of a verdict per CPU second, by database and route",
    "processes": "Chart: work per CPU second with one, two and four processes, in percent of one",
    "grading": "Chart: CPU milliseconds a verdict, by engine",
    "grading-characters": "Chart: characters of prompts, by engine",
}
"""What stands in the page in place of a chart that is not shown; its figures are in the table."""


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE)
