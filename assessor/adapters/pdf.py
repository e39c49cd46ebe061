r"""Lists as PDF, by reportlab, with Bitstream Vera, which reportlab brings along and the file embeds.

Text goes to the page as glyphs, never through reportlab's paragraphs, which read tags. What the font has no
shape for is written as `\u{4E2D}`, by its number in Unicode, and the first page says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from assessor.ports import Printout

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

FONT, BOLD = "Vera", "VeraBd"
SIZE: Final = 7.0
LEADING: Final = 9.0
TITLE_SIZE: Final = 14.0
MARGIN: Final = 36.0
GAP: Final = 6.0
"""Between columns, in points."""
WRITTEN_OUT: Final = (
    "Characters without a shape in this font are written by their number in Unicode, as \\u{4E2D}."
)


class Pdf:
    """Fulfils `Typesetting`: A4, landscape, the columns' heads on every page."""

    def typeset(self, printout: Printout) -> bytes:
        """Return a PDF. What its font has no shape for is written out, never left out."""
        from reportlab.lib.pagesizes import A4, landscape
        from reportlab.pdfgen.canvas import Canvas

        shapes = _shapes()
        file = BytesIO()
        canvas = Canvas(file, pagesize=landscape(A4), pageCompression=1)
        canvas.setTitle(_shown(printout.title, shapes))
        page = _Page(canvas, printout, shapes, *landscape(A4))
        page.begin()
        for row in printout.rows:
            page.write(row)
        page.end()
        canvas.save()
        return file.getvalue()


@dataclass
class _Page:
    """Where writing goes on."""

    canvas: "Canvas"
    printout: Printout
    shapes: frozenset[int]
    width: float
    height: float
    number: int = 1
    y: float = field(default=0.0)

    def begin(self) -> None:
        """Write the title, what is said of the list, and the heads."""
        self.y = self.height - MARGIN - TITLE_SIZE
        self.canvas.setFont(BOLD, TITLE_SIZE)
        self.canvas.drawString(MARGIN, self.y, _shown(self.printout.title, self.shapes))
        self.canvas.setFont(FONT, SIZE)
        for line in (*(_shown(one, self.shapes) for one in self.printout.about), WRITTEN_OUT):
            for part in _wrapped(line, FONT, self.width - 2 * MARGIN):
                self.y -= LEADING
                self.canvas.drawString(MARGIN, self.y, part)
        self._heads()

    def write(self, row: Sequence[str]) -> None:
        """Write one row, on a new page where it does not fit on this one."""
        cells = self._cells(row, FONT)
        if self.y - LEADING * max(map(len, cells)) < MARGIN + LEADING:
            self.end()
            self.canvas.showPage()
            self.number += 1
            self.y = self.height - MARGIN
            self._heads()
        self._line(cells, FONT)

    def end(self) -> None:
        """Write the number of the page."""
        self.canvas.setFont(FONT, SIZE)
        self.canvas.drawRightString(self.width - MARGIN, MARGIN - LEADING, f"Page {self.number}")

    def _heads(self) -> None:
        self.y -= LEADING
        self._line(self._cells(self.printout.columns, BOLD), BOLD)
        self.canvas.setLineWidth(0.5)
        self.canvas.line(MARGIN, self.y - 3, self.width - MARGIN, self.y - 3)
        self.y -= 3

    def _cells(self, row: Sequence[str], font: str) -> list[list[str]]:
        return [
            _wrapped(_shown(text, self.shapes), font, width - GAP)
            for text, (_, width) in zip(row, self._columns(), strict=True)
        ]

    def _line(self, cells: Sequence[Sequence[str]], font: str) -> None:
        self.canvas.setFont(font, SIZE)
        for lines, (x, _) in zip(cells, self._columns(), strict=True):
            for number, text in enumerate(lines, 1):
                self.canvas.drawString(x, self.y - LEADING * number, text)
        self.y -= LEADING * max(map(len, cells))

    def _columns(self) -> Iterator[tuple[float, float]]:
        """Yield where each column begins, and its width."""
        whole, x = (self.width - 2 * MARGIN) / sum(self.printout.widths), MARGIN
        for part in self.printout.widths:
            yield x, part * whole
            x += part * whole


def _shapes() -> frozenset[int]:
    """Register the fonts, and return the characters that both have a shape for."""
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    fonts: list[Any] = [TTFont(name, f"{name}.ttf") for name in (FONT, BOLD)]
    for font in fonts:
        registerFont(font)
    plain, bold = (frozenset(font.face.charToGlyph) for font in fonts)
    return plain & bold


def _shown(text: str, shapes: frozenset[int]) -> str:
    r"""Write out what has no shape: `\u{4E2D}`. A text that has such a number itself stays apart from it.

    >>> _shown("a\n" + "\\u{41}", frozenset(map(ord, "au{}415C\\")))
    'a\\u{A}\\u{5C}u{41}'
    """
    told = text.replace("\\u{", "\\u{5C}u{")
    return "".join(
        one if one.isprintable() and ord(one) in shapes else f"\\u{{{ord(one):X}}}" for one in told
    )


def _wrapped(text: str, font: str, width: float) -> list[str]:
    """Break a text into lines, anywhere: references have no words."""
    lines, room = [""], width
    for one in text:
        needed = _width(one, font)
        if lines[-1] and needed > room:
            lines.append("")
            room = width
        lines[-1] += one
        room -= needed
    return lines


@cache
def _width(character: str, font: str) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(character, font, SIZE))
