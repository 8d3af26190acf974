"""The statements of a pull: which subjects changed, and what the tables say of some of them.

Names are quoted identifiers, values are bound: whatever a mapping says, it is no SQL.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Column as SqlColumn
from sqlalchemy import (
    ColumnElement,
    Connection,
    MetaData,
    Select,
    String,
    Table,
    cast,
    func,
    inspect,
    or_,
    select,
    union,
)
from sqlalchemy.exc import NoSuchTableError
from sqlalchemy.sql.elements import quoted_name
from sqlalchemy.types import NULLTYPE, TypeEngine

from reportgen.errors import Fault, ReportgenError
from reportgen.intake.database.mapping import Mapped, Unit
from reportgen.zone import CHINA

Marks = Mapping[str, str]
"""How far a pull has seen, by the path of each table: the latest change, as ISO 8601."""
AT_ONCE: Final = 500
_DAY_LETTERS = 10
_TOMORROW = timedelta(days=1)


@dataclass(frozen=True)
class Part:
    """A table of a mapping as it stands in the database."""

    name: str
    path: str
    unit: Unit
    table: Table

    @property
    def code(self) -> ColumnElement[Any]:
        """Return the column with the subject's code."""
        return self.table.c[self.unit.code]

    @cached_property
    def counting(self) -> tuple[ColumnElement[bool], ...]:
        """Return which rows count."""
        columns = self.table.c
        return tuple(cast(columns[name], String).in_(texts) for name, texts in self.unit.only.items())

    def changed_since(self, mark: str | None, overlap: timedelta) -> Select[Any]:
        """Return the codes of the rows changed since a mark, those that count no more as well; of all without one."""
        found = select(self.code.label("code")).where(self.code.is_not(None))
        if mark is None or self.unit.changed is None:
            return found
        column = self.table.c[self.unit.changed]
        since = _back(mark, overlap)
        # A row without the time of its change may have changed.
        return found.where(
            or_(column >= (_spelt(since, mark) if _is_text(column) else since), column.is_(None))
        )

    def there(self, codes: Sequence[str]) -> Select[Any]:
        """Return which of some codes have a row that counts."""
        return select(self.code).where(self.code.in_(codes), *self.counting)

    def rows(self, codes: Sequence[str]) -> Select[Any]:
        """Return what the table says of some subjects, row by row."""
        asked = select(*(self.table.c[name] for name in self.unit.columns()))
        keys = (self.table.c[name] for name in self.unit.keys)
        return asked.where(self.code.in_(codes), *self.counting).order_by(self.code, *keys)


def parts(connection: Connection, mapped: Mapped) -> tuple[Part, ...]:
    """Return the tables that a mapping names; raises E0301 where the database has no such table or column."""
    faults: list[Fault] = []
    found = [_part(connection, name, path, unit, faults) for name, path, unit in mapped.parts()]
    if faults:
        raise ReportgenError("E0301", path="映射与数据库", faults=faults)
    return tuple(part for part in found if part)


def codes(
    connection: Connection, found: Collection[Part], marks: Marks, overlap: timedelta
) -> Iterator[list[str]]:
    """Yield the codes of the subjects of whom anything changed since the marks, each once, some at a time."""
    asked = (part.changed_since(marks.get(part.path), overlap) for part in found)
    statement = union(*asked).order_by("code")
    result = connection.execution_options(yield_per=AT_ONCE).execute(statement)
    for rows in result.partitions():
        yield [str(code) for (code,) in rows]


def marks(connection: Connection, found: Collection[Part], at: datetime) -> dict[str, str]:
    """Return the latest change in each table that says when its rows changed; raises E0301 where that is no time.

    What bears a time later than tomorrow was not changed then: it moves no mark, and is looked at every time.
    """
    latest: dict[str, str] = {}
    for part in found:
        if part.unit.changed is not None:
            latest[part.path] = _latest(connection, part, part.unit.changed, at + _TOMORROW)
    return {path: mark for path, mark in latest.items() if mark}


def _latest(connection: Connection, part: Part, changed: str, limit: datetime) -> str:
    column = part.table.c[changed]
    value = _mark(part, changed, connection.execute(select(func.max(column))).scalar_one())
    if value and _moment(value).replace(tzinfo=None) > limit:
        bound: object = limit.isoformat(" ") if _is_text(column) else limit
        value = _mark(
            part, changed, connection.execute(select(func.max(column)).where(column <= bound)).scalar_one()
        )
    return value


def _mark(part: Part, changed: str, value: object) -> str:
    """Return a time of change as it is kept, nothing for none; raises E0301 for what is no time."""
    if isinstance(value, datetime):
        return (value.astimezone(CHINA) if value.tzinfo else value).isoformat()
    if isinstance(value, date) or value is None:
        return value.isoformat() if value else ""
    try:
        _moment(value if isinstance(value, str) else "")
    except ValueError:
        fault = Fault(
            "E0301", f"{part.path}.changed", f"{part.unit.title} 的 {changed} 列不是时间，可用视图转换"
        )
        raise ReportgenError("E0301", path="映射与数据库", faults=[fault]) from None
    return str(value)


def _is_text(column: ColumnElement[Any]) -> bool:
    return isinstance(column.type, String) or column.type is NULLTYPE


def _moment(mark: str) -> datetime:
    return datetime.fromisoformat(mark)


def _back(mark: str, overlap: timedelta) -> datetime | date:
    since = _moment(mark) - overlap
    return since.date() if len(mark) == _DAY_LETTERS else since


def _spelt(since: datetime | date, mark: str) -> str:
    """Return a moment as a column of texts spells it, which are compared letter by letter."""
    if not isinstance(since, datetime):
        return since.isoformat()
    return since.replace(tzinfo=None).isoformat("T" if "T" in mark else " ", "seconds")


def _part(connection: Connection, name: str, path: str, unit: Unit, faults: list[Fault]) -> Part | None:
    space = quoted_name(unit.space, quote=True) if unit.space else None
    try:
        found = inspect(connection).get_columns(quoted_name(unit.table, quote=True), schema=space)
    except NoSuchTableError:
        faults.append(Fault("E0301", f"{path}.table", f"数据库中没有 {unit.title}，或无权读取"))
        return None
    types: dict[str, TypeEngine[Any]] = {column["name"]: column["type"] for column in found}
    needed = [*unit.columns(), *([unit.changed] if unit.changed else []), *unit.only]
    missing = [column for column in dict.fromkeys(needed) if column not in types]
    faults += [Fault("E0301", path, f"{unit.title} 没有 {column} 列") for column in missing]
    # Of what SQLite's columns are declared to hold nothing follows: what they hold is read as it is.
    typed = connection.dialect.name != "sqlite"
    columns = [
        SqlColumn(quoted_name(column, quote=True), kind if typed else NULLTYPE)
        for column, kind in types.items()
        if column in needed
    ]
    title = quoted_name(unit.table, quote=True)
    return Part(name, path, unit, Table(title, MetaData(), *columns, schema=space))
