"""A row of a table as the part of a tree that a model reads: units, codes and dates as in a workbook.

What is NULL says nothing: no field is made of it. A day that stands for an unknown one says nothing either.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any
from uuid import UUID

from reportgen.intake.database.mapping import FIELDS, Cell, Unit
from reportgen.sheets.cells import Read, UnknownDateError, read_cell
from reportgen.sheets.form import Column, Sort
from reportgen.sheets.text import DIGITS, CellError
from reportgen.subject.base import LONGEST_TEXT
from reportgen.zone import CHINA

_SHOWN = 60


@dataclass
class Told:
    """What a row says: its place in words, its part of the tree, and what could not be read of it, by field."""

    unit: Unit
    place: str
    tree: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def where(self, path: str) -> str:
        """Return the place of a field below the row: table, key and column."""
        cell = self.unit.fields.get(path)
        name = self.unit.code if path == "uscc" else cell and cell.column
        column = f"“{name}”列" if name else ""
        return f"（{self.place}{column}）"


def read_row(name: str, unit: Unit, row: Mapping[str, Any]) -> Told:
    """Return what a row of a table says of a part of a subject."""
    told = Told(
        unit, f"{unit.title} 表 {'、'.join(f'{key}={row[key]}' for key in unit.keys)} 的行"[:LONGEST_TEXT]
    )
    said: dict[str, Read] = {}
    for path, cell in unit.fields.items():
        try:
            said[path] = _said(FIELDS[name][path], cell, row)
        except UnknownDateError:
            said[path] = None
        except CellError as error:
            told.faults[path] = str(error)
    silent = _silent(unit, said, told.faults)
    for path, value in said.items():
        if value is not None and path.rpartition(".")[0] not in silent:
            _place(told.tree, path, value)
    return told


def _silent(unit: Unit, said: Mapping[str, Read], faults: Mapping[str, str]) -> set[str]:
    """Return the things within a row of which no column says anything: what is always the same says nothing alone."""
    asked = {path.rpartition(".")[0] for path, cell in unit.fields.items() if cell.column and "." in path}
    speaking = {
        path.rpartition(".")[0]
        for path, cell in unit.fields.items()
        if cell.column and (path in faults or said.get(path) is not None)
    }
    return asked - speaking


def _place(tree: dict[str, Any], path: str, value: Read) -> None:
    *around, last = path.split(".")
    for step in around:
        tree = tree.setdefault(step, {})
    tree[last] = value


def _said(column: Column, cell: Cell, row: Mapping[str, Any]) -> Read:
    if cell.column is None:
        return read_cell(cell.value, column, "元")
    value = _plain(row[cell.column], column)
    if cell.words and value is not None:
        if column.many:
            return read_cell(value, replace(column, words=cell.words), cell.unit)
        value = _word(value, cell.words)
    return read_cell(value, column, cell.unit)


def _word(value: object, words: Mapping[str, str]) -> str | None:
    text = str(value).lower() if isinstance(value, bool) else str(value).strip()
    if text and text not in words:
        raise CellError(f"words 没有写明 {text[:_SHOWN]} 的意思")
    return words.get(text)


def _plain(value: object, column: Column) -> object:
    """Return a value of a database as one that a cell may hold; raises CellError for what is neither text nor figure."""
    match value:
        case None | str():
            return value
        case date():
            return _day(value, column)
        case bool() if column.sort is Sort.YES_NO:
            return value
        case float() | Decimal():
            return _figure(value)
        case bool() | int() | UUID():
            return str(value).lower()
        case list() | tuple():
            return "".join(f"{part}\n" for part in value if part is not None)
    raise CellError("不是文字、数字或日期，请在视图中转换")


def _figure(value: float | Decimal) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    digits = repr(value)
    if not isfinite(value) or "e" in digits or len(digits.lstrip("-0.").replace(".", "")) > DIGITS:
        raise CellError(f"是浮点数，{DIGITS} 位以后已经失真，请用定点数的列，或在视图中转换")
    return digits.removesuffix(".0")


def _day(value: date, column: Column) -> object:
    """Return a moment as the day on which it lies here, where a day is asked for."""
    if isinstance(value, datetime):
        value = value.astimezone(CHINA).replace(tzinfo=None) if value.tzinfo else value
        if column.sort is Sort.DAY:
            return value.date()
    return value if column.sort is Sort.DAY else value.isoformat()
