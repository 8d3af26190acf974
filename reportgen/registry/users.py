"""The office's users, each change of them with its event: by login alone, for no name enters an event."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from reportgen.errors import Fault, ReportgenError
from reportgen.registry import event_data
from reportgen.registry.events import Tag, office_stream, record
from reportgen.registry.lifecycle import Desk
from reportgen.store import people
from reportgen.store.tables import UserRow

_STREAM = "office"


@dataclass(frozen=True)
class User:
    """A user by login, and whether he is closed."""

    login: str
    closed: bool


def add(session: Session, login: str, name: str, desk: Desk) -> None:
    """Enter a user; raises E0301 (no login), E0355 (taken)."""
    if not event_data.login(login):
        fault = Fault("E0301", "login", "登录名只用字母、数字、点、横线与下划线，且不是证件或电话号码")
        raise ReportgenError("E0301", path="login", faults=[fault])
    people.add_user(session, login, name)
    _tell(session, login, closed=False, desk=desk)


def close(session: Session, login: str, desk: Desk) -> None:
    """Close a user, who stays on record; raises E0354 (no such user, or closed)."""
    people.active_user(session, login)
    people.close_user(session, login, desk.at)
    _tell(session, login, closed=True, desk=desk)


def listed(session: Session) -> list[User]:
    """Return all users by login."""
    rows = session.exec(select(UserRow).order_by(col(UserRow.login))).all()
    return [User(row.login, row.closed_at is not None) for row in rows]


def _tell(session: Session, login: str, *, closed: bool, desk: Desk) -> None:
    stream = office_stream(session, _STREAM)
    tag = Tag.OFFICE_USER_CHANGE
    record(session, stream, tag, desk.at, desk.actor, desk.key, login=login, closed=closed)
