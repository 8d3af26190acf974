"""What taking a workbook changes, as the clerk reads it: sheets and columns by their names, values as cells show them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pydantic import JsonValue

from reportgen.intake.columns.common import SOURCES
from reportgen.intake.columns.subject import SUBJECT
from reportgen.sheets.form import Column, Sheet, Sort
from reportgen.subject import changes
from reportgen.subject.base import Fact, Source
from reportgen.subject.changes import CLAIMS, FactChange
from reportgen.subject.claims import claims_of, facts_of
from reportgen.subject.identity import REGISTRATION
from reportgen.subject.model import Subject

_WHOLE = next(sheet for sheet in SUBJECT.sheets if sheet.pairs)
_SHEETS: Mapping[str, Sheet] = {sheet.path: sheet for sheet in SUBJECT.sheets if not sheet.pairs}
_NAMING: Mapping[str, tuple[str, ...]] = {
    "changes": ("on", "item"),
    "officers": ("name", "post"),
    "qualifications": ("category", "grade"),
    "statements": ("year",),
    "headcounts": ("year",),
    "credit_lines": ("bank",),
    "equipment": ("name", "specification"),
    "people": ("name", "certificate"),
    "records": ("title", "number"),
}
"""The columns that name a row, where that is not its name alone."""
_ASIDE = ("id", "verification.", "location")
"""What a change tells in its own way, or what says nothing of the subject."""
_EMPTY: tuple[JsonValue, ...] = (None, "", [])
_LAPSES = "采用后不再算已核实"
_CHECKED_GONE = "已核实的内容，采用后不再载明"
_BESIDE = "另有更可信的来源，采用后只作另述"


@dataclass(frozen=True)
class Cell:
    """A column by its head, with what stands there now and what the workbook says."""

    head: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """A row that comes, goes or changes: its sheet and name, its cells, and a warning where a check is touched."""

    sort: str
    place: str
    cells: tuple[Cell, ...]
    warning: str = ""
    note: str = ""


def lines(before: Subject, after: Subject) -> Iterator[Line]:
    """Yield what differs between a subject as it is held and as it is once a workbook is taken."""
    old, new = _Known(before), _Known(after)
    for change in changes.changes(before, after):
        was, becomes = old.fact(change), new.fact(change)
        cells = tuple(_cells(change, was, becomes, {**old.sources, **new.sources}))
        warning = _warning(was, becomes)
        if cells or warning or change.sort is not changes.Sort.CHANGED:
            note = _BESIDE if change.is_claim and becomes is not None else ""
            yield Line(change.sort.value, _place(change, becomes or was), cells, warning, note)


class _Known:
    """The facts, claims and sources of a subject by where a change says they are."""

    def __init__(self, subject: Subject) -> None:
        self.sources = {source.id: source.name for source in subject.sources}
        self._found: dict[tuple[str, str], Fact | Source] = {("sources", s.id): s for s in subject.sources}
        self._found |= {(name, fact.id): fact for name, fact in facts_of(subject)}
        for name, claim in claims_of(subject):
            listed = "registrations" if name == REGISTRATION else name
            self._found[f"{CLAIMS}.{listed}", f"{claim.id}@{claim.source}"] = claim

    def fact(self, change: FactChange) -> Fact | Source | None:
        """Return what a change is about, None where it is not there or is the subject itself."""
        return self._found.get((change.collection, change.fact))


def _warning(was: Fact | Source | None, becomes: Fact | Source | None) -> str:
    if not isinstance(was, Fact) or was.verification is None:
        return ""
    if becomes is None:
        return _CHECKED_GONE
    return _LAPSES if isinstance(becomes, Fact) and becomes.verification is None else ""


def _sheet(collection: str) -> tuple[Sheet, str]:
    """Return the sheet of a collection, and what its columns begin with there."""
    name = collection.removeprefix(f"{CLAIMS}.")
    if name in {REGISTRATION, "registrations"}:
        return _WHOLE, f"{REGISTRATION}."
    return _SHEETS.get(name, _WHOLE), ""


def _place(change: FactChange, fact: Fact | Source | None) -> str:
    sheet, below = _sheet(change.collection)
    if fact is None:
        return f"“{sheet.title}”表"
    if below:
        return f"“{sheet.title}”表　登记信息（编号 {fact.id}）"
    named = (getattr(fact, name, None) for name in _NAMING.get(sheet.path, ("name",)))
    return f"“{sheet.title}”表　{'　'.join(str(part) for part in named if part)}（编号 {fact.id}）"


def _cells(
    change: FactChange, was: Fact | Source | None, becomes: Fact | Source | None, sources: Mapping[str, str]
) -> Iterator[Cell]:
    sheet, below = _sheet(change.collection)
    columns = {column.path: column for column in sheet.columns}
    fields = [(f.path, f.before, f.after) for f in change.fields]
    if becomes is not None and change.sort is changes.Sort.ADDED:
        fields = [(path, None, value) for path, value in changes.flat(becomes.model_dump(mode="json"))]
    for path, *values in fields:
        if path.startswith(_ASIDE) or all(value in _EMPTY for value in values):
            continue
        column = columns.get(f"{below}{path}")
        names = sources if column is not None and column.refers == SOURCES else {}
        yield Cell(_head(path, column), *(_shown(names.get(str(v), v), column) for v in values))


def _head(path: str, column: Column | None) -> str:
    if column is not None:
        return column.head
    return next((sheet.title for sheet in SUBJECT.sheets if sheet.within and sheet.path == path), "其他内容")


def _shown(value: JsonValue, column: Column | None) -> str:
    """Return a value as a cell shows it; lists of what has a sheet of its own by their length."""
    if value in _EMPTY:
        return "（无）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return (
            f"{len(value)} 项" if isinstance(value[0], dict) else "、".join(_word(v, column) for v in value)
        )
    text = str(value)
    if column is not None and column.sort is Sort.MONEY:
        return f"{Decimal(text):,f} 元"
    if column is not None and column.sort is Sort.SHARE:
        return f"{(Decimal(text) * 100).normalize():f}%"
    return _word(text, column)


def _word(value: JsonValue, column: Column | None) -> str:
    words = {model: word for word, model in column.words.items()} if column else {}
    return words.get(str(value), str(value))
