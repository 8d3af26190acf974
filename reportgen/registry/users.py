"""The office's users, each change of them with its event: by login alone, for no name enters an event."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from reportgen.document.glyphs import refusal, tier_of
from reportgen.errors import Fault, ReportgenError, printable
from reportgen.registry import event_data
from reportgen.registry.events import Tag
from reportgen.registry.lifecycle import Desk
from reportgen.registry.office import tell
from reportgen.store import people
from reportgen.store.accounts import stranger_like
from reportgen.store.tables import ROLES, UserRow

LONGEST_NAME = 60
"""Characters of a name, which reports print under what its bearer did."""
_BETWEEN = " ·-.'"
"""What stands between the letters of a name."""


@dataclass(frozen=True)
class User:
    """A user by login, whether he is closed, and his roles in the order of `ROLES`."""

    login: str
    closed: bool
    roles: tuple[str, ...]


def add(session: Session, login: str, name: str, desk: Desk) -> None:
    """Enter a user; raises E0301 (no login, no name for a signature), E0355 (taken, by somebody outside as well)."""
    if not event_data.login(login):
        fault = Fault("E0301", "login", "登录名只用字母、数字、点、横线与下划线，且不是证件或电话号码")
        raise ReportgenError("E0301", path="login", faults=[fault])
    if wrong := _wrong_name(name):
        raise ReportgenError("E0301", path="name", faults=[Fault("E0301", "name", wrong)])
    if stranger_like(session, login):
        raise ReportgenError("E0355", detail=f"登录名 {login} 已有人使用")
    people.add_user(session, login, name)
    tell(session, Tag.OFFICE_USER_CHANGE, desk, login=login, closed=False)


def close(session: Session, login: str, desk: Desk) -> None:
    """Close a user, who stays on record; raises E0354 (no such user, or closed)."""
    people.active_user(session, login)
    people.close_user(session, login, desk.at)
    tell(session, Tag.OFFICE_USER_CHANGE, desk, login=login, closed=True)


def grant(session: Session, login: str, role: str, desk: Desk) -> None:
    """Give a user a role; raises E0301, E0354."""
    if people.grant(session, login, role):
        tell(session, Tag.OFFICE_USER_CHANGE, desk, login=login, role=role, closed=False)


def withdraw(session: Session, login: str, role: str, desk: Desk) -> None:
    """Take a role from a user; raises E0354."""
    if people.withdraw(session, login, role):
        tell(session, Tag.OFFICE_USER_CHANGE, desk, login=login, role=role, closed=True)


def listed(session: Session) -> list[User]:
    """Return all users by login; one who is closed has no roles."""
    rows = session.exec(select(UserRow).order_by(col(UserRow.login))).all()
    return [User(row.login, row.closed_at is not None, _roles(session, row.login)) for row in rows]


def _wrong_name(name: str) -> str:
    """Return what keeps a name from standing under a signature, nothing where nothing does."""
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        return f"姓名应为 1 至 {LONGEST_NAME} 字，实为 {len(name.strip())} 字"
    if strange := [sign for sign in name if not (sign.isalpha() or sign in _BETWEEN) or refusal(sign)]:
        return f"姓名只用文字、空格与间隔号，不能用：{printable(''.join(dict.fromkeys(strange)))}"
    if missing := [sign for sign in name if not tier_of(sign)]:
        return f"没有字体能印出：{''.join(dict.fromkeys(missing))}"
    return ""


def _roles(session: Session, login: str) -> tuple[str, ...]:
    held = people.roles_of(session, login)
    return tuple(role for role in ROLES if role in held)
