"""The audit view: what happened, newest first, how often reports were looked up, and whether the chains hold."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from reportgen.errors import Fault
from reportgen.registry import applications, happened, uploads
from reportgen.registry.audit import verify
from reportgen.registry.events import events_key
from reportgen.registry.happened import Placed, Sought
from reportgen.registry.signer import trusted_keys
from reportgen.registry.standing import LABELS
from reportgen.registry.tags import Tag
from reportgen.registry.webhook_rows import WebhookState
from reportgen.registry.words import ENDINGS, KINDS, OUTCOMES, REASONS, TAGS, conclusion
from reportgen.store.people import ROLE_NAMES
from reportgen.web.agency_accounts import STATES
from reportgen.web.house import House, TheHouse
from reportgen.web.public import by_field
from reportgen.zone import now

router = APIRouter(prefix="/agency/audit")
_PAGE = 100
_LOOKS = timedelta(days=30)
WAYS = {"LINK": "扫码或链接", "PAPER": "编号与核验码", "FILE": "文件", "API": "接口"}
FOUND = {
    "GENUINE": "真实",
    "USED": "真实，已核销",
    "REFUSED": "真实，不得使用",
    "NOT_GENUINE": "不真实",
    "UNCHECKED": "未核对完",
    "UNKNOWN": "查无",
}
_NAMES: Mapping[str, str] = {
    "uscc": "代码",
    "number": "编号",
    "login": "登录名",
    "role": "角色",
    "state": "状态",
    "reason": "缘由",
    "project": "项目",
    "round": "轮次",
    "lot": "标段",
    "by": "使用单位",
    "recipient": "使用单位",
    "applicant": "申请人",
    "hit": "命中",
    "fact": "信息",
    "first": "办理人",
    "second": "办理人",
    "closed": "停用或收回",
    "conclusion": "结论",
    "kind": "文书",
    "outcome": "缘由",
    "pages": "页数",
    "rows": "条数",
}
"""Which of an event's data a line shows, and as what; the export holds all."""
_STATES: Mapping[str, Mapping[Any, str]] = {
    Tag.APPLICATION_STATE_CHANGE: applications.LABELS,
    Tag.UPLOAD_STATE_CHANGE: uploads.LABELS,
    Tag.OFFICE_ACCOUNT_CHANGE: STATES,
    Tag.OFFICE_WEBHOOK_CHANGE: {WebhookState.ACTIVE: "启用", WebhookState.OFF: "停用"},
    Tag.OBJECTION_CASE_OPEN: {"OPEN": "未办结"},
    Tag.OBJECTION_CASE_CLOSE: ENDINGS,
}
"""What the states of events are called by their tag; those of reports have one name for all."""
_WORDS: Mapping[str, Mapping[Any, str]] = {
    "role": ROLE_NAMES,
    "kind": KINDS,
    "outcome": OUTCOMES,
    "reason": {**REASONS, "FILING_LOST": "失去备案"},
}


@router.get("", name="agency_audit")
def agency_audit(
    request: Request,
    house: TheHouse,
    stream: str = "",
    tag: str = "",
    actor: str = "",
    day: str = "",
    before: int | None = None,
) -> HTMLResponse:
    """List the newest events of those asked for, and the looks of the last days."""
    given = {"stream": stream.strip(), "tag": tag, "actor": actor.strip(), "day": day}
    try:
        on = date.fromisoformat(day) if day else None
    except ValueError:
        wrong = by_field([Fault("E0301", "day", "应如 2026-11-21")])
        return _page(request, house, given, Sought(), wrong)
    sought = Sought(given["stream"], tag, given["actor"], on, before)
    return _page(request, house, given, sought, {})


@router.post("/verify", name="agency_audit_verify")
def agency_audit_verify(request: Request, house: TheHouse) -> HTMLResponse:
    """Follow every chain and show what is wrong; that changes nothing."""
    result = verify(house.store, events_key(house.press.secret), trusted_keys(house.office.folder))
    return house.pages.page(request, "agency_audited", {"result": result})


def _line(placed: Placed) -> str:
    """Return what an event says as a line, every code in words."""
    said = placed.event.said
    shown = [name for name in _NAMES if said.get(name) not in ("", None) and said[name] is not False]
    return "，".join(f"{_NAMES[name]} {_word(placed.event.tag, name, said[name])}" for name in shown)


def _word(tag: str, name: str, value: object) -> str:
    if value is True:
        return "是"
    if name == "conclusion":
        return conclusion(str(value))
    words = _STATES.get(tag, LABELS) if name == "state" else _WORDS.get(name, {})
    return str(words.get(value, value))


def _page(
    request: Request, house: House, given: Mapping[str, str], sought: Sought, wrong: Mapping[str, str]
) -> HTMLResponse:
    since = now().date() - _LOOKS
    found = house.store.read(lambda session: happened.events(session, sought, _PAGE))
    said = {
        "events": [(placed, _line(placed)) for placed in found],
        "more": len(found) == _PAGE,
        "given": given,
        "wrong": wrong,
        "tags": TAGS,
        "looks": house.store.read(lambda session: happened.looks(session, since)),
        "ways": WAYS,
        "outcomes": FOUND,
    }
    return house.pages.page(request, "agency_audit", said, 422 if wrong else 200)
