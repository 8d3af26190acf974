"""CSV files as rows of text, in UTF-8 with or without a mark, or GBK (GB 18030)."""

import csv
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from pathlib import Path

from reportgen.errors import ReportgenError
from reportgen.sheets.harmless import UnfitError, require_file

SIZE_LIMIT = 256 * 1024 * 1024
_CHUNK = 1 << 20


def rows_of(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a CSV file, each with its number.

    Raises E0302, E0303 (size), E0304 (neither UTF-8 nor GBK), UnfitError (quotes that do not close).
    """
    require_file(path, SIZE_LIMIT)
    # Not str.splitlines, which takes more for the end of a line than a table does.
    with path.open(encoding=_encoding(path), newline="") as file:
        rows = csv.reader(file, strict=True)
        try:
            yield from enumerate(rows, 1)
        except csv.Error as error:
            raise UnfitError(f"第 {rows.line_num} 行的引号或分隔有误（{error}）") from error


def written(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as a CSV file in UTF-8; the mark at the beginning tells a spreadsheet so."""
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _encoding(path: Path) -> str:
    try:
        _decode(path, "utf-8")
    except ReportgenError:
        _decode(path, "gb18030")
        return "gb18030"
    return "utf-8-sig"


def _decode(path: Path, encoding: str) -> None:
    """Raise E0304 where a file is not all of an encoding."""
    decoder, done = getincrementaldecoder(encoding)(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
                done += len(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        offset = done + error.start + 1
        raise ReportgenError("E0304", path=str(path), file=path.name, offset=offset) from error
