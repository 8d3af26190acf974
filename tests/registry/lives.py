"""Reports brought to a state by the register's own steps, for the tests of the register."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from reportgen.registry import lifecycle
from reportgen.registry.events import events_key
from reportgen.registry.lifecycle import Desk, Use
from reportgen.registry.numbers import code_hash, public_number, register_number, verification_code
from reportgen.registry.tables import EventRow, PartyRow, ReportRow, RequestRow, RestsOnRow, State
from reportgen.store.engine import Store

NOW = datetime(2026, 11, 22, 9, 30)
SECRET = b"a secret of the tests, 32 bytes!!"
DESK = Desk("office", NOW, events_key(SECRET))
SUBJECT, OWNER, OTHER = "91990102MA0000015T", "12990102MA000004XD", "91990102MA9C000128"
USE = Use("JZ-2026-001", 1, "", OWNER)
SHA = "a" * 64


def at(**later: float) -> Desk:
    """Return the desk at a later moment."""
    return Desk(DESK.actor, NOW + timedelta(**later), DESK.key)


def request(name: str = "1", **changes: Any) -> RequestRow:
    """Return a request of a key of its own."""
    return RequestRow(
        **{
            "key": name.rjust(64, "0"),
            "applicant": "[]",
            "role": "投标人",
            "project": USE.project,
            "recipient": OWNER,
            "recipient_name": "样例学校",
            "purpose": f"投标 {name}",
            "authorisation": "样例授权",
            "payer": OWNER,
            "requested_by": "office",
            "requested_at": NOW,
            **changes,
        }
    )


def drafted(session: Session, name: str = "1", **changes: Any) -> ReportRow:
    """Enter a draft; `changes` are columns of the report."""
    asked = lifecycle.ask(session, request(name), DESK)
    report = ReportRow(
        **{
            "request_id": asked.id,
            "applicant": SUBJECT,
            "project": USE.project,
            "matter": "工程招标投标",
            "recipient": OWNER,
            "purpose": f"投标 {name}",
            "closes_at": NOW + timedelta(days=20),
            "conclusion": "CAPABLE",
            "snapshot_sha256": SHA,
            "pack_sha256": SHA,
            "prepared_by": "甲",
            "drafted_at": NOW,
            **changes,
        }
    )
    parties = [PartyRow(report_id=0, uscc=SUBJECT, snapshot_sha256=SHA)]
    rests = [RestsOnRow(report_id=0, uscc=SUBJECT, fact="REC-001")]
    return lifecycle.draft(session, report, parties, rests, DESK)


def numbered(session: Session, name: str = "1", **changes: Any) -> ReportRow:
    """Bring a report to 签发中."""
    report = drafted(session, name, **changes)
    assert report.id is not None
    lifecycle.review(session, report.id, "乙", two_persons=True, desk=DESK)
    number = public_number(SECRET, f"{name}{changes}", NOW.date())
    numbers = {
        "number": number,
        "register_number": register_number(session, NOW.date()),
        "code_sha256": code_hash(verification_code(SECRET, number)),
    }
    return lifecycle.allot(session, report.id, numbers, DESK)


def issued(session: Session, name: str = "1", *, days: int = 90, **changes: Any) -> ReportRow:
    """Bring a report to 有效, valid for some days."""
    report = numbered(session, name, **changes)
    assert report.id is not None
    made = lifecycle.Made(SHA, 18, f"2026/11/{report.number}.pdf", changes.get("key_id"))
    lifecycle.rendered(session, report.id, made, DESK)
    return lifecycle.issued(session, report.id, made, NOW.date() + timedelta(days=days), DESK)


def brought_to(store: Store, state: State, name: str = "1") -> ReportRow:
    """Return a report in a state, by its own steps."""
    return store.write(lambda session: _steps(session, state, name))


def _steps(session: Session, state: State, name: str) -> ReportRow:
    if state is State.DRAFT:
        return drafted(session, name)
    if state is State.REVIEWED:
        report = drafted(session, name)
        assert report.id is not None
        return lifecycle.review(session, report.id, "乙", two_persons=True, desk=DESK)
    if state in {State.RENDERING, State.VOID}:
        report = numbered(session, name)
        assert report.id is not None
        return report if state is State.RENDERING else lifecycle.void(session, report.id, DESK)
    report = issued(session, name, days=-1 if state is State.EXPIRED else 90)
    return _ended(session, report, state)


def _ended(session: Session, report: ReportRow, state: State) -> ReportRow:
    number = str(report.number)
    if state is State.EXPIRED:
        lifecycle.make_room(session, report, DESK)
    elif state is State.REVOKED:
        lifecycle.revoke(session, number, "REQUESTED", DESK)
    elif state in {State.CONSUMED, State.ARCHIVED}:
        lifecycle.consume(session, number, USE, DESK)
        if state is State.ARCHIVED:
            lifecycle.archive(session, number, DESK)
    assert report.id is not None
    return lifecycle.get(session, report.id)


def day(text: str) -> date:
    return date.fromisoformat(text)


def tags(store: Store, row: ReportRow) -> list[str]:
    """Return the tags of a report's events in their order."""
    found = select(EventRow.tag).where(EventRow.stream == f"report:{row.id}").order_by(EventRow.seq)  # type: ignore[arg-type]
    return list(store.read(lambda s: s.exec(found).all()))
