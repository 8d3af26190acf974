"""Anybody verifies: by the link of the QR code, by number and code, or by handing in the file.

Only what DOMAIN §7 allows is shown: what a paper is compared with, the state, the portal's own address and time.
A number alone tells nothing, and a wrong code no more than an unknown number. Looking uses nothing up.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from reportgen.certify import points
from reportgen.certify.facts import Asked, RegisterFacts
from reportgen.certify.folding import Key, Point, Verdict, fold
from reportgen.certify.inspection import LARGEST, number_of
from reportgen.certify.verify import Verification, judge
from reportgen.errors import Fault, ReportgenError
from reportgen.registry.award_notices import known_to
from reportgen.registry.numbers import CODE_LENGTH, read_code, read_number, well_formed
from reportgen.registry.verification import Paper, facts, paper
from reportgen.store.accounts import Caller
from reportgen.web.door import Sent, caller_of, form_of
from reportgen.web.house import House, TheHouse
from reportgen.web.limiting import address_of
from reportgen.web.looks import Way
from reportgen.zone import now

router = APIRouter()
_UNKNOWN = "UNKNOWN"
_LONGEST = 40


@dataclass(frozen=True)
class Told:
    """What a paper is compared with, and where the report stands now; `verdict` is GENUINE, USED or REFUSED."""

    paper: Paper
    state: Point
    verdict: Verdict


@router.get("/", name="home")
def home(request: Request, house: TheHouse) -> HTMLResponse:
    """Show what may be done here, the verification first."""
    return house.pages.page(request, "home")


@router.get("/v/{number}/{code}", name="look_by_link")
def look_by_link(request: Request, house: TheHouse, number: str, code: str) -> HTMLResponse:
    """Show what the link of a QR code stands for."""
    return _looked(request, house, number, code, Way.LINK)


@router.post("/verify/paper", name="look_by_paper")
def look_by_paper(request: Request, house: TheHouse) -> HTMLResponse:
    """Show what a number and a code, typed from a paper, stand for."""
    form = form_of(request)
    number, code = form.word("number"), form.word("code")
    if faults := _mistyped(number, code):
        house.limits.look(address_of(request))
        return house.pages.page(request, "home", {"wrong": by_field(faults), "given": form.words}, 422)
    return _looked(request, house, number, code, Way.PAPER)


@router.post("/verify/file", name="look_by_file")
def look_by_file(request: Request, house: TheHouse) -> HTMLResponse:
    """Show what a check of a file found; it is checked in memory and kept nowhere."""
    house.limits.look(address_of(request))
    sent = form_of(request).files.get("file")
    if sent is None:
        wrong = by_field([Fault("E0301", "file", "请选择要核验的 PDF 文件")])
        return house.pages.page(request, "home", {"wrong": wrong}, 422)
    return shown(request, house, sent)


def shown(
    request: Request,
    house: House,
    sent: Sent,
    asked: Asked | None = None,
    beside: Mapping[str, object] | None = None,
) -> HTMLResponse:
    """Return the page of what a check of a file found, and count the look; raises E0392, E0618 (too many at once)."""
    with house.limits.upload():
        found = checked(house, sent.data, caller_of(request), asked)
    genuine = found.verdict is not Verdict.NOT_GENUINE
    house.looks.count(Way.FILE, found.number if genuine else "", found.verdict)
    said = {"found": found, "name": sent.name, "size": len(sent.data), "largest": LARGEST}
    return house.pages.page(request, "file", {**said, **(beside or {})})


def checked(house: House, data: bytes, caller: Caller | None, asked: Asked | None = None) -> Verification:
    """Return what the check of a file found by the register, to a caller; raises E0392 (reading it did not end)."""
    at = now()
    said = house.checker.examine(data, house.trust, at)
    sha256, number = hashlib.sha256(data).hexdigest(), number_of(data)
    book = house.store.read(lambda session: facts(session, sha256, number, at, known_to(caller)))
    return judge(data, said, public(book), asked, at)


def public(book: RegisterFacts) -> RegisterFacts:
    """Return what a book says without when and by whom a report was used: that is told to its user alone."""
    return replace(book, consumed_at=None, recipient="")


def by_field(faults: list[Fault]) -> dict[str, str]:
    """Return what is wrong by the field beside which it is shown."""
    return {fault.path: fault.what for fault in faults}


def _mistyped(number: str, code: str) -> list[Fault]:
    """Return what is wrong with a number and a code in themselves, whatever the register holds."""
    faults = [
        Fault("E0301", name, "请填写") for name, word in (("number", number), ("code", code)) if not word
    ]
    if number and not well_formed(read_number(number)):
        what = "末位的校验字符不符，有字母或数字输错；与纸面核对无误的，不是本机构的编号"
        faults.append(Fault("E0301", "number", what))
    if code and (found := len(read_code(code))) != CODE_LENGTH:
        faults.append(Fault("E0301", "code", f"核验码应有 {CODE_LENGTH} 位字母与数字，现有 {found} 位"))
    return faults


def _looked(request: Request, house: House, number: str, code: str, way: Way) -> HTMLResponse:
    house.limits.look(address_of(request))
    at, caller = now(), caller_of(request)
    try:
        found = house.store.read(lambda session: told(session, number, code, caller))
    except ReportgenError as error:
        if error.code != "E0505":
            raise
        house.looks.count(way, "", _UNKNOWN)
        # A code is a secret of whoever holds the paper, but he has just typed it here.
        given = {"number": read_number(number)[:_LONGEST], "code": code if way is Way.PAPER else ""}
        said = {"given": given, "error": error.shown()}
        return house.pages.page(request, "unknown", said, error.entry.http)
    house.looks.count(way, found.paper.book.number, found.verdict)
    return house.pages.page(request, "paper", {"told": found, "book": found.paper.book, "looked_at": at})


def told(session: Session, number: str, code: str, caller: Caller | None) -> Told:
    """Return what a number and its code stand for, to a caller; raises E0505."""
    at = now()
    found = paper(session, number, code, at, known_to(caller))
    state = points.state(found.book, at.date(), held=True)
    held = Point(Key.HASH, True, "编号与核验码在登记簿")
    return Told(found, state, fold((held, state), used=found.book.used))
