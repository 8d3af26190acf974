"""What mends a report that went out: a 更正通知书 of what in it is wrong, or a report that takes its place.

Each takes two steps, and is made in a process of its own.
"""

from collections.abc import Iterator
from itertools import count

from fastapi import APIRouter, Request
from fastapi.responses import Response

from reportgen.errors import ReportgenError
from reportgen.registry import lifecycle
from reportgen.registry.view import Shown
from reportgen.store.people import Action, permitted
from reportgen.web.agency_reports import page, shown
from reportgen.web.door import Filled, caller_of, form_of
from reportgen.web.house import TheHouse
from reportgen.web.papers import Line, sent_notice
from reportgen.web.public import by_field
from reportgen.web.second import second_person
from reportgen.web.steps import Step, asked, confirmed, gone
from reportgen.zone import now

router = APIRouter(prefix="/agency/reports/{number}")
LINES = 3
"""So many errors a form has room for; a notice of more goes by the command."""
_PARTS = ("wrong", "right", "found")
_LONGEST, _LONGEST_AUTHORISATION = 500, 500


@router.post("/correct", name="agency_report_correct")
def agency_report_correct(request: Request, house: TheHouse, number: str) -> Response:
    """Issue a 更正通知书, once what it corrects is confirmed; raises E0502, E0605, E0617, E0618, E1107."""
    form, login = form_of(request), caller_of(request).login
    if wrong := _faults(form):
        return page(request, house, number, wrong)
    if not confirmed(form):
        return asked(request, house, _correcting(shown(house, number), form))
    house.papers.notice(number, [words for _, words in _lines(form)], login, now())
    return gone(f"/agency/reports/{number}", "corrected")


@router.get("/notices/{notice}.pdf", name="agency_report_notice")
def agency_report_notice(house: TheHouse, number: str, notice: str) -> Response:
    """Return a 更正通知书 as it went out; raises E0502, E0203 (no such notice), E0909 (it is lost)."""
    row = house.store.read(lambda session: lifecycle.by_number(session, number))
    return sent_notice(house.press, row, notice)


@router.post("/supersede", name="agency_report_supersede")
def agency_report_supersede(request: Request, house: TheHouse, number: str) -> Response:
    """Issue a report in the place of another, once a second person agrees; raises what `counter.supersede` raises."""
    form, login = form_of(request), caller_of(request).login
    authorisation = form.word("authorisation")
    if not 0 < len(authorisation) <= _LONGEST_AUTHORISATION:
        return page(request, house, number, {"authorisation": "请填写授权书编号，最多 500 字"})
    found = shown(house, number)
    if not confirmed(form):
        return asked(request, house, _superseding(found, authorisation))
    try:
        second = second_person(request, house, login)
        house.store.read(lambda session: permitted(session, second, Action.REVIEW))
    except ReportgenError as error:
        wrong = by_field(list(error.faults)) or {"second": f"{error.entry.what}：须有复核的角色"}
        if error.code not in {"E0301", "E1107"}:
            raise
        return asked(request, house, _superseding(found, authorisation, wrong))
    made = house.papers.successor(number, authorisation, second, login, now())
    return gone(f"/agency/reports/{made}", "superseded")


def _lines(form: Filled) -> Iterator[tuple[int, Line]]:
    """Yield the lines of a form in which something was typed, by their place."""
    for line in range(1, LINES + 1):
        wrong, right, found = (form.word(f"{part}{line}") for part in _PARTS)
        if wrong or right or found:
            yield line, (wrong, right, found)


def _faults(form: Filled) -> dict[str, str]:
    """Return what is wrong with the lines of a form, by field: each names what is wrong, what is right and how it was found."""
    given = dict(_lines(form)) or {1: ("", "", "")}
    return {
        f"{part}{line}": f"请填写，最多 {_LONGEST} 字"
        for line, words in given.items()
        for part, word in zip(_PARTS, words, strict=True)
        if not 0 < len(word) <= _LONGEST
    }


def _correcting(found: Shown, form: Filled) -> Step:
    fields = {
        f"{part}{n}": word
        for n, (_, words) in zip(count(1), _lines(form))
        for part, word in zip(_PARTS, words, strict=True)
    }
    facts = [
        (name, word)
        for _, words in _lines(form)
        for name, word in zip(("原报告所载", "更正为", "查明经过"), words, strict=True)
    ]
    return Step(
        title="出具更正通知书",
        means=(
            "通知书签名盖章，自有编号，须于今日送达报告所载主体与使用单位；出具后不能收回。",
            "报告的状态与核销不变，此后核验时都说明已出更正通知。",
        ),
        action=f"/agency/reports/{found.summary.number}/correct",
        button="确认出具",
        back=f"/agency/reports/{found.summary.number}",
        fields=fields,
        facts=(*_about(found), *facts),
        grave=True,
    )


def _superseding(found: Shown, authorisation: str, wrong: dict[str, str] | None = None) -> Step:
    return Step(
        title="出具替代报告",
        means=(
            "按库内现有的信息为同一用途重新评价，另行出具一份报告；结论可能与原报告不同。",
            "原报告标明被替代，写明新的编号，仍可使用；要使它不得使用，请撤销。",
        ),
        action=f"/agency/reports/{found.summary.number}/supersede",
        button="确认出具",
        back=f"/agency/reports/{found.summary.number}",
        fields={"authorisation": authorisation},
        facts=(*_about(found), ("授权书", authorisation)),
        grave=True,
        second="由两人共同办理：您签发，另一名有复核角色的用户在此输入自己的登录名与密码，作为复核人印在报告上，"
        "须与机构设置的编制人不是同一人。",
        wrong=wrong or {},
    )


def _about(found: Shown) -> tuple[tuple[str, str], ...]:
    item = found.summary
    return (
        ("报告编号", item.number),
        ("申请人", "、".join(party.name or party.uscc for party in item.applicant)),
        ("项目", item.project),
        ("使用单位", found.recipient.name),
        ("结论", item.conclusion),
        ("状态", item.state),
    )
