"""A filled-in form as a tree of values: every scalar a string, every fault with its cell.

What cannot be read is a fault here and `UNREAD` in the tree, which no model takes: so a model says of the rest all
that it has to say, and nothing of what hangs on an unread cell.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from reportgen.errors import Fault, printable
from reportgen.plain import parent
from reportgen.sheets.form import FAULTS, NOTES, Column, Form, Sort
from reportgen.sheets.grid import UNREAD, Cell, Grid, Item, Wrong, read_grid
from reportgen.sheets.identity import settle
from reportgen.sheets.tables import MOST_ROWS, Tables, tables_of
from reportgen.sheets.text import NOTE_MARK, is_blank

_FIELD = re.compile(r"[a-z_]+(?:\.[a-z_]+)*")
_BETWEEN = re.compile("[ ：、]")
_TWICE = re.compile(r"“([^“”]+)”（\1）")
_CODE, _MISSING, _NO_SHARE = "E0301", "缺少此项", ("应不大于 1", "应为数字")
_SHOWN = 60


@dataclass(frozen=True)
class Placed(Fault):
    """A fault with its place in a filled-in form, which a clerk looks for rather than the path in the tree."""

    place: str = ""
    said: str = ""

    def __str__(self) -> str:
        """Return the fault as one line: where, then what."""
        return printable(f"{self.place}：{self.said}")


def placed(fault: Fault, places: Iterable[object]) -> Fault:
    """Return a fault at its places, if there are any; its `what` then names them in brackets."""
    place = "、".join(map(str, places))
    return Placed(fault.code, fault.path, f"{fault.what}（{place}）", place, fault.what) if place else fault


@dataclass
class Filled:
    """The tree of a filled-in form, the faults and warnings of its cells, and where everything stands."""

    form: Form
    data: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    cells: dict[Fault, Cell] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)

    def in_order(self, faults: Iterable[Fault]) -> list[Fault]:
        """Return faults in the order of sheets, rows and columns; first what stands on no sheet."""
        return sorted(faults, key=self._order)

    def _order(self, fault: Fault) -> tuple[int, int, int]:
        sheets = [sheet.path for sheet in self.form.sheets]
        cell = self.cells.get(fault)
        titles = {grid.title: sheets.index(grid.sheet.path) for grid in self.grids.values()}
        if cell is not None and cell.title in titles:
            # What belongs to several rows, or to one that is not there, comes after what has a row.
            return titles[cell.title], cell.row or MOST_ROWS + 1, cell.column
        path = fault.path.partition("[")[0]
        return sheets.index(path) if path in sheets else -1, 0, 0

    def _lacking(self, path: str) -> str:
        """Return that the sheet of a path is not there, or nothing."""
        name = path.partition("[")[0]
        sheet = next((sheet for sheet in self.form.sheets if sheet.path and sheet.path == name), None)
        return f"没有“{sheet.title}”表" if sheet and sheet.title not in self.grids else ""

    def cell(self, path: str) -> Cell | None:
        """Return the cell of a path, or the row or sheet it belongs to; None where it is of no sheet there is."""
        if found := self._of(path):
            grid, item, below = found
            return grid.cell(item, below)
        titles = [grid.title for grid in self.grids.values() if grid.sheet.path == path]
        return Cell(titles[0]) if path and titles else None

    def said(self, fault: Fault) -> bool:
        """Say whether a model's fault tells of what was told already: an unread cell, a column that is not there."""
        found = self._of(fault.path)
        return fault.path in self._unread or (found is not None and found[2] in found[0].lacking)

    def told(self, fault: Fault) -> Fault:
        """Return a model's fault with its place, the names of fields in Chinese."""
        cells = [cell] if (cell := self.cell(fault.path)) else self._repeated(fault)
        lacking = "" if cells else self._lacking(fault.path)
        said = Fault(fault.code, fault.path, self._reworded(fault))
        told = placed(said, cells or filter(None, [lacking]))
        if cells:
            self.cells[told] = cells[-1]
        return told

    def add(self, wrong: Wrong) -> None:
        """Add what is wrong in a cell."""
        path = wrong.path
        if wrong.item:
            path = f"{wrong.item.path}.{wrong.item.fields.get(path, path)}".strip(".")
        fault = placed(Fault(_CODE, path, wrong.what), [wrong.cell])
        self.cells[fault] = wrong.cell
        (self.warnings if wrong.warns else self.faults).append(fault)

    @cached_property
    def _unread(self) -> frozenset[str]:
        return frozenset(fault.path for fault in self.faults)

    @cached_property
    def _items(self) -> dict[str, tuple[Grid, Item]]:
        return {item.path: (grid, item) for grid in self.grids.values() for item in grid.items if item.path}

    @cached_property
    def _ids(self) -> dict[str, list[Cell]]:
        found: dict[str, list[Cell]] = {}
        for grid in self.grids.values():
            for item in grid.items:
                if isinstance(name := item.data.get("id"), str):
                    found.setdefault(name, []).append(grid.cell(item, "id"))
        return {name: cells for name, cells in found.items() if len(cells) > 1}

    def _of(self, path: str) -> tuple[Grid, Item, str] | None:
        """Return the sheet and the item of a path, and what is left of the path below the item."""
        above = path
        while above:
            if found := self._items.get(above):
                below = re.sub(r"\[\d+\]$", "", path[len(above) :].removeprefix("."))
                return *found, found[1].column(below)
            above = parent(above)
        below = re.sub(r"\[\d+\]$", "", path)
        whole = self._whole
        known = whole and any(f"{c.path}.".startswith(f"{below}.") for c in whole[0].sheet.columns)
        return (*whole[:2], below) if whole and known else None

    @property
    def _whole(self) -> tuple[Grid, Item, str] | None:
        """Return the sheet of what belongs to the whole, its one item, and the path of the whole."""
        grid = next((grid for grid in self.grids.values() if grid.sheet.pairs), None)
        return (grid, grid.items[0], "") if grid else None

    def _repeated(self, fault: Fault) -> list[Cell]:
        """Return the cells of the ids that a fault of the whole names, where they stand more than once."""
        if fault.path:
            return []
        named = set(_BETWEEN.split(fault.what))
        return [cell for name, cells in self._ids.items() if name in named for cell in cells]

    def _reworded(self, fault: Fault) -> str:
        """Return what is wrong with a cell as it was typed, between several with their heads for the model's names."""
        found = self._of(fault.path) if fault.path else self._whole
        if found is None:
            return fault.what
        column = next((c for c in found[0].sheet.columns if c.path == found[2]), None)
        return _between(fault, *found) if column is None else _as_typed(fault.what, found[1], column)


