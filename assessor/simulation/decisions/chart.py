"""A chart of the frontier: an SVG of our own, readable without a script and on any page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from assessor.domain.form import MAX_EXPOSURE
from assessor.simulation.decisions.frontier import CHOSEN

WIDTH, HEIGHT = 760, 460
LEFT, RIGHT, TOP, BOTTOM = 70, 730, 50, 400
ROW = 18
TARGET_REFERRED, TARGET_WRONG = 0.24, 0.03
"""At most so many are referred, and at most so many of the decided are decided wrongly."""
_CHOSEN, _ALLOWED, _TOO_EXPOSED, _INK, _GOAL = "#b3261e", "#20588f", "#8a8a8a", "#333333", "#2b6a3f"


@dataclass(frozen=True)
class _Dot:
    number: int
    name: str
    referred: float
    wrong: float
    items: float
    exposure: float

    @property
    def colour(self) -> str:
        if self.name == CHOSEN:
            return _CHOSEN
        return _ALLOWED if self.exposure <= MAX_EXPOSURE else _TOO_EXPOSED


@dataclass(frozen=True)
class _Scale:
    """Where shares lie on the drawing."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, share: float) -> float:
        return round(self.start + (share - self.low) / (self.high - self.low) * (self.end - self.start), 1)

    def percents(self, step: int) -> list[int]:
        """Return the round numbers that lie on it."""
        return [percent for percent in range(0, 101, step) if self.low <= percent / 100 <= self.high]


def draw(points: Sequence[Mapping[str, Any]]) -> str:
    """Return the chart: who is referred against who of the decided is wrong, with a line for each dot."""
    dots = [_dot(number, point) for number, point in enumerate(points, 1)]
    across = _Scale(
        min(dot.referred for dot in dots) - 0.02, max(dot.referred for dot in dots) + 0.02, LEFT, RIGHT
    )
    up = _Scale(min(dot.wrong for dot in dots) - 0.004, max(dot.wrong for dot in dots) + 0.004, BOTTOM, TOP)
    height = HEIGHT + ROW * (len(dots) + 1)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'role="img" font-family="sans-serif" font-size="12">'
    )
    lines = [
        opening,
        "<title>Ways to end a test: people referred against wrong decisions</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        *_axes(across, up),
        *_dots(dots, across, up),
        *_legend(dots),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _dot(number: int, point: Mapping[str, Any]) -> _Dot:
    found = point["summary"]
    return _Dot(
        number=number,
        name=point["name"],
        referred=found["referred"],
        wrong=1 - found["right_of_decided"],
        items=found["items_mean"],
        exposure=found["exposure_max"],
    )


def _text(x: float, y: float, words: str, colour: str = _INK, anchor: str = "start", more: str = "") -> str:
    return f'<text x="{x}" y="{y}" fill="{colour}" text-anchor="{anchor}"{more}>{escape(words)}</text>'


def _axes(across: _Scale, up: _Scale) -> Iterator[str]:
    goal_x, goal_y = across(TARGET_REFERRED), max(TOP, up(TARGET_WRONG))
    middle_x, middle_y = (LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2
    yield _text(LEFT, 26, "Ways to end a test: referrals against errors", more=' font-size="16"')
    yield f'<rect x="{LEFT}" y="{goal_y}" width="{goal_x - LEFT}" height="{BOTTOM - goal_y}" fill="#e3f1e7"/>'
    yield _text(LEFT + 6, BOTTOM - 8, "the goal", _GOAL)
    yield f'<path d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}" fill="none" stroke="{_INK}"/>'
    yield _text(middle_x, BOTTOM + 42, "Referred to a person, of all", anchor="middle")
    turned = f' transform="rotate(-90 20 {middle_y})"'
    yield _text(20, middle_y, "Wrong, of those decided by rule", anchor="middle", more=turned)
    for percent in across.percents(5):
        yield _text(across(percent / 100), BOTTOM + 20, f"{percent} %", anchor="middle")
    for percent in up.percents(1):
        yield _text(LEFT - 8, up(percent / 100) + 4, f"{percent} %", anchor="end")


def _dots(dots: Sequence[_Dot], across: _Scale, up: _Scale) -> Iterator[str]:
    for dot in dots:
        x, y, size = across(dot.referred), up(dot.wrong), 6 if dot.name == CHOSEN else 4
        yield f'<circle cx="{x}" cy="{y}" r="{size}" fill="{dot.colour}"/>'
        yield _text(x + 7, y - 6, str(dot.number), dot.colour)


def _legend(dots: Sequence[_Dot]) -> Iterator[str]:
    for dot in dots:
        words = (
            f"{dot.number}  {dot.name}: {dot.items:.1f} items, {dot.referred:.1%} referred, "
            f"{dot.wrong:.1%} wrong, highest exposure {dot.exposure:.2f}"
        )
        yield _text(LEFT, HEIGHT + ROW * dot.number, words, dot.colour)
