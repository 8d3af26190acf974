"""Papers that a bidder hands in to prove what his workbook says: kept for the clerk, read by nobody else."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from reportgen.errors import Fault
from reportgen.registry import uploads
from reportgen.registry.upload_rows import LONGEST_PROOF, UploadKind, UploadRow
from reportgen.subject.private import identity_number_in, mobile_number_in
from reportgen.web.bidder_files import uploads_page
from reportgen.web.door import Sent, caller_of, form_of
from reportgen.web.house import House, TheHouse
from reportgen.web.letters import keeping, letter_faults
from reportgen.web.public import by_field
from reportgen.zone import now

router = APIRouter(prefix="/bidder")
_PAPER, _PROVES, _NAME = "paper", "proves", 200


@router.post("/papers", name="bidder_paper")
def paper(request: Request, house: TheHouse) -> Response:
    """Keep a paper for the clerk, with what it proves."""
    form = form_of(request)
    sent, proves = form.files.get(_PAPER), form.word(_PROVES)
    faults = [*letter_faults(sent, _PAPER, "证明材料"), *_faults(proves)]
    if faults or sent is None:
        return uploads_page(request, house, by_field(faults), proves)
    row = _kept(request, house, sent, proves)
    return RedirectResponse(f"/bidder/uploads/{row.key}", 303)


def _faults(proves: str) -> list[Fault]:
    """Return what is wrong with what a paper is said to prove."""
    if not proves:
        return [Fault("E0301", _PROVES, "请写明它证明什么，本机构据此核对")]
    if len(proves) > LONGEST_PROOF:
        return [Fault("E0301", _PROVES, f"过长，最多 {LONGEST_PROOF} 字；几件事请分开上传")]
    if identity_number_in(proves) or mobile_number_in(proves):
        return [Fault("E0301", _PROVES, "含有身份证件号码或手机号码，请删去")]
    return []


def _kept(request: Request, house: House, sent: Sent, proves: str) -> UploadRow:
    caller, desk = caller_of(request), house.desk_of(caller_of(request).login).desk(now())
    with keeping(house, sent) as held:
        row = UploadRow(
            key="",
            account_id=caller.account,
            uscc=caller.uscc,
            name=sent.name[-_NAME:] or "未命名",
            file=held.file,
            sha256=held.sha256,
            at=desk.at,
            kind=UploadKind.PAPER,
            proves=proves,
        )
        return house.store.write(lambda session: uploads.enter(session, row, [], desk))
