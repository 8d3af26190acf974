"""The tables of a file: the sheets of a workbook, or the CSV files of a folder."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from reportgen.errors import ReportgenError
from reportgen.files import unreadable
from reportgen.sheets.delimited import SIZE_LIMIT, rows_of
from reportgen.sheets.harmless import UnfitError
from reportgen.sheets.text import EPOCH

MOST_ROWS, MOST_COLUMNS, MOST_FILES = 200_000, 128, 100
BOOK, TABLE = ".xlsx", ".csv"
Row = tuple[int, Sequence[object]]
"""The number of a row, and its raw cells."""


class Tables(Protocol):
    """Tables by their titles."""

    titles: tuple[str, ...]
    epoch: datetime
    links: bool

    def rows(self, title: str) -> Iterator[Row]:
        """Yield the rows of a table."""


@contextmanager
def tables_of(path: Path) -> Iterator[Tables]:
    """Open a workbook or a folder of CSV files; raises E0302, E0303, E0304, E0370."""
    try:
        if path.is_dir():
            yield _Folder(path)
        else:
            # Workbooks are read by a library that takes a while to load.
            from reportgen.sheets.book import opened

            with opened(path) as book:
                yield book
    except UnfitError as error:
        raise ReportgenError("E0370", path=str(path), detail=str(error)) from error


@dataclass
class _Folder:
    """A folder of CSV files, each a table; what else lies there is not looked at."""

    path: Path
    epoch: datetime = EPOCH
    links: bool = False

    def __post_init__(self) -> None:
        try:
            found = [file for file in sorted(self.path.iterdir()) if file.suffix.lower() == TABLE]
            # What spreadsheets and systems leave beside a file they have open.
            self._files = {file.stem: file for file in found if not file.name.startswith((".", "~"))}
            size = sum(file.stat().st_size for file in self._files.values())
        except OSError as error:
            raise unreadable(self.path, error) from error
        self.titles = tuple(self._files)
        if len(self.titles) > MOST_FILES or size > SIZE_LIMIT:
            raise ReportgenError(
                "E0303", path=str(self.path), file=self.path.name, size=size, limit=SIZE_LIMIT
            )
        if not self.titles:
            raise UnfitError("文件夹中没有 CSV 文件")

    def rows(self, title: str) -> Iterator[Row]:
        """Yield the rows of a table; raises E0304, UnfitError."""
        for number, cells in rows_of(self._files[title]):
            if number > MOST_ROWS:
                raise UnfitError(f"“{title}”表多于 {MOST_ROWS} 行，请分成几份")
            yield number, cells
