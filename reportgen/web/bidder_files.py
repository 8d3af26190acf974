"""The bidder's material: the workbook filled with what the office holds of him, and workbooks he hands in for the clerk.

What is handed in is checked at once and imported by nobody but the clerk.
"""

from contextlib import ExitStack

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from reportgen.errors import ReportgenError
from reportgen.registry import uploads
from reportgen.registry.upload_rows import UploadRow
from reportgen.store.facts import known_now
from reportgen.web.door import Sent, caller_of, form_of
from reportgen.web.house import House, TheHouse
from reportgen.web.letters import LARGEST, keeping_file
from reportgen.web.pages import XLSX, attached
from reportgen.web.workbooks import Checked, check_workbook
from reportgen.zone import now

router = APIRouter(prefix="/bidder")
_ZIP = b"PK\x03\x04"
_FILE, _NAME, _ENDING = "file", 200, ".xlsx"
_OTHER_KIND = "项目由本机构导入，不在这里上传；请用这一页“下载样表”所得的工作簿填报贵单位的资料"
_UNREADABLE = frozenset({"E0303", "E0370", "E0371", "E0373", "E0392"})
"""What cannot be read is no workbook, and is not kept."""


@router.get("/template.xlsx", name="bidder_template")
def template(request: Request, house: TheHouse) -> Response:
    """Return the workbook of a subject, filled with what the office holds of the caller, or empty; never who checked it."""
    from reportgen.intake.columns.declared import DECLARED, as_given
    from reportgen.sheets.template import as_workbook

    caller = caller_of(request)
    subject = house.store.read(lambda session: known_now(session, caller.uscc))
    content = as_workbook(DECLARED, None if subject is None else as_given(subject, now().date()))
    return attached(content, f"主体-{caller.uscc}.xlsx", XLSX)


@router.get("/uploads", name="bidder_uploads")
def shown(request: Request, house: TheHouse) -> HTMLResponse:
    """List what the caller handed in, with the form to hand in more."""
    return uploads_page(request, house)


@router.post("/uploads", name="bidder_upload")
def upload(request: Request, house: TheHouse) -> Response:
    """Check a workbook and keep it for the clerk."""
    sent = form_of(request).files.get(_FILE)
    if sent is None:
        return _again(request, house, "请选择填好的工作簿")
    if len(sent.data) > LARGEST:
        return _again(request, house, "文件超过 10 MB，请分几次上传，或删去不用的内容")
    if not sent.data.startswith(_ZIP):
        return _again(request, house, "不是工作簿（.xlsx）。旧格式（.xls）与 CSV 请先另存为 .xlsx")
    uscc = caller_of(request).uscc
    before = house.store.read(lambda session: known_now(session, uscc))
    try:
        with house.limits.upload():
            checked = check_workbook(house.checker, sent.data, before)
    except ReportgenError as error:
        if error.code not in _UNREADABLE:
            raise
        advice = f"。{_OTHER_KIND}" if error.code == "E0373" else ""
        return _again(request, house, f"{error.entry.what}：{error.data()['detail']}{advice}")
    if not checked.of(uscc):
        return _again(request, house, "工作簿所载的统一社会信用代码不是贵单位的，没有保存")
    row = _kept(request, house, sent, checked)
    return RedirectResponse(f"/bidder/uploads/{row.key}", 303)


@router.get("/uploads/{key}", name="bidder_upload_shown")
def checked_upload(request: Request, house: TheHouse, key: str) -> HTMLResponse:
    """Show what the check of a workbook found, and what the clerk made of it or of a paper."""
    row = _own(request, house, key)
    said = {"row": row, "found": uploads.findings(row), "label": uploads.label(row)}
    return house.pages.page(request, "bidder_upload", said)


@router.get("/uploads/{key}/marked.xlsx", name="bidder_upload_marked")
def marked(request: Request, house: TheHouse, key: str) -> Response:
    """Return the copy of a workbook with its faults marked."""
    row = _own(request, house, key)
    content = house.press.files.read(row.marked) if row.marked else None
    if content is None:
        raise ReportgenError("E0203")
    return attached(content, "标注副本.xlsx", XLSX)


def _own(request: Request, house: House, key: str) -> UploadRow:
    uscc = caller_of(request).uscc
    return house.store.read(lambda session: uploads.own(session, uscc, key))


def _again(request: Request, house: House, wrong: str) -> HTMLResponse:
    return uploads_page(request, house, {_FILE: wrong})


def uploads_page(
    request: Request, house: House, wrong: dict[str, str] | None = None, proves: str = ""
) -> HTMLResponse:
    """Return the page of uploads, with what is wrong beside its field and what a paper was said to prove."""
    uscc = caller_of(request).uscc
    rows = house.store.read(lambda session: uploads.of_subject(session, uscc))
    said = {"uploads": rows, "label": uploads.label, "wrong": wrong or {}, "proves": proves}
    return house.pages.page(request, "bidder_uploads", said, 422 if wrong else 200)


def _kept(request: Request, house: House, sent: Sent, checked: Checked) -> UploadRow:
    caller, desk = caller_of(request), house.desk_of(caller_of(request).login).desk(now())
    with ExitStack() as keeping:
        held = keeping.enter_context(keeping_file(house, sent.data, _ENDING))
        copy = (
            keeping.enter_context(keeping_file(house, checked.marked, _ENDING)).file if checked.marked else ""
        )
        row = UploadRow(
            key="",
            account_id=caller.account,
            uscc=caller.uscc,
            name=sent.name[-_NAME:] or "未命名.xlsx",
            file=held.file,
            sha256=held.sha256,
            marked=copy,
            at=desk.at,
        )
        return house.store.write(lambda session: uploads.enter(session, row, list(checked.found), desk))
