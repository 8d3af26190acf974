"""The committee's desk: 招标人 or 代理机构 sees, checks and uses the reports made for him, once 开标 is past.

Looking and downloading use nothing up. Using takes two steps, each a form of its own: what is chosen is shown with
what it means, and only what is confirmed there is used. Experts' names are asked nowhere.
"""

from collections.abc import Mapping
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from reportgen.certify.facts import USES, VOUCHER, Asked
from reportgen.errors import Fault, ReportgenError
from reportgen.registry import queries, recipients, uses
from reportgen.registry.award_entries import awards, enter
from reportgen.registry.lifecycle import Use
from reportgen.registry.manifest import Scope
from reportgen.registry.recipients import Opened
from reportgen.web.awarding import address, entering, lot_names
from reportgen.web.door import caller_of, form_of
from reportgen.web.house import House, TheHouse
from reportgen.web.pages import attached
from reportgen.web.papers import sent_notice
from reportgen.web.public import shown
from reportgen.web.steps import confirmed, told
from reportgen.zone import now

router = APIRouter(prefix="/committee")


def _scope(project: str, round_: Annotated[int, Query(alias="round", ge=1)]) -> Scope:
    return Scope(project, round_)


TheProject = Annotated[Scope, Depends(_scope)]


@router.get("", name="committee")
def committee(request: Request, house: TheHouse) -> HTMLResponse:
    """List the caller's projects; of one that is not open, nothing but when it will be."""
    caller, at = caller_of(request), now()
    found = house.store.read(lambda session: recipients.tenders(session, caller.uscc, at))
    return house.pages.page(request, "committee", {"tenders": found})


@router.get("/project", name="committee_project")
def committee_project(request: Request, house: TheHouse, scope: TheProject) -> HTMLResponse:
    """Show all bidders of a project beside each other, in the order of their numbers."""
    return _beside(request, house, scope)


@router.post("/use", name="committee_use")
def committee_use(request: Request, house: TheHouse, scope: TheProject) -> Response:
    """Show what would be used and what that means; use what was confirmed."""
    form = form_of(request)
    numbers, all_ = form.all("number"), form.word("all") == "yes"
    if not numbers and not all_:
        return _beside(request, house, scope, "请先选择要核销的报告")
    if confirmed(form):
        return _used(request, house, scope, numbers)
    found = _opened(request, house, scope)
    chosen = [held for held in found.reports if held.consumable and (all_ or held.summary.number in numbers)]
    return house.pages.page(request, "committee_confirm", {"found": found, "chosen": chosen})


@router.get("/reports/{number}.pdf", name="committee_report")
def committee_report(request: Request, house: TheHouse, number: str) -> Response:
    """Return a report's file as it was issued; that uses nothing up."""
    caller, at = caller_of(request), now()
    row = house.store.read(lambda session: queries.made_for(session, caller.uscc, number, at))
    return attached(house.press.content(row), f"{number}.pdf", "application/pdf")


@router.get("/reports/{number}/notices/{notice}.pdf", name="committee_notice")
def committee_notice(request: Request, house: TheHouse, number: str, notice: str) -> Response:
    """Return a 更正通知书 of a report as it went out."""
    caller, at = caller_of(request), now()
    row = house.store.read(lambda session: queries.made_for(session, caller.uscc, number, at))
    return sent_notice(house.press, row, notice)


@router.post("/project/award", name="committee_award")
def committee_award(request: Request, house: TheHouse, scope: TheProject) -> Response:
    """Show what entering the award notice means, and enter it once it is confirmed; for who runs the tender alone."""
    caller, where = caller_of(request), (scope.project, scope.round or 1)
    if not _opened(request, house, scope).run_by(caller.uscc):
        raise ReportgenError("E1111")
    press = house.desk_of(caller.login)

    def entered(where: tuple[str, int], lots: list[str], day: str) -> Response:
        desk = press.desk(now())
        press.store.write(lambda session: enter(session, where, lots, day, desk))
        return RedirectResponse(f"{_page(scope)}&done=announced", 303)

    again = partial(_beside, request, house, scope, "")
    return entering(request, house, where, _page(scope), again, entered)


