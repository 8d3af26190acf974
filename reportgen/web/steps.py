"""What takes two steps at the agency's desk: what is meant is shown with what it means, and done when confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from reportgen.web.door import Filled
from reportgen.web.house import House

DONE: Mapping[str, str] = {
    "prepared": "已编制，等候复核",
    "reviewed": "已复核，等候签发",
    "sent": "已签发，正在排队印制",
    "sent-back": "已退回重新编制",
    "returned": "已退回申请人，申请人可见说明",
    "admitted": "账号已准予使用",
    "closed": "账号已停用，其登录已经退出",
    "revoked": "报告已撤销",
    "annulled": "误核销已撤回，报告退回有效",
    "archived": "报告已归档",
    "corrected": "更正通知书已出具，请于今日送达报告所载主体与使用单位",
    "superseded": "替代报告已出具，原报告标明被替代，仍可使用",
    "list-imported": "名单已导入，替代该名单此前的一期",
    "screened": "已与名单比对，命中已记入；待确认的见“名单命中”",
    "hit-confirmed": "命中已确认，记入主体的信息",
    "hit-rejected": "命中已排除，不再提出",
    "objection-closed": "异议已办结",
    "user-added": "用户已登记",
    "user-closed": "用户已停用",
    "user-changed": "角色已变更",
    "staff-added": "人员已登记",
    "staff-left": "离任已登记",
    "staff-recorded": "已记入其信用记录",
    "imported": "已导入",
    "announced": "中标公示已登记，投标人自此可见报告的核销情况",
    "taken": "工作簿已采用，导入库内",
    "refused": "工作簿已退回，申请人可见理由",
    "paper-received": "材料已收，申请人可见",
    "paper-refused": "材料已退回，申请人可见理由",
}
"""What a page says after something was done, by the word in its address."""


@dataclass(frozen=True)
class Step:
    """Something to be confirmed: its title, what it means, the form that does it, and the way back.

    `second` says who has to agree by his own password, nothing where nobody has; `wrong` what he typed wrongly, by
    field; `several` are the words of fields that have more than one.
    """

    title: str
    means: tuple[str, ...]
    action: str
    button: str
    back: str
    fields: Mapping[str, str] = field(default_factory=dict)
    facts: tuple[tuple[str, str], ...] = ()
    grave: bool = False
    second: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)
    several: tuple[tuple[str, str], ...] = ()


def confirmed(form: Filled) -> bool:
    """Say whether a form is the second of two steps."""
    return form.word("confirmed") == "yes"


def asked(request: Request, house: House, step: Step) -> HTMLResponse:
    """Return the page on which something is to be confirmed."""
    return house.pages.page(request, "agency_confirm", {"step": step}, 422 if step.wrong else 200)


def told(request: Request) -> str:
    """Return what was done before a page was asked for, in words; nothing where the address says nothing known."""
    return DONE.get(request.query_params.get("done", ""), "")


def gone(path: str, done: str) -> RedirectResponse:
    """Return the way to a page that says what was done."""
    return RedirectResponse(f"{path}?done={done}", 303)
