"""Lists (名单) as CSV: who stands on which, since when, by what and by whom; every fault by row and column."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from reportgen.errors import Fault, ReportgenError
from reportgen.plain import ABSENT
from reportgen.sheets.delimited import rows_of
from reportgen.sheets.harmless import UnfitError
from reportgen.sheets.text import CellError, plain_text, says_something, wrong_heads
from reportgen.subject.base import LONG_TERM_YEAR, LONGEST_TEXT
from reportgen.subject.identifiers import uscc_fault
from reportgen.subject.records import RecordKind

T = TypeVar("T")
KINDS = (
    RecordKind.SERIOUS_LIST,
    RecordKind.DEFAULTER,
    RecordKind.ABNORMAL_LIST,
    RecordKind.OTHER_ADVERSE,
    RecordKind.RED_LIST,
    RecordKind.TAX_A,
    RecordKind.HONOUR,
    RecordKind.OTHER_GOOD,
)
"""What a list may be, the black ones first: a name on it is a record of that kind."""
HEADS = {
    "uscc": "统一社会信用代码",
    "name": "名称",
    "former_names": "曾用名",
    "list": "名单",
    "kind": "类别",
    "listed_on": "列入日期",
    "until": "截止日期",
    "basis": "依据",
    "authority": "认定机关",
}
OPTIONAL = frozenset({"former_names", "until"})
"""The columns that a list may lack; a code may be left blank, where only the name is known."""
MOST_ROWS = 2_000_000
_ALSO = {
    "原名": "former_names",
    "历史名称": "former_names",
    "名单名称": "list",
    "有效期至": "until",
    "列入机关": "authority",
}
_DAY = re.compile(
    r"(\d{4})(?:-(\d\d?)-(\d\d?)|/(\d\d?)/(\d\d?)|\.(\d\d?)\.(\d\d?)|年(\d\d?)月(\d\d?)日|(\d\d)(\d\d))"
)
_LONG = frozenset({"长期", "永久"})
_FIRST_YEAR = 1949
_LONGEST_BASIS = 500
_NAMED, _SHOWN = 200, 40


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of a list; without a code it says only a name. `until` is None where no end is set."""

    uscc: str | None
    name: str
    former_names: tuple[str, ...]
    list: str
    kind: RecordKind
    listed_on: date
    until: date | None
    basis: str
    authority: str


@dataclass
class _Faults:
    """What is wrong in a file: how much, and the first of it by name."""

    count: int = 0
    named: list[Fault] = field(default_factory=list)

    def add(self, row: int, key: str, what: str) -> None:
        self.count += 1
        if len(self.named) < _NAMED:
            self.named.append(Fault("E0380", f"第 {row} 行“{HEADS[key]}”", what))


def read_list(path: Path, collected_on: date) -> Iterator[Listed]:
    """Yield the rows of a list as it was collected on a day; blank ones and notes are passed over.

    Raises E0302, E0303 (size), E0304 (neither UTF-8 nor GBK), E0381 (no such table), and at its end E0380 where
    anything in it was wrong: what was yielded until then is not to be kept.
    """
    faults, kinds, rows = _Faults(), dict[str, RecordKind](), 0
    try:
        for number, words in _table(path):
            rows += 1
            if rows > MOST_ROWS:
                raise UnfitError(f"多于 {MOST_ROWS} 行，请分成几份")
            row = _row(number, words, collected_on, faults)
            if row and kinds.setdefault(row.list, row.kind) is not row.kind:
                faults.add(
                    number, "kind", f"名单“{row.list}”前面各行的类别是{kinds[row.list]}，一份名单只有一个类别"
                )
            elif row:
                yield row
        if not rows:
            raise UnfitError("没有一行")
    except UnfitError as error:
        raise ReportgenError("E0381", path=str(path), detail=str(error)) from error
    if faults.count:
        raise ReportgenError("E0380", path=path.name, faults=faults.named, count=faults.count)


