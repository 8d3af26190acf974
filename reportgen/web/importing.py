"""Importing at the desk's page: one form for subjects and projects, checked or imported, with what is wrong by place."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from reportgen.errors import Fault, ReportgenError
from reportgen.registry import answered
from reportgen.web.door import Filled, caller_of
from reportgen.web.house import House
from reportgen.web.public import by_field
from reportgen.web.reading import Read
from reportgen.zone import now


@dataclass(frozen=True)
class Asked:
    """What a form to import asks for: its title, where it goes, where it leads back, which files it takes.

    `sort` is what its workbook is about, `blank` where that is to be had.
    """

    title: str
    action: str
    back: str
    hint: str
    accept: str
    sort: str
    blank: str
    open_data: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of importing one subject or project: whose it is, where its page is, and what to look at."""

    name: str
    code: str
    page: str
    said: str
    marked: Sequence[str] = ()
    conflicts: Sequence[str] = ()
    cautions: Sequence[str] = ()


def read_with(
    house: House,
    form: Filled,
    work: Callable[..., Read],
    *more: Any,  # noqa: ANN401 - what the work takes
) -> tuple[Read | None, dict[str, Any]]:
    """Return what a form's file tells, read in a process of its own, or what is wrong beside its field."""
    sent = form.files.get("file")
    if sent is None:
        return None, by_field([Fault("E0301", "file", "请选择文件")])
    try:
        with house.limits.upload():
            return house.checker.read(work, sent.name, sent.data, *more), {}
    except ReportgenError as error:
        return None, {"file": _why(error)}


def _why(error: ReportgenError) -> str:
    """Return what is wrong with a file as a whole, in the words of a page."""
    if error.faults:
        return error.faults[0].what
    told = error.shown()
    return f"{told['title']}：{told['detail']}。{told['fix']}"


def imported(
    request: Request, house: House, asked: Asked, outcomes: Sequence[Outcome], remarks: Sequence[str]
) -> Response:
    """Return the way to the page that tells what came of an import, so that loading it again imports nothing.

    What it tells is kept for whoever imported, and for nobody else: it may name persons.
    """
    said = {"outcomes": [asdict(one) for one in outcomes], "remarks": list(remarks)}
    account, at = caller_of(request).account, now()
    word = house.store.write(lambda session: answered.leave(session, account, said, at))
    return RedirectResponse(f"{asked.action}?told={word}", 303)


def import_form(request: Request, house: House, asked: Asked, told: str) -> HTMLResponse:
    """Return the form to import, or what came of an import of the caller's that the address names."""
    account, at, word = caller_of(request).account, now(), told.replace("\0", "")
    said = house.store.read(lambda session: answered.found(session, account, word, at)) if word else None
    if said is None:
        return import_page(request, house, asked)
    return house.pages.page(request, "agency_imported", said)


def import_page(
    request: Request,
    house: House,
    asked: Asked,
    found: Read | None = None,
    wrong: dict[str, Any] | None = None,
) -> HTMLResponse:
    """Return the form, with what the check of a file found where one was handed in."""
    marked = base64.b64encode(found.marked).decode() if found else ""
    said = {"asked": asked, "found": found, "wrong": wrong or {}, "marked": marked}
    faulty = bool(wrong) or (found is not None and bool(found.faults))
    return house.pages.page(request, "agency_import", said, 422 if faulty else 200)
