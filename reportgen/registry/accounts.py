"""The portal's accounts, each change with its event: by login and USCC alone, for no name enters an event."""

from sqlmodel import Session, col, select

from reportgen.errors import Fault, ReportgenError
from reportgen.registry import event_data
from reportgen.registry.lifecycle import Desk
from reportgen.registry.office import tell
from reportgen.registry.tags import Tag
from reportgen.store import accounts
from reportgen.store.account_rows import AccountKind, AccountRow, AccountState
from reportgen.store.accounts import Opening
from reportgen.store.people import active_user, user_like
from reportgen.subject.identifiers import uscc_fault

RESERVED = ("office", "portal")
"""Who acts where nobody does: no login of anybody outside, large or small."""


def ask(session: Session, asked: Opening, password: str, desk: Desk) -> AccountRow:
    """Enter an account that the agency has to decide on; `password` is hashed already.

    Raises E0301 (login, code, names), E0355 (login taken, by a user of the agency as well).
    """
    if faults := faults_of(asked):
        raise ReportgenError("E0301", path="account", faults=faults)
    if asked.login.lower() in RESERVED or user_like(session, asked.login):
        raise ReportgenError("E0355", detail=f"登录名 {asked.login} 已有人使用")
    row = accounts.open_account(session, asked, password, desk.at)
    _tell(session, row, desk)
    return row


def faults_of(asked: Opening) -> list[Fault]:
    """Return what is wrong with what somebody says who asks for an account, by field."""
    return [Fault("E0301", name, what) for name, what in _faults(asked) if what]


def change_password(session: Session, login: str, password: str, desk: Desk) -> AccountRow:
    """Set another password, hashed already, of one's own account, which ends all its sessions; raises E0354."""
    accounts.set_password(session, login, password)
    row = accounts.by_login(session, login)
    assert row is not None  # noqa: S101 - its password was just set
    _tell(session, row, desk)
    return row


def give_password(session: Session, login: str, password: str, desk: Desk) -> AccountRow:
    """Set the password, hashed already, of a user of the agency, who gets his account with the first one.

    Raises E0354 (no such user, or closed).
    """
    user = active_user(session, login)
    row = accounts.by_login(session, login)
    if row is None:
        row = accounts.open_account(
            session, Opening(login, AccountKind.AGENCY, "", "", user.name), password, desk.at
        )
    accounts.set_password(session, login, password)
    _tell(session, row, desk)
    return row


def decide(session: Session, account: int, state: AccountState, desk: Desk) -> AccountRow:
    """Admit an account or close it; raises E0354 (no such account, or decided so already)."""
    row = accounts.decide(session, account, state, desk.actor, desk.at)
    _tell(session, row, desk)
    return row


def listed(session: Session, state: AccountState | None = None) -> list[AccountRow]:
    """Return the accounts of bidders and recipients, those that wait longest first."""
    found = select(AccountRow).where(AccountRow.kind != AccountKind.AGENCY)
    if state is not None:
        found = found.where(AccountRow.state == state)
    return list(session.exec(found.order_by(col(AccountRow.opened_at), col(AccountRow.id))).all())


def _faults(asked: Opening) -> list[tuple[str, str]]:
    login = event_data.login(asked.login)
    return [
        ("login", "" if login else "登录名只用字母、数字、点、横线与下划线，且不是证件或电话号码"),
        ("uscc", uscc_fault(asked.uscc) or ""),
        ("organisation", "" if 0 < len(asked.organisation) <= 200 else "请填写单位名称，最多 200 字"),
        ("person", "" if 0 < len(asked.person) <= 60 else "请填写经办人，最多 60 字"),
    ]


def _tell(session: Session, row: AccountRow, desk: Desk) -> None:
    said = {"uscc": row.uscc} if row.uscc else {}
    tell(session, Tag.OFFICE_ACCOUNT_CHANGE, desk, login=row.login, state=row.state, **said)
