"""Tables as plain data: columns, rows of cells, and the source note that stands under each."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import inf

from reportgen.assess.wording import day, number
from reportgen.document.space import lines
from reportgen.subject.base import Fact, Origin
from reportgen.subject.model import Subject

UNKNOWN, NOTHING = "未取得资料", "经查没有"
"""What an empty table prints: nobody knows, or a closed list was looked up and holds nothing."""
NONE = "—"
SHOWN = 20
"""So many rows of a list stand in the body; the rest follows in annex A."""
CLIPPED = 120
"""So many characters of a text without end stand in a cell, which no page could hold otherwise."""
_ANNEX = 100
_NAMED = 6
_EMS = 0.59
"""Characters of 8 pt in one percent of a table's width, which is 168 mm."""
_NARROW = 0.58
"""A Latin letter or a digit beside a Chinese character, at most."""
_FEW, _SEVERAL, _HIGHEST = 3, 12, 78.0
"""Rows of a table never split, and rows and height in mm of one that is kept whole as well."""
_HEADS, _PADDING, _LINE, _SMALL, _BELOW, _WIDE, _SMALLER = 13.0, 1.7, 4.35, 3.8, 56.0, 0.53, 1.15
"""Heights in mm of a table's caption and heads, of a row's padding, of lines; characters of a line below, of one
percent of the width, and how many more of them in small type."""
_HYPHEN = re.compile(r"(?<![\w）)])-(?=\d)")
_WAN = Decimal(10_000)


@dataclass(frozen=True)
class Cell:
    """A cell's text, a state tag printed as 【tag】 behind it, a note in small type below, its columns."""

    text: str
    tag: str = ""
    note: str = ""
    span: int = 1


@dataclass(frozen=True)
class Column:
    """A column: its head, its width in percent of the table, and what stands in it.

    `num` is right-aligned numbers, `id` small names, `head` the heads of rows, `link` web addresses among text.
    What stands `whole` is cut in no list however long: a number or an authority cut short can be looked up nowhere.
    """

    head: str
    width: float
    kind: str = "text"
    whole: bool = False


@dataclass(frozen=True)
class Table:
    """A table; without rows it prints `empty`. `left` are the rows that annex A prints, not the table itself."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    source: str = ""
    note: str = ""
    dense: bool = False
    empty: str = UNKNOWN
    left: tuple[tuple[Cell, ...], ...] = ()

    @property
    def together(self) -> bool:
        """Say whether the table is to stand on one page: moved to the next, it leaves hardly more than a quarter page."""
        return len(self.rows) <= _FEW or self._height() <= _HIGHEST

    def _height(self) -> float:
        """Return about how high the table is with all that stands around it, in mm."""
        if len(self.rows) > _SEVERAL:
            return inf
        rows = sum(self._row_height(row) for row in self.rows)
        below = [lines(text, _BELOW) * _LINE for text in (self.note, self.source) if text]
        return _HEADS + rows + sum(below)

    def _row_height(self, row: Sequence[Cell]) -> float:
        cells = zip(row, self.columns, strict=False)
        return _PADDING + max(_cell_height(cell, column.width * cell.span) for cell, column in cells)


def _cell_height(cell: Cell, width: float) -> float:
    room = max(1.0, width * _WIDE - 1)
    note = lines(cell.note, room * _SMALLER) * _SMALL if cell.note else 0
    return lines(cell.text + cell.tag, room) * _LINE + note


def table(
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str | Cell]],
    *,
    source: str = "",
    note: str = "",
    dense: bool = False,
    empty: str = UNKNOWN,
) -> Table:
    """Return a table; a row's plain strings become cells."""
    return Table(
        caption=caption,
        columns=tuple(columns),
        rows=tuple(tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row) for row in rows),
        source=source,
        note=note,
        dense=dense,
        empty=empty,
    )


def looked_up(whole: Table, closed: bool) -> Table:
    """Return a table that, without rows, says whether what it lists was looked up in a closed list."""
    return replace(whole, empty=NOTHING if closed else UNKNOWN)


def first(whole: Table, shown: int = SHOWN) -> Table:
    """Return the first rows of a list that may grow; its note says how many there are and where the rest is."""
    left = whole.rows[shown:]
    if not left:
        return whole
    note = f"共 {len(whole.rows)} 项，列 {shown} 项，其余 {len(left)} 项见附录 A。{whole.note}"
    return replace(whole, rows=whole.rows[:shown], left=left, note=note)


def rest(above: Table) -> Table:
    """Return the rows that a table left, closely set, most cells of two lines and at most 100 rows, for the annex.

    It says how many there are; without the cells' notes.
    """
    rows = tuple(_lean(row, above.columns) for row in above.left[:_ANNEX])
    beyond = len(above.left) - len(rows)
    note = f"另有 {beyond} 项未印，载于本报告所据的输入数据，其校验值见第 12 节。" if beyond else ""
    caption = f"{above.caption}（续，{len(above.left)} 项）"
    return Table(caption, above.columns, rows, above.source, note, dense=True)


def _lean(row: Sequence[Cell], columns: Sequence[Column]) -> tuple[Cell, ...]:
    pairs = zip(row, columns, strict=True)
    return tuple(replace(cell, text=_two_lines(cell.text, column), note="") for cell, column in pairs)


def _two_lines(text: str, column: Column) -> str:
    return text if column.whole else fitting(text, column.width, 2)


def fitting(text: str, width: float, lines: int = 1) -> str:
    """Return as much of a text as fits closely set into lines of a column, by its width in percent; … for the rest."""
    left = lines * (width * _EMS - 1)
    for index, character in enumerate(text):
        left -= _NARROW if character.isascii() else 1
        if left < 0:
            return text[: max(0, index - 1)] + "…"
    return text


def clipped(text: str, length: int = CLIPPED, where: str = "") -> str:
    """Return a text of at most `length` characters; one that goes on ends in …, tells its length and where it is."""
    return text if len(text) <= length else f"{text[:length]}…（摘录，全文 {len(text)} 字{where}）"


def source_note(subject: Subject, facts: Iterable[Fact]) -> str:
    """Return `数据来源：…（…采集）` for the facts of a table, each source once; of many the first six and how many."""
    names: dict[str, str] = {}
    for fact in facts:
        source = subject.source_of(fact)
        names.setdefault(source.id, f"{source.name}（{source.origin}，{day(source.collected_on)}采集）")
    more = f"等 {len(names)} 个来源，见“数据来源与时点”" if len(names) > _NAMED else ""
    return "数据来源：" + "；".join(list(names.values())[:_NAMED]) + more if names else ""


def standing_tag(subject: Subject, fact: Fact) -> str:
    """Return 未核实 for a fact that does not count, 已核实 for a checked self-declared one, else nothing."""
    if not subject.counts(fact):
        return "未核实"
    declared = subject.source_of(fact).origin is Origin.SELF_DECLARED
    return "已核实" if declared else ""


def minus(text: str) -> str:
    """Return a text whose negative numbers bear a minus sign, as wide as a plus, not a hyphen."""
    return _HYPHEN.sub("−", text)


def wan(value: Decimal | None) -> str:
    """Return a sum in 元 as a number in 万元 with separators, — for none."""
    return NONE if value is None else minus(f"{value / _WAN:,.2f}")


def share(value: Decimal | None, places: int = 2) -> str:
    """Return a share of 0–1 in percent, — for none."""
    return NONE if value is None else minus(f"{number(value * 100, places)}%")


def or_none(text: str) -> str:
    """Return the text, — where it is empty."""
    return text or NONE
