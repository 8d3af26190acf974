"""The subjects of an agency's database, some at a time: what its tables say of each, as one delivery.

A subject is read whole whenever anything of it changed, for a delivery says all that its source says.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection

from reportgen.errors import Fault
from reportgen.faults import faults_of
from reportgen.intake.database import tables
from reportgen.intake.database.mapping import SUBJECTS, Mapped
from reportgen.intake.database.rows import Told, read_row
from reportgen.intake.database.source import address, reading
from reportgen.intake.database.tables import Marks, Part
from reportgen.subject.delivery import Delivery
from reportgen.subject.identity import REGISTRATION

_ONCE = frozenset({SUBJECTS, REGISTRATION})
"""The parts of which a subject has one row."""


@dataclass
class Found:
    """What the database says of a code: a tree that a `Delivery` reads, and the rows it was read from, by path.

    `there`: whether the code is among the subjects. `digest` is that of all it says, but for the day of collection.
    """

    code: str
    there: bool = False
    tree: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, Told] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    digest: str = ""

    def delivery(self) -> Delivery | None:
        """Return what it says, or None where `faults` tell what is wrong with it."""
        told = [
            self._fault(path, row, name, what)
            for path, row in self.rows.items()
            for name, what in row.faults.items()
        ]
        said = {fault.path for fault in told}
        try:
            delivery = Delivery.model_validate(self.tree)
        except ValidationError as error:
            wrong = (self._placed(fault) for fault in faults_of(error))
            told += [fault for fault in wrong if fault.path not in said]
            delivery = None
        self.faults += told
        return None if self.faults else delivery

    def _fault(self, path: str, row: Told, name: str, what: str) -> Fault:
        below = f"{path}.{name}" if path else name
        return Fault("E0301", f"{self.code}.{below}", f"{what}{row.where(name)}")

    def _placed(self, fault: Fault) -> Fault:
        """Return a fault with the table, row and column that it comes from."""
        around = max((path for path in self.rows if _within(fault.path, path)), key=len, default="")
        row = self.rows.get(around)
        name = fault.path.removeprefix(around).lstrip(".")
        where = row.where(name) if row else ""
        return Fault(fault.code, f"{self.code}.{fault.path}".rstrip("."), f"{fault.what}{where}")


@dataclass(frozen=True)
class Database:
    """An agency's database as a mapping reads it, at one moment."""

    mapped: Mapped
    connection: Connection
    parts: tuple[Part, ...]

    def changed(self, marks: Marks) -> Iterator[list[str]]:
        """Yield the codes of whom anything changed since the marks, of all without marks, some at a time."""
        overlap = timedelta(minutes=self.mapped.overlap_minutes)
        return tables.codes(self.connection, self.parts, marks, overlap)

    def marks(self, at: datetime) -> dict[str, str]:
        """Return how far the tables have been seen; raises E0301 where a time of change is none."""
        return tables.marks(self.connection, self.parts, at)

    def there(self, codes: Sequence[str]) -> set[str]:
        """Return which of some codes are among the subjects."""
        return {str(code) for code in self.connection.execute(self.parts[0].there(codes)).scalars()}

    def read(self, codes: Sequence[str], day: date) -> list[Found]:
        """Return what the tables say of some codes, as collected on a day."""
        found = {code: Found(code) for code in codes}
        for part in self.parts:
            rows: dict[str, list[Told]] = defaultdict(list)
            for row in self.connection.execute(part.rows(codes)).mappings():
                rows[str(row[part.unit.code])].append(read_row(part.name, part.unit, row))  # type: ignore[arg-type]
            for code, told in rows.items():
                _take(found[code], part.name, told)
        for item in found.values():
            _finish(item, self.mapped, day)
        return list(found.values())


@contextmanager
def opened(mapped: Mapped, folder: Path) -> Iterator[Database]:
    """Open the database of a mapping, whose file lies in `folder`, at one moment.

    Raises E0302, E0367 (its address, or it is away), E0301 (a table or column that it has not).
    """
    with reading(address(mapped.database, folder)) as connection:
        yield Database(mapped, connection, tables.parts(connection, mapped))


def _take(found: Found, name: str, told: list[Told]) -> None:
    if name not in _ONCE:
        for row in told:
            path = f"{name}[{len(found.tree.setdefault(name, []))}]"
            found.tree[name].append(row.tree)
            found.rows[path] = row
        return
    if len(told) > 1:
        what = f"{told[0].unit.title} 表中这一主体有 {len(told)} 行，应只有一行"
        found.faults.append(Fault("E0301", f"{found.code}.{name}", what))
    found.rows["" if name == SUBJECTS else name] = told[0]
    if name == SUBJECTS:
        found.there = True
        found.tree |= told[0].tree
    else:
        found.tree[name] = told[0].tree


def _finish(found: Found, mapped: Mapped, day: date) -> None:
    """Give a subject its code and its source, and every fact its own; take the digest of the whole."""
    source = mapped.source_on(day).model_dump(mode="json")
    for path, row in found.rows.items():
        if path:
            row.tree |= {"id": path, "source": mapped.source.id, "location": row.place}
    found.tree |= {"uscc": found.code}
    said = {**found.tree, "source": {**source, "collected_on": None}}
    faults = [dict(row.faults) for row in found.rows.values()]
    text = json.dumps([said, faults], ensure_ascii=False, sort_keys=True)
    found.digest = hashlib.sha256(text.encode()).hexdigest()
    found.tree["source"] = source


def _within(path: str, around: str) -> bool:
    return path == around or path.startswith((f"{around}.", f"{around}[")) or not around
