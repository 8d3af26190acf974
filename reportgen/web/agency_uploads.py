"""Workbooks that bidders handed in: looked at by the clerk, then imported, or sent back with what to mend."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from reportgen.errors import ReportgenError
from reportgen.project.model import Project
from reportgen.registry import deliveries, uploads
from reportgen.registry.entries import looked_at
from reportgen.registry.upload_rows import UploadRow, UploadState
from reportgen.store.facts import known_now
from reportgen.store.people import PERMITTED, Action
from reportgen.subject.changes import changes
from reportgen.subject.model import Subject
from reportgen.subject.wording import differences
from reportgen.web import reading
from reportgen.web.door import caller_of, form_of
from reportgen.web.house import House, TheHouse
from reportgen.web.pages import attached
from reportgen.web.steps import gone, told
from reportgen.zone import now

router = APIRouter(prefix="/agency/uploads")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("", name="agency_uploads")
def agency_uploads(request: Request, house: TheHouse) -> HTMLResponse:
    """List the workbooks that wait, those that wait longest first, and those decided on."""
    waiting = house.store.read(lambda session: uploads.listed(session, UploadState.PENDING))
    decided = house.store.read(
        lambda session: [
            *uploads.listed(session, UploadState.TAKEN),
            *uploads.listed(session, UploadState.REFUSED),
        ]
    )
    decided.sort(key=lambda row: row.decided_at or row.at, reverse=True)
    said = {"waiting": waiting, "decided": decided, "labels": uploads.LABELS, "done": told(request)}
    return house.pages.page(request, "agency_uploads", said)


@router.get("/{key}", name="agency_upload")
def agency_upload(request: Request, house: TheHouse, key: str) -> HTMLResponse:
    """Show one upload with what its check found."""
    return _page(request, house, key)


@router.get("/{key}/file", name="agency_upload_file")
def agency_upload_file(house: TheHouse, key: str) -> Response:
    """Return a workbook as it was handed in."""
    row = house.store.read(lambda session: uploads.by_key(session, key))
    return attached(_content(house, row), row.name, _XLSX)


@router.post("/{key}/take", name="agency_upload_take")
def agency_upload_take(request: Request, house: TheHouse, key: str) -> Response:
    """Import what a workbook tells and say that it was taken, both or neither."""
    row = house.store.read(lambda session: uploads.by_key(session, key))
    found = house.checker.read(reading.subject, row.name, _content(house, row))
    wrong = [fault.what for fault in found.faults]
    others = [item for item in found.told if isinstance(item, Project) or item.uscc != row.uscc]
    if wrong or others:
        return _page(request, house, key, {"take": "；".join(wrong) or "工作簿所载的代码不是上传单位的代码"})
    subjects = [item for item in found.told if not isinstance(item, Project)]
    press = house.desk_of(caller_of(request).login)
    desk = press.desk(now())

    def work(session: Session) -> None:
        for subject in subjects:
            deliveries.enter(session, subject, desk)
        uploads.take(session, key, desk, form_of(request).word("note"))

    press.act(Action.IMPORT, work)
    return gone("/agency/uploads", "taken")


@router.post("/{key}/refuse", name="agency_upload_refuse")
def agency_upload_refuse(request: Request, house: TheHouse, key: str) -> Response:
    """Send a workbook back with what the bidder is to do."""
    note = form_of(request).word("note")
    if not note:
        return _page(request, house, key, {"note": "请写明退回的理由，申请人据此改正"})
    press = house.desk_of(caller_of(request).login)
    desk = press.desk(now())
    press.act(Action.IMPORT, lambda session: uploads.refuse(session, key, note, desk))
    return gone("/agency/uploads", "refused")


def _page(request: Request, house: House, key: str, wrong: dict[str, str] | None = None) -> HTMLResponse:
    row = house.store.read(lambda session: uploads.by_key(session, key))
    may = bool(caller_of(request).roles & PERMITTED[Action.IMPORT])
    said = {
        "upload": row,
        "changes": _changes(request, house, row) if may and row.state == UploadState.PENDING else None,
        "findings": uploads.findings(row),
        "labels": uploads.LABELS,
        "may": may,
        "wrong": wrong or {},
    }
    return house.pages.page(request, "agency_upload", said, 422 if wrong else 200)


def _changes(request: Request, house: House, row: UploadRow) -> list[str] | None:
    """Return how a workbook differs from what the office knows, a line each; None where it knows nothing.

    Whoever compares looks at the subject's record.
    """
    before = house.store.read(lambda session: known_now(session, row.uscc))
    found = house.checker.read(reading.subject, row.name, _content(house, row))
    after = next((item for item in found.told if isinstance(item, Subject)), None)
    if before is None or after is None:
        return None
    desk = house.desk_of(caller_of(request).login).desk(now())
    house.store.write(lambda session: looked_at(session, row.uscc, desk))
    return list(differences(changes(before, after), before, after))


def _content(house: House, row: UploadRow) -> bytes:
    if not row.file:
        raise ReportgenError("E0203")
    content = house.press.files.read(row.file)
    if content is None:
        raise ReportgenError("E0909", file=row.name, detail="没有这个文件")
    return content
