"""Lists (名单) as the office learned them, edition by edition.

A file says all of each list that it names: who is not in it any more has left the list. What was known when
stays readable, for an entry keeps the edition that brought it and the one that no longer has it.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    Date,
    MetaData,
    String,
    Table,
    Text,
    exists,
    func,
    insert,
    literal,
    update,
)
from sqlalchemy import select as select_columns
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from reportgen.errors import Fault, ReportgenError
from reportgen.files import sha256_of
from reportgen.intake.lists import Listed, read_list
from reportgen.intake.names import name_key, spelling
from reportgen.store.engine import be_patient
from reportgen.store.rows import changed, table_of
from reportgen.store.tables import AliasRow, EditionRow, EntryRow, ListRow

_AT_ONCE, _CHUNK = 5000, 1 << 20
_STAGE = MetaData()
_INCOMING = Table(
    "incoming",
    _STAGE,
    Column("digest", String(32), primary_key=True),
    Column("list", String(200)),
    Column("kind", String(20)),
    Column("uscc", String(18)),
    Column("name", String(200)),
    Column("name_key", String(200)),
    Column("former_names", Text),
    Column("listed_on", Date),
    Column("until", Date),
    Column("basis", Text),
    Column("authority", String(200)),
    prefixes=["TEMPORARY"],
)
"""The rows of a file before it is known which of them are new; they go with the transaction."""
_ALIASES = Table(
    "incoming_alias",
    _STAGE,
    Column("digest", String(32), primary_key=True),
    Column("name_key", String(200), primary_key=True),
    prefixes=["TEMPORARY"],
)
_ENTRY, _ALIAS = table_of(EntryRow), table_of(AliasRow)
_TAKEN_OVER = (
    "uscc",
    "name",
    "name_key",
    "former_names",
    "listed_on",
    "until",
    "basis",
    "authority",
    "digest",
)


@dataclass(frozen=True)
class ImportedList:
    """What came of an import for one list: how many stand on it, who came and who left since the edition before."""

    name: str
    kind: str
    collected_on: date
    entries: int
    came: int
    left: int


@dataclass(frozen=True)
class KnownList:
    """A list as it counts now, and how many editions the office has of it."""

    name: str
    kind: str
    source: str
    collected_on: date
    known_at: datetime
    sha256: str
    entries: int
    editions: int


@dataclass(frozen=True)
class _File:
    """Where a file comes from, the day on which it was collected, its hash, and when the office learned it."""

    source: str
    collected_on: date
    sha256: str
    known_at: datetime


def import_lists(
    session: Session, path: Path, source: str, collected_on: date, known_at: datetime
) -> tuple[str, list[ImportedList]]:
    """Enter every list of a file in place of the edition before; return the file's hash, and each list by name.

    Raises E0353 (collected on a day yet to come), E0382 (a later edition is there), and what reading raises.
    """
    if collected_on > known_at.date():
        raise ReportgenError("E0353", path="collected_on", as_of=collected_on, known_at=known_at.date())
    connection = session.connection()
    be_patient(connection)
    if connection.dialect.name == "postgresql":
        # Of what was only just brought in it knows nothing, and would look row for row.
        connection.exec_driver_sql("SET LOCAL enable_nestloop = off")
    _STAGE.create_all(connection)
    _stage(connection, read_list(path, collected_on))
    file = _File(source, collected_on, _sha256(path), known_at)
    named = select_columns(_INCOMING.c.list, _INCOMING.c.kind).distinct().order_by(_INCOMING.c.list)
    told = [_enter(session, _list(session, name, kind), file) for name, kind in session.execute(named).all()]
    _STAGE.drop_all(connection)
    return file.sha256, told


def known_lists(session: Session) -> list[KnownList]:
    """Return the lists by name, each as it counts now."""
    newest = (
        select_columns(func.max(EditionRow.id), func.count()).group_by(col(EditionRow.list_id)).subquery()
    )
    ids, counts = newest.c
    found = (
        select(ListRow, EditionRow, counts)
        .join(EditionRow, col(EditionRow.list_id) == ListRow.id)
        .join(newest, ids == EditionRow.id)
    )
    rows = session.exec(found.order_by(col(ListRow.name))).all()
    return [
        KnownList(
            row.name,
            row.kind,
            edition.source,
            edition.collected_on,
            edition.known_at,
            edition.sha256,
            edition.entries,
            count,
        )
        for row, edition, count in rows
    ]


def _sha256(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        raise ReportgenError("E0302", path=str(path), file=path.name) from error


def _stage(connection: Connection, rows: Iterator[Listed]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    into, aliases = (dialect.insert(table).on_conflict_do_nothing() for table in (_INCOMING, _ALIASES))
    while part := list(islice(rows, _AT_ONCE)):
        staged = [_staged(row) for row in part]
        connection.execute(into, [values for values, _ in staged])
        if also := [{"digest": values["digest"], "name_key": key} for values, keys in staged for key in keys]:
            connection.execute(aliases, also)


def _staged(row: Listed) -> tuple[dict[str, object], set[str]]:
    """Return a row as it is entered, and the former names by which it compares as well."""
    key = name_key(row.name)
    keys = {name_key(name) for name in row.former_names} - {key, ""}
    values: dict[str, object] = {
        "list": row.list,
        "kind": row.kind.value,
        "uscc": row.uscc,
        "name": row.name,
        "name_key": key,
        "former_names": "\n".join(row.former_names),
        "listed_on": row.listed_on,
        "until": row.until,
        "basis": row.basis,
        "authority": row.authority,
    }
    said = "\x1f".join(str(value) for value in (*values.values(), *sorted(keys)))
    return {"digest": hashlib.sha256(said.encode()).hexdigest()[:32], **values}, keys


def _list(session: Session, name: str, kind: str) -> ListRow:
    row = session.exec(select(ListRow).where(ListRow.name == name).with_for_update()).one_or_none()
    if row is None:
        row = ListRow(name=name, kind=kind, spelling=spelling())
        session.add(row)
    if row.kind != kind:
        fault = Fault("E0380", name, f"库内这份名单的类别是{row.kind}，不能改为{kind}；另一份名单请另用名称")
        raise ReportgenError("E0380", path=name, faults=[fault])
    row.spelling = spelling()
    session.flush()
    return row


def _enter(session: Session, row: ListRow, file: _File) -> ImportedList:
    newest = select(EditionRow).where(EditionRow.list_id == _id(row)).order_by(col(EditionRow.id).desc())
    before = session.exec(newest.limit(1)).first()
    if before is not None and before.collected_on > file.collected_on:
        had = before.collected_on
        raise ReportgenError("E0382", list=row.name, newest=had, collected_on=file.collected_on)
    there = _INCOMING.c.list == row.name
    count = session.execute(select_columns(func.count()).select_from(_INCOMING).where(there)).scalar_one()
    edition = EditionRow(list_id=_id(row), entries=count, **vars(file))
    session.add(edition)
    session.flush()
    left = _leave(session, row, edition)
    _come(session, row, edition)
    stayed = before.entries - left if before else 0
    return ImportedList(row.name, row.kind, file.collected_on, count, count - stayed, left)


def _id(row: ListRow) -> int:
    assert row.id is not None  # noqa: S101 - a row that was read has one
    return row.id


def _leave(session: Session, row: ListRow, edition: EditionRow) -> int:
    still = exists().where(_INCOMING.c.digest == _ENTRY.c.digest)
    gone = update(_ENTRY).where(_ENTRY.c.list_id == row.id, _ENTRY.c.gone_id.is_(None), ~still)
    return changed(session, gone.values(gone_id=edition.id))


def _come(session: Session, row: ListRow, edition: EditionRow) -> None:
    held = exists().where(
        _ENTRY.c.list_id == row.id, _ENTRY.c.gone_id.is_(None), _ENTRY.c.digest == _INCOMING.c.digest
    )
    own = (literal(row.id), literal(edition.id))
    new = select_columns(*own, *(_INCOMING.c[name] for name in _TAKEN_OVER))
    entries = new.where(_INCOMING.c.list == row.name, ~held)
    new_rows = insert(_ENTRY).from_select(["list_id", "edition_id", *_TAKEN_OVER], entries)
    session.connection().execute(new_rows)
    named = select_columns(_ENTRY.c.id, _ALIASES.c.name_key).join(
        _ALIASES, _ALIASES.c.digest == _ENTRY.c.digest
    )
    brought = named.where(_ENTRY.c.edition_id == edition.id)
    session.connection().execute(insert(_ALIAS).from_select(["entry_id", "name_key"], brought))
