"""The bidder's own facts: what the agency holds of him and from where, and what he has to say against it (异议, 主体声明)."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from reportgen.errors import ReportgenError
from reportgen.intake.columns.told import Told, facts_told
from reportgen.registry import bidders, objections, statements
from reportgen.registry.tables import ObjectionRow
from reportgen.registry.words import ENDINGS
from reportgen.store.facts import known_now
from reportgen.web.door import caller_of, form_of
from reportgen.web.house import House, TheHouse
from reportgen.web.public import by_field
from reportgen.zone import now

router = APIRouter(prefix="/bidder")
_LONGEST = 5000
_ID = 9
"""Digits of a case's number."""


@router.get("/records", name="bidder_records")
def records(request: Request, house: TheHouse) -> HTMLResponse:
    """List the facts held of the caller, with their sources, and his objections."""
    told, cases = _held(request, house)
    said = {
        "groups": told,
        "cases": cases,
        "open": _open(cases),
        "endings": ENDINGS,
        "longest": statements.LONGEST,
        "today": now().date(),
    }
    return house.pages.page(request, "bidder_records", said)


@router.get("/objection", name="bidder_objection_form")
def objection_form(request: Request, house: TheHouse, fact: str = "") -> HTMLResponse:
    """Show the form to object to one fact."""
    return _form(request, house, fact)


@router.post("/objection", name="bidder_objection")
def objection(request: Request, house: TheHouse) -> Response:
    """Open a case about one fact, which marks it and the reports that rest on it the same moment."""
    caller, form = caller_of(request), form_of(request)
    fact, grounds = form.word("fact"), form.word("grounds")
    desk = house.desk_of(caller.login).desk(now())
    try:
        house.store.write(lambda session: objections.receive(session, caller.uscc, fact, grounds, desk))
    except ReportgenError as error:
        if error.code == "E0359":
            raise ReportgenError("E0203") from error
        if error.code != "E0301":
            raise
        return _form(request, house, fact, grounds, by_field(list(error.faults)))
    return RedirectResponse("/bidder/records#cases", 303)


@router.post("/statement", name="bidder_statement")
def statement(request: Request, house: TheHouse) -> Response:
    """Record what the caller says beside a record that a case of his has kept."""
    caller, form = caller_of(request), form_of(request)
    number, desk = form.word("case"), house.desk_of(caller.login).desk(now())
    if not (number.isascii() and number.isdigit() and len(number) <= _ID):
        raise ReportgenError("E0203")
    text = form.word("statement")
    house.store.write(lambda session: statements.add(session, caller.uscc, int(number), text, desk))
    return RedirectResponse("/bidder/records#cases", 303)


def _held(request: Request, house: House) -> tuple[dict[str, list[Told]], list[ObjectionRow]]:
    uscc = caller_of(request).uscc
    subject, cases = house.store.read(
        lambda session: (known_now(session, uscc), list(bidders.own_cases(session, uscc)))
    )
    return facts_told(subject) if subject else {}, cases


def _open(cases: list[ObjectionRow]) -> dict[str, ObjectionRow]:
    return {case.fact: case for case in cases if case.state == "OPEN"}


def _form(
    request: Request, house: House, fact: str, grounds: str = "", wrong: dict[str, str] | None = None
) -> HTMLResponse:
    told, _ = _held(request, house)
    found = [(title, one) for title, facts in told.items() for one in facts if one.fact.id == fact]
    if not found:
        raise ReportgenError("E0203")
    title, one = found[0]
    said = {"title": title, "told": one, "grounds": grounds, "wrong": wrong or {}, "longest": _LONGEST}
    return house.pages.page(request, "bidder_objection", said, 422 if wrong else 200)
