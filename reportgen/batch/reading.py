"""Lists of requests as rows of text: CSV (UTF-8 or GBK), XLSX, JSON Lines. What is in them comes from strangers.

Sizes and rows are bounded before anything is unpacked, nothing is evaluated, and what is no plain text in a cell is
a fault of that cell.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from sys import intern
from typing import Any

from reportgen.batch.columns import HEADS, KEYS, LONGEST, REQUIRED, SHEET, key_of
from reportgen.batch.sources import Words, is_file
from reportgen.batch.wording import CELL, RowFault
from reportgen.errors import ReportgenError
from reportgen.sheets.delimited import SIZE_LIMIT, rows_of
from reportgen.sheets.harmless import UnfitError, require_file
from reportgen.sheets.text import NOTE_MARK, CellError, plain_text, says_something, wrong_heads

MOST_ROWS = 1_000_000
_MOST_COLUMNS = 64
_LONGEST_LINE = 64 * 1024
_SHOWN = 40


@dataclass(frozen=True)
class Row:
    """A row of a list: its number in the file, its words, and what is wrong with its cells."""

    number: int
    words: Words
    faults: tuple[RowFault, ...] = ()


Cells = tuple[int, dict[str, object]]
"""A row as its file has it: its number, and what stands in each column; a CellError where that is no text."""


def read_requests(path: Path) -> list[Row]:
    """Return the rows of a list of requests; blank ones and notes are passed over.

    Raises E0302, E0303 (size), E0304 (neither UTF-8 nor GBK), E0361 (no such list, or too many rows).
    """
    kind = path.suffix.lower()
    readers = {".csv": _csv, ".xlsx": _xlsx, ".jsonl": _json_lines}
    if kind not in readers:
        raise ReportgenError("E0361", path=str(path), detail="应为 .csv、.xlsx 或 .jsonl 文件")
    require_file(path, SIZE_LIMIT)
    try:
        found = islice(readers[kind](path), MOST_ROWS + 1)
        rows = [_row(number, cells, path.parent) for number, cells in found if any(cells.values())]
    except UnfitError as error:
        raise ReportgenError("E0361", path=str(path), detail=str(error)) from error
    if len(rows) > MOST_ROWS:
        raise ReportgenError("E0361", path=str(path), detail=f"多于 {MOST_ROWS} 行，请分成几份")
    if not rows:
        raise ReportgenError("E0361", path=str(path), detail="没有一行申请")
    return rows


def _row(number: int, cells: dict[str, object], folder: Path) -> Row:
    faults = []
    words = dict.fromkeys(KEYS, "")
    for key, value in cells.items():
        try:
            # A list of a million rows says the same project a thousand times.
            words[key] = intern(_text(value))
        except CellError as error:
            faults.append(RowFault(number, key, CELL, str(error)))
    named = {fault.column for fault in faults}
    faults += [
        RowFault(number, key, CELL, "没有填写，此项必填")
        for key in REQUIRED
        if not words[key] and key not in named
    ]
    for key in ("applicant", "project"):
        words[key] = _placed(words[key], folder)
    return Row(number, Words(**words), tuple(faults))


def _text(value: object) -> str:
    text = plain_text(value)
    if len(text) > LONGEST:
        raise CellError(f"过长，最多 {LONGEST} 字")
    return text


def _placed(word: str, folder: Path) -> str:
    """Return a file's name from where the list lies, and any other word as it is."""
    ending = "/" if word.endswith("/") else ""
    return str((folder / word).absolute()) + ending if is_file(word) else word


def _csv(path: Path) -> Iterator[Cells]:
    return _table(path, rows_of(path))


def _xlsx(path: Path) -> Iterator[Cells]:
    # Workbooks are read by a library that takes a while to load.
    from reportgen.sheets.book import opened

    with opened(path) as book:
        title = SHEET if SHEET in book.titles else book.titles[0]
        yield from _table(path, book.rows(title, MOST_ROWS + 1, _MOST_COLUMNS, merged=False))


def _table(path: Path, rows: Iterable[tuple[int, Sequence[object]]]) -> Iterator[Cells]:
    """Yield the rows below the heads, each by the columns' keys."""
    written = ((number, list(cells)) for number, cells in rows if says_something(cells))
    _, heads = next(written, (0, []))
    keys = _keys(path, [str(head or "") for head in heads])
    for number, cells in written:
        found = {key: cell for key, cell in zip(keys, cells, strict=False) if key and cell not in (None, "")}
        if any(cell not in (None, "") for cell in cells[len(keys) :]):
            found[keys[0] or KEYS[0]] = CellError("这一行的格多于列名，请核对分隔与引号")
        yield number, found


def _keys(path: Path, heads: list[str]) -> list[str]:
    keys = [key_of(head) if head.strip() else "" for head in heads]
    unknown = [head[:_SHOWN] for head, key in zip(heads, keys, strict=True) if key is None]
    given = [key for key in keys if key]
    if wrong := wrong_heads(HEADS, REQUIRED, given, unknown):
        raise ReportgenError("E0361", path=str(path), detail=wrong)
    return [key or "" for key in keys]


def _json_lines(path: Path) -> Iterator[Cells]:
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            for number, line in enumerate(file, 1):
                text = line.strip()
                if text and not text.startswith(NOTE_MARK):
                    yield number, _object(text)
    except UnicodeDecodeError as error:
        raise ReportgenError("E0304", path=str(path), file=path.name, offset=error.start + 1) from error


def _object(text: str) -> dict[str, object]:
    try:
        if len(text) > _LONGEST_LINE:
            raise ValueError
        pairs = json.loads(text, object_pairs_hook=list, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return {KEYS[0]: CellError("这一行不是一个 JSON 对象")}
    if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs):
        return {KEYS[0]: CellError("这一行不是一个 JSON 对象")}
    return _named(pairs)


def _named(pairs: list[tuple[str, Any]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        key = key_of(name)
        if key is None or key in found:
            what = "重复的键" if key else "不认识的键"
            found[KEYS[0]] = CellError(f"{what}：{name[:_SHOWN]}")
        elif key and value is not None:
            found[key] = value if isinstance(value, str) else CellError("应为文字")
    return found
