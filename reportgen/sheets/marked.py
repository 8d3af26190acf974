"""A copy of a filled-in form with its faults marked: cells shaded and commented, and a sheet that lists all faults."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import iterparse
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.hyperlink import Hyperlink

from reportgen.errors import Fault
from reportgen.sheets.form import FAULTS, Form
from reportgen.sheets.grid import Cell
from reportgen.sheets.harmless import UnfitError, require_harmless
from reportgen.sheets.tables import tables_of
from reportgen.sheets.writing import TEXT, printed

_MOST_UNPACKED = 96 * 1024 * 1024
"""A larger workbook is not held in memory whole."""
_SPANNING, _MOST_SPANNED = {"mergeCell", "hyperlink"}, 1_000_000
_MOST_COMMENTS, _MOST_LINKS = 2_000, 60_000
"""More comments make a workbook slow to open; more links it cannot hold."""
_SHADE = PatternFill("solid", fgColor="F8B4B4")
_LINK = Font(color="1D4ED8", underline="single")
_HEADS = ("位置", "问题", "项目路径")
_WIDTHS = (44, 90, 40)
_AUTHOR = "reportgen"
Marks = Sequence[tuple[Fault, Cell | None]]


def marked_copy(path: Path, form: Form, marks: Marks) -> bytes:
    """Return a copy of a workbook, or of a folder of CSV files as a workbook, with faults marked in their cells.

    Raises UnfitError (too large to be copied), and what reading the file raises.
    """
    book = _of_tables(path, form) if path.is_dir() else _of_workbook(path)
    by_cell: dict[Cell, list[str]] = defaultdict(list)
    for fault, cell in marks:
        if cell is not None and cell.title in book.sheetnames:
            by_cell[cell].append(fault.what)
    for number, (cell, said) in enumerate(by_cell.items()):
        if cell.row:
            _mark(book[cell.title].cell(cell.row, cell.column or 1), said if number < _MOST_COMMENTS else [])
    if FAULTS in book.sheetnames:
        book.remove(book[FAULTS])
    _list(book.create_sheet(FAULTS, 0), marks, book.sheetnames)
    book.active = 0
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _of_workbook(path: Path) -> Any:  # noqa: ANN401 - a workbook of the library
    require_harmless(path, _MOST_UNPACKED)
    try:
        if _spanned(path) > _MOST_SPANNED:
            raise UnfitError("工作簿合并或链接的区域过大")
        return load_workbook(path, keep_links=False)
    except UnfitError:
        raise
    # A damaged workbook makes the library raise whatever it stumbles over; parts that were not read may be damaged.
    except Exception as error:
        raise UnfitError(f"工作簿损坏（{type(error).__name__}），请用 Excel 或 WPS 另存") from error


def _spanned(path: Path) -> int:
    """Return how many cells are merged or linked: of each of them the library makes a cell."""
    cells = 0
    with ZipFile(path) as packed:
        for name in packed.namelist():
            with packed.open(name) as part:
                # Entities were looked for before.
                for _, element in iterparse(part) if name.endswith(".xml") else ():  # noqa: S314
                    if element.tag.rpartition("}")[2] in _SPANNING:
                        left, top, right, bottom = range_boundaries(element.get("ref", "A1"))
                        cells += (1 + (right or 0) - (left or 0)) * (1 + (bottom or 0) - (top or 0))
                    element.clear()
    return cells


def _of_tables(path: Path, form: Form) -> Any:  # noqa: ANN401 - a workbook of the library
    book = Workbook()
    book.remove(book.worksheets[0])
    with tables_of(path) as tables:
        order = [sheet.title for sheet in form.sheets]
        for title in sorted(
            tables.titles, key=lambda name: order.index(name) if name in order else len(order)
        ):
            sheet = book.create_sheet(title[:31])
            known = form.sheet(title)
            sheet.freeze_panes = "C2" if known and known.pairs else "B2"
            for number, cells in tables.rows(title):
                for column, value in enumerate(cells, 1):
                    if value:
                        _put(sheet.cell(number, column), str(value))
    return book


def _put(cell: Any, text: str) -> None:  # noqa: ANN401 - a cell of the library
    cell.value = printed(text)
    # Else the library would take what begins with an equals sign for a formula.
    cell.data_type, cell.number_format = "s", TEXT


def _mark(cell: Any, said: Iterable[str]) -> None:  # noqa: ANN401 - a cell of the library
    cell.fill = _SHADE
    text = "\n".join(printed(what) for what in said)
    # What a merged range hides can be shaded, but holds no comment.
    if text and not isinstance(cell, MergedCell):
        cell.comment = Comment(text, _AUTHOR, height=40 + 18 * (len(text) // 20), width=300)


def _list(sheet: Any, marks: Marks, titles: Sequence[str]) -> None:  # noqa: ANN401 - a sheet of the library
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABC", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    for column, head in enumerate(_HEADS, 1):
        sheet.cell(1, column, head).font = Font(bold=True)
    for row, (fault, cell) in enumerate(marks, 2):
        for column, text in enumerate((str(cell or "全文"), fault.what, fault.path), 1):
            _put(sheet.cell(row, column), text)
        if cell is not None and cell.title in titles and row < _MOST_LINKS:
            _link(sheet.cell(row, 1), cell)


def _link(at: Any, cell: Cell) -> None:  # noqa: ANN401 - a cell of the library
    at.hyperlink = Hyperlink(
        at.coordinate, location=f"'{cell.title.replace(chr(39), chr(39) * 2)}'!{cell.coordinate}"
    )
    at.font = _LINK
