"""Whether the agency may sign and issue: its certificate, its 备案, and the editions of lists it compares with."""

from dataclasses import dataclass
from datetime import date, datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from reportgen.certify import keys
from reportgen.certify.keys import NOTICE_DAYS, Signing
from reportgen.certify.signer import issuer_name, subject
from reportgen.errors import ReportgenError
from reportgen.store.agency import described, in_force, in_force_until
from reportgen.store.editions import known_lists
from reportgen.web.access import ACCESS
from reportgen.web.door import caller_of
from reportgen.web.house import House, TheHouse
from reportgen.web.steps import told
from reportgen.zone import now

router = APIRouter(prefix="/agency/standing")


@dataclass(frozen=True)
class Key:
    """The signing certificate as people compare it; `error` is what keeps it from being used."""

    subject: str = ""
    issuer: str = ""
    since: datetime | None = None
    until: datetime | None = None
    days: int = 0
    key_id: str = ""
    test: bool = False
    stamped: bool = False
    error: str = ""


@router.get("", name="agency_standing")
def agency_standing(request: Request, house: TheHouse) -> HTMLResponse:
    """Show the key, the 备案 and the lists, with what ends soon."""
    at = now()
    row = house.store.read(lambda session: described(session, house.issuer.agency))
    said = {
        "key": _key(house, at),
        "filing": row,
        "holds": in_force(row, at.date()),
        "left": _days(in_force_until(row), at),
        "soon": NOTICE_DAYS,
        "lists": house.store.read(known_lists),
        "imports": ACCESS["agency_list_form"].admits(caller_of(request)),
        "done": told(request),
    }
    return house.pages.page(request, "agency_standing", said)


def _key(house: House, at: datetime) -> Key | None:
    """Return the office's key, None where it has none."""
    try:
        signing = keys.load_signing(house.office)
    except ReportgenError as error:
        return Key(error=f"[{error.code}] {error.entry.what}：{error.data()['detail']}")
    return None if signing is None else _told(house, signing, at)


def _told(house: House, signing: Signing, at: datetime) -> Key:
    certificate = signing.signer.certificate
    since, until = keys.in_force(certificate)
    parts = subject(certificate)
    named = dict.fromkeys(parts[name] for name in ("organization_name", "common_name") if name in parts)
    error = ""
    try:
        keys.require_in_force(certificate, at)
        keys.require_names(certificate, house.issuer)
    except ReportgenError as refused:
        error = f"[{refused.code}] {refused.entry.what}：{refused.data()['detail']}"
    return Key(
        "，".join(named),
        issuer_name(certificate),
        since,
        until,
        _days(until.date(), at),
        signing.signer.key_id,
        signing.signer.test,
        signing.stamper is not None,
        error,
    )


def _days(until: date, at: datetime) -> int:
    return (until - at.date()).days
