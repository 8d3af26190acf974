"""For whoever runs the portal: is it alive, can it do its work, what does it count."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from reportgen.admission import check_office
from reportgen.document.glyphs import survey
from reportgen.errors import ReportgenError
from reportgen.pipeline import means_of
from reportgen.registry import applications, webhook_calls
from reportgen.registry.webhook_urls import public
from reportgen.store.agency import lost_on
from reportgen.store.opening import require_current
from reportgen.web.house import House, TheHouse
from reportgen.web.metrics import CALLS_WAITING, QUEUED
from reportgen.zone import now

router = APIRouter()
_THROUGH = {"x-forwarded-for", "forwarded"}
"""What a proxy tells of whom it speaks for."""


@dataclass(frozen=True)
class Ready:
    """One thing that the portal needs for its work; what is wrong is told by its code alone."""

    name: str
    ok: bool
    code: str = ""


@router.get("/healthz", name="healthz")
def healthz() -> PlainTextResponse:
    """Say that the process answers."""
    return PlainTextResponse("ok\n")


@router.get("/readyz", name="readyz")
def readyz(house: TheHouse) -> JSONResponse:
    """Say whether database, files, key, certificate, 备案 and fonts are there; 503 where one is not."""
    found = list(_ready(house))
    return JSONResponse([asdict(item) for item in found], 200 if all(item.ok for item in found) else 503)


@router.get("/metrics", name="metrics")
def metrics(request: Request, house: TheHouse) -> Response:
    """Return what is counted, for Prometheus; by all processes of the portal where there are several.

    Raises E0203 for whoever comes through the proxy or from the public network: how many applied, and how many reports
    were made, nobody outside learns before 开标.
    """
    if not _inside(request):
        raise ReportgenError("E0203")
    with suppress(ReportgenError):
        QUEUED.set(house.store.read(applications.waiting))
        CALLS_WAITING.set(house.store.read(webhook_calls.waiting))
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _inside(request: Request) -> bool:
    if _THROUGH & {name.lower() for name in request.headers}:
        return False
    return request.client is None or not public(request.client.host)


def _ready(house: House) -> Iterator[Ready]:
    at = now()
    yield _tried("database", lambda: require_current(house.store))
    yield _tried("files", house.press.files.answer)
    yield _tried("key", lambda: means_of(house.office, at))
    yield _tried("filing", lambda: _filed(house, at.date()))
    yield _tried("fonts", _fonts)


def _tried(name: str, work: Callable[[], object]) -> Ready:
    try:
        work()
    except ReportgenError as error:
        return Ready(name, ok=False, code=error.code)
    return Ready(name, ok=True)


def _filed(house: House, on: date) -> None:
    """Raise E1101 where the 备案 is not in force, or lost."""
    check_office(house.issuer, on)
    if house.store.read(lost_on) is not None:
        agency = house.issuer.agency
        raise ReportgenError("E1101", since=agency.filing_since, until=agency.filing_until, on=on)


def _fonts() -> None:
    """Raise E0703 where a font is missing."""
    missing = [font.family for font in survey() if font.path is None]
    if missing:
        raise ReportgenError("E0703", detail="、".join(missing))
