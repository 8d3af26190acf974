"""Workbooks (XLSX) written for people: every text is text, none a formula."""

import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties

from reportgen.sheets.text import NOTE_MARK

Value = str | int | float | Decimal | date | None
TEXT, DAY = "@", "yyyy-mm-dd"
"""How a column shows what is typed in: as it stands, or as a day."""
_A4, _MARGIN = 9, 0.4
"""The number of the paper in ECMA-376, part 1, 18.3.1.63, and its margins left and right in inches."""
_LAST_ROW = 1_048_576
_MOST_LETTERS = 32_767
"""So many a cell can hold."""
_ALIGNED = Alignment(vertical="top", wrap_text=True)
_SHADE, _NEEDED = PatternFill("solid", fgColor="DDE5EE"), PatternFill("solid", fgColor="F3D9B1")
_BOLD, _QUIET = Font(bold=True, size=11), Font(italic=True, size=11, color="6B7280")
_LINE, _MOST_LINES = 17, 12
"""The height of a line in points, and how many lines of a cell are shown at most."""
_UNPRINTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_SPELT = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_AUTHOR = "reportgen"


@dataclass(frozen=True)
class Head:
    """The head of a column, how wide the column is in characters, and what helps to fill it.

    `note` is a comment on the head; `shown` how the column shows what is typed in; `needed` shades the head;
    `offered` is what a drop-down offers, words or a range of cells.
    """

    text: str
    width: float
    note: str = ""
    shown: str = TEXT
    needed: bool = False
    offered: Sequence[str] | str = ()


@dataclass(frozen=True)
class Table:
    """A sheet to write: its title, its heads and its rows; `frozen` is the cell that heads and names stand before."""

    title: str
    heads: Sequence[Head]
    rows: Iterable[Sequence[Value]]
    frozen: str = "A2"
    drop_downs: Sequence[tuple[str, Sequence[str] | str]] = ()


def workbook(*tables: Table) -> bytes:
    """Return tables as an XLSX file; columns of text keep what is typed in."""
    book = Workbook(write_only=True)
    for table in tables:
        _fill(book.create_sheet(table.title), table)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def printed(text: str) -> str:
    """Return a text as a workbook can hold it: without control characters, and not too long for a cell."""
    return _SPELT.sub("_x005F_", _UNPRINTED.sub("", text)[:_MOST_LETTERS])


def wide(text: str) -> int:
    """Return how wide a text is, in columns of letters."""
    return sum(2 if ord(letter) > 0xFF else 1 for letter in text)


def drop_down(cells: str, offered: Sequence[str] | str) -> DataValidation:
    """Return a drop-down for a range of cells, which offers words or what stands in another range.

    Words are all that may be typed; of a range the clerk is only warned, for it may not be filled yet.
    """
    listed = offered if isinstance(offered, str) else f'"{",".join(offered)}"'
    made = DataValidation("list", formula1=listed, allow_blank=True, showErrorMessage=True)
    made.errorStyle = "warning" if isinstance(offered, str) else "stop"
    made.error, made.errorTitle = "请从下拉列表中选择", "不在可选的值之中"
    made.add(cells)
    return made


def _fill(sheet: Any, table: Table) -> None:  # noqa: ANN401 - a sheet of the library
    sheet.freeze_panes = table.frozen
    _lay_out(sheet)
    for number, head in enumerate(table.heads, 1):
        letter = get_column_letter(number)
        column = sheet.column_dimensions[letter]
        column.width, column.number_format = head.width, head.shown
        if head.offered:
            sheet.data_validations.append(drop_down(f"{letter}2:{letter}{_LAST_ROW}", head.offered))
    for cells, offered in table.drop_downs:
        sheet.data_validations.append(drop_down(cells, offered))
    sheet.append([_heading(sheet, head) for head in table.heads])
    for number, row in enumerate(table.rows, 2):
        # Not every program makes room for wrapped text by itself.
        if (lines := max(map(_lines, row, table.heads), default=1)) > 1:
            sheet.row_dimensions[number].height = _LINE * min(lines, _MOST_LINES)
        quiet = bool(row) and isinstance(row[0], str) and row[0].startswith(NOTE_MARK)
        shown = [head.shown for head in table.heads]
        sheet.append([_cell(sheet, value, how, quiet) for value, how in zip(row, shown, strict=False)])


def _lay_out(sheet: Any) -> None:  # noqa: ANN401 - a sheet of the library
    """Have a sheet printed on A4 lying, all columns on one page and as many pages as rows need, heads on each."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_title_rows, sheet.page_margins = "1:1", PageMargins(left=_MARGIN, right=_MARGIN)


def _lines(value: Value, head: Head) -> int:
    """Return how many lines a cell takes in its column."""
    if not isinstance(value, str):
        return 1
    return sum(1 + int((wide(line) - 1) // (head.width - 1)) for line in value.split("\n") or [""])


def _heading(sheet: Any, head: Head) -> Any:  # noqa: ANN401 - a cell of the library
    cell = _cell(sheet, head.text, TEXT)
    cell.font, cell.fill = _BOLD, _NEEDED if head.needed else _SHADE
    if head.note:
        lines = sum(1 + len(line) // 18 for line in head.note.splitlines())
        cell.comment = Comment(head.note, _AUTHOR, height=24 + 18 * lines, width=280)
    return cell


def _cell(sheet: Any, value: Value, shown: str, quiet: bool = False) -> Any:  # noqa: ANN401
    if value is None:
        return None
    cell: Any = WriteOnlyCell(sheet)
    cell.value = printed(value) if isinstance(value, str) else value
    if isinstance(value, str):
        # Else the library would take what begins with an equals sign for a formula.
        cell.data_type = "s"
        cell._style = _style(sheet, TEXT)
    elif isinstance(value, date):
        cell._style = _style(sheet, shown)
    if quiet:
        cell.font = _QUIET
    return cell


def _style(sheet: Any, shown: str) -> Any:  # noqa: ANN401 - a style of the library
    """Return the style of a cell; looking up its parts anew would take most of the time of a large table."""
    styles = sheet.parent.__dict__.setdefault("_styles_by_format", {})
    if shown not in styles:
        cell: Any = WriteOnlyCell(sheet)
        cell.number_format, cell.alignment = shown, _ALIGNED
        styles[shown] = cell._style
    return copy(styles[shown])
