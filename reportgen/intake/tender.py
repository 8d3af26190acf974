"""Between the rows of a project's workbook and the tree of a project: each clause by its kind, each to its lot."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from reportgen.intake.columns.asked import ASKED, KINDS, LOTS
from reportgen.project.model import Project
from reportgen.sheets.cells import read_cell
from reportgen.sheets.form import Column, Sort
from reportgen.sheets.grid import UNREAD, Grid, Item, Wrong
from reportgen.sheets.text import CellError
from reportgen.sheets.units import FACTORS

INSTEAD, CREDIT = "替代条件", "信用条款"
"""The titles of the sheets of alternatives and of clauses that reward good credit."""
_SHARED = frozenset({"id", "clause", "text", "hard", "page", "jv"})
_YEARLY, _LONGEST, _HASHED = "yearly", 64, 8
_IN_YEAR = re.compile(r"(\d{4}) *(?:年度?|[:：]) *[:：]?(.+)")
_STAND_IN = "performance"
"""A kind that needs nothing: the model looks at what else a clause says where its kind cannot be read."""
_NO_LOT = f"“{LOTS}”表中没有这一项，或同名的不止一项，请填写其编号"
_NO_CLAUSE = f"“{ASKED}”表中没有这一条，或不止一条，请填写其编号；用于某一标段的，并填标段"
_TWICE = "这一条已有替代条件"
_FIGURES = {
    "revenue_floor": Column(_YEARLY, "", "", unit="万元", sort=Sort.MONEY),
    "current_ratio": Column(_YEARLY, "", "", sort=Sort.NUMBER),
}
"""What a year's own need is, by the kinds that have one."""


def arrange(data: dict[str, Any], grids: Mapping[str, Grid]) -> None:
    """Put every clause where a project has it, with the fields of its kind, and an id where it was left blank."""
    data.pop("requirements", None)
    data.pop("alternatives", None)
    asked = grids.get(ASKED)
    for item in asked.items if asked else ():
        assert asked is not None  # noqa: S101 - it has items
        _place(data, asked, item)
    rewards = grids.get(CREDIT)
    for grid in filter(None, (asked, rewards)):
        _identify(grid)
    if instead := grids.get(INSTEAD):
        for item in instead.items:
            _replace(data, instead, item, asked.items if asked else ())
    _name_owner(data)


def rows_of(project: Project) -> dict[str, Any]:
    """Return a project as the sheets of its workbook hold it: lists of clauses, each with its lot."""
    tree = project.model_dump()
    every = [("", item) for item in tree["requirements"]]
    every += [(lot["id"], item) for lot in tree["lots"] for item in lot["requirements"]]
    alternatives = [(lot, item["id"], item["alternative"]) for lot, item in every if item["alternative"]]
    return {
        **tree,
        "requirements": [
            {"lot": lot, **{name: item[name] for name in _SHARED}, **dict(_cells(item))}
            for lot, item in every
        ],
        "alternatives": [
            {
                "of": name,
                "lot": lot,
                "founded_within_years": said["founded_within_years"],
                "jv": said["requirement"]["jv"],
                **dict(_cells(said["requirement"])),
            }
            for lot, name, said in alternatives
        ],
    }


