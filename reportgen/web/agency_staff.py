"""The staff who may sign the agency's documents: who is in post, and each one's own record (从业人员信用记录)."""

from collections.abc import Mapping
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from reportgen.errors import Fault, ReportgenError
from reportgen.registry import staff
from reportgen.store import people
from reportgen.store.people import PERMITTED, Action, StaffEntry
from reportgen.store.tables import StaffRow
from reportgen.web.door import caller_of, form_of
from reportgen.web.house import House, TheHouse
from reportgen.web.public import by_field
from reportgen.web.steps import gone, told
from reportgen.zone import now

router = APIRouter(prefix="/agency/staff")
_KINDS = {str(kind): str(kind) for kind in StaffEntry}
_NAME, _TEXT = 60, 2000


@router.get("", name="agency_staff")
def agency_staff(request: Request, house: TheHouse) -> HTMLResponse:
    """List the staff with whether each may sign today."""
    return _list(request, house)


@router.post("", name="agency_staff_add")
def agency_staff_add(request: Request, house: TheHouse) -> Response:
    """Enter a person with the post held since a day."""
    form = form_of(request)
    name, post, since = form.word("name"), form.word("post"), form.day("since")
    wrong = {
        field: f"请填写，最多 {_NAME} 字"
        for field in ("name", "post")
        if not 0 < len(form.word(field)) <= _NAME
    }
    if since is None or wrong:
        return _list(request, house, {**wrong, **_no_day(since, "since")}, form.words)
    press = house.desk_of(caller_of(request).login)
    desk = press.desk(now())
    try:
        press.act(Action.OFFICE, lambda session: staff.add(session, name, post, since, desk))
    except ReportgenError as error:
        if error.code != "E0355":
            raise
        return _list(request, house, {"name": str(error.data()["detail"])}, form.words)
    return gone("/agency/staff", "staff-added")


@router.get("/{key}", name="agency_staff_member")
def agency_staff_member(request: Request, house: TheHouse, key: int) -> HTMLResponse:
    """Show one person with the own record."""
    return _one(request, house, key)


@router.post("/{key}/leave", name="agency_staff_leave")
def agency_staff_leave(request: Request, house: TheHouse, key: int) -> Response:
    """Enter the last day of a person's post."""
    form, row = form_of(request), _row(house, key)
    until = form.day("until")
    if until is None:
        return _one(request, house, key, _no_day(until, "until"), form.words)
    press = house.desk_of(caller_of(request).login)
    desk = press.desk(now())
    try:
        press.act(Action.OFFICE, lambda session: staff.leave(session, row.name, until, desk))
    except ReportgenError as error:
        if error.code != "E0301":
            raise
        return _one(request, house, key, by_field(list(error.faults)), form.words)
    return gone(f"/agency/staff/{key}", "staff-left")


@router.post("/{key}/record", name="agency_staff_record")
def agency_staff_record(request: Request, house: TheHouse, key: int) -> Response:
    """Enter something into a person's own record; 停职 ends the right to sign from its day, 复职 restores it."""
    form, row = form_of(request), _row(house, key)
    on, kind, text = form.day("on"), form.word("kind"), form.word("text")
    faults = []
    if kind not in _KINDS:
        faults.append(Fault("E0301", "kind", "请选择类别"))
    if not 0 < len(text) <= _TEXT:
        faults.append(Fault("E0301", "text", f"请填写，最多 {_TEXT} 字"))
    if on is None or faults:
        return _one(request, house, key, {**by_field(faults), **_no_day(on, "on")}, form.words)
    press = house.desk_of(caller_of(request).login)
    desk = press.desk(now())
    press.act(Action.OFFICE, lambda session: staff.note(session, row.name, on, StaffEntry(kind), text, desk))
    return gone(f"/agency/staff/{key}", "staff-recorded")


def _list(
    request: Request,
    house: House,
    wrong: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> HTMLResponse:
    today = now().date()
    found = house.store.read(people.listed_staff)
    absent = house.store.read(lambda session: people.unqualified(session, [row.name for row in found], today))
    said = {
        **_said(request, wrong, given),
        "staff": [(row, row.name not in absent) for row in found],
    }
    return house.pages.page(request, "agency_staff", said, 422 if wrong else 200)


def _one(
    request: Request,
    house: House,
    key: int,
    wrong: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> HTMLResponse:
    row, today = _row(house, key), now().date()
    said = {
        **_said(request, wrong, given),
        "person": row,
        "signs": house.store.read(lambda session: people.qualified(session, row.name, today)),
        "record": house.store.read(lambda session: people.record_of(session, row.name)),
        "kinds": _KINDS,
    }
    return house.pages.page(request, "agency_staff_member", said, 422 if wrong else 200)


def _said(
    request: Request, wrong: Mapping[str, str] | None, given: Mapping[str, str] | None
) -> dict[str, object]:
    may = bool(caller_of(request).roles & PERMITTED[Action.OFFICE])
    return {"may": may, "wrong": wrong or {}, "given": given or {}, "done": told(request)}


def _row(house: House, key: int) -> StaffRow:
    """Return a person by the key in the address, which is no name; raises E0203."""

    def read(session: Session) -> StaffRow | None:
        return session.get(StaffRow, key)

    found = house.store.read(read)
    if found is None:
        raise ReportgenError("E0203")
    return found


def _no_day(day: date | None, name: str) -> dict[str, str]:
    return {} if day else {name: "请填写日期，如 2026-11-23"}
