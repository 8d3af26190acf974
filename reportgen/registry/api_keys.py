"""Keys with which programs act for an account (`rgk_PREFIX_SECRET`): shown once, kept as a keyed hash.

A key acts as its account and sees what the account sees; its scopes say which part of that. It ends with the account,
and when its owner revokes it.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import update
from sqlmodel import Session, col, select

from reportgen.errors import Fault, ReportgenError
from reportgen.registry.api_key_rows import ApiKeyRow
from reportgen.registry.lifecycle import Desk
from reportgen.registry.office import tell
from reportgen.registry.tags import Tag
from reportgen.store import accounts
from reportgen.store.account_rows import AccountKind, AccountRow, AccountState
from reportgen.store.accounts import Caller
from reportgen.store.rows import changed

MOST = 20
"""Keys that an account may have at a time (本机构设定)."""
LONGEST_NAME = 60
_PREFIX, _SECRET = 6, 32
_LONGEST = 200


class Scope(StrEnum):
    """What a key may be used for."""

    APPLICATIONS_READ = "applications:read"
    APPLICATIONS_WRITE = "applications:write"
    REPORTS_READ = "reports:read"
    SUBJECTS_READ = "subjects:read"
    PROJECTS_READ = "projects:read"
    VERIFICATIONS = "verifications"
    CONSUMPTIONS = "consumptions"
    USAGE_READ = "usage:read"


SCOPES: Mapping[Scope, str] = {
    Scope.APPLICATIONS_READ: "查看申请",
    Scope.APPLICATIONS_WRITE: "提出与撤回申请",
    Scope.REPORTS_READ: "查看与下载报告",
    Scope.SUBJECTS_READ: "查看本单位的信息",
    Scope.PROJECTS_READ: "查看项目",
    Scope.VERIFICATIONS: "核验报告",
    Scope.CONSUMPTIONS: "核销报告",
    Scope.USAGE_READ: "查看使用统计",
}
"""What each is called."""
OFFERED: Mapping[AccountKind, frozenset[Scope]] = {
    AccountKind.BIDDER: frozenset(SCOPES) - {Scope.CONSUMPTIONS, Scope.USAGE_READ},
    AccountKind.RECIPIENT: frozenset(
        {Scope.REPORTS_READ, Scope.PROJECTS_READ, Scope.VERIFICATIONS, Scope.CONSUMPTIONS, Scope.USAGE_READ}
    ),
    AccountKind.AGENCY: frozenset(
        {
            *(Scope.APPLICATIONS_READ, Scope.REPORTS_READ, Scope.PROJECTS_READ),
            *(Scope.VERIFICATIONS, Scope.USAGE_READ),
        }
    ),
}
"""What the keys of an account of a kind can be for."""


@dataclass(frozen=True)
class Holder:
    """Who acts with a key, and what for; `due`: that it was used today is to be entered."""

    key: int
    caller: Caller
    scopes: frozenset[str]
    due: bool


def create(
    session: Session, caller: Caller, name: str, scopes: Collection[str], secret: bytes, desk: Desk
) -> tuple[ApiKeyRow, str]:
    """Make a key and return it with what is shown once; raises E0301 (name, scopes, too many keys)."""
    faults = [Fault("E0301", path, what) for path, what in _faults(session, caller, name, scopes) if what]
    if faults:
        raise ReportgenError("E0301", path="key", faults=faults)
    prefix = secrets.token_hex(_PREFIX)
    token = f"rgk_{prefix}_{secrets.token_urlsafe(_SECRET)}"
    row = ApiKeyRow(
        account_id=caller.account,
        prefix=prefix,
        key_hash=_hashed(token, secret),
        name=name,
        scopes=" ".join(scope for scope in SCOPES if scope in scopes),
        created_at=desk.at,
    )
    session.add(row)
    session.flush()
    _tell(session, caller, row, AccountState.ACTIVE, desk)
    return row, token


def listed(session: Session, account: int) -> list[ApiKeyRow]:
    """Return the keys of an account, the newest first, those that were revoked as well."""
    found = select(ApiKeyRow).where(ApiKeyRow.account_id == account)
    return list(session.exec(found.order_by(col(ApiKeyRow.id).desc())).all())


def revoke(session: Session, caller: Caller, key: int, desk: Desk) -> None:
    """End a key of the caller's account; raises E0203 (none of his, or revoked)."""
    held = (
        col(ApiKeyRow.id) == key,
        col(ApiKeyRow.account_id) == caller.account,
        col(ApiKeyRow.revoked_at).is_(None),
    )
    if changed(session, update(ApiKeyRow).where(*held).values(revoked_at=desk.at)) == 0:
        raise ReportgenError("E0203")
    _tell(session, caller, session.get_one(ApiKeyRow, key), AccountState.CLOSED, desk)


def holder(session: Session, token: str, secret: bytes, on: date) -> Holder | None:
    """Return who acts with a key, None where it is none, was revoked, or its account is closed."""
    parts = token[:_LONGEST].split("_", 2)
    prefix = parts[1] if len(parts) == 3 and parts[0] == "rgk" else ""
    found = select(ApiKeyRow, AccountRow).join(AccountRow, col(AccountRow.id) == ApiKeyRow.account_id)
    pair = session.exec(found.where(ApiKeyRow.prefix == prefix[: 2 * _PREFIX])).one_or_none()
    if pair is None:
        return None
    row, account = pair
    if row.revoked_at is not None or not hmac.compare_digest(row.key_hash, _hashed(token, secret)):
        return None
    caller = accounts.caller(session, account)
    if caller is None or row.id is None:
        return None
    return Holder(row.id, caller, frozenset(row.scopes.split()), row.last_day != on)


def used(session: Session, key: int, on: date) -> None:
    """Enter the day on which a key was used."""
    changed(session, update(ApiKeyRow).where(col(ApiKeyRow.id) == key).values(last_day=on))


def _faults(session: Session, caller: Caller, name: str, scopes: Collection[str]) -> list[tuple[str, str]]:
    held = select(ApiKeyRow.name).where(ApiKeyRow.account_id == caller.account)
    live = session.exec(held.where(col(ApiKeyRow.revoked_at).is_(None))).all()
    fits = bool(scopes) and set(scopes) <= OFFERED[caller.kind]
    named = 0 < len(name) <= LONGEST_NAME and name.isprintable()
    return [
        ("name", "" if named else f"请写明密钥作何用，最多 {LONGEST_NAME} 字"),
        ("scopes", "" if fits else "请至少选择一项用途"),
        # A page that is sent once more, or loaded anew, makes no second one either.
        ("name", f"已有名为“{name}”的密钥；要另建的，换一个名称" if name in live else ""),
        ("name", f"最多 {MOST} 个可用的密钥，请先停用不用的" if len(live) >= MOST else ""),
    ]


def _tell(session: Session, caller: Caller, row: ApiKeyRow, state: AccountState, desk: Desk) -> None:
    said = {"uscc": caller.uscc} if caller.uscc else {}
    tell(session, Tag.OFFICE_APIKEY_CHANGE, desk, login=caller.login, api_key=row.id, state=state, **said)


def _hashed(token: str, secret: bytes) -> str:
    return hmac.new(
        secret, b"reportgen api key v1\x1f" + token.encode(errors="replace"), hashlib.sha256
    ).hexdigest()
