"""Applications: a bidder's system sends one in, follows it, takes it back."""

import json
from datetime import datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from sqlmodel import Session

from reportgen import counter
from reportgen.errors import Fault, ReportgenError
from reportgen.project.clauses import Party
from reportgen.project.model import Project
from reportgen.registry import applications, bidders, owned
from reportgen.registry.answered import Answer
from reportgen.registry.application_rows import ApplicationRow
from reportgen.registry.lifecycle import Desk
from reportgen.store.accounts import Caller
from reportgen.store.projects import project_at
from reportgen.web.api import shown
from reportgen.web.api.common import KEYED, ThePlace, answer_of, body, covered, once
from reportgen.web.api.models import Application, Applications, SentApplication
from reportgen.web.door import caller_of
from reportgen.web.house import TheHouse
from reportgen.web.keyed import given
from reportgen.zone import now

router = APIRouter(prefix="/api/v1/applications", tags=["applications"])
TheKey = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="申请的标识")]
Given = Annotated[SentApplication, Depends(given(SentApplication))]


@router.get("", name="api_applications", summary="列出申请")
def listed(request: Request, house: TheHouse, place: ThePlace) -> Applications:
    """本单位的申请，新的在前；出具机构的账号看到全部。"""
    caller = caller_of(request)

    def work(session: Session) -> Applications:
        rows, more = owned.applications(session, caller, place)
        items = tuple(shown.application(session, row) for row in rows)
        return Applications(items=items, next_cursor=covered(rows[-1].key) if more else None)

    return house.store.read(work)


@router.get("/{id}", name="api_application", summary="查看一份申请")
def one(request: Request, house: TheHouse, id: TheKey) -> Application:  # noqa: A002 - the word of the URL
    """一份申请的内容、状态与期限。"""
    caller = caller_of(request)
    return house.store.read(
        lambda session: shown.application(session, owned.application(session, caller, id))
    )


@router.post(
    "",
    name="api_application_new",
    summary="提出申请",
    status_code=201,
    response_model=Application,
    openapi_extra=body(SentApplication, key=True),
)
def send(request: Request, house: TheHouse, sent: Given) -> Response:
    """申请出具用于一个项目的信用报告；申请人为本单位，或由本单位牵头的联合体。"""
    caller = caller_of(request)
    desk = house.desk_of(caller.login).desk(now())

    def work(session: Session) -> Answer:
        row = applications.submit(session, _row(session, sent, caller, desk), desk)
        return answer_of(shown.application(session, row), 201)

    return once(house, request, work)


@router.post(
    "/{id}/withdrawal",
    name="api_application_withdraw",
    summary="撤回申请",
    response_model=Application,
    openapi_extra=KEYED,
)
def withdraw(request: Request, house: TheHouse, id: TheKey) -> Response:  # noqa: A002
    """撤回尚未签发的申请；没有正文。"""
    caller = caller_of(request)
    desk = house.desk_of(caller.login).desk(now())

    def work(session: Session) -> Answer:
        row = bidders.withdraw(session, caller.uscc, id, desk)
        return answer_of(shown.application(session, row))

    return once(house, request, work)


def _row(session: Session, sent: SentApplication, caller: Caller, desk: Desk) -> ApplicationRow:
    """Return an application that can be judged.

    Raises E0301, E0350, E0351, E0306, E0307 (what it names is not known), E0308 (the joint venture).
    """
    project = project_at(session, sent.project, sent.round).select(sent.lot)
    closes = project.bid_deadline or datetime.combine(project.judged_on, time.min)
    if closes <= desk.at:
        raise _wrong("project", f"项目已于 {closes:%Y-%m-%d %H:%M} 截止")
    members = [(m.uscc, str(m.share), m.work) for m in sent.members] or [(caller.uscc, "1", "")]
    if members[0][0] != caller.uscc:
        raise _wrong("members[0].uscc", "牵头人应为密钥所属账号的单位")
    row = ApplicationRow(
        key="",
        account_id=caller.account,
        uscc=caller.uscc,
        members=json.dumps(
            [{"uscc": uscc, "share": share, "work": work} for uscc, share, work in members],
            ensure_ascii=False,
            separators=(",", ":"),
        ),
        project=project.id,
        round=project.round,
        lot=sent.lot,
        recipient=sent.recipient,
        recipient_name=_recipient(project, sent.recipient).name,
        purpose=sent.purpose or project.purpose,
        payer=sent.payer,
        authorisation=sent.authorisation,
        letter="",
        letter_sha256="",
        submitted_at=desk.at,
        due_at=bidders.due_at(closes, desk.at),
    )
    counter.request_of(session, row)
    return row


def _recipient(project: Project, uscc: str) -> Party:
    try:
        return project.recipient(uscc)
    except ValueError as error:
        raise _wrong("recipient", str(error)) from error


def _wrong(path: str, what: str) -> ReportgenError:
    return ReportgenError("E0301", path="body", faults=[Fault("E0301", path, what)])
