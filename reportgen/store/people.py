"""Who works with the office's system (users and roles), who may do what, and who signs its documents (staff).

A user is never deleted, only closed. Whoever opens the office says by himself who he is: roles keep duties
apart among those who go by the rules, and the operating system's accounts keep out the rest. Staff have a
record of their own (从业人员信用记录), by which a person may be suspended and restored.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import delete, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from reportgen.errors import Fault, ReportgenError
from reportgen.store.rows import changed
from reportgen.store.tables import ROLES, RoleRow, StaffRecordRow, StaffRow, UserRow
from reportgen.subject.base import in_force


class Action(StrEnum):
    """What takes a role, where the office has users."""

    ISSUE = "出具报告"
    PREPARE = "编制报告"
    REVIEW = "复核报告"
    RECORD = "出具信用记录"
    GRADE = "出具综合信用等级证书"
    SUPERSEDE = "出具替代报告"
    REVOKE = "撤销报告"
    ANNUL = "撤回误核销"
    CORRECT = "出具更正通知书"
    ARCHIVE = "归档报告"
    MANIFEST = "写出核验清单"
    BUNDLE = "写出比对汇总表"
    DISPUTE = "受理与办结异议"
    IMPORT = "导入主体与项目"
    LIST = "导入名单"
    SCREEN = "与名单交叉比对"
    HIT = "确认与排除名单命中"
    USAGE = "统计使用情况"
    USERS = "管理用户"
    OFFICE = "管理备案与人员"


PERMITTED: Mapping[Action, frozenset[str]] = {
    **dict.fromkeys((Action.ISSUE, Action.RECORD, Action.GRADE), frozenset({"ISSUER", "ADMIN"})),
    **dict.fromkeys((Action.SUPERSEDE, Action.REVOKE, Action.ANNUL, Action.CORRECT), frozenset({"ISSUER"})),
    **dict.fromkeys((Action.ARCHIVE, Action.MANIFEST, Action.BUNDLE), frozenset({"CLERK", "ISSUER"})),
    Action.PREPARE: frozenset({"CLERK"}),
    Action.REVIEW: frozenset({"REVIEWER"}),
    Action.DISPUTE: frozenset({"CLERK", "REVIEWER"}),
    Action.IMPORT: frozenset({"CLERK"}),
    Action.LIST: frozenset({"CLERK"}),
    Action.SCREEN: frozenset({"CLERK", "REVIEWER"}),
    Action.HIT: frozenset({"REVIEWER"}),
    Action.USAGE: frozenset(ROLES),
    **dict.fromkeys((Action.USERS, Action.OFFICE), frozenset({"ADMIN"})),
}
"""Which roles may do what; docs/register.md prints the same table."""
ROLE_NAMES: Mapping[str, str] = {
    "ADMIN": "管理",
    "CLERK": "经办",
    "REVIEWER": "复核",
    "ISSUER": "签发",
    "AUDITOR": "审计",
}


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


def grant(session: Session, login: str, role: str) -> bool:
    """Give a user a role; say whether he had it not. Raises E0354 (no such user, or closed), E0301 (no such role)."""
    row = active_user(session, login)
    if role not in ROLES:
        fault = Fault("E0301", "role", f"只能是 {'、'.join(ROLES)}：{role}")
        raise ReportgenError("E0301", path="role", faults=[fault])
    new = role not in roles_of(session, login)
    session.merge(RoleRow(user_id=_id(row), role=role))
    session.flush()
    return new


def withdraw(session: Session, login: str, role: str) -> bool:
    """Take a role from a user; say whether he had it. Raises E0354 (no such user, or closed)."""
    row = active_user(session, login)
    held = delete(RoleRow).where(col(RoleRow.user_id) == row.id, col(RoleRow.role) == role)
    return changed(session, held) == 1


def permitted(session: Session, login: str, action: Action) -> None:
    """Let whoever has a role for it do something, and anybody in an office without users; raises E1107.

    Until somebody is ADMIN anybody may manage users, for else nobody could begin.
    """
    if (
        session.exec(select(UserRow.id).limit(1)).first() is None
        or roles_of(session, login) & PERMITTED[action]
    ):
        return
    if action is Action.USERS and not _administered(session):
        return
    roles = "、".join(f"{ROLE_NAMES[role]}（{role.lower()}）" for role in ROLES if role in PERMITTED[action])
    raise ReportgenError("E1107", action=action, roles=roles, login=login)


def close_user(session: Session, login: str, at: datetime) -> None:
    """Close a user, whose roles count no longer; one closed before stays so. Raises E0354."""
    row = _user(session, login)
    row.closed_at = row.closed_at or at
    session.flush()


def user_like(session: Session, login: str) -> bool:
    """Say whether there is or was a user with a login, large or small."""
    found = select(UserRow.id).where(func.lower(col(UserRow.login)) == login.lower())
    return session.exec(found).first() is not None


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


def names_of_users(session: Session) -> dict[str, str]:
    """Return the names of all users by their logins."""
    return dict(session.exec(select(UserRow.login, UserRow.name)).all())


def add_staff(session: Session, name: str, post: str, since: date) -> StaffRow:
    """Enter a person of the agency with the post held since a day; raises E0355 where the name is taken."""
    row = StaffRow(name=name, post=post, since=since)
    _enter(session, row, f"已登记名为 {name} 的人员")
    return row


def leave_staff(session: Session, name: str, on: date) -> StaffRow:
    """Enter the last day of a person's post; raises E0354 (no such person), E0301 (a day before the first)."""
    row = _staff(session, name)
    if on < row.since:
        fault = Fault("E0301", "until", f"离任日（{on}）早于到任日（{row.since}）")
        raise ReportgenError("E0301", path="until", faults=[fault])
    row.until = on
    session.flush()
    return row


