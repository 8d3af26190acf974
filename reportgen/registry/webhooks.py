"""Webhooks (回调): where the system of an account wants to be told what happened to what the account may see.

The secret that signs the calls follows from the office's secret, as the verification code does: it is shown once, and
nothing in the tables gives it back. Signatures are those of Standard Webhooks 1.0.0 (standardwebhooks.com).
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, func, update
from sqlmodel import Session, col, select

from reportgen.errors import Fault, ReportgenError
from reportgen.registry.event_data import Value
from reportgen.registry.lifecycle import Desk
from reportgen.registry.office import tell
from reportgen.registry.tables import EventRow
from reportgen.registry.tags import Tag
from reportgen.registry.webhook_rows import CallRow, CallState, Failure, ReadRow, WebhookRow, WebhookState
from reportgen.registry.webhook_urls import Target
from reportgen.store.account_rows import AccountKind, AccountRow, AccountState
from reportgen.store.accounts import Caller
from reportgen.store.rows import changed, enter_once

MOST = 5
"""Webhooks that an account may have at a time (本机构设定)."""
PAGE = 50
BOTH = timedelta(hours=24)
"""For so long after a secret was renewed calls are signed with the former one as well (本机构设定)."""
_KEY = 16


class Happening(StrEnum):
    """What a webhook may be told of."""

    APPLICATION_CHANGED = "application.changed"
    REPORT_ISSUED = "report.issued"
    REPORT_CONSUMED = "report.consumed"
    REPORT_CONSUMPTION_ANNULLED = "report.consumption_annulled"
    REPORT_REVOKED = "report.revoked"
    REPORT_SUPERSEDED = "report.superseded"
    REPORT_CORRECTED = "report.corrected"


HAPPENINGS: Mapping[Happening, str] = {
    Happening.APPLICATION_CHANGED: "申请的状态变化",
    Happening.REPORT_ISSUED: "报告出具",
    Happening.REPORT_CONSUMED: "报告核销",
    Happening.REPORT_CONSUMPTION_ANNULLED: "误核销撤回",
    Happening.REPORT_REVOKED: "报告撤销",
    Happening.REPORT_SUPERSEDED: "报告被替代",
    Happening.REPORT_CORRECTED: "报告更正",
}
"""What each is called."""
TOLD: Mapping[Tag, Happening] = {
    Tag.APPLICATION_STATE_CHANGE: Happening.APPLICATION_CHANGED,
    Tag.REPORT_STATE_ISSUE: Happening.REPORT_ISSUED,
    Tag.REPORT_STATE_CONSUME: Happening.REPORT_CONSUMED,
    Tag.REPORT_USE_ANNUL: Happening.REPORT_CONSUMPTION_ANNULLED,
    Tag.REPORT_STATE_REVOKE: Happening.REPORT_REVOKED,
    Tag.REPORT_STATE_SUPERSEDE: Happening.REPORT_SUPERSEDED,
    Tag.REPORT_MARK_CORRECT: Happening.REPORT_CORRECTED,
}
"""By which event each happens."""
OF_USE = frozenset({Happening.REPORT_CONSUMED, Happening.REPORT_CONSUMPTION_ANNULLED})
"""What a bidder is told of from the award notice (中标公示) on."""
OFFERED: Mapping[AccountKind, frozenset[Happening]] = {
    AccountKind.BIDDER: frozenset(Happening),
    AccountKind.RECIPIENT: frozenset(Happening) - {Happening.APPLICATION_CHANGED},
    AccountKind.AGENCY: frozenset(Happening),
}
"""What the webhooks of an account of a kind can be told of: what it may see through the API as well."""
FAILURES: Mapping[Failure, str] = {
    Failure.STATUS: "对方没有收下",
    Failure.GONE: "对方不再接收（410）",
    Failure.REDIRECT: "对方要求转到别处",
    Failure.SLOW: "超时",
    Failure.UNKNOWN: "域名查不到",
    Failure.INSIDE: "地址不在公网",
    Failure.UNTRUSTED: "证书不可信",
    Failure.UNREACHABLE: "连接不上，或连接中断",
}
CALLS: Mapping[CallState, str] = {
    CallState.WAITING: "待投递",
    CallState.DELIVERED: "已送达",
    CallState.FAILED: "未送达",
}
"""What the owner of a webhook sees of its calls; those that are held he does not."""


def create(
    session: Session, caller: Caller, target: Target, kinds: Collection[str], desk: Desk
) -> WebhookRow:
    """Register a webhook, which is told of what happens from now on; raises E0301 (kinds, too many)."""
    faults = [Fault("E0301", path, what) for path, what in _faults(session, caller, kinds) if what]
    if faults:
        raise ReportgenError("E0301", path="webhook", faults=faults)
    newest = session.exec(select(func.max(EventRow.id))).one() or 0
    enter_once(session, ReadRow, id=1, event_id=newest)
    row = WebhookRow(
        key=secrets.token_hex(_KEY),
        account_id=caller.account,
        url=target.url,
        kinds=" ".join(kind for kind in Happening if kind in kinds),
        renewed_at=desk.at,
        created_at=desk.at,
        after=newest,
    )
    session.add(row)
    session.flush()
    tell_change(session, caller, row, desk, state=row.state, host=target.host)
    return row


def listed(session: Session, account: int) -> list[WebhookRow]:
    """Return the webhooks of an account, the newest first."""
    found = select(WebhookRow).where(WebhookRow.account_id == account)
    return list(session.exec(found.order_by(col(WebhookRow.id).desc())).all())


def one(session: Session, account: int, key: str) -> WebhookRow:
    """Return a webhook of an account; raises E0203 for anybody else's as for none."""
    found = select(WebhookRow).where(WebhookRow.key == key, WebhookRow.account_id == account)
    row = session.exec(found).one_or_none()
    if row is None:
        raise ReportgenError("E0203")
    return row


