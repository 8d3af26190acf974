"""One sheet of a form as its rows fill it: items, each a mapping, and what is wrong with heads and cells."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from reportgen.sheets.cells import UnknownDateError, read_cell
from reportgen.sheets.form import PAIRS, Column, Sheet
from reportgen.sheets.text import CellError, is_blank, says_something

Row = tuple[int, Sequence[object]]
_ASIDE = frozenset({"序号", "备注"})
"""Columns for whoever keeps the workbook: read over, unless a sheet has one of that name."""
_SHOWN = 40


class _Unread:
    """Stands in the tree for what could not be read; no field of any model takes it."""

    def __repr__(self) -> str:
        return "未读"


UNREAD: Final = _Unread()


@dataclass(frozen=True)
class Cell:
    """A place: a sheet by its title, a row and a column by their numbers, and the head; nought and none for the whole."""

    title: str
    row: int = 0
    column: int = 0
    head: str = ""

    @property
    def coordinate(self) -> str:
        """Return the cell as a workbook names it: G12."""
        return f"{letters(self.column or 1)}{self.row or 1}"

    def __str__(self) -> str:
        row = f"第 {self.row} 行" if self.row else ""
        column = f" {letters(self.column)} 列" if self.row and self.column else ""
        return f"“{self.title}”表{row}{column}" + (f"“{self.head}”" if self.head else "")


@dataclass(eq=False)
class Item:
    """What a row says, where it stands, and in the end its path in the tree.

    `fields`: the paths in the tree, below the item, of columns that have others. `typed`: what stands in the cells
    of columns that are read as something else, with what that is.
    """

    row: int
    data: dict[str, Any]
    path: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    typed: dict[str, tuple[str, str]] = field(default_factory=dict)

    def column(self, below: str) -> str:
        """Return the path of the column that says a field, or what the field is a part of."""
        columns = {said: column for column, said in self.fields.items()}
        part = below
        while part and part not in columns:
            part = part.rpartition(".")[0]
        return columns.get(part, below)


@dataclass(frozen=True)
class Wrong:
    """What is wrong in a cell, at a path below an item or, without one, of the tree; a warning stops nothing."""

    item: Item | None
    path: str
    what: str
    cell: Cell
    warns: bool = False


@dataclass
class Grid:
    """A sheet that was read: where each of its columns stands, its items, and what is wrong."""

    sheet: Sheet
    title: str
    columns: dict[str, Cell] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    lacking: frozenset[str] = frozenset()

    def cell(self, item: Item, path: str) -> Cell:
        """Return the cell of a path below an item, or the row where there is no such column."""
        head = self.columns.get(path)
        if self.sheet.pairs:
            column = next((c for c in self.sheet.columns if c.path == path), None)
            return head or Cell(self.title, head=column.head if column else "")
        if head is None:
            return Cell(self.title, item.row)
        return Cell(self.title, item.row, head.column, head.head)


def letters(column: int) -> str:
    """Return the letters of a column by its number: A, B … AA."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def put(data: dict[str, Any], path: str, value: object) -> None:
    """Put a value at a dotted path of a mapping."""
    *above, last = path.split(".")
    for step in above:
        data = data.setdefault(step, {})
    data[last] = value


def get(data: dict[str, Any], path: str) -> Any:  # noqa: ANN401 - a value of the tree
    """Return the value at a dotted path of a mapping, or None."""
    found: Any = data
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def read_grid(sheet: Sheet, title: str, rows: Iterable[Row], epoch: datetime) -> Grid:
    """Read the rows of a sheet; raises what the rows raise."""
    grid = Grid(sheet, title)
    written = ((number, cells) for number, cells in rows if says_something(cells))
    if sheet.pairs:
        _read_pairs(grid, written, epoch)
    else:
        _read_rows(grid, written, epoch)
    return grid


def _read_pairs(grid: Grid, rows: Iterator[Row], epoch: datetime) -> None:
    item = Item(0, {})
    grid.items.append(item)
    for number, (first, *others) in rows:
        value = others[0] if others else None
        column, unit = grid.sheet.column(_shown(first))
        cell = Cell(grid.title, number, 2, column.head if column else _shown(first))
        if _shown(first) in PAIRS or (column is None and is_blank(value)):
            continue
        if column is None or column.path in grid.columns:
            what = "不认识的项目" if column is None else "重复的项目"
            grid.wrong.append(Wrong(None, grid.sheet.path, f"{what}：{_shown(first)}", cell))
            continue
        grid.columns[column.path] = cell
        _take(grid, item, column, value, (unit, epoch))


def _read_rows(grid: Grid, rows: Iterator[Row], epoch: datetime) -> None:
    number, heads = next(rows, (0, ()))
    columns = _columns(grid, number, heads)
    known = {index for index, head in enumerate(heads) if not is_blank(head)}
    for number, cells in rows:
        item, before = Item(number, {}), len(grid.wrong)
        for index, value in enumerate(cells):
            if index in columns and value is not None:
                _take(grid, item, columns[index][0], value, (columns[index][1], epoch))
            elif index not in known and not is_blank(value):
                known.add(index)
                cell = Cell(grid.title, number, index + 1)
                grid.wrong.append(Wrong(None, grid.sheet.path, "这一格所在的列没有列名", cell))
        if item.data or len(grid.wrong) > before:
            grid.items.append(item)
    grid.lacking = _lacking(grid)


def _columns(grid: Grid, number: int, heads: Sequence[object]) -> dict[int, tuple[Column, str]]:
    found: dict[int, tuple[Column, str]] = {}
    for index, head in enumerate(heads):
        column, unit = grid.sheet.column(_shown(head))
        cell = Cell(grid.title, number, index + 1)
        if column is None:
            if not is_blank(head) and _shown(head) not in _ASIDE:
                grid.wrong.append(Wrong(None, grid.sheet.path, f"不认识的列：{_shown(head)}", cell))
        elif column.path in grid.columns:
            grid.wrong.append(Wrong(None, grid.sheet.path, f"重复的列：{_shown(head)}", cell))
        else:
            grid.columns[column.path] = Cell(grid.title, number, index + 1, column.head)
            found[index] = (column, unit)
    return found


def _lacking(grid: Grid) -> frozenset[str]:
    """Return the columns that must be there and are not, and say so, once for all rows."""
    if not grid.items:
        return frozenset()
    lacking = [c for c in grid.sheet.columns if c.required and c.path not in grid.columns]
    if lacking:
        row = next(iter(grid.columns.values())).row if grid.columns else 1
        what = f"缺少的列：{'、'.join(column.head for column in lacking)}"
        grid.wrong.append(Wrong(None, grid.sheet.path, what, Cell(grid.title, row)))
    return frozenset(column.path for column in lacking)


def _take(grid: Grid, item: Item, column: Column, value: object, how: tuple[str, datetime]) -> None:
    try:
        found = read_cell(value, column, *how)
    except UnknownDateError:
        cell = grid.cell(item, column.path)
        grid.wrong.append(
            Wrong(item, column.path, "1900-01-01 表示日期不详，按没有填写处理", cell, warns=True)
        )
        return
    except CellError as error:
        grid.wrong.append(Wrong(item, column.path, str(error), grid.cell(item, column.path)))
        # What others may name must stand for itself.
        own = column.refers or column.path == "id"
        put(item.data, column.path, f"?{grid.title}{item.row}" if own else UNREAD)
        return
    if found is not None:
        put(item.data, column.path, found)
    if isinstance(found, str) and found != str(value):
        item.typed[column.path] = (found, str(value).strip())


def _shown(head: object) -> str:
    return "".join(str(head if head is not None else "").split())[:_SHOWN]
