"""Who works with the office's system (users and roles), and who signs its documents (staff).

A user is never deleted, only closed. Staff have a record of their own (从业人员信用记录), by which a
person may be suspended and restored.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from reportgen.errors import Fault, ReportgenError
from reportgen.store.tables import ROLES, RoleRow, StaffRecordRow, StaffRow, UserRow
from reportgen.subject.base import in_force


class StaffEntry(StrEnum):
    """What an entry in a person's own record says; the last two end and begin the right to sign."""

    TRAINING = "培训"
    WARNING = "警告"
    ERROR = "差错"
    SUSPENDED = "停职"
    RESTORED = "复职"


_RIGHT = {StaffEntry.SUSPENDED, StaffEntry.RESTORED}


def add_user(session: Session, login: str, name: str) -> UserRow:
    """Enter a user without any role; raises E0355 where the login is taken."""
    row = UserRow(login=login, name=name)
    _enter(session, row, f"登录名 {login} 已有人使用")
    return row


def grant(session: Session, login: str, role: str) -> None:
    """Give a user a role; one that he has stays. Raises E0354 (no such user, or closed), E0301 (no such role)."""
    row = active_user(session, login)
    if role not in ROLES:
        fault = Fault("E0301", "role", f"只能是 {'、'.join(ROLES)}：{role}")
        raise ReportgenError("E0301", path="role", faults=[fault])
    session.merge(RoleRow(user_id=_id(row), role=role))
    session.flush()


def close_user(session: Session, login: str, at: datetime) -> None:
    """Close a user, whose roles count no longer; one closed before stays so. Raises E0354."""
    row = _user(session, login)
    row.closed_at = row.closed_at or at
    session.flush()


def active_user(session: Session, login: str) -> UserRow:
    """Return a user who works with the office's system; raises E0354 (no such user, or closed)."""
    row = _user(session, login)
    if row.closed_at is not None:
        raise ReportgenError("E0354", path=login, detail=f"用户 {login} 已停用")
    return row


def roles_of(session: Session, login: str) -> frozenset[str]:
    """Return a user's roles: none for one who is closed or unknown."""
    found = (
        select(RoleRow.role)
        .join(UserRow, col(UserRow.id) == col(RoleRow.user_id))
        .where(UserRow.login == login, col(UserRow.closed_at).is_(None))
    )
    return frozenset(session.exec(found).all())


def add_staff(session: Session, name: str, post: str, since: date) -> StaffRow:
    """Enter a person of the agency with the post held since a day; raises E0355 where the name is taken."""
    row = StaffRow(name=name, post=post, since=since)
    _enter(session, row, f"已登记名为 {name} 的人员")
    return row


def leave_staff(session: Session, name: str, on: date) -> None:
    """Enter the last day of a person's post; raises E0354 (no such person), E0301 (a day before the first)."""
    row = _staff(session, name)
    if on < row.since:
        fault = Fault("E0301", "until", f"离任日（{on}）早于到任日（{row.since}）")
        raise ReportgenError("E0301", path="until", faults=[fault])
    row.until = on
    session.flush()


def record_staff(session: Session, name: str, on: date, entry: StaffEntry, text: str) -> None:
    """Enter something into a person's own record; raises E0354 (no such person)."""
    session.add(StaffRecordRow(staff_id=_id(_staff(session, name)), on=on, kind=entry, text=text))
    session.flush()


def record_of(session: Session, name: str) -> list[StaffRecordRow]:
    """Return a person's own record, oldest first; raises E0354 (no such person)."""
    found = select(StaffRecordRow).where(StaffRecordRow.staff_id == _staff(session, name).id)
    return list(session.exec(found.order_by(col(StaffRecordRow.on), col(StaffRecordRow.id))).all())


def qualified(session: Session, name: str, on: date) -> bool:
    """Say whether a person may sign on a day: in post, and not suspended. Nobody unknown may."""
    row = session.exec(select(StaffRow).where(StaffRow.name == name)).one_or_none()
    if row is None or not in_force(row.since, row.until, on):
        return False
    found = [entry.kind for entry in record_of(session, name) if entry.on <= on and entry.kind in _RIGHT]
    return found[-1:] != [StaffEntry.SUSPENDED]


def _user(session: Session, login: str) -> UserRow:
    row = session.exec(select(UserRow).where(UserRow.login == login)).one_or_none()
    if row is None:
        raise ReportgenError("E0354", path=login, detail=f"没有用户 {login}")
    return row


def _staff(session: Session, name: str) -> StaffRow:
    row = session.exec(select(StaffRow).where(StaffRow.name == name)).one_or_none()
    if row is None:
        raise ReportgenError("E0354", path=name, detail=f"没有登记 {name}")
    return row


def _id(row: UserRow | StaffRow) -> int:
    assert row.id is not None  # noqa: S101 - a row that was read has one
    return row.id


def _enter(session: Session, row: UserRow | StaffRow, taken: str) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise ReportgenError("E0355", detail=taken) from error