def _as_typed(what: str, item: Item, column: Column) -> str:
    """Return what is wrong with a cell by what was typed there, not by what that was read as."""
    read, typed = item.typed.get(column.path, ("", ""))
    if read and what.endswith(f"：{read[:_SHOWN]}"):
        what = f"{what.removesuffix(read[:_SHOWN])}{typed[:_SHOWN]}"
    said, _, value = what.partition("：")
    if column.sort is Sort.SHARE and said in _NO_SHARE:
        return f"比例{said}，百分之三十写作 30% 或 0.3：{value}"
    return what


def _between(fault: Fault, grid: Grid, item: Item, below: str) -> str:
    columns = grid.sheet.columns
    lacking = [c.head for c in columns if c.required and c.path.startswith(f"{below}.")]
    if fault.what == _MISSING and lacking:
        return f"缺少 {'、'.join(lacking)}"
    heads = {item.fields.get(c.path, c.path).removeprefix(f"{below}."): c.head for c in columns}
    if not fault.path:
        # What is wrong with the whole names ids as well, and a short word may be part of one.
        heads = {name: head for name, head in heads.items() if "_" in name}
    told = _FIELD.sub(lambda match: f"“{heads[match[0]]}”" if match[0] in heads else match[0], fault.what)
    # The model's own word for a field stands in brackets behind its name.
    return _TWICE.sub(r"“\1”", told).replace(" “", "“").replace("” ", "”")


def read_filled(path: Path, form: Form) -> Filled:
    """Read a filled-in form from a workbook or a folder of CSV files; raises E0302, E0303, E0304, E0370."""
    filled = Filled(form)
    with tables_of(path) as tables:
        wrong = list(_read(filled, tables))
    filled.data = settle(form, filled.grids)
    if form.arrange:
        form.arrange(filled.data, filled.grids)
    for one in (*wrong, *(one for grid in filled.grids.values() for one in grid.wrong)):
        filled.add(one)
    return filled


def without_unread(data: dict[str, Any]) -> dict[str, Any]:
    """Return a tree whose items lack what could not be read."""
    return {name: _sound(value) for name, value in data.items() if value is not UNREAD}


def _sound(value: object) -> object:
    if isinstance(value, dict):
        return without_unread(value)
    return [_sound(item) for item in value] if isinstance(value, list) else value


def _read(filled: Filled, tables: Tables) -> list[Wrong]:
    titles: dict[str, str] = {}
    wrong = []
    for title in tables.titles:
        sheet = filled.form.sheet(title)
        if sheet is not None and sheet.title not in titles:
            titles[sheet.title] = title
        elif not title.startswith((NOTES, FAULTS, NOTE_MARK)) and _holds(tables, title):
            what = "重复的表" if sheet is not None else "不认识的表"
            wrong.append(Wrong(None, "", what, Cell(title)))
    for sheet in filled.form.sheets:
        if title := titles.get(sheet.title, ""):
            filled.grids[sheet.title] = read_grid(sheet, title, tables.rows(title), tables.epoch)
    if tables.links:
        wrong.append(Wrong(None, "", "工作簿含有指向其他文件的链接，没有读取", Cell("全部"), warns=True))
    return wrong


def _holds(tables: Tables, title: str) -> bool:
    return any(not is_blank(cell) for _, cells in tables.rows(title) for cell in cells)
