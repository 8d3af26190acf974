"""What becomes of the office itself, with its event: its agency and filing, and a key that is no longer its own."""

import hashlib
from datetime import date, datetime

from sqlmodel import Session, col, select

from reportgen.document.issuer import Agency, Issuer
from reportgen.errors import Fault, ReportgenError
from reportgen.registry import event_data, lifecycle
from reportgen.registry.event_data import Value
from reportgen.registry.events import OFFICE, Tag, canonical, office_stream, record
from reportgen.registry.lifecycle import Desk
from reportgen.registry.tables import ReportRow
from reportgen.store import agency
from reportgen.store.people import Action, permitted, unqualified
from reportgen.store.tables import AgencyRow


def tell(session: Session, tag: Tag, desk: Desk, **said: Value) -> None:
    """Append an event to the office's own chain."""
    record(session, office_stream(session, OFFICE), tag, desk.at, desk.actor, desk.key, **said)


def admitted(session: Session, issuer: Issuer, action: Action, desk: Desk) -> bool:
    """Let an office issue on a day, and say whether its agency is entered just as it describes it.

    Raises E1107 (whoever acts has no role for it), E1102 (staff not in post), E1101 (the filing is lost or not
    in force).
    """
    permitted(session, desk.actor, action)
    staff, on = issuer.staff, desk.at.date()
    absent = unqualified(session, (staff.prepared_by, staff.reviewed_by, staff.issued_by), on)
    if absent:
        raise ReportgenError("E1102", detail=f"{'、'.join(absent)}于 {on} 没有登记、不在任或已停职")
    row = agency.described(session, issuer.agency)
    if not agency.in_force(row, on):
        until = agency.in_force_until(row)
        raise ReportgenError("E1101", since=row.filing_since, until=until, on=on)
    return agency.entered(session, row)


def enter_agency(session: Session, given: Agency, desk: Desk) -> AgencyRow:
    """Enter the agency as the office describes it; a change has its event, and what is no change has none."""
    # Two who are the first to issue anything enter it one after the other.
    office_stream(session, OFFICE)
    new = agency.set_agency(session, given)
    row = agency.agency(session)
    if new:
        _tell_agency(session, row, desk)
    return row


def lose_filing(session: Session, given: Agency, on: date, desk: Desk) -> AgencyRow:
    """Enter the day from which the agency has its filing no more."""
    enter_agency(session, given, desk)
    row = agency.lose_filing(session, on)
    _tell_agency(session, row, desk, on=on.isoformat(), reason="FILING_LOST")
    return row


def issued_since(session: Session, on: date) -> list[str]:
    """Return the numbers of the reports issued on a day or after it, in the order of issue."""
    start = datetime.combine(on, datetime.min.time())
    found = select(ReportRow.number).where(col(ReportRow.issued_at) >= start).order_by(col(ReportRow.id))
    return [str(number) for number in session.exec(found).all()]


def compromised(session: Session, key_id: str, since: datetime, desk: Desk) -> list[str]:
    """Revoke all that a key signed since a moment, when it was no longer the office's alone; returns the numbers.

    Raises E0301 where the name of the key can be none: the SHA-256 of its certificate, in small letters.
    """
    if not event_data.TYPES["key_id"](key_id):
        fault = Fault("E0301", "key", "密钥标识应为 64 位小写十六进制数字")
        raise ReportgenError("E0301", path="key", faults=[fault])
    numbers = lifecycle.revoke_since(session, since, key_id, desk)
    moment = since.isoformat()
    tell(session, Tag.OFFICE_KEY_COMPROMISE, desk, key_id=key_id, from_moment=moment, reports=len(numbers))
    return numbers


def _tell_agency(session: Session, row: AgencyRow, desk: Desk, **said: Value) -> None:
    # The name of an agency stays out: the hash tells whether it is the same.
    digest = hashlib.sha256(canonical(row.model_dump(mode="json")).encode()).hexdigest()
    dates = {"since": row.filing_since.isoformat(), "until": row.filing_until.isoformat()}
    tell(session, Tag.OFFICE_AGENCY_CHANGE, desk, uscc=row.uscc, sha256=digest, **dates, **said)
