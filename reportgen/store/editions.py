"""The editions of lists (名单) that count: an edition counts once all of its entries are there, and until the next does."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from reportgen.store.rows import table_of
from reportgen.store.tables import EditionRow, EntryRow, ListRow

_ENTRY, _EDITION = table_of(EntryRow), table_of(EditionRow)
_COMING = select_columns(_EDITION.c.id).where(_EDITION.c.entries == 0)
THERE = and_(_ENTRY.c.gone_id.is_(None), _ENTRY.c.edition_id.not_in(_COMING))
"""The condition that an entry stands on its list now."""
NEWEST = select_columns(func.max(_EDITION.c.id)).where(_EDITION.c.entries > 0).group_by(_EDITION.c.list_id)
"""The ids of the editions that count."""


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


def known_lists(session: Session) -> list[KnownList]:
    """Return the lists by name, each as it counts now."""
    whole = select_columns(func.max(EditionRow.id), func.count()).where(col(EditionRow.entries) > 0)
    newest = whole.group_by(col(EditionRow.list_id)).subquery()
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


def editions(session: Session) -> list[dict[str, object]]:
    """Return name, collected_on and sha256 of the edition that counts of each list, by name."""
    told = select_columns(col(ListRow.name), col(EditionRow.collected_on), col(EditionRow.sha256))
    found = told.join(ListRow, col(ListRow.id) == col(EditionRow.list_id)).where(
        col(EditionRow.id).in_(NEWEST)
    )
    return [dict(row) for row in session.execute(found.order_by(col(ListRow.name))).mappings()]
