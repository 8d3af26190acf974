"""Workbooks (XLSX) of strangers as rows of raw cells; what they hold is neither evaluated nor followed."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils import range_boundaries
from openpyxl.utils.escape import unescape

from reportgen.errors import ReportgenError
from reportgen.sheets.harmless import UnfitError, require_harmless
from reportgen.sheets.tables import MOST_COLUMNS, MOST_ROWS
from reportgen.sheets.text import CellError, figure, is_blank

_LAST_ROW = 1_048_576
_CHUNK, _OVERLAP = 1 << 20, 256
_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^<>]*?\bref=[\"']([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})[\"']"
)
_MOST_MERGED = 100_000


class Book:
    """An open workbook: the titles of its sheets, whether it links to other files, and its rows."""

    def __init__(self, path: Path, library: Any, links: bool) -> None:  # noqa: ANN401 - a workbook of the library
        self.titles: tuple[str, ...] = tuple(sheet.title for sheet in library.worksheets)
        self.epoch: datetime = library.epoch
        self.links = links
        self._path, self._library = path, library

    def rows(
        self,
        title: str,
        most_rows: int = MOST_ROWS,
        most_columns: int = MOST_COLUMNS,
        *,
        merged: bool = True,
    ) -> Iterator[tuple[int, Sequence[object]]]:
        """Yield the rows of a sheet, each with its number; raises UnfitError where there are more than asked for.

        A cell is a text, a number, a truth or a date as the workbook has it; a number shown in percent is the
        text that is shown, and what cannot be read is a CellError. `merged`: the first cell of a merged range
        holds for all its rows.
        """
        sheet = self._library[title]
        # What the file says of its own size is not to be trusted.
        sheet.reset_dimensions()
        rows = _cells(sheet.iter_rows(max_row=_LAST_ROW, max_col=most_columns))
        for number, cells in _spread(rows, _ranges(self._path, sheet)) if merged else rows:
            if number > most_rows and not all(map(is_blank, cells)):
                raise UnfitError(f"“{title}”表多于 {most_rows} 行，请分成几份")
            yield number, cells


@contextmanager
def opened(path: Path) -> Iterator[Book]:
    """Open a workbook; raises E0302, E0303 (too large), UnfitError (no workbook, a damaged or a harmful one)."""
    links = require_harmless(path)
    try:
        library = load_workbook(path, read_only=True, data_only=False, keep_links=False)
        try:
            yield Book(path, library, links)
        finally:
            library.close()
    except (ReportgenError, UnfitError):
        raise
    # A damaged workbook makes the library raise whatever it stumbles over.
    except Exception as error:
        raise UnfitError(f"工作簿损坏（{type(error).__name__}），请用 Excel 或 WPS 另存") from error


def _cells(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[int, list[object]]]:
    """Yield the rows in which something stands; rows may be formatted to the last one there can be."""
    blank = None
    for number, row in enumerate(rows, 1):
        # The library gives one and the same row for each that a file leaves out.
        if row is blank:
            continue
        cells = [None if cell is EMPTY_CELL else _raw(cell) for cell in row]
        if any(cell is not None for cell in cells):
            yield number, cells
        else:
            blank = row


def _raw(cell: Any) -> object:  # noqa: ANN401 - a cell of the library
    value, sort = cell.value, cell.data_type
    if value is None:
        return None
    if sort == "f":
        return CellError("是公式，请改为文字或只粘贴数值")
    if sort == "e":
        return CellError(f"是错误值 {value}，请改正")
    if isinstance(value, str):
        # So a workbook spells letters that XML cannot hold, among them the line ends of some programs.
        return unescape(value).replace("\r\n", "\n") if "_x" in value else value
    if sort == "n" and "%" in cell.number_format and not isinstance(value, date | time | timedelta):
        return _percent(value)
    return value


def _percent(value: float) -> object:
    try:
        return f"{(Decimal(figure(value)) * 100).normalize():f}%"
    except CellError as error:
        return error


_Ranges = dict[int, list[tuple[int, int]]]
"""Of each column the merged ranges whose first cell stands in it: first and last row."""


def _ranges(path: Path, sheet: Any) -> _Ranges:  # noqa: ANN401 - a sheet of the library
    found: _Ranges = {}
    # The reader that keeps a large workbook out of memory passes over what is merged.
    with ZipFile(path) as packed, packed.open(sheet._worksheet_path) as part:
        tail = b""
        while (chunk := part.read(_CHUNK)) and sum(map(len, found.values())) < _MOST_MERGED:
            text = tail + chunk
            for match in _MERGED.finditer(text):
                left, top, _, bottom = range_boundaries(match[1].decode())
                if left and top and bottom and top < bottom:
                    found.setdefault(left - 1, []).append((top, bottom))
            tail = text[-_OVERLAP:]
    return {column: sorted(set(ranges)) for column, ranges in found.items()}


def _spread(
    rows: Iterator[tuple[int, list[object]]], ranges: _Ranges
) -> Iterator[tuple[int, Sequence[object]]]:
    held: dict[int, tuple[int, object]] = {}
    begins = {(column, top): bottom for column, spans in ranges.items() for top, bottom in spans}
    for number, cells in rows:
        for column in ranges:
            value = cells[column] if column < len(cells) else None
            if bottom := begins.get((column, number)):
                held[column] = (bottom, value)
            elif column in held and held[column][0] >= number and value is None:
                cells.extend([None] * (column + 1 - len(cells)))
                cells[column] = held[column][1]
        yield number, cells