def record_staff(session: Session, name: str, on: date, entry: StaffEntry, text: str) -> StaffRow:
    """Enter something into a person's own record; raises E0354 (no such person)."""
    row = _staff(session, name)
    session.add(StaffRecordRow(staff_id=_id(row), on=on, kind=entry, text=text))
    session.flush()
    return row


def record_of(session: Session, name: str) -> list[StaffRecordRow]:
    """Return a person's own record, oldest first; raises E0354 (no such person)."""
    found = select(StaffRecordRow).where(StaffRecordRow.staff_id == _staff(session, name).id)
    return list(session.exec(found.order_by(col(StaffRecordRow.on), col(StaffRecordRow.id))).all())


def unqualified(session: Session, names: Collection[str], on: date) -> list[str]:
    """Return those who may not sign on a day; nobody in an office that has registered no staff."""
    if session.exec(select(StaffRow.id).limit(1)).first() is None:
        return []
    return [name for name in dict.fromkeys(names) if not qualified(session, name, on)]


def listed_staff(session: Session) -> list[StaffRow]:
    """Return all staff, those who came first at the top."""
    return list(session.exec(select(StaffRow).order_by(col(StaffRow.since), col(StaffRow.id))).all())


def qualified(session: Session, name: str, on: date) -> bool:
    """Say whether a person may sign on a day: in post, and not suspended. Nobody unknown may."""
    row = session.exec(select(StaffRow).where(StaffRow.name == name)).one_or_none()
    if row is None or not in_force(row.since, row.until, on):
        return False
    found = [entry.kind for entry in record_of(session, name) if entry.on <= on and entry.kind in _RIGHT]
    return found[-1:] != [StaffEntry.SUSPENDED]


def _administered(session: Session) -> bool:
    held = select(RoleRow.user_id).join(UserRow, col(UserRow.id) == col(RoleRow.user_id))
    admins = held.where(RoleRow.role == "ADMIN", col(UserRow.closed_at).is_(None))
    return session.exec(admins.limit(1)).first() is not None


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
