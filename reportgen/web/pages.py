"""The portal's pages: templates with what every one of them shows, and nothing that is not escaped."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reportgen.document.issuer import Issuer
from reportgen.settings import asset_dir
from reportgen.web.navigation import places
from reportgen.zone import now

if TYPE_CHECKING:
    from fastapi import Request

FOLDER = "portal"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of a workbook."""


class Pages:
    """The templates of one portal, with the agency's name and the portal's own address on each page."""

    def __init__(self, issuer: Issuer) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(asset_dir("templates") / FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(moment=_moment, day=_day, code=_code)
        self._environment.globals.update(
            agency=issuer.agency, objection=issuer.objection, own_address=issuer.verify.address
        )

    def page(
        self, request: "Request", name: str, said: Mapping[str, object] | None = None, status: int = 200
    ) -> HTMLResponse:
        """Return a page; `said` is what its template shows beside what all of them do."""
        from reportgen.web.door import csrf_of

        state = request.state
        text = self._environment.get_template(f"{name}.html.j2").render(
            caller=getattr(state, "caller", None),
            csrf=csrf_of(request),
            request_id=state.request_id,
            path=request.url.path,
            at=now(),
            places=places(getattr(state, "caller", None)),
            **(said or {}),
        )
        return HTMLResponse(text, status)


def attached(content: bytes, name: str, kind: str) -> Response:
    """Return a file that a browser keeps under a name and does not open."""
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=kind, headers={"Content-Disposition": disposition})


def _moment(value: datetime | None) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if value else "—"


def _day(value: date | None) -> str:
    return f"{value:%Y-%m-%d}" if value else "—"


def _code(value: str) -> str:
    """Return a long code in groups of four, as it is printed and read aloud."""
    return " ".join(value[i : i + 4] for i in range(0, len(value), 4))
