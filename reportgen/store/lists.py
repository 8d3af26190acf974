"""Lists (名单) as the office learned them, edition by edition.

A file says all of each list that it names: who is not in it any more has left the list. What was known when
stays readable, for an entry keeps the edition that brought it and the one that no longer has it.

A long list comes in by short transactions, so that others can write meanwhile. Until the last one its edition has no
`entries`, and counts for nobody; what an import left that came to no end is cleared away by the next one.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, true, update
from sqlalchemy import select as select_columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from reportgen.errors import Fault, ReportgenError
from reportgen.files import sha256_of, unreadable
from reportgen.intake.lists import read_list
from reportgen.intake.names import spelling
from reportgen.store.editions import THERE
from reportgen.store.engine import Store, be_patient
from reportgen.store.incoming import ALIASES, INCOMING, LEAVING, TAKEN, stage
from reportgen.store.rows import changed, table_of
from reportgen.store.tables import AliasRow, EditionRow, EntryRow, ListRow

_BREATH = 0.1
_AT_ONCE = 10_000
"""So many entries come or go in one transaction: it takes a fraction of a second."""
_ENTRY, _ALIAS = table_of(EntryRow), table_of(AliasRow)
_LIST, _EDITION = table_of(ListRow), table_of(EditionRow)
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
_HELD = exists().where(_ENTRY.c.list_id == TAKEN.c.list_id, _ENTRY.c.digest == INCOMING.c.digest, THERE)
_NEW = (
    select_columns(TAKEN.c.list_id, TAKEN.c.edition_id, *(INCOMING.c[name] for name in _TAKEN_OVER))
    .join_from(INCOMING, TAKEN, TAKEN.c.list == INCOMING.c.list)
    .where(~_HELD)
)
"""The rows that are not on their list yet."""
_BROUGHT = and_(
    _ENTRY.c.list_id == TAKEN.c.list_id,
    _ENTRY.c.edition_id == TAKEN.c.edition_id,
    _ENTRY.c.digest == ALIASES.c.digest,
    _ENTRY.c.gone_id.is_(None),
)
_NAMED = select_columns(_ENTRY.c.id, ALIASES.c.name_key).select_from(
    ALIASES.join(TAKEN, true()).join(_ENTRY, _BROUGHT)
)
"""The former names of the entries that came with the file."""


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
class File:
    """Where a file comes from, the day on which it was collected, its hash, and when the office learned it."""

    source: str
    collected_on: date
    sha256: str
    known_at: datetime


class _Coming(NamedTuple):
    """A list of a file on its way in: its edition, how many it is to have, and the one it takes the place of."""

    row: ListRow
    edition: EditionRow
    entries: int
    before: EditionRow | None


def import_lists(
    store: Store,
    path: Path,
    source: str,
    collected_on: date,
    known_at: datetime,
    tell: Callable[[Session, File, Sequence[ImportedList]], None],
) -> list[ImportedList]:
    """Enter every list of a file in place of the edition before, all of it at one moment; return each list by name.

    `tell` is called in the transaction in which they come to count. Raises E0353 (collected on a day yet to come),
    E0382 (a later edition is there), E0903 (somebody else imports the same list), and what reading raises.
    """
    if collected_on > known_at.date():
        raise ReportgenError("E0353", path="collected_on", as_of=collected_on, known_at=known_at.date())
    with store.aside() as connection:
        with _short(connection, beside=True):
            stage(connection, read_list(path, collected_on))
        file = File(source, collected_on, _sha256(path), known_at)
        coming = _begin(connection, file)
        try:
            _bring(connection)
            _find_leaving(connection)
            with _short(connection), Session(connection) as session:
                told = _switch(session, coming, file)
                tell(session, file, told)
                session.flush()
        except IntegrityError as error:
            # Whoever began later has cleared this edition away.
            raise ReportgenError("E0903", tries=1) from error
    return told


def _sha256(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        raise unreadable(path, error) from error


@contextmanager
def _short(connection: Connection, *, beside: bool = False) -> Iterator[None]:
    """Open a transaction on the connection at hand; one `beside` fills only tables of its own, and takes no turn."""
    connection.execution_options(beside=beside)
    with connection.begin():
        be_patient(connection)
        yield


def _begin(connection: Connection, file: File) -> list[_Coming]:
    """Enter an edition without entries for each list, once nothing is left of one that came to no end.

    Raises E0380 (a list has one kind), E0382.
    """
    asked = select_columns(INCOMING.c.list, INCOMING.c.kind, func.count())
    with _short(connection, beside=True):
        named = connection.execute(
            asked.group_by(*asked.selected_columns[:2]).order_by(INCOMING.c.list)
        ).all()
    clear(connection, _LIST.c.name.in_([name for name, *_ in named]))
    with _short(connection), Session(connection, expire_on_commit=False) as session:
        coming = [_coming(session, name, kind, count, file) for name, kind, count in named]
    with _short(connection, beside=True):
        taken = [
            {"list": one.row.name, "list_id": one.row.id, "edition_id": one.edition.id} for one in coming
        ]
        connection.execute(insert(TAKEN), taken)
    return coming


def _coming(session: Session, name: str, kind: str, entries: int, file: File) -> _Coming:
    row, before = _list(session, name, kind), None
    if row.id is not None:
        before = _newest(session, row.id)
    if before is not None and before.collected_on > file.collected_on:
        had = before.collected_on
        raise ReportgenError("E0382", list=name, newest=had, collected_on=file.collected_on)
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - a row that was flushed has one
    edition = EditionRow(list_id=row.id, entries=0, **vars(file))
    session.add(edition)
    session.flush()
    return _Coming(row, edition, entries, before)


def _list(session: Session, name: str, kind: str) -> ListRow:
    row = session.exec(select(ListRow).where(ListRow.name == name).with_for_update()).one_or_none()
    if row is None:
        return ListRow(name=name, kind=kind, spelling=spelling())
    if row.kind != kind:
        fault = Fault("E0380", name, f"库内这份名单的类别是{row.kind}，不能改为{kind}；另一份名单请另用名称")
        raise ReportgenError("E0380", path=name, faults=[fault])
    return row


def _newest(session: Session, list_id: int) -> EditionRow | None:
    whole = select(EditionRow).where(EditionRow.list_id == list_id, EditionRow.entries > 0)
    return session.exec(whole.order_by(col(EditionRow.id).desc()).limit(1)).first()


def clear(connection: Connection, which: ColumnElement[bool]) -> None:
    """Take away, part by part, what imports of these lists left that came to no end."""
    begun = select_columns(_EDITION.c.id).join(_LIST, _LIST.c.id == _EDITION.c.list_id)
    with _short(connection, beside=True):
        left = connection.execute(begun.where(_EDITION.c.entries == 0, which)).scalars().all()
        ids = (func.min(_ENTRY.c.id), func.max(_ENTRY.c.id))
        first, last = connection.execute(select_columns(*ids).where(_ENTRY.c.edition_id.in_(left))).one()
    for start in range(first, last + 1, _AT_ONCE) if left and first else ():
        part = and_(_ENTRY.c.id.between(start, start + _AT_ONCE - 1), _ENTRY.c.edition_id.in_(left))
        with _short(connection):
            connection.execute(
                delete(_ALIAS).where(_ALIAS.c.entry_id.in_(select_columns(_ENTRY.c.id).where(part)))
            )
            connection.execute(delete(_ENTRY).where(part))
        _let_others_write(connection)
    if left:
        with _short(connection):
            connection.execute(delete(_EDITION).where(_EDITION.c.id.in_(left)))


def _bring(connection: Connection) -> None:
    """Enter the rows that are not on their list yet, part by part in the order of their digests."""
    with _short(connection, beside=True):
        count = connection.execute(select_columns(func.count()).select_from(INCOMING)).scalar_one()
    parts = count // _AT_ONCE + 1
    starts = [f"{(index << 32) // parts:08x}" for index in range(parts)]
    for start, end in zip(starts, [*starts[1:], "g"], strict=True):
        if start != starts[0]:
            _let_others_write(connection)
        _bring_part(connection, start, end)


def _let_others_write(connection: Connection) -> None:
    # Who waits on SQLite asks again ten times a second, and would find it taken again each time.
    if connection.dialect.name == "sqlite":
        time.sleep(_BREATH)


def _bring_part(connection: Connection, start: str, end: str) -> None:
    # A digest is hexadecimal: none begins with g.
    with _short(connection):
        rows = _NEW.where(INCOMING.c.digest >= start, INCOMING.c.digest < end)
        connection.execute(insert(_ENTRY).from_select(["list_id", "edition_id", *_TAKEN_OVER], rows))
        named = _NAMED.where(ALIASES.c.digest >= start, ALIASES.c.digest < end)
        connection.execute(insert(_ALIAS).from_select(["entry_id", "name_key"], named))


def _find_leaving(connection: Connection) -> None:
    """Note the entries of the lists that are not in the file any more: it takes a while, and nobody waits for it."""
    with _short(connection, beside=True):
        if connection.dialect.name == "postgresql":
            # Of what was only just brought in it knows nothing, and would look row for row.
            connection.exec_driver_sql("SET LOCAL enable_nestloop = off")
        still = exists().where(INCOMING.c.digest == _ENTRY.c.digest)
        lists = select_columns(TAKEN.c.list_id)
        gone = select_columns(_ENTRY.c.id).where(_ENTRY.c.list_id.in_(lists), THERE, ~still)
        connection.execute(insert(LEAVING).from_select(["id"], gone))


def _switch(session: Session, coming: Sequence[_Coming], file: File) -> list[ImportedList]:
    """Let the editions count from now on; raises E0903 where others came to count meanwhile."""
    names = [one.row.name for one in coming]
    for row in session.exec(select(ListRow).where(col(ListRow.name).in_(names)).with_for_update()).all():
        row.spelling = spelling()
    told = [_switch_one(session, one, file) for one in coming]
    session.flush()
    return told


def _switch_one(session: Session, one: _Coming, file: File) -> ImportedList:
    edition, before = one.edition.id, one.before
    newest = _newest(session, one.edition.list_id)
    whole = update(_EDITION).where(_EDITION.c.id == edition).values(entries=one.entries)
    if (newest and newest.id) != (before and before.id) or changed(session, whole) != 1:
        raise ReportgenError("E0903", tries=1)
    gone = update(_ENTRY).where(_ENTRY.c.list_id == one.edition.list_id, _ENTRY.c.gone_id.is_(None))
    left = changed(session, gone.where(_ENTRY.c.id.in_(select_columns(LEAVING.c.id))).values(gone_id=edition))
    stayed = before.entries - left if before else 0
    return ImportedList(
        one.row.name, one.row.kind, file.collected_on, one.entries, one.entries - stayed, left
    )
