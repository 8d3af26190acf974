"""What happened in the whole office, newest first, and how often reports were looked up: for whoever audits."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from reportgen.registry.look_rows import LookRow
from reportgen.registry.tables import EventRow
from reportgen.registry.tags import Tag
from reportgen.registry.view import Happened
from reportgen.registry.words import TAGS


@dataclass(frozen=True)
class Sought:
    """Which events are asked for; what is left out does not matter. `before`: older than the event of this id."""

    stream: str = ""
    tag: str = ""
    actor: str = ""
    day: date | None = None
    before: int | None = None


@dataclass(frozen=True)
class Placed:
    """An event with its id and its place: the chain and its number there."""

    id: int
    stream: str
    seq: int
    event: Happened


@dataclass(frozen=True)
class Looks:
    """How often reports were looked up on a day in one way with one outcome."""

    day: date
    way: str
    outcome: str
    count: int


def events(session: Session, sought: Sought, limit: int = 100) -> list[Placed]:
    """Return the newest events of those sought."""
    asked = select(EventRow).where(*_conditions(sought)).order_by(col(EventRow.id).desc()).limit(limit)
    return [_placed(row) for row in session.exec(asked).all()]


def looks(session: Session, since: date) -> list[Looks]:
    """Return the looks since a day, the last day first; no look has anybody's name."""
    group = (col(LookRow.day), col(LookRow.way), col(LookRow.outcome))
    asked = select(*group, func.sum(LookRow.count)).where(LookRow.day >= since).group_by(*group)
    rows = session.exec(asked.order_by(group[0].desc(), group[1], group[2])).all()
    return [Looks(day, way, outcome, int(count)) for day, way, outcome, count in rows]


def _placed(row: EventRow) -> Placed:
    what = TAGS[Tag(row.tag)] if row.tag in set(Tag) else row.tag
    said = json.loads(row.data)
    return Placed(row.id or 0, row.stream, row.seq, Happened(row.at, what, row.tag, row.actor, said))


def _conditions(sought: Sought) -> Iterator[ColumnElement[bool]]:
    for name in ("stream", "tag", "actor"):
        if text := getattr(sought, name):
            yield col(getattr(EventRow, name)) == text
    if sought.day is not None:
        first = datetime.combine(sought.day, time.min)
        yield col(EventRow.at) >= first
        yield col(EventRow.at) < first + timedelta(days=1)
    if sought.before is not None:
        yield col(EventRow.id) < sought.before