def _table(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    rows = ((number, cells) for number, cells in rows_of(path) if says_something(cells))
    _, heads = next(rows, (0, []))
    keys = _keys([head.strip() for head in heads])
    for number, cells in rows:
        if any(cells[len(keys) :]):
            raise UnfitError(f"第 {number} 行的格多于列名，请核对分隔与引号")
        yield number, dict(zip(keys, cells, strict=False))


def _keys(heads: Sequence[str]) -> list[str]:
    known = {**{head: key for key, head in HEADS.items()}, **_ALSO}
    unknown = [head[:_SHOWN] or "（空）" for head in heads if head not in known]
    keys = [known[head] for head in heads if head in known]
    if wrong := wrong_heads(HEADS, HEADS.keys() - OPTIONAL, keys, unknown):
        raise UnfitError(wrong)
    return keys


def _row(number: int, words: dict[str, str], collected_on: date, faults: _Faults) -> Listed | None:
    """Return a row, or None where it has a fault."""
    before, cells = faults.count, _Cells(number, words, faults)
    found = Listed(
        uscc=cells.read("uscc", _code, None),
        name=cells.read("name", _text, ""),
        former_names=cells.read("former_names", _names, ()),
        list=cells.read("list", _text, ""),
        kind=cells.read("kind", _kind, KINDS[0]),
        listed_on=cells.read("listed_on", _day, date.min),
        until=cells.read("until", _until, None),
        basis=cells.read("basis", _long_text, ""),
        authority=cells.read("authority", _text, ""),
    )
    if faults.count == before:
        _in_order(number, found, collected_on, faults)
    return found if faults.count == before else None


def _in_order(number: int, row: Listed, collected_on: date, faults: _Faults) -> None:
    if row.listed_on > collected_on:
        faults.add(number, "listed_on", f"{row.listed_on} 晚于名单的采集日期 {collected_on}")
    if row.until is not None and row.until < row.listed_on:
        faults.add(number, "until", f"{row.until} 早于列入日期 {row.listed_on}")


class _Cells:
    """The cells of a row by key."""

    def __init__(self, number: int, words: dict[str, str], faults: _Faults) -> None:
        self._number, self._words, self._faults = number, words, faults

    def read(self, key: str, reader: Callable[[str], T], otherwise: T) -> T:
        """Return what a cell says, or note its fault."""
        found: T | CellError = _read(reader, self._words.get(key) or "")
        if isinstance(found, CellError):
            self._faults.add(self._number, key, str(found))
            return otherwise
        return found


@lru_cache(1 << 16)
def _read(reader: Callable[[str], T], cell: str) -> T | CellError:
    """Return what a cell says, or why it says nothing: a list of a million rows says the same a thousand times."""
    try:
        text = plain_text(cell)
        return reader("" if text in ABSENT else text)
    except CellError as error:
        return error


def _text(text: str, longest: int = LONGEST_TEXT) -> str:
    if not text:
        raise CellError("没有填写，此项必填")
    if len(text) > longest:
        raise CellError(f"过长，最多 {longest} 字")
    return text


def _long_text(text: str) -> str:
    return _text(text, _LONGEST_BASIS)


def _names(text: str) -> tuple[str, ...]:
    return tuple(_text(part.strip()) for part in re.split("[、；;\n]", text) if part.strip())


def _code(text: str) -> str | None:
    code = text.upper()
    if fault := uscc_fault(code) if code else None:
        raise CellError(f"{fault}；只知道名称的留空")
    return code or None


def _kind(text: str) -> RecordKind:
    if text not in set(KINDS):
        raise CellError(f"只能是 {'、'.join(KINDS)}")
    return RecordKind(text)


def _day(text: str) -> date:
    match = _DAY.fullmatch(text)
    try:
        year, month, day = (int(part) for part in match.groups() if part) if match else (0, 0, 0)
        found = date(year, month, day)
    except ValueError:
        found = date.min
    if found.year < _FIRST_YEAR:
        raise CellError(f"不是有效日期，应如 2026-11-21：{text[:_SHOWN]}" if text else "没有填写，此项必填")
    return found


def _until(text: str) -> date | None:
    return date(LONG_TERM_YEAR, 12, 31) if text in _LONG else _day(text) if text else None
