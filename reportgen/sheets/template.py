"""A form as a workbook or as CSV files: empty with examples, or filled with what a tree of values holds."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from reportgen.sheets.cells import LONG_TERM, guarded, joined
from reportgen.sheets.delimited import written
from reportgen.sheets.form import NOTES, PAIRS, Column, Form, Sheet, Sort
from reportgen.sheets.grid import get, letters
from reportgen.sheets.text import DIGITS, NOTE_MARK
from reportgen.sheets.units import FACTORS
from reportgen.sheets.writing import DAY, TEXT, Head, Table, Value, wide, workbook

Tree = Mapping[str, Any]
"""The values of a model as it gives them: dates, decimals, truths and texts."""
_EXAMPLE = f"{NOTE_MARK}示例 "
_FIRST_DAY = date(1900, 3, 1)
"""Before it, the days of a workbook are not those of the calendar."""
_WIDTHS = {
    Sort.DAY: 13,
    Sort.MOMENT: 18,
    Sort.MONEY: 17,
    Sort.SHARE: 11,
    Sort.NUMBER: 11,
    Sort.YES_NO: 9,
    Sort.TEXT: 14,
}
_WIDEST = 40
_LAST = 2000
"""The last row that a drop-down looks at for what was entered on another sheet."""


def as_workbook(form: Form, tree: Tree | None = None) -> bytes:
    """Return a form as an XLSX file, with its notes, drop-downs and an example on each sheet, or filled in."""
    sheets = (_pairs(form, sheet, tree) if sheet.pairs else _rows(form, sheet, tree) for sheet in form.sheets)
    return workbook(_notes(form), *sheets)


def as_tables(form: Form, tree: Tree | None = None) -> dict[str, list[Sequence[Value]]]:
    """Return the rows of each sheet of a form by its title, its heads first: with an example, or filled in."""
    found: dict[str, list[Sequence[Value]]] = {}
    for sheet in form.sheets:
        heads = PAIRS if sheet.pairs else [column.title for column in sheet.columns]
        found[sheet.title] = [heads, *(_paired(sheet, tree) if sheet.pairs else _listed(sheet, tree))]
    return found


def as_csv(form: Form, tree: Tree | None = None) -> dict[str, bytes]:
    """Return a form as CSV files by their names, empty with an example in each, or filled in."""
    return {
        f"{title}.csv": written([heads, *([_plain(value) for value in row] for row in rows)])
        for title, (heads, *rows) in as_tables(form, tree).items()
    }


def _plain(value: Value) -> Value:
    # A spreadsheet would take it for a formula; `read_cell` takes the quote off again.
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value


def _notes(form: Form) -> Table:
    heads = (
        Head("表", 12),
        Head("列名", 24),
        Head("必填", 8),
        Head("填什么", 64),
        Head("示例", 34),
        Head("可选的值", 60),
    )
    rows: list[Sequence[Value]] = [("各表", "", "", line, "", "") for line in form.explained]
    for sheet in form.sheets:
        rows.append((sheet.title, "", "", sheet.note, "", ""))
        rows += [(sheet.title, f"〔{way.name}〕", "", way.note, "", "") for way in sheet.ways]
        for column in sheet.columns:
            needed, offered = "必填" if column.required else "", "、".join(column.words or _offered(column))
            rows.append((sheet.title, column.title, needed, column.note, column.example, offered))
    return Table(NOTES, heads, rows)


def _pairs(form: Form, sheet: Sheet, tree: Tree | None) -> Table:
    heads = [Head(text, width) for text, width in zip(PAIRS, (26, 44, 56, 34), strict=True)]
    offered = [(f"B{row}", _choice(form, column, tree)) for row, column in enumerate(sheet.columns, 2)]
    listed = [(cells, words) for cells, words in offered if words]
    return Table(sheet.title, heads, list(_paired(sheet, tree)), "C2", listed)


def _paired(sheet: Sheet, tree: Tree | None) -> Iterator[Sequence[Value]]:
    for column in sheet.columns:
        value = _value(get(dict(tree), column.path), column) if tree else None
        yield column.title, _written(value), column.note, column.example


def _written(value: Value) -> Value:
    return value.isoformat() if isinstance(value, date) else value


def _rows(form: Form, sheet: Sheet, tree: Tree | None) -> Table:
    heads = [_head(form, sheet, column, tree) for column in sheet.columns]
    return Table(sheet.title, heads, list(_listed(sheet, tree)), "B2")


def _listed(sheet: Sheet, tree: Tree | None) -> Iterator[Sequence[Value]]:
    if tree is None:
        for first, *others in examples_of(sheet):
            yield [f"{_EXAMPLE}{first}", *others]
        return
    for holder, item in _items(sheet, tree):
        cells = [_value(get(item, column.path), column) for column in sheet.columns if column.path]
        yield [guarded(holder), *cells] if sheet.within else cells


def examples_of(sheet: Sheet) -> list[list[str]]:
    """Return the rows of examples of a sheet: one, or one for each way of filling in a row."""
    if not sheet.ways:
        return [[column.example for column in sheet.columns]]
    return [[way.example.get(column.path, "") for column in sheet.columns] for way in sheet.ways]


def _items(sheet: Sheet, tree: Tree) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the items of a sheet, each with the word for what it belongs to, empty where that is the whole."""
    if not sheet.within:
        yield from (("", item) for item in tree[sheet.path])
        return
    holders = tree[sheet.within]
    taken = Counter([*(holder["name"] for holder in holders), *(holder["id"] for holder in holders)])
    for holder in holders:
        word = holder["name"] if taken[holder["name"]] == 1 else holder["id"]
        yield from ((word, item) for item in holder[sheet.path])


