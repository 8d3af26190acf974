"""Workbooks and papers that bidders handed in: looked at by the clerk, then taken in, or sent back with what to mend."""

import hashlib
from pathlib import PurePath

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from reportgen.errors import ReportgenError
from reportgen.registry import deliveries, uploads
from reportgen.registry.entries import looked_at
from reportgen.registry.upload_rows import UploadKind, UploadRow, UploadState
from reportgen.store.facts import known_now
from reportgen.store.people import PERMITTED, Action
from reportgen.subject.model import Subject
from reportgen.web.differing import Line, lines
from reportgen.web.door import caller_of, form_of
from reportgen.web.house import House, TheHouse
from reportgen.web.letters import KINDS
from reportgen.web.pages import XLSX, attached
from reportgen.web.steps import gone, told
from reportgen.web.workbooks import Checked, check_workbook
from reportgen.zone import now

router = APIRouter(prefix="/agency/uploads")
_STRANGE = "工作簿所载的代码不是上传单位的代码"
_NOT_TAKEN = frozenset({"E0301", "E0353", "E0365"})
"""What stops a workbook that was sound as it came in: something else was learned since, or its day is yet to come."""


@router.get("", name="agency_uploads")
def agency_uploads(request: Request, house: TheHouse) -> HTMLResponse:
    """List what waits, what waits longest first, and what was decided on."""
    waiting = house.store.read(lambda session: uploads.listed(session, UploadState.PENDING))
    decided = house.store.read(
        lambda session: [
            *uploads.listed(session, UploadState.TAKEN),
            *uploads.listed(session, UploadState.REFUSED),
        ]
    )
    decided.sort(key=lambda row: row.decided_at or row.at, reverse=True)
    said = {"waiting": waiting, "decided": decided, "label": uploads.label, "done": told(request)}
    return house.pages.page(request, "agency_uploads", said)


@router.get("/{key}", name="agency_upload")
def agency_upload(request: Request, house: TheHouse, key: str) -> HTMLResponse:
    """Show one upload with what its check found."""
    return _page(request, house, key)


@router.get("/{key}/file", name="agency_upload_file")
def agency_upload_file(house: TheHouse, key: str) -> Response:
    """Return an upload as it was handed in; raises E0909 (lost, or not the same any more)."""
    row = house.store.read(lambda session: uploads.by_key(session, key))
    content, ending = _content(house, row), PurePath(row.file).suffix
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise ReportgenError("E0909", file=row.name, detail="文件与收到时的不同")
    # What it is called says nothing of what it is.
    name = row.name if row.name.lower().endswith(ending) else f"{row.name}{ending}"
    return attached(content, name, KINDS.get(ending, XLSX))


@router.post("/{key}/take", name="agency_upload_take")
def agency_upload_take(request: Request, house: TheHouse, key: str) -> Response:
    """Take in what a workbook declares and say that it was taken, both or neither; or say that a paper was received."""
    row = house.store.read(lambda session: uploads.by_key(session, key))
    if row.kind == UploadKind.PAPER:
        press = house.desk_of(caller_of(request).login)
        desk = press.desk(now())
        press.act(Action.IMPORT, lambda session: uploads.take(session, key, desk))
        return gone("/agency/uploads", "paper-received")
    given, wrong = _told(house, row)
    if given is not None and not wrong:
        wrong = _entered(request, house, key, given)
    return _page(request, house, key, {"take": wrong}) if wrong else gone("/agency/uploads", "taken")


def _entered(request: Request, house: House, key: str, given: Subject) -> str:
    """Enter what a workbook declares; return why that is not taken, nothing where it was."""
    press = house.desk_of(caller_of(request).login)
    desk = press.desk(now())

    def work(session: Session) -> None:
        deliveries.declare(session, given, desk)
        uploads.take(session, key, desk)

    try:
        press.act(Action.IMPORT, work)
    except ReportgenError as error:
        if error.code not in _NOT_TAKEN:
            raise
        return "；".join(fault.what for fault in error.faults) or str(error.data()["detail"])
    return ""


@router.post("/{key}/refuse", name="agency_upload_refuse")
def agency_upload_refuse(request: Request, house: TheHouse, key: str) -> Response:
    """Send an upload back with what the bidder is to do."""
    note = form_of(request).word("note")
    if not note:
        return _page(request, house, key, {"note": "请写明退回的理由，申请人据此改正"})
    press = house.desk_of(caller_of(request).login)
    desk = press.desk(now())
    row = press.act(Action.IMPORT, lambda session: uploads.refuse(session, key, note, desk))
    return gone("/agency/uploads", "paper-refused" if row.kind == UploadKind.PAPER else "refused")


def _page(request: Request, house: House, key: str, wrong: dict[str, str] | None = None) -> HTMLResponse:
    row = house.store.read(lambda session: uploads.by_key(session, key))
    may = bool(caller_of(request).roles & PERMITTED[Action.IMPORT])
    waits = may and row.state == UploadState.PENDING and row.kind == UploadKind.WORKBOOK
    checked, changes = _changes(request, house, row) if waits else (None, None)
    said = {
        "upload": row,
        "changes": changes,
        "stopped": _stops(checked, row) if checked else (),
        "findings": uploads.findings(row),
        "label": uploads.label,
        "may": may,
        "wrong": wrong or {},
    }
    return house.pages.page(request, "agency_upload", said, 422 if wrong else 200)


def _told(house: House, row: UploadRow) -> tuple[Subject | None, str]:
    """Return what a workbook says of the subject that handed it in, or why nothing of it can be taken."""
    if row.state != UploadState.PENDING:
        raise ReportgenError("E0620", state=uploads.label(row))
    checked = _checked(house, row, house.store.read(lambda session: known_now(session, row.uscc)))
    return checked.given, "；".join(_stops(checked, row))


def _stops(checked: Checked, row: UploadRow) -> tuple[str, ...]:
    """Return why a workbook cannot be taken; nothing where it can."""
    if not checked.of(row.uscc):
        return (_STRANGE,)
    return checked.faults


def _checked(house: House, row: UploadRow, before: Subject | None) -> Checked:
    return check_workbook(house.checker, _content(house, row), before)


def _changes(request: Request, house: House, row: UploadRow) -> tuple[Checked | None, list[Line] | None]:
    """Return what the check of a waiting workbook finds now, and what taking it changes; None where nothing is known.

    Whoever compares looks at the subject's record.
    """
    before = house.store.read(lambda session: known_now(session, row.uscc))
    checked = _checked(house, row, before)
    if before is None:
        return checked, None
    desk = house.desk_of(caller_of(request).login).desk(now())
    house.store.write(lambda session: looked_at(session, row.uscc, desk))
    return checked, [] if checked.after is None else list(lines(before, checked.after))


def _content(house: House, row: UploadRow) -> bytes:
    if not row.file:
        raise ReportgenError("E0203")
    content = house.press.files.read(row.file)
    if content is None:
        raise ReportgenError("E0909", file=row.name, detail="没有这个文件")
    return content
