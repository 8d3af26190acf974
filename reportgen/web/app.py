"""The portal as an ASGI application: rooms of pages behind one door, in one envelope."""

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from reportgen import __version__
from reportgen.errors import ReportgenError
from reportgen.settings import Office, asset_dir, find_office
from reportgen.web import (
    account_keys,
    account_webhooks,
    agency,
    agency_accounts,
    agency_amends,
    agency_application,
    agency_audit,
    agency_blank,
    agency_hits,
    agency_lists,
    agency_objections,
    agency_projects,
    agency_reports,
    agency_staff,
    agency_standing,
    agency_subjects,
    agency_uploads,
    agency_usage,
    agency_users,
    bidder,
    bidder_apply,
    bidder_files,
    bidder_papers,
    bidder_records,
    committee,
    operation,
    passwords,
    public,
    registration,
    sign,
)
from reportgen.web.access import require_complete
from reportgen.web.api import applications, document, reports, uses
from reportgen.web.door import door
from reportgen.web.envelope import Envelope
from reportgen.web.house import House, opened
from reportgen.web.looks import SECONDS
from reportgen.web.pages import FOLDER
from reportgen.web.settings import web_settings
from reportgen.web.trouble import answer_errors

_AGENCY = (
    agency,
    agency_application,
    agency_accounts,
    agency_uploads,
    agency_reports,
    agency_amends,
    agency_hits,
    agency_lists,
    agency_objections,
    agency_subjects,
    agency_projects,
    agency_blank,
    agency_usage,
    agency_audit,
    agency_users,
    agency_staff,
    agency_standing,
)
_API = (document, applications, reports, uses)
_BIDDER = (registration, passwords, bidder, bidder_apply, bidder_files, bidder_papers, bidder_records)
# Routes are tried in this order: what everybody asks for comes first.
_ROOMS = (public, *_API, committee, sign, operation, *_BIDDER, *_AGENCY, account_keys, account_webhooks)


def create_app(office: Office) -> FastAPI:
    """Return the portal of an office, which opens its database when it starts; raises E0311."""
    settings = web_settings(office)
    app = FastAPI(
        title="reportgen",
        version=__version__,
        dependencies=[Depends(door)],
        middleware=[Middleware(Envelope, secure=settings.secure, at_once=settings.at_once)],
        lifespan=_lifespan(office),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False},
    )
    for room in _ROOMS:
        app.include_router(room.router)
    static = StaticFiles(directory=asset_dir("templates") / FOLDER / "static")
    app.mount("/static", static, name="static")
    answer_errors(app)
    require_complete(names())
    return app


def served() -> FastAPI:
    """Return the portal of the office that the environment names, as a server's process starts it; raises E0357."""
    office = find_office()
    if office is None:
        raise ReportgenError("E0357", folder=Path.cwd())
    return create_app(office)


def names() -> list[str]:
    """Return the names of all routes."""
    return [
        "static",
        *(route.name for room in _ROOMS for route in room.router.routes if isinstance(route, APIRoute)),
    ]


def _lifespan(office: Office) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        with opened(office) as house:
            app.state.house = house
            ended = threading.Event()
            keeper = threading.Thread(target=_keep, args=(house, ended), name="keeper", daemon=True)
            keeper.start()
            yield
            ended.set()
            keeper.join(SECONDS)

    return run


def _keep(house: House, ended: threading.Event) -> None:
    """Write the counted looks every few seconds, and once more at the end."""
    while not ended.wait(SECONDS):
        try:
            house.looks.flush()
        except ReportgenError:
            # The database is busy or away: what was counted is written next time.
            continue