def _cells(terms: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "kind", terms["kind"]
    for field, column in KINDS[terms["kind"]].columns.items():
        value = terms[field]
        yield column, list(_by_year(terms["kind"], value)) if column == _YEARLY else value


def _by_year(kind: str, needs: Mapping[int, Decimal]) -> Iterator[str]:
    unit = _FIGURES[kind].unit
    for year, need in needs.items():
        yield f"{year}年{(need / FACTORS[unit or '元']).normalize():f}{unit}"


def _place(data: dict[str, Any], grid: Grid, item: Item) -> None:
    """Put a clause into its lot, or among those of all lots."""
    lot = item.data.pop("lot", None)
    above, holder = _lot(data, lot)
    if lot and not above and not _told(grid, item, "lot"):
        grid.wrong.append(Wrong(item, "lot", _NO_LOT, grid.cell(item, "lot")))
    siblings = holder.setdefault("requirements", [])
    item.path = f"{above}requirements[{len(siblings)}]"
    _turn(grid, item, "")
    siblings.append(item.data)


def _lot(data: dict[str, Any], lot: object) -> tuple[str, dict[str, Any]]:
    """Return a lot with the path to what is in it; the whole, with none, where there is no such lot."""
    lots = data.get("lots", ())
    found = ((f"lots[{index}].", other) for index, other in enumerate(lots) if other.get("id") == lot)
    return next(found, ("", data)) if lot else ("", data)


def _told(grid: Grid, item: Item, column: str) -> bool:
    """Say whether a cell is known to be wrong."""
    return any(wrong.item is item and wrong.path == column for wrong in grid.wrong)


def _turn(grid: Grid, item: Item, below: str) -> None:
    """Give a row the fields of its kind; its terms stand at the path `below`, if anything."""
    kind = item.data.get("kind")
    if kind is None and "kind" in grid.columns:
        grid.wrong.append(Wrong(item, "kind", "缺少此项", grid.cell(item, "kind")))
    known = KINDS.get(kind) if isinstance(kind, str) else None
    columns = {column: field for field, column in known.columns.items()} if known else {}
    terms: dict[str, Any] = {"kind": kind if known else _STAND_IN}
    kept: dict[str, Any] = {}
    for column, value in item.data.items():
        if column in _SHARED or column == "founded_within_years":
            (terms if below and column == "jv" else kept)[column] = value
        elif column in columns:
            terms[columns[column]] = _yearly(grid, item, str(kind), value) if column == _YEARLY else value
        elif known and column != "kind" and value is not UNREAD:
            grid.wrong.append(_misplaced(grid, item, column, known.word))
    item.fields = {column: f"{below}{field}" for column, field in {**columns, "kind": "kind"}.items()}
    if below:
        item.fields["jv"] = f"{below}jv"
    item.data = kept | ({below.rstrip("."): terms} if below else terms)


def _misplaced(grid: Grid, item: Item, column: str, word: str) -> Wrong:
    head = next(c.head for c in grid.sheet.columns if c.path == column)
    return Wrong(item, column, f"“{word}”没有“{head}”，请核对种类，或删去这一格", grid.cell(item, column))


def _yearly(grid: Grid, item: Item, kind: str, parts: object) -> object:
    """Return the needs of years, each of which may be given once."""
    found: dict[str, object] = {}
    for part in parts if isinstance(parts, list) else ():
        said = _IN_YEAR.fullmatch(unicodedata.normalize("NFKC", part))
        try:
            figure = read_cell(said[2], _FIGURES[kind], "") if said else None
        except CellError:
            figure = None
        if said is None or figure is None or said[1] in found:
            what = f"各年各写一次，如 2024年5000万元、2025年6000万元，或 2024年1.0：{part[:40]}"
            grid.wrong.append(Wrong(item, _YEARLY, what, grid.cell(item, _YEARLY)))
            return UNREAD
        found[said[1]] = figure
    return found or UNREAD


def _identify(grid: Grid) -> None:
    """Give clauses without an id one made of their number, and of what they ask where several have that number."""
    made: dict[tuple[str, str], Item] = {}
    clauses = [(_reach(item), _key(item.data.get("clause"))) for item in grid.items]
    for item, (reach, clause) in zip(grid.items, clauses, strict=True):
        if item.data.get("id") is not None:
            continue
        alone = sum(other == clause and _meet(reach, where) for where, other in clauses) == 1
        about = "" if alone else _asks(grid, item)
        name = clause if alone else f"{clause}-{about}" if clause and about else ""
        other = made.setdefault((reach, name), item)
        item.data["id"] = _brief(name) if name and other is item else f"?{grid.title}{item.row}"
        if name and other is not item:
            what = f"没有编号，而条款号、种类与名称与第 {other.row} 行相同，请填写编号或删去重复的一行"
            grid.wrong.append(Wrong(item, "id", what, grid.cell(item, "id")))


def _reach(item: Item) -> str:
    return item.path.rpartition("requirements[")[0]


def _meet(one: str, other: str) -> bool:
    """Say whether clauses of two reaches stand beside each other in any lot."""
    return one == other or not one or not other


def _asks(grid: Grid, item: Item) -> str:
    """Return a word for what a clause is about: its condition, the name it asks for, or its kind if that is known."""
    if grid.sheet.title == CREDIT or "kind" not in grid.columns or _told(grid, item, "kind"):
        return _key(item.data.get("condition"))
    return _key(item.data.get(item.fields.get("name", ""))) or KINDS[item.data["kind"]].word


def _key(value: object) -> str:
    return "".join(unicodedata.normalize("NFKC", value).split()) if isinstance(value, str) else ""


def _brief(name: str) -> str:
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - _HASHED - 1]}-{hashlib.sha256(name.encode()).hexdigest()[:_HASHED]}"


def _replace(data: dict[str, Any], grid: Grid, item: Item, asked: Iterable[Item]) -> None:
    """Put an alternative to the clause it replaces."""
    name, lot = item.data.pop("of", None), item.data.pop("lot", None)
    above, _ = _lot(data, lot)
    within = [other for other in asked if not lot or (above and _reach(other) == above)]
    held = [other for other in within if name is not None and other.data["id"] == name]
    held = held or [other for other in within if name and _key(other.data.get("clause")) == _key(name)]
    if len(held) == 1 and "alternative" not in held[0].data:
        item.path = f"{held[0].path}.alternative"
        _turn(grid, item, "requirement.")
        held[0].data["alternative"] = item.data
    elif not _told(grid, item, "of"):
        what = _TWICE if len(held) == 1 else _NO_CLAUSE
        grid.wrong.append(Wrong(None, "requirements", what, grid.cell(item, "of")))


def _name_owner(data: Mapping[str, Any]) -> None:
    """Let choices that name nobody be the owner's, as they must be."""
    owner = data.get("owner")
    for choice in data.get("choices", ()):
        if owner and not choice.get("by"):
            choice["by"] = dict(owner)
