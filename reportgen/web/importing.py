"""Importing at the desk's page: one form for subjects and projects, checked or imported, with what is wrong by place."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from reportgen.errors import Fault, ReportgenError
from reportgen.web.door import Filled
from reportgen.web.house import House
from reportgen.web.public import by_field
from reportgen.web.reading import Read


@dataclass(frozen=True)
class Asked:
    """What a form to import asks for: its title, where it goes, where it leads back, which files it takes."""

    title: str
    action: str
    back: str
    hint: str
    accept: str
    open_data: bool = False


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
            return house.checker.run(work, sent.name, sent.data, *more), {}
    except ReportgenError as error:
        said = error.faults[0].what if error.faults else f"{error.entry.what}：{error.data()['detail']}"
        return None, {"file": said}


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
