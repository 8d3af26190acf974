"""What a workbook to be filled in looks like: its sheets, their columns, and what a cell of each may say.

A form says where a cell belongs in a tree of values; what the values may be, the model that reads the tree decides.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from reportgen.sheets.units import FACTORS, MONEY

if TYPE_CHECKING:
    from reportgen.sheets.grid import Grid

NOTES, FAULTS = "说明", "问题"
"""Sheets that a form does not read: how to fill it in, and what was found wrong in a marked copy."""
PAIRS = ("项目", "填写内容", "填写说明", "示例")
"""The heads of a sheet of names and values; only the first two are read."""
Naming = Callable[[Mapping[str, Any]], str]
"""Returns the id of a row by what it says, or nothing where that is not sound."""
_UNIT = re.compile(r"[(\[]([^()\[\]]*)[)\]]$")


class Sort(StrEnum):
    """What a column holds."""

    TEXT = "文字"
    MONEY = "金额"
    NUMBER = "数字"
    SHARE = "份额"
    DAY = "日期"
    MOMENT = "时间"
    YES_NO = "是否"


@dataclass(frozen=True)
class Column:
    """A column: its path below the thing it belongs to, its head and other names of it, and what goes into it.

    `unit`: in what a bare figure is, for money 元, 万元 or 亿元. `offered`: what a drop-down offers. `words`: the
    Chinese words for the values of the model, where a cell takes no others. `many`: several values with 、 between
    them. `refers`: the title of the sheet whose things a cell names by their id or `name`; a blank cell names the only
    one there is. `blank`: what another blank cell says.
    """

    path: str
    head: str
    note: str
    example: str = ""
    unit: str = ""
    others: tuple[str, ...] = ()
    refers: str = ""
    sort: Sort = Sort.TEXT
    needed: bool = False
    many: bool = False
    blank: str = ""
    offered: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def required(self) -> bool:
        """Say whether a clerk must fill it in: what refers to the only thing there is may stay blank."""
        return self.needed and not self.refers

    @property
    def title(self) -> str:
        """Return the head as a template shows it: with its unit, and a star where it must be filled in."""
        return f"{self.head}{f'（{self.unit}）' if self.unit else ''}{'*' if self.required else ''}"


@dataclass(frozen=True)
class Sheet:
    """A sheet: one thing a row, or (`pairs`) a name and a value a row for the whole.

    `path` is that of the list in the tree, or nothing for the whole. `within` names the list whose items hold such
    a list each: the first column then says which item, by its id or, where no other has it, its `name`. Where an id
    is left blank, `naming` makes it. `ways`: where a row may be filled in several ways, each by its name, the columns
    it takes and an example, by their paths.
    """

    title: str
    path: str
    note: str
    columns: tuple[Column, ...]
    within: str = ""
    pairs: bool = False
    naming: Naming | None = None
    ways: tuple["Way", ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Return the columns by every name that a head may have."""
        found: dict[str, Column] = {}
        for column in self.columns:
            for name in filter(None, (column.path, *column.others, column.head)):
                bare = heading(name)[0]
                found |= {bare: column, f"{bare}({column.unit})": column}
        return found

    def column(self, head: str) -> tuple[Column | None, str]:
        """Return the column that a head names and the unit it gives; None for one with a unit of something else."""
        name, unit = heading(head)
        column = self.by_name.get(name)
        units = {Sort.MONEY: MONEY, Sort.SHARE: ("%",)}.get(column.sort, ()) if column else ()
        return (column, unit) if not unit or unit in units else (None, "")


@dataclass(frozen=True)
class Way:
    """A way of filling in a row: its name, how, and the cells of an example by the paths of their columns."""

    name: str
    note: str
    example: Mapping[str, str]


@dataclass(frozen=True)
class Form:
    """A workbook to be filled in: what it is about, its sheets, and lines that explain it.

    `arrange` puts what the sheets hold where the model has it, if that is not one list a sheet: it is given the tree and
    the sheets that were read, changes both, and leaves each item with its path.
    """

    name: str
    sheets: tuple[Sheet, ...]
    explained: tuple[str, ...]
    arrange: "Callable[[dict[str, Any], Mapping[str, Grid]], None] | None" = None

    def sheet(self, title: str) -> Sheet | None:
        """Return the sheet of a title, whatever blanks stand in it."""
        return next((sheet for sheet in self.sheets if sheet.title == "".join(title.split())), None)


def heading(text: str) -> tuple[str, str]:
    """Return the name that a head gives and its unit of money or share; a head with any other unit is all name."""
    name = "".join(unicodedata.normalize("NFKC", text).split()).casefold().strip("*")
    found = _UNIT.search(name)
    unit = found[1].removeprefix("单位:") if found else ""
    return (name[: found.start()].strip("*"), unit) if found and unit in FACTORS else (name, "")
