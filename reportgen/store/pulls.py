"""What the office has pulled from databases: how far it has seen, and what was said of whom, as digests."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Table, func
from sqlalchemy import select as select_columns
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from reportgen.store.facts import COUNTING
from reportgen.store.rows import table_of
from reportgen.store.tables import PulledRow, PullMarkRow, PullRow, SnapshotRow

LONGEST_CODE = 200
_AT_ONCE = 500


@dataclass(frozen=True)
class Pulled:
    """What a database said of a code when it was entered last, and on which day; no digest: nothing any more."""

    digest: str
    on: date | None
    due: bool


def begin(session: Session, source: str, mapping: str, at: datetime) -> bool:
    """Note that a source is pulled from by a mapping, held until the transaction ends; say if the mapping is new to it.

    Two pulls from one source wait for each other.
    """
    _put(session, table_of(PullRow), [{"source": source, "mapping_sha256": "", "at": at}], set())
    row = session.get_one(PullRow, source, with_for_update=True, populate_existing=True)
    other = row.mapping_sha256 != mapping
    row.mapping_sha256, row.at = mapping, at
    session.flush()
    return other


def marks(session: Session, source: str) -> dict[str, str]:
    """Return how far each table of a source has been seen."""
    found = select(PullMarkRow.path, PullMarkRow.mark).where(PullMarkRow.source == source)
    return dict(session.exec(found).all())


def set_marks(session: Session, source: str, latest: Mapping[str, str]) -> None:
    """Keep how far each table has been seen."""
    rows = [{"source": source, "path": path, "mark": mark} for path, mark in latest.items()]
    _put(session, table_of(PullMarkRow), rows, {"mark"})


def pulled(session: Session, source: str, codes: Collection[str]) -> dict[str, Pulled]:
    """Return what was pulled of some codes."""
    found = select(PulledRow).where(PulledRow.source == source, col(PulledRow.code).in_(codes))
    return {row.code: Pulled(row.digest, row.on, row.due) for row in session.exec(found)}


def note(session: Session, source: str, told: Mapping[str, Pulled]) -> None:
    """Keep what was pulled of some codes."""
    rows = [{"source": source, "code": code[:LONGEST_CODE], **vars(item)} for code, item in told.items()]
    _put(session, table_of(PulledRow), rows, {"digest", "on", "due"})


def held(session: Session, source: str, *, due: bool = False) -> Iterator[list[str]]:
    """Yield the codes of whom a source says something, or those that are `due`, in their order, some at a time."""
    which = col(PulledRow.due).is_(True) if due else PulledRow.digest != ""
    asked = select(PulledRow.code).where(PulledRow.source == source, which).order_by(col(PulledRow.code))
    last = ""
    while found := session.exec(asked.where(col(PulledRow.code) > last).limit(_AT_ONCE)).all():
        yield list(found)
        last = found[-1]


def forgetful(session: Session, source: str, codes: Collection[str]) -> set[str]:
    """Return the codes whose version that counts knows nothing of a source: something else was entered since.

    What the law made the office forget is none of them.
    """
    place = func.row_number().over(partition_by=col(SnapshotRow.uscc), order_by=COUNTING).label("place")
    asked = select(SnapshotRow.uscc, SnapshotRow.content, place).where(col(SnapshotRow.uscc).in_(codes))
    ranked = asked.subquery()
    rows = session.execute(select_columns(ranked.c.uscc, ranked.c.content).where(ranked.c.place == 1)).all()
    return set(codes) - {uscc for uscc, content in rows if content is None or _tells(content, source)}


def _tells(content: str, source: str) -> bool:
    return any(item["id"] == source for item in json.loads(content)["sources"])


def _put(
    session: Session, table: Table, rows: Sequence[Mapping[str, object]], changed: Collection[str]
) -> None:
    """Insert rows; where their key stands, put in what `changed` names."""
    if not rows:
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    if changed:
        values = {name: statement.excluded[name] for name in changed}
        statement = statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=values)
    else:
        statement = statement.on_conflict_do_nothing()
    session.execute(statement, [dict(row) for row in rows])
