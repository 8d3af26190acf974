"""Lists (名单) taken in at the agency's page: one edition from a file, in place of the edition before, or nothing of it."""

import tempfile
from datetime import date
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from reportgen.errors import Fault, ReportgenError
from reportgen.registry.editions import enter_lists
from reportgen.store.people import Action, permitted
from reportgen.web.door import Filled, Sent, caller_of, form_of
from reportgen.web.house import House, TheHouse
from reportgen.web.public import by_field
from reportgen.web.steps import gone
from reportgen.zone import now

router = APIRouter(prefix="/agency/lists")
_LONGEST = 200
_FILE = frozenset({"E0302", "E0303", "E0304", "E0380", "E0381"})
_DAY = frozenset({"E0353", "E0382"})
"""What is wrong with the file, and with the day on which it was collected; anything else has a page of its own."""


@router.get("/import", name="agency_list_form")
def agency_list_form(request: Request, house: TheHouse) -> HTMLResponse:
    """Show the form to import lists."""
    return _page(request, house, {"collected_on": f"{now():%Y-%m-%d}"})


@router.post("/import", name="agency_list_import")
def agency_list_import(request: Request, house: TheHouse) -> Response:
    """Import every list of a file, whole, or nothing where anything in it is wrong; raises E0618, E0903."""
    form = form_of(request)
    given = {name: form.word(name) for name in ("source", "collected_on")}
    sent, day, wrong = form.files.get("file"), form.day("collected_on"), _wrong(form)
    if wrong or sent is None or day is None:
        return _page(request, house, given, by_field(wrong))
    try:
        _enter(house, caller_of(request).login, sent, given["source"], day)
    except ReportgenError as error:
        if error.code not in _FILE | _DAY:
            raise
        told = error.shown()
        field = "file" if error.code in _FILE else "collected_on"
        wrong_field = {field: f"{told['title']}：{told['detail']}"}
        return _page(request, house, given, wrong_field, error.faults if error.code in _FILE else ())
    return gone("/agency/standing", "list-imported")


def _enter(house: House, login: str, sent: Sent, source: str, collected_on: date) -> None:
    press = house.desk_of(login)
    press.store.read(lambda session: permitted(session, login, Action.LIST))
    with house.limits.upload(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "名单.csv"
        path.write_bytes(sent.data)
        enter_lists(press.store, path, source, collected_on, press.desk(now()))


def _wrong(form: Filled) -> list[Fault]:
    source = form.word("source")
    wrong = {
        "file": "" if "file" in form.files else "请选择文件",
        "source": "" if 0 < len(source) <= _LONGEST else f"请写明从何处取得，最多 {_LONGEST} 字",
        "collected_on": "" if form.day("collected_on") else "应为日期，如 2026-11-20",
        "whole": "" if form.word("whole") == "yes" else "文件须是名单的全部，请确认",
    }
    return [Fault("E0301", field, what) for field, what in wrong.items() if what]


def _page(
    request: Request,
    house: House,
    given: dict[str, str],
    wrong: dict[str, str] | None = None,
    faults: tuple[Fault, ...] = (),
) -> HTMLResponse:
    said = {"given": given, "wrong": wrong or {}, "faults": faults}
    return house.pages.page(request, "agency_list_import", said, 422 if wrong else 200)
