"""Tables as plain data: columns, rows of cells, and the source note that stands under each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from reportgen.assess.wording import day, number
from reportgen.subject.base import Fact, Origin
from reportgen.subject.model import Subject

EMPTY = "暂无数据"
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
    """

    head: str
    width: float
    kind: str = "text"


@dataclass(frozen=True)
class Table:
    """A table; an empty one prints 暂无数据. `left` are the rows that annex A prints, not the table itself."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    source: str = ""
    note: str = ""
    dense: bool = False
    left: tuple[tuple[Cell, ...], ...] = ()


def table(
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str | Cell]],
    *,
    source: str = "",
    note: str = "",
    dense: bool = False,
) -> Table:
    """Return a table; a row's plain strings become cells."""
    return Table(
        caption=caption,
        columns=tuple(columns),
        rows=tuple(tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row) for row in rows),
        source=source,
        note=note,
        dense=dense,
    )


def first(whole: Table, shown: int = SHOWN) -> Table:
    """Return the first rows of a list that may grow; its note says how many there are and where the rest is."""
    left = whole.rows[shown:]
    if not left:
        return whole
    note = f"共 {len(whole.rows)} 项，列 {shown} 项，其余 {len(left)} 项见附录 A。{whole.note}"
    return replace(whole, rows=whole.rows[:shown], left=left, note=note)


def rest(above: Table) -> Table:
    """Return the rows that a table left, closely set, of two lines each and at most 100, for the annex.

    It says how many there are; without the cells' notes.
    """
    rows = tuple(_lean(row, above.columns) for row in above.left[:_ANNEX])
    beyond = len(above.left) - len(rows)
    note = f"另有 {beyond} 项未印，载于本报告所据的输入数据，其校验值见第 12 节。" if beyond else ""
    caption = f"{above.caption}（续，{len(above.left)} 项）"
    return Table(caption, above.columns, rows, above.source, note, dense=True)


def _lean(row: Sequence[Cell], columns: Sequence[Column]) -> tuple[Cell, ...]:
    fitted = (fitting(cell.text, column.width, 2) for cell, column in zip(row, columns, strict=True))
    return tuple(replace(cell, text=text, note="") for cell, text in zip(row, fitted, strict=True))


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


def wan(value: Decimal | None) -> str:
    """Return a sum in 元 as a number in 万元 with separators, — for none."""
    return NONE if value is None else f"{value / _WAN:,.2f}"


def share(value: Decimal | None, places: int = 2) -> str:
    """Return a share of 0–1 in percent, — for none."""
    return NONE if value is None else f"{number(value * 100, places)}%"


def or_none(text: str) -> str:
    """Return the text, — where it is empty."""
    return text or NONE
