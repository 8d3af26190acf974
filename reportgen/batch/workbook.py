"""Workbooks (XLSX): a list of requests read from one that a stranger made, and tables written for a person.

A workbook is a ZIP of XML: what it unpacks to is bounded by what its directory says, which the reader of the ZIP
holds it to, and an XML part that declares entities is refused.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from reportgen.batch.columns import SHEET
from reportgen.batch.reading import MOST_ROWS, CellError
from reportgen.errors import ReportgenError

_SIZE_LIMIT, _UNPACKED_LIMIT, _MOST_PARTS = 64 * 1024 * 1024, 512 * 1024 * 1024, 1000
_MOST_COLUMNS = 64
_CHUNK = 1 << 20
_DECLARES = re.compile(
    rb"<\x00?!\x00?(?:D\x00?O\x00?C\x00?T\x00?Y\x00?P\x00?E|E\x00?N\x00?T\x00?I\x00?T\x00?Y)"
)
_DIGITS = 15
"""Digits that a number in a workbook keeps."""
_MOST_LETTERS = 32_767
"""So many a cell can hold."""
_ALIGNED = Alignment(vertical="top", wrap_text=True)
_SHADE = PatternFill("solid", fgColor="DDE5EE")
_UNPRINTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True)
class Table:
    """A sheet to write: its title, its heads, its rows, and how wide its columns are, in characters."""

    title: str
    heads: Sequence[str]
    rows: Iterable[Sequence[str | int | float]]
    widths: Sequence[int]


def cells_of(path: Path) -> Iterator[tuple[int, Sequence[object]]]:
    """Yield the rows of the sheet 申请表, or of the first one, each with its number; raises E0303, E0361.

    A cell that holds no text (a formula, a date, a number too long to be exact) is a CellError.
    """
    _require_harmless(path)
    try:
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
            # What the file says of its own size is not to be trusted.
            sheet.reset_dimensions()
            rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=_MOST_COLUMNS)
            for number, row in enumerate(rows, 1):
                yield number, [_plain(cell) for cell in row]
        finally:
            book.close()
    except ReportgenError:
        raise
    # A damaged workbook makes the library raise whatever it stumbles over.
    except Exception as error:
        raise _unfit(path, f"工作簿损坏（{type(error).__name__}），请用 Excel 或 WPS 另存") from error


def _plain(cell: Any) -> object:  # noqa: ANN401 - a cell of the library
    value = cell.value
    if cell.data_type == "f":
        return CellError("是公式，请改为文字")
    if isinstance(value, bool) or cell.data_type == "e":
        return CellError("不是文字")
    if isinstance(value, date | time | timedelta):
        return CellError("是日期或时间，请把这一列设为文本格式后重填")
    if isinstance(value, int | float):
        return _figure(value)
    return value


def _figure(value: float) -> object:
    if value != int(value):
        return str(value)
    digits = str(int(value))
    if len(digits) > _DIGITS:
        return CellError(f"是数字，{_DIGITS} 位以后已经失真，请把这一列设为文本格式后重填")
    return digits


def _require_harmless(path: Path) -> None:
    size = path.stat().st_size
    if size > _SIZE_LIMIT:
        raise ReportgenError("E0303", path=str(path), file=path.name, size=size, limit=_SIZE_LIMIT)
    try:
        with ZipFile(path) as packed:
            parts = packed.infolist()
            unpacked = sum(part.file_size for part in parts)
            if len(parts) > _MOST_PARTS or unpacked > _UNPACKED_LIMIT:
                limit = _UNPACKED_LIMIT
                raise ReportgenError("E0303", path=str(path), file=path.name, size=unpacked, limit=limit)
            if any(_declares(packed, part.filename) for part in parts):
                raise _unfit(path, "工作簿的 XML 含有实体声明")
    except (BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise _unfit(path, "不是 XLSX 工作簿；.xls 请另存为 .xlsx，加密的请先解除密码") from error


def _declares(packed: ZipFile, name: str) -> bool:
    if not name.endswith((".xml", ".rels")):
        return False
    with packed.open(name) as part:
        tail = b""
        while chunk := part.read(_CHUNK):
            if _DECLARES.search(tail + chunk):
                return True
            tail = chunk[-32:]
    return False


def _unfit(path: Path, detail: str) -> ReportgenError:
    return ReportgenError("E0361", path=str(path), detail=detail)


def workbook(*tables: Table) -> bytes:
    """Return tables as an XLSX file: every text is text, none a formula; columns of text keep what is typed in."""
    book = Workbook(write_only=True)
    for table in tables:
        _fill(book.create_sheet(table.title), table)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Any, table: Table) -> None:  # noqa: ANN401 - a sheet of the library
    sheet.freeze_panes = "A2"
    for number, width in enumerate(table.widths, 1):
        column = sheet.column_dimensions[get_column_letter(number)]
        column.width, column.number_format = width, "@"
    sheet.append([_cell(sheet, head, heading=True) for head in table.heads])
    for row in table.rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: str | float, *, heading: bool = False) -> Any:  # noqa: ANN401
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, _UNPRINTED.sub("", value)[:_MOST_LETTERS])
    # Else the library would take what begins with an equals sign for a formula.
    cell.data_type, cell.number_format = "s", "@"
    cell.alignment = _ALIGNED
    if heading:
        cell.font, cell.fill = Font(bold=True), _SHADE
    return cell
