"""Who of many stands on a list: codes and names compared with all entries at once, in one statement."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    SQLColumnExpression,
    Text,
    exists,
    false,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Session

from reportgen.errors import ReportgenError
from reportgen.intake.names import spelling
from reportgen.store.editions import NEWEST, THERE
from reportgen.store.rows import table_of
from reportgen.store.tables import AliasRow, EditionRow, EntryRow, ListRow

_LIST, _EDITION = table_of(ListRow), table_of(EditionRow)
_ENTRY, _ALIAS = table_of(EntryRow), table_of(AliasRow)


@dataclass(frozen=True)
class Entry:
    """An entry, and where and when its list was collected last; `until` None is no end.

    `left_on` is the day on which an edition was collected that no longer has it, None while it stands there.
    """

    id: int
    list_id: int
    list: str
    kind: str
    source: str
    collected_on: date
    sha256: str
    uscc: str | None
    name: str
    listed_on: date
    until: date | None
    basis: str
    authority: str
    left_on: date | None


@dataclass(frozen=True)
class Match:
    """An entry that has a code or, by its name or a former one, a name that was asked for."""

    key: str
    by_code: bool
    entry: Entry


def matches(session: Session, codes: Collection[str], names: Collection[str]) -> list[Match]:
    """Return the entries that have one of these codes, or one of these names as `name_key` spells them.

    Raises E0383 where the names of a list were spelt by another table of characters.
    """
    _require_one_spelling(session)
    code, name, former = _values(session, codes), _values(session, names), _values(session, names)
    found = union_all(
        select(true().label("by_code"), code.c.value.label("key"), _ENTRY.c.id)
        .select_from(code.join(_ENTRY, _ENTRY.c.uscc == code.c.value))
        .where(THERE),
        select(false(), name.c.value, _ENTRY.c.id)
        .select_from(name.join(_ENTRY, _ENTRY.c.name_key == name.c.value))
        .where(THERE),
        select(false(), former.c.value, _ENTRY.c.id)
        .select_from(former.join(_ALIAS, _ALIAS.c.name_key == former.c.value).join(_ENTRY))
        .where(THERE),
    ).subquery()
    asked = _told(found.c.by_code, found.c.key).join(found, found.c.id == _ENTRY.c.id)
    rows = session.execute(asked).all()
    return [Match(key, bool(by_code), Entry(*entry)) for by_code, key, *entry in rows]


def entries(session: Session, ids: Iterable[int]) -> dict[int, Entry]:
    """Return these entries by their ids, also those that left their lists."""
    asked = _told().where(_ENTRY.c.id.in_(list(ids)))
    return {row[0]: Entry(*row) for row in session.execute(asked).all()}


def standing(entry: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Return the condition that the entry of an id stands on its list now."""
    return exists().where(_ENTRY.c.id == entry, THERE)


def _told(*first: ColumnElement[Any]) -> Select[Any]:
    """Return the question for entries with what their lists are, from the edition that counts."""
    said = (_ENTRY.c[name] for name in ("uscc", "name", "listed_on", "until", "basis", "authority"))
    edition = (_EDITION.c[name] for name in ("source", "collected_on", "sha256"))
    left = _EDITION.alias("gone")
    columns = (_ENTRY.c.id, _LIST.c.id, _LIST.c.name, _LIST.c.kind, *edition, *said, left.c.collected_on)
    joined: FromClause = _ENTRY.join(_LIST, _LIST.c.id == _ENTRY.c.list_id)
    joined = joined.join(_EDITION, _EDITION.c.list_id == _LIST.c.id)
    joined = joined.outerjoin(left, left.c.id == _ENTRY.c.gone_id)
    return select(*first, *columns).select_from(joined).where(_EDITION.c.id.in_(NEWEST))


def _values(session: Session, values: Collection[str]) -> FromClause:
    """Return texts as a table to join with: thousands of them are one parameter."""
    if session.get_bind().dialect.name == "postgresql":
        return func.unnest(literal(list(values), ARRAY(Text))).table_valued("value").render_derived()
    return func.json_each(json.dumps(list(values))).table_valued("value")


def _require_one_spelling(session: Session) -> None:
    found = select(_LIST.c.name, _LIST.c.spelling).where(_LIST.c.spelling != spelling())
    if row := session.execute(found.order_by(_LIST.c.name).limit(1)).first():
        raise ReportgenError("E0383", list=row.name, had=row.spelling, now=spelling())
