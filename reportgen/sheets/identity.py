"""What the items of a form are called and what they belong to: ids left blank, things named by id or name."""

from collections.abc import Mapping
from typing import Any

from reportgen.sheets.form import Form, Naming
from reportgen.sheets.grid import Grid, Item, Wrong, get, put

_HOLDER = ""
"""Where the id of what an item belongs to stands, until the item is put there."""


def settle(form: Form, grids: Mapping[str, Grid]) -> dict[str, Any]:
    """Fill in ids and references left blank, and return the tree of all items, each with its path."""
    # What others name comes first.
    for sheet in sorted(form.sheets, key=lambda sheet: any(column.refers for column in sheet.columns)):
        if grid := grids.get(sheet.title):
            _refer(grid, grids)
            _identify(grid)
    data: dict[str, Any] = {}
    for sheet in form.sheets:
        if grid := grids.get(sheet.title):
            _attach(data, grid, grids)
    return data


def _refer(grid: Grid, grids: Mapping[str, Grid]) -> None:
    for column in grid.sheet.columns:
        target = grids.get(column.refers)
        if target is None:
            continue
        known = _known(target)
        only = next(iter(known.values())) if len(target.items) == 1 and known else None
        for item in grid.items:
            word = get(item.data, column.path)
            found = only if word is None and column.needed and item.data else known.get(word, word)
            if found is not None:
                put(item.data, column.path, found)


def _known(grid: Grid) -> dict[Any, str]:
    """Return the ids of a grid by themselves, and by the names that only one item has."""
    pairs = [(item.data.get("name"), item.data["id"]) for item in grid.items if "id" in item.data]
    names: dict[Any, list[str]] = {}
    for name, identity in pairs:
        names.setdefault(str(name), []).append(identity)
    by_name = {name: ids[0] for name, ids in names.items() if len(ids) == 1}
    return by_name | {identity: identity for _, identity in pairs}


def _identify(grid: Grid) -> None:
    for column in grid.sheet.columns:
        above = column.path.rpartition(".")[0]
        for item in grid.items if column.blank else ():
            if get(item.data, column.path) is None and (not above or get(item.data, above)):
                put(item.data, column.path, column.blank)
    if grid.sheet.naming:
        _name(grid, grid.sheet.naming)


def _name(grid: Grid, naming: Naming) -> None:
    made: dict[str, Item] = {}
    for item in grid.items:
        if "id" in item.data:
            continue
        # Others may name an item that is not sound.
        name = naming(item.data) or _stand_in(grid, item)
        other = made.setdefault(name, item)
        item.data["id"] = name
        if other is not item:
            what = f"没有编号，而据以编号的各格与第 {other.row} 行相同，请填写编号或删去重复的一行"
            grid.wrong.append(Wrong(item, "id", what, grid.cell(item, "id")))
            item.data["id"] = _stand_in(grid, item)


def _stand_in(grid: Grid, item: Item) -> str:
    return f"?{grid.title}{item.row}"


def _attach(data: dict[str, Any], grid: Grid, grids: Mapping[str, Grid]) -> None:
    sheet = grid.sheet
    if sheet.pairs:
        for item in grid.items:
            data.update(item.data)
    elif sheet.within:
        holders = {
            h.data.get("id"): h
            for other in grids.values()
            if other.sheet.path == sheet.within
            for h in other.items
        }
        for item in grid.items:
            _attach_to(holders.get(item.data.pop(_HOLDER, None)), grid, item)
    elif grid.items:
        for index, item in enumerate(grid.items):
            item.path = f"{sheet.path}[{index}]"
        data[sheet.path] = [item.data for item in grid.items]


def _attach_to(holder: Item | None, grid: Grid, item: Item) -> None:
    sheet, column = grid.sheet, grid.sheet.columns[0]
    if holder is None:
        what = f"“{column.refers}”表中没有这一项，或同名的不止一项，请填写其编号"
        grid.wrong.append(Wrong(None, sheet.within, what, grid.cell(item, column.path)))
        return
    siblings = holder.data.setdefault(sheet.path, [])
    item.path = f"{holder.path}.{sheet.path}[{len(siblings)}]"
    siblings.append(item.data)