def renew(session: Session, caller: Caller, key: str, desk: Desk) -> WebhookRow:
    """Give a webhook a new secret; raises E0203."""
    row = one(session, caller.account, key)
    row.generation, row.renewed_at = row.generation + 1, desk.at
    session.flush()
    tell_change(session, caller, row, desk, state=row.state, generation=row.generation)
    return row


def switch_on(session: Session, caller: Caller, key: str, desk: Desk) -> None:
    """Have a webhook called again that was switched off, with all that waited; raises E0203 (none, or not off)."""
    off = (*_of(caller, key), col(WebhookRow.state) == WebhookState.OFF)
    values = {"state": WebhookState.ACTIVE, "off_at": None, "off_why": "", "failing_since": None}
    if changed(session, update(WebhookRow).where(*off).values(values)) == 0:
        raise ReportgenError("E0203")
    row = one(session, caller.account, key)
    waiting = (col(CallRow.webhook_id) == row.id, col(CallRow.state) == CallState.WAITING)
    changed(session, update(CallRow).where(*waiting, col(CallRow.due_at) > desk.at).values(due_at=desk.at))
    tell_change(session, caller, row, desk, state=WebhookState.ACTIVE)


def remove(session: Session, caller: Caller, key: str, desk: Desk) -> None:
    """Remove a webhook with its calls, those that wait as well; raises E0203."""
    row = one(session, caller.account, key)
    changed(session, delete(CallRow).where(col(CallRow.webhook_id) == row.id))
    changed(session, delete(WebhookRow).where(col(WebhookRow.id) == row.id))
    tell_change(session, caller, row, desk, state=AccountState.CLOSED)


def calls(session: Session, webhook: WebhookRow, before: str = "") -> tuple[list[CallRow], bool]:
    """Return calls of a webhook that its owner may know of, the newest first, and whether there are more.

    They are those older than `before`, the newest where it names no call of this webhook.
    """
    found = select(CallRow).where(CallRow.webhook_id == webhook.id, CallRow.state != CallState.HELD)
    if before:
        place = select(CallRow.id).where(CallRow.key == before, CallRow.webhook_id == webhook.id)
        after = session.exec(place).one_or_none()
        found = found.where(col(CallRow.id) < after) if after is not None else found
    rows = list(session.exec(found.order_by(col(CallRow.id).desc()).limit(PAGE + 1)).all())
    return rows[:PAGE], len(rows) > PAGE


def again(session: Session, caller: Caller, key: str, call: str, at: datetime) -> None:
    """Have a call made again that came to its end, under the same id; raises E0203 (none such, or still waiting)."""
    row = one(session, caller.account, key)
    ended = (CallState.DELIVERED, CallState.FAILED)
    held = (col(CallRow.webhook_id) == row.id, col(CallRow.key) == call, col(CallRow.state).in_(ended))
    values = {"state": CallState.WAITING, "due_at": at, "tries": 0}
    if changed(session, update(CallRow).where(*held).values(values)) == 0:
        raise ReportgenError("E0203")


def secret_of(key: str, generation: int, office: bytes) -> str:
    """Return the secret of a webhook as its owner keeps it: whsec_ and 256 bits in base64."""
    made = hmac.digest(office, f"reportgen webhook v1\x1f{key}\x1f{generation}".encode(), "sha256")
    return "whsec_" + base64.b64encode(made).decode()


def signature(secret: str, call: str, seconds: int, body: bytes) -> str:
    """Return the signature of a call: HMAC-SHA256 of its id, the seconds since 1970, and its body, with dots between."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"{call}.{seconds}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed.digest()).decode()


def tell_change(
    session: Session, whose: Caller | AccountRow, row: WebhookRow, desk: Desk, **said: Value
) -> None:
    """Append the event of a change of somebody's webhook."""
    party: dict[str, Value] = {"uscc": whose.uscc} if whose.uscc else {}
    tell(session, Tag.OFFICE_WEBHOOK_CHANGE, desk, login=whose.login, webhook=row.id, **party, **said)


def _of(caller: Caller, key: str) -> tuple[ColumnElement[bool], ...]:
    return (col(WebhookRow.key) == key, col(WebhookRow.account_id) == caller.account)


def _faults(session: Session, caller: Caller, kinds: Collection[str]) -> list[tuple[str, str]]:
    held = select(func.count()).select_from(WebhookRow).where(WebhookRow.account_id == caller.account)
    fits = bool(kinds) and set(kinds) <= OFFERED[caller.kind]
    return [
        ("kinds", "" if fits else "请至少选择一项"),
        ("url", f"最多 {MOST} 个回调，请先删除不用的" if session.exec(held).one() >= MOST else ""),
    ]
