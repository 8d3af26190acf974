"""The mapping (映射): which table, view and column of an agency's database says what of a subject.

It names no address of the database, which is a secret, and holds no SQL: names of tables and columns are quoted,
values are bound. What stands in a column becomes a fact as a cell of a workbook does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from reportgen.errors import Fault, ReportgenError
from reportgen.faults import Misfits
from reportgen.intake.columns.subject import SUBJECT
from reportgen.intake.files import load
from reportgen.sheets.form import Column, Sort
from reportgen.sheets.units import MONEY
from reportgen.subject.base import LONGEST_TEXT, Date, Identifier, Model, Origin, Source, Text
from reportgen.subject.canonical import canonical, sha256
from reportgen.subject.identity import REGISTRATION
from reportgen.subject.links import Misfit
from reportgen.subject.model import COLLECTIONS, alien_collections
from reportgen.subject.records import RECORD_LISTS

SUBJECTS: Final = "subjects"
"""Where a mapping says who the subjects are."""
_HEADS = ("name", "former_names")
_MADE = frozenset({"id", "source", "location"})
"""What every fact has from where it was read."""
_OF_LISTS = "list-"
"""How the sources are named that hits on lists leave in a subject."""
_FIRST_DAY = date(1949, 10, 1)


def _fields() -> dict[str, dict[str, Column]]:
    """Return the columns of a workbook by where they go in a mapping, and by the field they say."""
    head, *sheets = SUBJECT.sheets
    own = {column.path: column for column in head.columns}
    below = {
        path.removeprefix(f"{REGISTRATION}."): column
        for path, column in own.items()
        if path.startswith(f"{REGISTRATION}.")
    }
    listed = {sheet.path: sheet.columns for sheet in sheets if sheet.path in COLLECTIONS}
    told = {path: {column.path: column for column in columns} for path, columns in listed.items()}
    found = {SUBJECTS: {path: own[path] for path in _HEADS}, REGISTRATION: below, **told}
    return {
        part: {path: column for path, column in columns.items() if path not in _MADE}
        for part, columns in found.items()
    }


FIELDS: Final[Mapping[str, Mapping[str, Column]]] = _fields()
"""What a mapping may say of subjects, of their registration and of each collection."""


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _as_cell(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


Name = Annotated[str, Field(min_length=1, max_length=128)]
"""A table, schema or column, spelt as the database spells it."""
Names = Annotated[tuple[Name, ...], BeforeValidator(_several)]


class Cell(Model):
    """What says a field: a column, whose bare sums are in `unit` and whose codes mean `words`; or always the same `value`."""

    column: Name | None = None
    value: Text | None = None
    unit: str = Field(default="", max_length=4)
    words: dict[str, Text] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.column is None) == (self.value is None):
            raise ValueError("写明 column（列）或 value（固定的值），二者择一")
        if self.value is not None and (self.unit or self.words):
            raise ValueError("固定的值没有 unit 与 words")
        return self


class Unit(Model):
    """A table or view, a row of which says one thing of the subject whose code stands in `code`.

    `key`: the columns that tell its rows apart. `changed`: the column with the time of a row's last change. `only`:
    which rows count, by the texts that may stand in their columns.
    """

    model_config = ConfigDict(populate_by_name=True)

    table: Name
    space: str = Field(default="", max_length=128, alias="schema")
    code: Name
    key: Names = ()
    changed: Name | None = None
    only: dict[Name, Annotated[tuple[str, ...], BeforeValidator(_several)]] = Field(default_factory=dict)
    fields: dict[str, Annotated[Cell, BeforeValidator(_as_cell)]] = Field(min_length=1)

    @property
    def title(self) -> str:
        """Return the table as it is named to a person."""
        return f"{self.space}.{self.table}" if self.space else self.table

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the columns that tell rows apart: the code where nothing else does."""
        return self.key or (self.code,)

    def columns(self) -> tuple[str, ...]:
        """Return every column that is read."""
        told = (cell.column for cell in self.fields.values() if cell.column)
        return tuple(dict.fromkeys((self.code, *self.keys, *told)))


Units = tuple[Unit, ...]


class Place(Model):
    """Where the address of the database stands: in a variable of the environment, or in a file of the owner's alone."""

    variable: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")] | None = None
    file: Text | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.variable is None) == (self.file is None):
            raise ValueError("写明 variable（环境变量）或 file（文件），二者择一")
        return self