@router.post("/verify", name="committee_verify")
def committee_verify(request: Request, house: TheHouse, scope: TheProject) -> HTMLResponse:
    """Show what a check of a file found, asked for this project; it is checked in memory and kept nowhere."""
    project = _opened(request, house, scope).project
    sent = form_of(request).files.get("file")
    if sent is None:
        return _beside(request, house, scope, "请选择要核验的 PDF 文件")
    asked = Asked(scope.project, scope.round)
    return shown(request, house, sent, asked, {"back": _page(scope), "project": project})


@router.get("/certificate", name="committee_certificate")
def committee_certificate(request: Request, house: TheHouse, scope: TheProject) -> HTMLResponse:
    """Show what was used, when and by whom, to be printed for the tender file."""
    found = _opened(request, house, scope)
    used = [held for held in found.reports if held.consumed_at]
    return house.pages.page(request, "committee_certificate", {"found": found, "used": used})


@router.post("/bundle", name="committee_bundle")
def committee_bundle(request: Request, house: TheHouse, scope: TheProject) -> Response:
    """Return the comparison, the list of uses, the reports and the offline check of a project, signed, as a ZIP file."""
    caller = caller_of(request)
    if not _opened(request, house, scope).run_by(caller.uscc):
        raise ReportgenError("E1111")
    content = house.papers.bundle(scope, caller.login, now())
    return attached(content, f"{scope.project}-{scope.round}.zip", "application/zip")


@router.post("/uses", name="committee_uses")
def committee_uses(request: Request, house: TheHouse, scope: TheProject) -> Response:
    """Return the 核销清单, signed: of all reports for whoever runs the tender, of his own for any other recipient."""
    caller, lot = caller_of(request), form_of(request).word("lot") or None
    _opened(request, house, scope)
    made = house.papers.use_list(Scope(scope.project, scope.round, lot), caller.uscc, caller.login, now())
    return attached(made.pdf, f"{USES}-{made.number}.pdf", "application/pdf")


@router.post("/voucher", name="committee_voucher")
def committee_voucher(request: Request, house: TheHouse) -> Response:
    """Return the 核销凭证 of one report that the caller has used, signed."""
    caller, number, at = caller_of(request), form_of(request).word("number"), now()
    house.store.read(lambda session: queries.made_for(session, caller.uscc, number, at))
    made = house.papers.voucher(number, caller.uscc, caller.login, at)
    return attached(made.pdf, f"{VOUCHER}-{number}.pdf", "application/pdf")


def _beside(
    request: Request, house: House, scope: Scope, wrong: str = "", faults: Mapping[str, str] | None = None
) -> HTMLResponse:
    """Return the page of a project, with what is wrong with what was chosen there, or with its award notice by field."""
    found, uscc = _opened(request, house, scope), caller_of(request).uscc
    notices = house.store.read(lambda session: awards(session, scope.project, scope.round or 1))
    said = {
        "found": found,
        "runs": found.run_by(uscc),
        "other": found.other(uscc),
        "place": _query(scope),
        "awards": notices,
        "lots": lot_names(notices),
        "award": address(_page(scope)),
        "wrong": wrong,
        "faults": faults or {},
        "typed": form_of(request).words if faults else {},
        "done": told(request),
    }
    return house.pages.page(request, "committee_project", said, 422 if wrong or faults else 200)


def _opened(request: Request, house: House, scope: Scope) -> Opened:
    caller, at = caller_of(request), now()
    return house.store.read(
        lambda session: recipients.opened(session, caller.uscc, scope.project, scope.round or 1, at)
    )


def _used(request: Request, house: House, scope: Scope, numbers: list[str]) -> Response:
    caller = caller_of(request)
    press = house.desk_of(caller.login)
    desk = press.desk(now())
    done = press.store.write(lambda session: recipients.use(session, caller.uscc, numbers, desk))
    meant = Use(scope.project, scope.round or 1, "", caller.uscc)
    refused = [(use.report.number, error) for use in done if (error := uses.refusal(use, meant))]
    if refused:
        # What could be used was used: the others are told one by one.
        faults = [
            Fault(error.code, str(number), f"{number}：{error.entry.what}") for number, error in refused
        ]
        raise ReportgenError("E0615", faults=faults, used=len(done) - len(refused))
    return RedirectResponse(_page(scope), 303)


def _page(scope: Scope) -> str:
    return f"/committee/project?{_query(scope)}"


def _query(scope: Scope) -> str:
    return urlencode({"project": scope.project, "round": scope.round})
