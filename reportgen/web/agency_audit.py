"""The audit view: what happened, newest first, how often reports were looked up, and whether the chains hold."""

from collections.abc import Mapping
from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from reportgen.errors import Fault
from reportgen.registry import happened
from reportgen.registry.audit import verify
from reportgen.registry.events import events_key
from reportgen.registry.happened import Sought
from reportgen.registry.signer import trusted_keys
from reportgen.registry.words import TAGS
from reportgen.web.house import House, TheHouse
from reportgen.web.public import by_field
from reportgen.zone import now

router = APIRouter(prefix="/agency/audit")
_PAGE = 100
_LOOKS = timedelta(days=30)
WAYS = {"LINK": "扫码或链接", "PAPER": "编号与核验码", "FILE": "文件", "API": "接口"}
OUTCOMES = {
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
    "pages": "页数",
    "rows": "条数",
}
"""Which of an event's data a line shows, and as what; the export holds all."""


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


def _page(
    request: Request, house: House, given: Mapping[str, str], sought: Sought, wrong: Mapping[str, str]
) -> HTMLResponse:
    since = now().date() - _LOOKS
    found = house.store.read(lambda session: happened.events(session, sought, _PAGE))
    said = {
        "events": found,
        "more": len(found) == _PAGE,
        "given": given,
        "wrong": wrong,
        "tags": TAGS,
        "names": _NAMES,
        "looks": house.store.read(lambda session: happened.looks(session, since)),
        "ways": WAYS,
        "outcomes": OUTCOMES,
    }
    return house.pages.page(request, "agency_audit", said, 422 if wrong else 200)
