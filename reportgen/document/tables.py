"""Tables as plain data: columns, rows of cells, and the source note that stands under each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reportgen.assess.wording import day, number
from reportgen.subject.base import Fact, Origin
from reportgen.subject.model import Subject

EMPTY = "暂无数据"
NONE = "—"
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
    """A table; an empty one prints 暂无数据. `total` is printed where rows were left to an annex."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    source: str = ""
    note: str = ""
    dense: bool = False


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


def source_note(subject: Subject, facts: Iterable[Fact]) -> str:
    """Return `数据来源：…（…采集）` for the facts of a table, each source once."""
    names: dict[str, str] = {}
    for fact in facts:
        source = subject.source_of(fact)
        names.setdefault(source.id, f"{source.name}（{source.origin}，{day(source.collected_on)}采集）")
    return "数据来源：" + "；".join(names.values()) if names else ""


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
