"""Accounts of the portal: opened, decided on, signed in to, locked after too many failures, closed.

Nothing here tells a stranger which logins exist: an unknown login costs the same time, fails with the same error
and is locked the same way as a known one.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import delete, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from reportgen.errors import Fault, ReportgenError
from reportgen.store.account_rows import AccountKind, AccountRow, AccountState, FailedRow, SignedInRow
from reportgen.store.people import roles_of
from reportgen.store.rows import changed, enter_once

SHORTEST, LONGEST = 12, 128
"""Letters of a password, as NIST SP 800-63B asks for length and not for kinds of letters."""
ATTEMPTS = 10
LOCKED = timedelta(minutes=15)
"""After so many failures in a row a login is locked for so long (本机构设定)."""
IDLE = timedelta(minutes=30)
LASTING = timedelta(hours=10)
"""A session ends after so long without a page, and after so long in any case (本机构设定)."""
_SEEN = timedelta(minutes=1)
"""How exact `seen_at` is: a page does not write, but for one a minute."""
_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
"""Argon2id with the parameters of RFC 9106 for memory-constrained machines."""
_TOKEN = 32


@dataclass(frozen=True)
class Opening:
    """What somebody says who asks for an account; `authorisation` is the letter's name among the office's files."""

    login: str
    kind: AccountKind
    uscc: str
    organisation: str
    person: str
    authorisation: str = ""
    authorisation_sha256: str = ""


@dataclass(frozen=True)
class Caller:
    """Who is signed in: his account, for whom he acts, and the agency's roles that he has.

    `active`: the agency has seen his letter of authority, and he may do more than wait.
    """

    account: int
    login: str
    kind: AccountKind
    uscc: str
    organisation: str
    roles: frozenset[str]
    active: bool = True


def hashed(password: str, login: str) -> str:
    """Return what a password is checked against later; raises E0301 where it is no good one."""
    fault = _fault(password, login)
    if fault:
        raise ReportgenError("E0301", path="password", faults=[Fault("E0301", "password", fault)])
    return _HASHER.hash(password)


def fits(password: str, against: str) -> bool:
    """Say whether a password is the one; where there is none to check against, after the same time."""
    try:
        _HASHER.verify(against or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(against)


def open_account(session: Session, asked: Opening, password: str, at: datetime) -> AccountRow:
    """Enter an account, its password hashed, which the agency has to decide on; raises E0355 (login taken)."""
    state = AccountState.ACTIVE if asked.kind is AccountKind.AGENCY else AccountState.PENDING
    row = AccountRow(
        login=asked.login,
        kind=asked.kind,
        state=state,
        uscc=asked.uscc,
        organisation=asked.organisation,
        person=asked.person,
        password=password,
        authorisation=asked.authorisation,
        authorisation_sha256=asked.authorisation_sha256,
        opened_at=at,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise ReportgenError("E0355", detail=f"登录名 {asked.login} 已有人使用") from error
    return row


def decide(session: Session, account: int, state: AccountState, by: str, at: datetime) -> AccountRow:
    """Let an account in or close it, which ends its sessions; raises E0354 (no such account, or decided so)."""
    values = {"state": state, "decided_at": at, "decided_by": by}
    step = update(AccountRow).where(
        col(AccountRow.id) == account,
        col(AccountRow.state) != state,
        col(AccountRow.state) != AccountState.CLOSED,
    )
    if changed(session, step.values(values)) == 0:
        raise ReportgenError("E0354", path=str(account), detail="没有这个账号，或已经办理")
    if state is AccountState.CLOSED:
        changed(session, delete(SignedInRow).where(col(SignedInRow.account_id) == account))
    return session.get_one(AccountRow, account, populate_existing=True)


def set_password(session: Session, login: str, password: str) -> None:
    """Set the password, hashed, of an account and end its sessions; raises E0354 (no such account)."""
    row = by_login(session, login)
    if row is None:
        raise ReportgenError("E0354", path=login, detail=f"没有账号 {login}")
    row.password = password
    changed(session, delete(SignedInRow).where(col(SignedInRow.account_id) == row.id))
    session.flush()


def by_login(session: Session, login: str, *, lock: bool = False) -> AccountRow | None:
    """Return the account of a login, None where there is none; `lock`: nobody else changes it meanwhile."""
    found = select(AccountRow).where(AccountRow.login == login)
    return session.exec(found.with_for_update() if lock else found).one_or_none()


def stranger_like(session: Session, login: str) -> bool:
    """Say whether somebody outside the agency has an account with a login, large or small."""
    alike = func.lower(col(AccountRow.login)) == login.lower()
    found = select(AccountRow.id).where(alike, AccountRow.kind != AccountKind.AGENCY)
    return session.exec(found).first() is not None


def locked(session: Session, login: str, secret: bytes, at: datetime) -> bool:
    """Say whether a login has failed too often of late."""
    row = session.get(FailedRow, _login_key(login, secret))
    return row is not None and row.count >= ATTEMPTS and row.last_at > at - LOCKED


def failed(session: Session, login: str, secret: bytes, at: datetime) -> None:
    """Count a failed attempt; those of before the last lock are forgotten, of every login."""
    changed(session, delete(FailedRow).where(col(FailedRow.last_at) <= at - LOCKED))
    key = _login_key(login, secret)
    enter_once(session, FailedRow, login_key=key, count=0, last_at=at)
    counted = update(FailedRow).where(col(FailedRow.login_key) == key)
    changed(session, counted.values(count=FailedRow.count + 1, last_at=at))


def unlock(session: Session, login: str, secret: bytes) -> None:
    """Forget the failed attempts with a login."""
    changed(session, delete(FailedRow).where(col(FailedRow.login_key) == _login_key(login, secret)))


def sign_in(session: Session, account: int, login: str, secret: bytes, at: datetime) -> str:
    """Open a session and return its token, which is stored nowhere; sessions that have ended are removed."""
    unlock(session, login, secret)
    changed(session, delete(SignedInRow).where(col(SignedInRow.ends_at) <= at))
    token = secrets.token_urlsafe(_TOKEN)
    session.add(
        SignedInRow(token_sha256=_sha256(token), account_id=account, seen_at=at, ends_at=at + LASTING)
    )
    session.flush()
    return token


def sign_out(session: Session, token: str) -> None:
    """End a session, where it is still open."""
    changed(session, delete(SignedInRow).where(col(SignedInRow.token_sha256) == _sha256(token)))


def caller_of(session: Session, token: str, at: datetime) -> tuple[Caller, bool] | None:
    """Return who is signed in with a token, and whether `seen` is due; None where nobody is."""
    found = select(SignedInRow, AccountRow).join(AccountRow, col(AccountRow.id) == SignedInRow.account_id)
    row = session.exec(found.where(SignedInRow.token_sha256 == _sha256(token))).one_or_none()
    if row is None or row[0].ends_at <= at or row[0].seen_at + IDLE <= at:
        return None
    known = caller(session, row[1])
    return None if known is None else (known, row[0].seen_at + _SEEN <= at)


def seen(session: Session, token: str, at: datetime) -> None:
    """Keep a session open for another while."""
    changed(
        session,
        update(SignedInRow).where(col(SignedInRow.token_sha256) == _sha256(token)).values(seen_at=at),
    )


def caller(session: Session, row: AccountRow) -> Caller | None:
    """Return who acts through an account, None where it is closed; in the agency his roles count as they are now."""
    if row.state == AccountState.CLOSED or row.id is None:
        return None
    kind = AccountKind(row.kind)
    roles = roles_of(session, row.login) if kind is AccountKind.AGENCY else frozenset[str]()
    if kind is AccountKind.AGENCY and not roles:
        return None
    active = row.state == AccountState.ACTIVE
    return Caller(row.id, row.login, kind, row.uscc, row.organisation, roles, active)


@cache
def _nobody() -> str:
    """Return the hash that an unknown login's password is held against, made when first asked for."""
    return _HASHER.hash(secrets.token_hex())


def _fault(password: str, login: str) -> str:
    if not SHORTEST <= len(password) <= LONGEST:
        return f"密码须为 {SHORTEST} 至 {LONGEST} 个字符"
    if login.lower() in password.lower() or len(set(password)) < SHORTEST // 2:
        return "密码不得含登录名，也不得只用少数几个字符"
    return ""


def _login_key(login: str, secret: bytes) -> str:
    return hmac.new(secret, b"reportgen sign-in v1\x1f" + login.lower().encode(), hashlib.sha256).hexdigest()


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
