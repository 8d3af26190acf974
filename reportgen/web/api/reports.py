"""Reports, projects, the caller's own subject, and what was used: what there is to be read."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from sqlmodel import Session

from reportgen.errors import ReportgenError
from reportgen.registry import owned
from reportgen.registry.usage import quarter as quarter_of
from reportgen.store.account_rows import AccountKind
from reportgen.store.facts import subject_at
from reportgen.web.api import shown
from reportgen.web.api.common import ThePlace, covered
from reportgen.web.api.models import (
    NUMBER,
    Party,
    Report,
    Reports,
    Subject,
    Tenders,
    Usage,
    UsageLine,
)
from reportgen.web.door import caller_of
from reportgen.web.house import TheHouse
from reportgen.zone import now

router = APIRouter(prefix="/api/v1")
TheNumber = Annotated[str, Path(pattern=NUMBER, description="报告编号")]
OfProject = Annotated[
    str, Query(alias="project", max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$", description="只要这个项目的")
]
_PDF = "application/pdf"
_FILE = {200: {"content": {_PDF: {"schema": {"type": "string", "format": "binary"}}}}}


@router.get("/reports", name="api_reports", summary="列出报告", tags=["reports"])
def reports(request: Request, house: TheHouse, place: ThePlace, project: OfProject = "") -> Reports:
    """投标人看到关于本单位的报告，核销与否自登记中标公示起可见；使用单位在开标之后看到为本单位出具的报告；出具机构看到全部。"""
    caller, at = caller_of(request), now()

    def work(session: Session) -> Reports:
        rows, more = owned.reports(session, caller, place, at, project)
        cursor = covered(str(rows[-1].number)) if more else None
        return Reports(items=shown.reports(session, rows, caller), next_cursor=cursor)

    return house.store.read(work)


@router.get("/reports/{number}", name="api_report", summary="查看一份报告", tags=["reports"])
def report(request: Request, house: TheHouse, number: TheNumber) -> Report:
    """一份报告的结论与现在的状态；查看不是核销。"""
    caller, at = caller_of(request), now()

    def work(session: Session) -> Report:
        (told,) = shown.reports(session, [owned.report(session, caller, number, at)], caller)
        return told

    return house.store.read(work)


@router.get(
    "/reports/{number}/file",
    name="api_report_file",
    summary="下载报告",
    tags=["reports"],
    response_class=Response,
    responses=_FILE,  # type: ignore[arg-type] # FastAPI wants keys of either kind
)
def report_file(request: Request, house: TheHouse, number: TheNumber) -> Response:
    """出具时的 PDF，逐字节相同；下载不是核销。"""
    caller, at = caller_of(request), now()
    row = house.store.read(lambda session: owned.report(session, caller, number, at))
    if row.file is None:
        raise ReportgenError("E0605", number=number, state="文件已依规删除")
    headers = {"Content-Disposition": f'attachment; filename="{row.number}.pdf"'}
    return Response(house.press.content(row), media_type=_PDF, headers=headers)


@router.get("/projects", name="api_projects", summary="列出项目", tags=["projects"])
def projects(request: Request, house: TheHouse, place: ThePlace, project: OfProject = "") -> Tenders:
    """投标人看到尚未截止的项目，使用单位看到本单位的项目，出具机构看到全部。"""
    caller, at = caller_of(request), now()

    def work(session: Session) -> Tenders:
        rows, more = owned.projects(session, caller, place, at, project)
        cursor = covered(f"{rows[-1].project}\n{rows[-1].round}") if more else None
        return Tenders(items=tuple(map(shown.tender, rows)), next_cursor=cursor)

    return house.store.read(work)


@router.get("/subject", name="api_subject", summary="查看本单位的信息", tags=["subjects"])
def subject(request: Request, house: TheHouse) -> Subject:
    """本单位在库的信息有哪些、来自哪里、截止到哪一天。"""
    uscc = caller_of(request).uscc
    return house.store.read(lambda session: shown.subject(subject_at(session, uscc)))


@router.get("/usage", name="api_usage", summary="使用统计", tags=["usage"])
def usage(
    request: Request,
    house: TheHouse,
    quarter: Annotated[str, Query(pattern=r"^[12][0-9]{3}Q[1-4]$", description="季度，如 2026Q3")],
) -> Usage:
    """一个季度的使用份数；使用单位只看到本单位的。"""
    caller, (since, until) = caller_of(request), quarter_of(quarter)
    lines = house.store.read(lambda session: owned.used(session, caller, since, until))
    tells = caller.kind is AccountKind.AGENCY
    told = [
        UsageLine(
            kind=line.kind,
            matter=line.matter,
            recipient=Party(uscc=line.recipient, name=line.recipient_name),
            conclusion=line.conclusion,
            issued=line.issued if tells else None,
            used=line.used,
        )
        for line in lines
    ]
    return Usage(quarter=quarter, lines=tuple(told))