class _Source(Model):
    """The source as which the database is known in every subject; the day of a pull is when it was collected."""

    id: Identifier
    name: Text
    origin: Origin
    location: str = Field(default="", max_length=500)
    complete_for: tuple[Text, ...] = ()
    complete_since: Date | None = None
    commitment: str = Field(default="", max_length=LONGEST_TEXT)


class Mapped(Model):
    """A mapping, as a file holds it.

    `overlap_minutes`: how far before the latest change that was seen the next pull begins to look, for what is
    committed late.
    """

    source: _Source
    database: Place
    overlap_minutes: Annotated[int, Field(ge=0, le=100_000)] = 60
    subjects: Unit
    registration: Unit | None = None
    changes: Units = ()
    shareholders: Units = ()
    officers: Units = ()
    related: Units = ()
    qualifications: Units = ()
    statements: Units = ()
    credit_lines: Units = ()
    contracts: Units = ()
    technology: Units = ()
    equipment: Units = ()
    people: Units = ()
    headcounts: Units = ()
    records: Units = ()

    def parts(self) -> Iterator[tuple[str, str, Unit]]:
        """Yield (part, path, unit) for every table, the subjects' own first."""
        yield SUBJECTS, SUBJECTS, self.subjects
        if self.registration is not None:
            yield REGISTRATION, REGISTRATION, self.registration
        for name in COLLECTIONS:
            yield from ((name, f"{name}[{i}]", unit) for i, unit in enumerate(getattr(self, name)))

    def source_on(self, day: date) -> Source:
        """Return the source as collected on a day."""
        return Source(**dict(self.source), collected_on=day)

    def sha256(self) -> str:
        """Return the hash of what the mapping says, but for how far back it looks."""
        return sha256(canonical(self.model_copy(update={"overlap_minutes": 0})))

    @model_validator(mode="after")
    def _fits_the_models(self) -> Self:
        faults = [fault for part, path, unit in self.parts() for fault in _unfit(part, path, unit)]
        if self.source.id.startswith(_OF_LISTS):
            faults.append(("source.id", f"{_OF_LISTS} 开头的编号留给名单，请另取编号"))
        faults += [*alien_collections(self.source_on(_FIRST_DAY), "source"), *self._unmapped()]
        if faults:
            raise Misfits(faults)
        return self

    def _unmapped(self) -> Iterator[Misfit]:
        mapped = {part for part, _, _ in self.parts()}
        for name in self.source.complete_for:
            part = "records" if name in RECORD_LISTS else name
            if part in {REGISTRATION, *COLLECTIONS} - mapped:
                yield "source.complete_for", f"{part} 没有写明从哪张表读取，不能说 {name} 是完整清单"


def load_mapping(path: Path) -> Mapped:
    """Read a mapping; raises E0301 with every fault by its path, or what `read_plain` raises."""
    try:
        return load(path, Mapped)
    except ReportgenError as error:
        if error.code != "E0301":
            raise
        # Whoever wrote the address into the mapping must not find its password in a message or a log as well.
        faults = [_unsaid(fault) if fault.path.startswith("database") else fault for fault in error.faults]
        raise ReportgenError("E0301", path=error.path, faults=faults) from None


def _unsaid(fault: Fault) -> Fault:
    return replace(fault, what=fault.what.partition("：")[0])


def _unfit(part: str, path: str, unit: Unit) -> Iterator[Misfit]:
    known = FIELDS[part]
    for field, cell in unit.fields.items():
        if field not in known:
            yield f"{path}.fields.{field}", "不认识的键"
        elif fault := _unfit_unit(known[field], cell):
            yield f"{path}.fields.{field}.unit", fault
    for field, column in known.items():
        if column.needed and field not in unit.fields:
            yield f"{path}.fields.{field}", "缺少此项"
    if part in COLLECTIONS and not unit.key:
        yield f"{path}.key", "缺少此项：写明以哪些列分辨各行"


def _unfit_unit(column: Column, cell: Cell) -> str:
    if cell.column is None:
        return ""
    if column.sort is Sort.MONEY:
        return "" if cell.unit in MONEY else f"写明金额的单位：{'、'.join(MONEY)}"
    if column.sort is Sort.SHARE:
        return "" if cell.unit in {"", "%"} else "份额只能是小数（不写 unit）或 %"
    return f"{column.head}没有单位" if cell.unit else ""
