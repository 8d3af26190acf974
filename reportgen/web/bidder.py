"""The bidder's desk: 投标人 follows his applications, takes one back, and finds the reports about himself."""

import json
from decimal import Decimal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from reportgen.registry import applications, bidders, uploads
from reportgen.registry.application_rows import ApplicationState as State
from reportgen.registry.bidders import Asked
from reportgen.web.door import caller_of
from reportgen.web.house import House, TheHouse
from reportgen.web.pages import attached
from reportgen.web.papers import sent_notice
from reportgen.zone import now

router = APIRouter(prefix="/bidder")
_SHOWN = 3


@router.get("", name="bidder")
def bidder(request: Request, house: TheHouse) -> HTMLResponse:
    """List the caller's applications, the reports about him, and what he uploaded last."""
    caller, at = caller_of(request), now()
    said = house.store.read(
        lambda session: {
            "asked": bidders.own_applications(session, caller.uscc, at),
            "reports": bidders.own_reports(session, caller.uscc, at),
            "uploads": uploads.of_subject(session, caller.uscc)[:_SHOWN],
        }
    )
    return house.pages.page(request, "bidder", {**said, "label": uploads.label})


@router.get("/applications/{key}", name="bidder_application")
def application(request: Request, house: TheHouse, key: str) -> HTMLResponse:
    """Show how far an application has come."""
    found = _own(request, house, key)
    said = {"asked": found, "steps": _steps(found), "again": _again(found), "place": _place(house, found)}
    return house.pages.page(request, "bidder_application", said)


@router.get("/applications/{key}/progress", name="bidder_progress")
def progress(request: Request, house: TheHouse, key: str) -> Response:
    """Return how far rendering has come, as a piece of the page; 204 when the page has something new to say."""
    found = _own(request, house, key)
    if found.row.state != State.QUEUED:
        return Response(status_code=204)
    return house.pages.page(request, "progress", {"row": found.row, "place": _place(house, found)})


@router.get("/applications/{key}/withdraw", name="bidder_withdraw_form")
def withdraw_form(request: Request, house: TheHouse, key: str) -> HTMLResponse:
    """Show what taking back an application means."""
    return house.pages.page(request, "bidder_withdraw", {"asked": _own(request, house, key)})


@router.post("/applications/{key}/withdraw", name="bidder_withdraw")
def withdraw(request: Request, house: TheHouse, key: str) -> Response:
    """Take back an application."""
    caller = caller_of(request)
    desk = house.desk_of(caller.login).desk(now())
    house.store.write(lambda session: bidders.withdraw(session, caller.uscc, key, desk))
    return RedirectResponse(f"/bidder/applications/{key}", 303)


@router.get("/reports/{number}.pdf", name="bidder_report")
def report(request: Request, house: TheHouse, number: str) -> Response:
    """Return the file of a report about the caller as it was issued."""
    caller = caller_of(request)
    row = house.store.read(lambda session: bidders.own_report(session, caller.uscc, number))
    return attached(house.press.content(row), f"{number}.pdf", "application/pdf")


@router.get("/reports/{number}/notices/{notice}.pdf", name="bidder_notice")
def notice(request: Request, house: TheHouse, number: str, notice: str) -> Response:
    """Return a 更正通知书 of a report about the caller as it went out."""
    caller = caller_of(request)
    row = house.store.read(lambda session: bidders.own_report(session, caller.uscc, number))
    return sent_notice(house.press, row, notice)


def _place(house: House, asked: Asked) -> int:
    """Return the place of an application among those that wait to be rendered, from 1; 0 where it does not."""
    if asked.row.state != State.QUEUED:
        return 0
    return house.store.read(lambda session: applications.place_of(session, asked.row))


def _own(request: Request, house: House, key: str) -> Asked:
    caller = caller_of(request)
    return house.store.read(lambda session: bidders.own_application(session, caller.uscc, key, now()))


def _again(asked: Asked) -> dict[str, object]:
    """Return what an application asked for, to be asked for anew."""
    row = asked.row
    _, *partners = json.loads(row.members)
    lines = {
        f"{name}{place}": value
        for place, member in enumerate(partners, 1)
        for name, value in (
            ("partner", member["uscc"]),
            ("share", f"{Decimal(member['share']) * 100:f}"),
            ("work", member["work"]),
        )
    }
    wish = {"project": row.project, "round": row.round, "lot": row.lot, "recipient": row.recipient}
    return {**wish, "payer": row.payer, "purpose": row.purpose, **lines}


def _steps(asked: Asked) -> list[tuple[str, object, str]]:
    """Return the steps of an application: what, when, and a sentence; no names, for who does it is the agency's."""
    row = asked.row
    steps: list[tuple[str, object, str]] = [("已提交", row.submitted_at, "本机构收到了申请。")]
    if row.prepared_by:
        steps.append(("已编制", row.prepared_at, "报告草稿已编好，由另一名人员复核。"))
    if row.reviewed_by:
        steps.append(("已复核", row.reviewed_at, "复核无误，等候签发。"))
    if row.issued_by:
        steps.append(("已签发", row.queued_at, "正在印制，一般几分钟之内完成。"))
    ends = {
        State.ISSUED: ("已出具", "报告已经出具，可以下载。"),
        State.RETURNED: ("已退回", "请按本机构的说明补正后重新提交。"),
        State.WITHDRAWN: ("已撤回", "这份申请不再办理。"),
    }
    if row.state in ends:
        word, sentence = ends[State(row.state)]
        steps.append((word, row.ended_at, sentence))
    if asked.report and asked.report.revoked_at:
        why = asked.report.reason or "缘由请向本机构了解"
        steps.append(("已撤销", asked.report.revoked_at, f"{why}。这份报告不得再用。"))
    return steps
