"""The reports of the register as the agency sees them: found, looked at, revoked, a mistaken use taken back, archived."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from reportgen.errors import ReportgenError
from reportgen.registry import lifecycle, notices, uses, view
from reportgen.registry.lifecycle import LABELS
from reportgen.registry.queries import Wanted, listed
from reportgen.registry.standing import SUPERSEDABLE
from reportgen.registry.tables import IN_THE_WORLD, NUMBERED, Kind, State
from reportgen.registry.words import REASONS, Reason
from reportgen.store.people import PERMITTED, Action
from reportgen.web.door import caller_of, form_of
from reportgen.web.house import House, TheHouse
from reportgen.web.pages import attached
from reportgen.web.public import by_field
from reportgen.web.second import second_person
from reportgen.web.steps import Step, asked, confirmed, gone, told
from reportgen.zone import now

router = APIRouter(prefix="/agency/reports")
_STATES = {state.value: LABELS[state] for state in NUMBERED}
_NOT_ISSUED = {State.RENDERING, State.VOID}


@router.get("", name="agency_reports")
def agency_reports(
    request: Request,
    house: TheHouse,
    state: str = "",
    project: str = "",
    subject: str = "",
    number: str = "",
) -> Response:
    """List the newest reports of those asked for; a number leads to its report."""
    if number.strip():
        return RedirectResponse(f"/agency/reports/{quote(number.strip().upper(), safe='')}", 303)
    today = now().date()
    asked_for = State(state) if state in _STATES else None
    wanted = Wanted(today, asked_for, project.strip(), uscc=subject.strip().upper())
    found = house.store.read(lambda session: view.summaries(session, listed(session, wanted), today))
    given = {"state": state, "project": project, "subject": subject}
    said = {"reports": found, "states": _STATES, "given": given}
    return house.pages.page(request, "agency_reports", said)


@router.get("/{number}", name="agency_report")
def agency_report(request: Request, house: TheHouse, number: str) -> HTMLResponse:
    """Show one report: where it stands, what changed since, its use, whether its file is whole, its events."""
    return page(request, house, number)


@router.get("/{number}/file.pdf", name="agency_report_file")
def agency_report_file(house: TheHouse, number: str) -> Response:
    """Return a report's file as it was issued."""
    row = house.store.read(lambda session: lifecycle.by_number(session, number))
    return attached(house.press.content(row), f"{number}.pdf", "application/pdf")


@router.post("/{number}/revoke", name="agency_report_revoke")
def agency_report_revoke(request: Request, house: TheHouse, number: str) -> Response:
    """Revoke a report for a reason of the table, once it is confirmed."""
    form = form_of(request)
    reason = form.word("reason")
    if reason not in set(Reason):
        return page(request, house, number, {"reason": "请选择缘由"})
    if not confirmed(form):
        return asked(request, house, _revoking(shown(house, number), Reason(reason)))
    press = house.desk_of(caller_of(request).login)
    desk = press.desk(now())
    press.act(Action.REVOKE, lambda session: lifecycle.revoke(session, number, Reason(reason), desk))
    return gone(f"/agency/reports/{number}", "revoked")


@router.post("/{number}/annul", name="agency_report_annul")
def agency_report_annul(request: Request, house: TheHouse, number: str) -> Response:
    """Take back a mistaken use; the second person proves with his own password that he agrees."""
    caller = caller_of(request)
    try:
        second = second_person(request, house, caller.login)
    except ReportgenError as error:
        if not error.faults:
            raise
        return page(request, house, number, by_field(list(error.faults)))
    press = house.desk_of(caller.login)
    desk = press.desk(now())
    press.act(Action.ANNUL, lambda session: uses.annul(session, number, second, desk))
    return gone(f"/agency/reports/{number}", "annulled")


@router.post("/{number}/archive", name="agency_report_archive")
def agency_report_archive(request: Request, house: TheHouse, number: str) -> Response:
    """Archive a used report; it can still be looked at and revoked."""
    press = house.desk_of(caller_of(request).login)
    desk = press.desk(now())
    press.act(Action.ARCHIVE, lambda session: uses.archive(session, [number], "", desk))
    return gone(f"/agency/reports/{number}", "archived")


def page(request: Request, house: House, number: str, wrong: dict[str, str] | None = None) -> HTMLResponse:
    """Return the page of a report, with what is wrong with a form of it by field."""
    found = shown(house, number)
    row = house.store.read(lambda session: lifecycle.by_number(session, number))
    sent = house.store.read(lambda session: notices.of_report(session, lifecycle.id_of(row)))
    roles = caller_of(request).roles
    may = {
        action.name: bool(roles & PERMITTED[action])
        for action in (Action.REVOKE, Action.ANNUL, Action.ARCHIVE, Action.SUPERSEDE, Action.CORRECT)
    }
    said = {
        "found": found,
        "state": row.state,
        "whole": house.press.whole(row),
        "may": may,
        "reasons": REASONS,
        "issued": row.state not in _NOT_ISSUED,
        "notices": sent,
        "correctable": row.kind == Kind.REPORT and row.state in IN_THE_WORLD,
        "supersedable": row.kind == Kind.REPORT and row.state in SUPERSEDABLE and not row.superseded,
        "wrong": wrong or {},
        "typed": form_of(request).words if wrong else {},
        "done": told(request),
    }
    return house.pages.page(request, "agency_report", said, 422 if wrong else 200)


def shown(house: House, number: str) -> view.Shown:
    """Return a report as the desk is shown it; raises E0502."""
    today = now().date()
    return house.store.read(lambda session: view.show(session, lifecycle.by_number(session, number), today))


def _revoking(found: view.Shown, reason: Reason) -> Step:
    item = found.summary
    return Step(
        title="撤销报告",
        means=(
            "撤销之后，这份报告真实，但不得再使用；查验、核验时都写明已撤销。",
            "撤销不能恢复，需要的须重新出具。已核销的也可撤销，请另行告知使用单位。",
        ),
        action=f"/agency/reports/{item.number}/revoke",
        button="确认撤销",
        back=f"/agency/reports/{item.number}",
        fields={"reason": reason},
        facts=(
            ("报告编号", item.number),
            ("申请人", "、".join(party.name or party.uscc for party in item.applicant)),
            ("项目", item.project),
            ("状态", item.state),
            ("缘由", REASONS[reason]),
        ),
        grave=True,
    )
