"""更正通知书: the notices that go out for a report that proved wrong, each with its number and its file."""

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from reportgen.errors import ReportgenError
from reportgen.registry.events import Tag, record
from reportgen.registry.lifecycle import LABELS, Desk, Made, by_number, get, id_of
from reportgen.registry.tables import IN_THE_WORLD, Kind, NoticeRow, ReportRow, State

_REUSABLE = "信用记录或等级证书，不出更正通知书：撤销后另行出具"


def reserve(session: Session, report: str, desk: Desk) -> str:
    """Return the number of a report's next notice, which no other will bear.

    Raises E0502, E0605 (nobody outside holds the report, or it is a document that is made anew).
    """
    row = _held(session, report)
    if row.kind != Kind.REPORT:
        raise ReportgenError("E0605", number=report, state=_REUSABLE)
    count = session.exec(select(func.count()).where(NoticeRow.report_id == id_of(row))).one()
    notice = NoticeRow(report_id=id_of(row), number=f"{report}-G{count + 1}", issued_at=desk.at)
    session.add(notice)
    return notice.number


def enter(session: Session, report: str, number: str, made: Made, desk: Desk) -> ReportRow:
    """Enter the file of a notice, which stands under its name, and mark the report as corrected.

    Raises E0502, E0605.
    """
    row = _held(session, report)
    file = {"sha256": made.sha256, "pages": made.pages, "file": made.file}
    session.execute(update(NoticeRow).where(col(NoticeRow.number) == number).values(file))
    first = update(ReportRow).where(col(ReportRow.id) == row.id, col(ReportRow.corrected_at).is_(None))
    session.execute(first.values(corrected_at=desk.at))
    corrected = get(session, id_of(row))
    said = {"number": number, "sha256": made.sha256}
    record(session, corrected, Tag.REPORT_MARK_CORRECT, desk.at, desk.actor, desk.key, **said)
    return corrected


def of_report(session: Session, report_id: int) -> list[NoticeRow]:
    """Return the notices of a report that went out, the first one first."""
    found = select(NoticeRow).where(NoticeRow.report_id == report_id, NoticeRow.sha256 != "")
    return list(session.exec(found.order_by(col(NoticeRow.id))).all())


def sent(session: Session, report: ReportRow, number: str) -> NoticeRow:
    """Return a notice of a report that went out and is still kept; raises E0203 for any other as for none."""
    found = next(
        (row for row in of_report(session, id_of(report)) if row.number == number and row.file), None
    )
    if found is None:
        raise ReportgenError("E0203")
    return found


def _held(session: Session, number: str) -> ReportRow:
    report = by_number(session, number, lock=True)
    if report.state not in IN_THE_WORLD:
        raise ReportgenError("E0605", number=number, state=LABELS[State(report.state)])
    return report
