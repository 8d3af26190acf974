"""Lists of requests as rows of text: CSV (UTF-8 or GBK), XLSX, JSON Lines. What is in them comes from strangers.

Sizes and rows are bounded before anything is unpacked, nothing is evaluated, and what is no plain text in a cell is
a fault of that cell.
"""

import csv
import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from sys import intern
from typing import Any

from reportgen.batch.columns import HEADS, KEYS, LONGEST, NOTE_MARK, REQUIRED, key_of
from reportgen.batch.sources import Words, is_file
from reportgen.batch.wording import CELL, RowFault
from reportgen.errors import ReportgenError

SIZE_LIMIT = 256 * 1024 * 1024
MOST_ROWS = 1_000_000
_LONGEST_LINE, _CHUNK = 64 * 1024, 1 << 20
_SHOWN = 40
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class CellError(Exception):
    """Why a cell holds no plain text, in Chinese."""


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
    _require_size(path)
    rows = [
        _row(number, cells, path.parent)
        for number, cells in islice(readers[kind](path), MOST_ROWS + 1)
        if any(cells.values())
    ]
    if len(rows) > MOST_ROWS:
        raise ReportgenError("E0361", path=str(path), detail=f"多于 {MOST_ROWS} 行，请分成几份")
    if not rows:
        raise ReportgenError("E0361", path=str(path), detail="没有一行申请")
    return rows


def _require_size(path: Path) -> None:
    try:
        if not path.is_file():
            raise ReportgenError("E0302", path=str(path), file=path.name)
        size = path.stat().st_size
    except (OSError, ValueError) as error:
        raise ReportgenError("E0302", path=str(path), file=path.name) from error
    if size > SIZE_LIMIT:
        raise ReportgenError("E0303", path=str(path), file=path.name, size=size, limit=SIZE_LIMIT)


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
    if isinstance(value, CellError):
        raise value
    text = str(value).strip()
    if len(text) > LONGEST:
        raise CellError(f"过长，最多 {LONGEST} 字")
    # No database takes them, and some would forge a line of a log.
    if found := _CONTROLS.search(text):
        raise CellError(f"含控制字符 U+{ord(found[0]):04X}")
    return text


def _placed(word: str, folder: Path) -> str:
    """Return a file's name from where the list lies, and any other word as it is."""
    return str((folder / word).absolute()) if is_file(word) else word


def _csv(path: Path) -> Iterator[Cells]:
    # Not str.splitlines, which takes more for the end of a line than a table does.
    with path.open(encoding=_encoding(path), newline="") as file:
        rows = csv.reader(file, strict=True)
        try:
            yield from _table(path, enumerate(rows, 1))
        except csv.Error as error:
            detail = f"第 {rows.line_num} 行的引号或分隔有误（{error}）"
            raise ReportgenError("E0361", path=str(path), detail=detail) from error


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


def _xlsx(path: Path) -> Iterator[Cells]:
    # Workbooks are read by a library that takes a while to load.
    from reportgen.batch.workbook import cells_of

    return _table(path, cells_of(path))


def _table(path: Path, rows: Iterable[tuple[int, Sequence[object]]]) -> Iterator[Cells]:
    """Yield the rows below the heads, each by the columns' keys."""
    written = ((number, list(cells)) for number, cells in rows if _says_something(cells))
    _, heads = next(written, (0, []))
    keys = _keys(path, [str(head or "") for head in heads])
    for number, cells in written:
        found = {key: cell for key, cell in zip(keys, cells, strict=False) if key and cell not in (None, "")}
        if any(cell not in (None, "") for cell in cells[len(keys) :]):
            found[keys[0] or KEYS[0]] = CellError("这一行的格多于列名，请核对分隔与引号")
        yield number, found


def _says_something(cells: Sequence[object]) -> bool:
    first = next((cell for cell in cells if cell not in (None, "")), None)
    return first is not None and not (isinstance(first, str) and first.lstrip().startswith(NOTE_MARK))


def _keys(path: Path, heads: list[str]) -> list[str]:
    keys = [key_of(head) if head.strip() else "" for head in heads]
    unknown = [head[:_SHOWN] for head, key in zip(heads, keys, strict=True) if key is None]
    given = [key for key in keys if key]
    twice = [HEADS[key] for key in dict.fromkeys(given) if given.count(key) > 1]
    missing = [HEADS[key] for key in REQUIRED if key not in given]
    said = (("不认识的列", unknown), ("重复的列", twice), ("缺少的列", missing))
    if wrong := [f"{what}：{'、'.join(names)}" for what, names in said if names]:
        raise ReportgenError("E0361", path=str(path), detail="；".join(wrong))
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
