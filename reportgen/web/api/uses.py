"""Verification, as often as anybody likes, and the one use of a report."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from reportgen.certify.folding import Verdict
from reportgen.errors import ReportgenError
from reportgen.registry import lifecycle, queries, uses
from reportgen.registry.answered import Answer
from reportgen.registry.lifecycle import Use
from reportgen.web import public
from reportgen.web.api.common import answer_of, body, once, refused
from reportgen.web.api.models import (
    Change,
    FileCheck,
    Paper,
    Party,
    Point,
    SentPaper,
    SentUse,
    UseOutcome,
    UseResult,
)
from reportgen.web.door import caller_of
from reportgen.web.house import TheHouse
from reportgen.web.keyed import body_of, given
from reportgen.web.looks import Way
from reportgen.zone import now

router = APIRouter(prefix="/api/v1")
GivenPaper = Annotated[SentPaper, Depends(given(SentPaper))]
GivenUse = Annotated[SentUse, Depends(given(SentUse))]
_PDF = {"schema": {"type": "string", "format": "binary"}}
_SENT = {"requestBody": {"required": True, "content": {"application/pdf": _PDF}}}


@router.post(
    "/verifications/paper",
    name="api_verify_paper",
    summary="凭编号与核验码核验",
    tags=["verifications"],
    openapi_extra=body(SentPaper, key=False),
)
def verify_paper(request: Request, house: TheHouse, sent: GivenPaper) -> Paper:
    """纸面应当与之一致的内容与现在的状态；核验不是核销，次数不限。"""
    caller, number = caller_of(request), sent.number.upper()
    try:
        found = house.store.read(lambda session: public.told(session, number, sent.code, caller))
    except ReportgenError as error:
        if error.code == "E0505":
            house.looks.count(Way.API, "", "UNKNOWN")
        raise
    paper, book = found.paper, found.paper.book
    house.looks.count(Way.API, book.number, found.verdict)
    return Paper(
        verdict=found.verdict,
        number=book.number,
        kind=paper.kind,
        applicant=tuple(Party(uscc=party.uscc, name=party.name) for party in paper.applicant),
        project=book.project,
        project_name=paper.project_name,
        round=book.round,
        lot=book.lot,
        conclusion=paper.conclusion,
        pages=paper.pages,
        issued_at=paper.issued_at,
        valid_until=book.valid_until,
        state=book.state,
        usable=book.usable,
        changes=tuple(Change(word=change.word, at=change.at) for change in book.changes),
        later=book.later,
        agency=book.agency,
        looked_at=now(),
    )


@router.post(
    "/verifications/file",
    name="api_verify_file",
    summary="凭文件核验",
    tags=["verifications"],
    openapi_extra=_SENT,
)
def verify_file(request: Request, house: TheHouse) -> FileCheck:
    """逐项核对签名、登记与内容；正文即 PDF 的字节，只在内存中检查，不保存，至多 50 MB。"""
    with house.limits.upload():
        found = public.checked(house, body_of(request), caller_of(request))
    known = found.number if found.verdict is not Verdict.NOT_GENUINE else ""
    house.looks.count(Way.API, known, found.verdict)
    points = [
        Point(key=point.key, name=point.name, ok=point.ok, why=point.why, advice=point.advice)
        for point in found.points
    ]
    return FileCheck(
        verdict=found.verdict,
        sentence=found.sentence,
        number=found.number,
        sha256=found.sha256,
        sample=found.sample,
        points=tuple(points),
        looked_at=now(),
    )


@router.post(
    "/consumptions",
    name="api_consume",
    summary="核销",
    tags=["consumptions"],
    response_model=UseResult,
    openapi_extra=body(SentUse, key=True),
)
def consume(request: Request, house: TheHouse, sent: GivenUse) -> Response:
    """使用单位在开标之后把一份报告用于它所载的项目；每份至多一次，再次核销得到 ALREADY 与首次的时间。"""
    caller = caller_of(request)
    desk = house.desk_of(caller.login).desk(now())
    use = Use(sent.project, sent.round, sent.lot, caller.uscc)

    def work(session: Session) -> Answer:
        row = queries.made_for(session, caller.uscc, sent.number, desk.at)
        done = lifecycle.consume(session, str(row.number), use, desk)
        error = uses.refusal(done, use)
        # A refusal is no error here: what was tried stays in the book.
        return refused(request, error) if error else answer_of(_result(done))

    return once(house, request, work)


def _result(done: lifecycle.Consumption) -> UseResult:
    report = done.report
    assert report.number is not None and report.consumed_at is not None  # noqa: S101 - it was used
    return UseResult(
        outcome=UseOutcome(done.outcome),
        number=report.number,
        project=report.project,
        round=report.round,
        lot=report.lot,
        used_at=report.consumed_at,
    )
