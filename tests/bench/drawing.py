"""Charts as SVG of our own: bars beside each other, and lines. They need no script and no font.

Colours are told twice, for a light page and a dark one; the ground is the chart's own, so that it can be read
on a page of either kind. Who cannot see a chart has its figures in words (`desc`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

WIDTH: Final = 760
_LEFT, _RIGHT, _TOP = 330, 690, 66
_BAR, _GAP = 20, 10
_LINES_LEFT, _LINES_RIGHT, _LINES_BOTTOM = 90, 720, 324
_ROW = 22
_STEPS: Final = (1, 2, 2.5, 5, 10)
_MOST_MARKS: Final = 6
_STYLE: Final = """<style>
.ground{fill:#fff}.ink{fill:#1f2328}.soft{fill:#59636e}.line{stroke:#d1d9e0}.c0{fill:#0b57d0}.c1{fill:#6e7781}
.c2{fill:#9a6700}.c3{fill:#8250df}.s0{stroke:#0b57d0}.s1{stroke:#6e7781}.s2{stroke:#9a6700}.s3{stroke:#8250df}
@media (prefers-color-scheme:dark){
.ground{fill:#0d1117}.ink{fill:#e6edf3}.soft{fill:#9198a1}.line{stroke:#3d444d}.c0{fill:#6cb6ff}
.c1{fill:#a3adb8}.c2{fill:#e3b341}.c3{fill:#d2a8ff}.s0{stroke:#6cb6ff}.s1{stroke:#a3adb8}
.s2{stroke:#e3b341}.s3{stroke:#d2a8ff}}
</style>"""


@dataclass(frozen=True)
class Bar:
    """One bar. Those of one tone belong together; 0 stands out, and is ours."""

    name: str
    value: float
    tone: int = 1


@dataclass(frozen=True)
class Line:
    """One series, by its place on the scale below."""

    name: str
    points: Sequence[tuple[float, float]]
    tone: int = 1


def bars(title: str, unit: str, drawn: Sequence[Bar]) -> str:
    """Draw bars that lie one below the other, each with its number. Raises ValueError for none."""
    if not drawn:
        raise ValueError("there is nothing to draw")
    most = max(one.value for one in drawn) or 1
    height = _TOP + len(drawn) * (_BAR + _GAP) + 16
    said = "; ".join(f"{one.name}: {shown(one.value)}" for one in drawn)
    return _chart(title, f"{unit}. {said}.", height, [_text(24, 50, unit, "soft"), *_bars(drawn, most)])


def _bars(drawn: Sequence[Bar], most: float) -> Iterator[str]:
    for place, one in enumerate(drawn):
        top = _TOP + place * (_BAR + _GAP)
        width = round((_RIGHT - _LEFT) * max(0.0, one.value) / most, 1)
        weight = ' font-weight="600"' if one.tone == 0 else ""
        yield _text(_LEFT - 10, top + 15, one.name, "ink", f' text-anchor="end"{weight}')
        yield f'<rect class="c{one.tone}" x="{_LEFT}" y="{top}" width="{width}" height="{_BAR}" rx="2"/>'
        yield _text(_LEFT + width + 6, top + 15, shown(one.value), "ink", weight)


def lines(title: str, unit: str, below: str, drawn: Sequence[Line]) -> str:
    """Draw lines over one scale that begins at nothing, their names below. Raises ValueError for none."""
    points = [point for one in drawn for point in one.points]
    if not points:
        raise ValueError("there is nothing to draw")
    across, most = max(x for x, _ in points) or 1, max(y for _, y in points) or 1
    marks = _marks(most)
    said = "; ".join(
        f"{one.name}: {', '.join(f'{shown(y)} at {shown(x)}' for x, y in one.points)}" for one in drawn
    )
    scale = _Scale(across, marks[-1])
    parts = [
        _text(24, 50, unit, "soft"),
        *_grid(scale, marks, sorted({x for x, _ in points})),
        _text((_LINES_LEFT + _LINES_RIGHT) / 2, _LINES_BOTTOM + 40, below, "soft", ' text-anchor="middle"'),
        *(part for one in drawn for part in _line(one, scale)),
        *(part for place, one in enumerate(drawn) for part in _name(one, _LINES_BOTTOM + 66 + place * _ROW)),
    ]
    return _chart(title, f"{unit}, by {below}. {said}.", _LINES_BOTTOM + 60 + len(drawn) * _ROW, parts)


@dataclass(frozen=True)
class _Scale:
    across: float
    most: float

    def x(self, value: float) -> float:
        return round(_LINES_LEFT + (_LINES_RIGHT - _LINES_LEFT) * value / self.across, 1)

    def y(self, value: float) -> float:
        return round(_LINES_BOTTOM - (_LINES_BOTTOM - _TOP - 8) * value / self.most, 1)


def _grid(scale: _Scale, marks: Sequence[float], places: Sequence[float]) -> Iterator[str]:
    for mark in marks:
        y = scale.y(mark)
        yield f'<path class="line" d="M{_LINES_LEFT} {y}H{_LINES_RIGHT}"/>'
        yield _text(_LINES_LEFT - 8, y + 4, shown(mark), "soft", ' text-anchor="end"')
    for place in places:
        yield _text(scale.x(place), _LINES_BOTTOM + 18, shown(place), "soft", ' text-anchor="middle"')


def _line(one: Line, scale: _Scale) -> Iterator[str]:
    at = [(scale.x(x), scale.y(y)) for x, y in one.points]
    path = "L".join(f"{x} {y}" for x, y in at)
    yield f'<path class="s{one.tone}" d="M{path}" fill="none" stroke-width="2.5"/>'
    for x, y in at:
        yield f'<circle class="c{one.tone}" cx="{x}" cy="{y}" r="4"/>'


def _name(one: Line, y: float) -> Iterator[str]:
    yield f'<path class="s{one.tone}" d="M{_LINES_LEFT} {y - 4}h24" stroke-width="2.5"/>'
    yield f'<circle class="c{one.tone}" cx="{_LINES_LEFT + 12}" cy="{y - 4}" r="4"/>'
    yield _text(_LINES_LEFT + 34, y, one.name, "ink", ' font-weight="600"' if one.tone == 0 else "")


def _marks(most: float) -> list[float]:
    """Return round numbers from 0 on, the last of which no value exceeds."""
    power = 10.0 ** (len(str(int(most))) - 2)
    step = next(step * power for step in _STEPS if step * power * _MOST_MARKS >= most)
    return [step * count for count in range(_MOST_MARKS + 1) if step * (count - 1) < most]


def _chart(title: str, said: str, height: int, parts: Sequence[str]) -> str:
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-labelledby="title desc" font-family="system-ui, sans-serif" font-size="13">'
    )
    return "\n".join(
        [
            opening,
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(said)}</desc>',
            _STYLE,
            f'<rect class="ground" width="{WIDTH}" height="{height}"/>',
            _text(24, 28, title, "ink", ' font-size="16" font-weight="600"'),
            *parts,
            "</svg>\n",
        ]
    )


def _text(x: float, y: float, words: str, kind: str, more: str = "") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}"{more}>{escape(words)}</text>'


def shown(value: float) -> str:
    """Return a number in three figures, as the page has it."""
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"
