"""The panel's sheet as a workbook: what may be answered is chosen from a list, and nothing is a formula."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from assessor.adapters.content.panel_sheet import FORMULA_SIGNS, Row
from assessor.domain.errors import invalid
from assessor.domain.panel import ISSUES

MAX_UNPACKED = 50_000_000
"""Bytes of all parts of a workbook: a small file can unpack to very many."""

LONGEST_LIST = 255
"""Characters that a list of choices may have in a workbook."""

_WIDTHS = {
    "item": 24,
    "category": 14,
    "title": 32,
    "judgement": 22,
    "question": 60,
    "allowed": 30,
    "answer": 24,
}
_FILLED_IN = ("answer", "comment", "expert")


def workbook(rows: Iterable[Row]) -> bytes:
    """Return the sheet as XLSX, with a list to choose from wherever the answers are few."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    sheet.title = "Panel"
    wrapped, bold = Alignment(wrap_text=True, vertical="top"), Font(bold=True)
    for number, row in enumerate((Row._fields, *rows), 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column, value)
            cell.alignment = wrapped
            if number == 1:
                cell.font = bold
            if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
                cell.data_type = "s"
                cell.quotePrefix = True
    _furnish(sheet)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _furnish(sheet: Any) -> None:
    """Set widths, keep the header in view, and offer lists of answers."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    sheet.freeze_panes = "A2"
    for place, name in enumerate(Row._fields, 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(name, 12)
    answer, allowed = Row._fields.index("answer") + 1, Row._fields.index("allowed") + 1
    judgement = Row._fields.index("judgement") + 1
    lists: dict[str, DataValidation] = {}
    for number in range(2, sheet.max_row + 1):
        choices = ",".join(str(sheet.cell(number, allowed).value).split(", "))
        if sheet.cell(number, judgement).value == ISSUES or len(choices) > LONGEST_LIST:
            continue
        if choices not in lists:
            lists[choices] = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True)
            lists[choices].error = "Choose one of the list."
            sheet.add_data_validation(lists[choices])
        lists[choices].add(sheet.cell(number, answer))


def workbook_rows(path: Path) -> Iterator[list[str]]:
    """Yield the rows of the first sheet as text, the header first. Raises InvalidInput."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with ZipFile(path) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > MAX_UNPACKED:
            raise invalid(path.name, f"unpacks to {unpacked} bytes", "Leave out what is not the sheet.")
        # Formulas come as they are written: what one works out is not what an expert answered.
        with closing(load_workbook(path, read_only=True)) as book:
            for row in book.worksheets[0].iter_rows(values_only=True):
                yield [_text(value) for value in row]
    except (BadZipFile, InvalidFileException, KeyError, IndexError):
        raise invalid(path.name, "is not a workbook that can be read", "Save it as XLSX or CSV.") from None


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
