"""设定码: by which somebody sets the password of his account himself, handed to him by the agency.

Nothing is stored of a code. It is a keyed hash of the login, of the hour it was made in and of what the password is
checked against now: it ends when it is used, when the password is changed in another way, and after a day.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlmodel import Session

from reportgen.errors import Fault, ReportgenError
from reportgen.registry import accounts as registered
from reportgen.registry.lifecycle import Desk
from reportgen.registry.numbers import base31
from reportgen.registry.office import tell
from reportgen.registry.tags import Tag
from reportgen.store import accounts
from reportgen.store.account_rows import AccountKind, AccountRow, AccountState
from reportgen.store.people import active_user

HOURS = 24
"""For so long a code can be used (本机构设定)."""
_BYTES, _LENGTH, _GROUP = 12, 20, 4
"""96 bits in 20 characters, written in fours."""
_NOT_IT = "登录名与设定码不符，或者设定码已经用过、已经过期"


def make(session: Session, login: str, secret: bytes, desk: Desk) -> tuple[str, datetime]:
    """Return a code for a login and the moment it ends, and put on record that it was made.

    `login`: of an account that is not closed, or of a user of the agency. Raises E0354 (neither).
    """
    row = accounts.by_login(session, login)
    if row is None or row.kind == AccountKind.AGENCY:
        active_user(session, login)
    elif row.state == AccountState.CLOSED:
        raise ReportgenError("E0354", path=login, detail=f"账号 {login} 已停用")
    said = {"uscc": row.uscc} if row and row.uscc else {}
    tell(session, Tag.OFFICE_CODE_MAKE, desk, login=login, **said)
    hour = _hour(desk.at)
    code = _code(login, row, hour, secret)
    grouped = "-".join(code[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))
    return grouped, hour + timedelta(hours=HOURS)


def fits(row: AccountRow | None, login: str, code: str, secret: bytes, at: datetime) -> bool:
    """Say whether a code is one for a login now; spaces, dashes and small letters do not matter."""
    if row is not None and row.state == AccountState.CLOSED:
        return False
    typed = "".join(letter for letter in code.upper() if letter.isalnum()).encode()
    hours = [_hour(at) - timedelta(hours=back) for back in range(HOURS)]
    return any(hmac.compare_digest(typed, _code(login, row, hour, secret).encode()) for hour in hours)


def redeem(session: Session, login: str, code: str, password: str, secret: bytes, desk: Desk) -> AccountRow:
    """Set a password, hashed already, by a code, which ends the code, all sessions and a lock.

    Raises E0301 (the code is not, or no longer, one for this login).
    """
    # Of two who come with one code at once, the second finds it used.
    row = accounts.by_login(session, login, lock=True)
    if not fits(row, login, code, secret, desk.at):
        raise not_it()
    accounts.unlock(session, login, secret)
    if row is not None and row.kind != AccountKind.AGENCY:
        return registered.change_password(session, login, password, desk)
    try:
        return registered.give_password(session, login, password, desk)
    except ReportgenError as error:
        if error.code != "E0354":
            raise
        raise not_it() from error


def not_it() -> ReportgenError:
    """Return the one answer to a code that is none, whatever is wrong with it."""
    return ReportgenError("E0301", path="code", faults=[Fault("E0301", "code", _NOT_IT)])


def _code(login: str, row: AccountRow | None, hour: datetime, secret: bytes) -> str:
    said = "\x1f".join(("reportgen setting code v1", login, f"{hour:%Y%m%d%H}", row.password if row else ""))
    return base31(hmac.new(secret, said.encode(), hashlib.sha256).digest()[:_BYTES], _LENGTH)


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