def _head(form: Form, sheet: Sheet, column: Column, tree: Tree | None) -> Head:
    shown = DAY if column.sort is Sort.DAY else TEXT if column.sort is Sort.TEXT else "General"
    examples = [row[sheet.columns.index(column)] for row in examples_of(sheet)]
    width = max(_WIDTHS[column.sort], _wide(column.title), min(_WIDEST, max(map(_wide, examples))))
    return Head(column.title, width, _advice(column), shown, column.required, _choice(form, column, tree))


def _wide(text: str) -> int:
    """Return how wide a text is, with room around it."""
    return 2 + wide(text)


def _advice(column: Column) -> str:
    required = "必填。" if column.required else ""
    lines = (f"{required}{column.note}", f"示例：{column.example}" if column.example else "")
    return "\n".join(line for line in lines if line)


def _offered(column: Column) -> tuple[str, ...]:
    return ("是", "否") if column.sort is Sort.YES_NO else column.offered


def _choice(form: Form, column: Column, tree: Tree | None) -> Sequence[str] | str:
    """Return what a drop-down offers: words, or what was entered on another sheet below its example."""
    target = form.sheet(column.refers)
    if target is None:
        return _offered(column)
    first = 2 + (len(examples_of(target)) if tree is None else 0)
    column_of = letters(1)
    return f"'{target.title}'!${column_of}${first}:${column_of}${_LAST}"


def _value(value: Any, column: Column) -> Value:  # noqa: ANN401 - a value of the tree
    if value is None or value in ("", ()):
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, Decimal):
        return _figure(value, column)
    if isinstance(value, int):
        return value
    names = {model: word for word, model in column.words.items()}
    parts: Iterable[str] = value if column.many else [value]
    return guarded(joined([names.get(part, str(part)) for part in parts], many=column.many))


def _day(day: date) -> Value:
    if isinstance(day, datetime):
        return day.isoformat(" ", "auto" if day.second or day.microsecond else "minutes")
    if day.isoformat() == LONG_TERM:
        return "长期"
    return day if day >= _FIRST_DAY else day.isoformat()


def _figure(value: Decimal, column: Column) -> Value:
    if column.sort is Sort.SHARE:
        return f"{_bare(value * 100)}%"
    if column.sort is Sort.MONEY:
        value /= FACTORS[column.unit]
    text = _bare(value)
    return text if len(text.lstrip("-0.").replace(".", "")) > DIGITS else Decimal(text)


def _bare(value: Decimal) -> str:
    return f"{value.normalize():f}"
