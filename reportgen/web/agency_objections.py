"""Objections: the open cases by their deadlines, each closed with its ending and a written answer."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from reportgen.errors import ReportgenError
from reportgen.registry import objections
from reportgen.registry.entries import looked_at
from reportgen.registry.objections import Ending
from reportgen.registry.tables import ObjectionRow
from reportgen.registry.words import ENDINGS
from reportgen.store.facts import known_now
from reportgen.store.people import PERMITTED, Action
from reportgen.subject.model import Subject
from reportgen.web.door import caller_of, form_of
from reportgen.web.dossier import Item, item_of
from reportgen.web.house import House, TheHouse
from reportgen.web.public import by_field
from reportgen.web.steps import Step, asked, confirmed, gone, told
from reportgen.zone import now

router = APIRouter(prefix="/agency/objections")
_MEANS = {
    Ending.CORRECTED: "信息有误，另行导入更正后的信息；依据它的报告标明需更新",
    Ending.DELETED: "信息不应存在，从各版事实中删除，只留校验值，不能恢复；依据它的报告标明需更新",
    Ending.KEPT: "信息无误，维持不变；主体有声明的，附注其后",
}


@router.get("", name="agency_objections")
def agency_objections(request: Request, house: TheHouse) -> HTMLResponse:
    """List the open cases, those to be answered first at the top, and the closed ones."""
    today = now().date()
    due = house.store.read(objections.due)
    said = {
        "cases": [(case, objections.overdue(case, today), (case.answer_by - today).days) for case in due],
        "ended": house.store.read(objections.ended),
        "endings": ENDINGS,
        "done": told(request),
    }
    return house.pages.page(request, "agency_objections", said)


@router.get("/{case_id}", name="agency_objection")
def agency_objection(request: Request, house: TheHouse, case_id: int) -> HTMLResponse:
    """Show a case with the subject's grounds and the fact that it doubts; looking at it is entered."""
    return _page(request, house, case_id)


@router.post("/{case_id}", name="agency_objection_close")
def agency_objection_close(request: Request, house: TheHouse, case_id: int) -> Response:
    """Close a case with its ending, its answer, and the subject's statement where it is kept, once it is confirmed."""
    form, press = form_of(request), house.desk_of(caller_of(request).login)
    given = {name: form.word(name) for name in ("ending", "answer", "statement")}
    if given["ending"] not in set(Ending):
        return _page(request, house, case_id, {"ending": "请选择结果"}, given)
    end, desk = Ending(given["ending"]), press.desk(now())
    try:
        objections.said_at_closing(end, given["answer"], given["statement"])
        if not confirmed(form):
            return asked(request, house, _closing(_case(house, case_id), end, given))
        press.act(
            Action.DISPUTE,
            lambda session: objections.close(
                session, case_id, end, given["answer"], desk, given["statement"]
            ),
        )
    except ReportgenError as error:
        if error.code != "E0301":
            raise
        return _page(request, house, case_id, by_field(list(error.faults)), given)
    return gone("/agency/objections", "objection-closed")


def _page(
    request: Request,
    house: House,
    case_id: int,
    wrong: dict[str, str] | None = None,
    given: dict[str, str] | None = None,
) -> HTMLResponse:
    case = _case(house, case_id)
    caller = caller_of(request)
    desk = house.desk_of(caller.login).desk(now())
    house.store.write(lambda session: looked_at(session, case.uscc, desk))
    subject = house.store.read(lambda session: known_now(session, case.uscc))
    said = {
        "case": case,
        "overdue": objections.overdue(case, desk.at.date()),
        "name": subject.name if subject else "",
        "fact": _doubted(subject, case.fact),
        "endings": ENDINGS,
        "means": _MEANS,
        "may": bool(caller.roles & PERMITTED[Action.DISPUTE]),
        "wrong": wrong or {},
        "given": given or {},
    }
    return house.pages.page(request, "agency_objection", said, 422 if wrong else 200)


def _case(house: House, case_id: int) -> ObjectionRow:
    case = house.store.read(lambda session: session.get(ObjectionRow, case_id))
    if case is None:
        raise ReportgenError("E0609", case=case_id)
    return case


def _closing(case: ObjectionRow, end: Ending, given: Mapping[str, str]) -> Step:
    path = f"/agency/objections/{case.id}"
    if case.state != "OPEN":
        raise ReportgenError("E0609", case=case.id)
    return Step(
        title="办结异议",
        means=(
            f"{ENDINGS[end]}：{_MEANS[end]}。",
            "主体随即可在门户看到结果与答复；办结之后不能再改，主体可以另提异议。",
        ),
        action=path,
        button="确认办结",
        back=path,
        fields=given,
        facts=(
            ("异议", str(case.id)),
            ("主体", case.uscc),
            ("信息编号", case.fact),
            ("结果", ENDINGS[end]),
            ("答复", given["answer"]),
            ("声明", given["statement"]),
        ),
        grave=end is Ending.DELETED,
    )


def _doubted(subject: Subject | None, fact: str) -> Item | None:
    """Return the fact that a case doubts; None where the office has it no more."""
    return None if subject is None else item_of(subject, fact)
