"""Entries that left their lists: forgotten once they have been kept long enough, with their hits and editions."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select
from sqlmodel import Session

from reportgen.store.editions import NEWEST
from reportgen.store.rows import table_of
from reportgen.store.tables import AliasRow, EditionRow, EntryRow, HitRow

_ENTRY, _ALIAS = table_of(EntryRow), table_of(AliasRow)
_EDITION, _HIT = table_of(EditionRow), table_of(HitRow)
_ABANDONED = timedelta(days=1)
"""After how long nobody brings in an edition any more that has no entries yet."""


class Kept(NamedTuple):
    """Since when what left its list is kept: what has a code since `before`, what has none since `persons`.

    What has no code may be a natural person. `at` is the moment of the run.
    """

    before: date
    persons: date
    at: datetime


def outlived(session: Session, kept: Kept) -> int:
    """Return how many entries left their lists before that."""
    count: int = session.execute(select(func.count()).select_from(_ENTRY).where(_old(kept))).scalar_one()
    return count


def some(session: Session, kept: Kept, most: int) -> list[int]:
    """Return so many of these entries at most."""
    return list(session.execute(select(_ENTRY.c.id).where(_old(kept)).limit(most)).scalars().all())


def forget(session: Session, entries: Sequence[int]) -> list[str]:
    """Forget entries with their hits; return the codes of the subjects that had a hit among these."""
    hits = _HIT.c.entry_id.in_(entries)
    usccs = session.execute(select(_HIT.c.uscc).where(hits).distinct().order_by(_HIT.c.uscc)).scalars().all()
    session.execute(delete(_HIT).where(hits))
    session.execute(delete(_ALIAS).where(_ALIAS.c.entry_id.in_(entries)))
    session.execute(delete(_ENTRY).where(_ENTRY.c.id.in_(entries)))
    return list(usccs)


def forget_editions(session: Session, kept: Kept) -> None:
    """Forget the editions of that time that neither count nor say of an entry when it came or left."""
    named = select(_ENTRY.c.edition_id).union(select(_ENTRY.c.gone_id).where(_ENTRY.c.gone_id.is_not(None)))
    old = or_(_EDITION.c.known_at < _midnight(kept.before), _abandoned(kept))
    free = _EDITION.c.id.not_in(NEWEST), _EDITION.c.id.not_in(named)
    session.execute(delete(_EDITION).where(old, *free))


def _old(kept: Kept) -> ColumnElement[bool]:
    return or_(
        _ENTRY.c.gone_id.in_(_editions(kept.before)),
        and_(_ENTRY.c.uscc.is_(None), _ENTRY.c.gone_id.in_(_editions(kept.persons))),
        _ENTRY.c.edition_id.in_(select(_EDITION.c.id).where(_abandoned(kept))),
    )


def _editions(before: date) -> Select[tuple[int]]:
    return select(_EDITION.c.id).where(_EDITION.c.known_at < _midnight(before))


def _abandoned(kept: Kept) -> ColumnElement[bool]:
    return and_(_EDITION.c.entries == 0, _EDITION.c.known_at < kept.at - _ABANDONED)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)
