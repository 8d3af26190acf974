"""What a bidder (投标人) finds at the portal: his applications, the reports about him and how each was used, his cases.

All is asked by the USCC for which he acts, and what is somebody else's is the same as what does not exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlmodel import Session, col, select

from reportgen.errors import ReportgenError
from reportgen.registry import applications, queries
from reportgen.registry.application_rows import ApplicationRow
from reportgen.registry.application_rows import ApplicationState as State
from reportgen.registry.lifecycle import Desk
from reportgen.registry.tables import ObjectionRow, PartyRow, ReportRow, RequestRow
from reportgen.registry.view import Summary, summaries
from reportgen.registry.workdays import add_workdays
from reportgen.store.projects import listed_projects, project_at
from reportgen.store.tables import ProjectRow

WORKDAYS, CLOSING = 3, time(17)
"""An application is done with by the end of so many working days after it came in (本机构设定), or by its project's close."""
_MOST = 200


@dataclass(frozen=True)
class Asked:
    """An application as whoever sent it in sees it: its project, its state in words, and its report once issued."""

    row: ApplicationRow
    project: str
    number: str

    @property
    def label(self) -> str:
        """Return the state in words."""
        return applications.LABELS[State(self.row.state)]

    @property
    def open(self) -> bool:
        """Say whether the agency has something to do."""
        return self.row.state in applications.OPEN

    @property
    def withdrawable(self) -> bool:
        """Say whether it may be taken back: until 签发."""
        return self.open and self.row.state != State.QUEUED


@dataclass(frozen=True)
class Used:
    """A report about the bidder, for whom it was made, and when it was used, if it was."""

    summary: Summary
    project: str
    recipient: str
    consumed_at: datetime | None


def open_projects(session: Session, text: str, at: datetime) -> list[ProjectRow]:
    """Return the projects that have not closed yet and whose id or name holds a text, those that close first at the top."""
    found = listed_projects(session, text, _MOST)
    return sorted((row for row in found if row.closes_at > at), key=lambda row: (row.closes_at, row.project))


def due_at(closes_at: datetime, at: datetime) -> datetime:
    """Return by when an application that comes in at a moment is to be done with."""
    day, _ = add_workdays(at.date(), WORKDAYS)
    return min(closes_at, datetime.combine(day, CLOSING))


def own_applications(session: Session, uscc: str) -> list[Asked]:
    """Return a bidder's applications, the newest first."""
    found = select(ApplicationRow).where(ApplicationRow.uscc == uscc)
    rows = session.exec(found.order_by(col(ApplicationRow.id).desc()).limit(_MOST)).all()
    return [_asked(session, row) for row in rows]


def own_application(session: Session, uscc: str, key: str) -> Asked:
    """Return an application of a bidder; raises E0203 for any other as for none."""
    found = select(ApplicationRow).where(ApplicationRow.key == key, ApplicationRow.uscc == uscc)
    row = session.exec(found).one_or_none()
    if row is None:
        raise ReportgenError("E0203")
    return _asked(session, row)


def withdraw(session: Session, uscc: str, key: str, desk: Desk) -> ApplicationRow:
    """Take back a bidder's own application; raises E0203, E0614 (too late)."""
    own_application(session, uscc, key)
    return applications.withdrawn(session, key, desk)


def own_reports(session: Session, uscc: str, at: datetime) -> list[Used]:
    """Return the issued reports about a bidder, alone or in a joint venture, the newest first."""
    rows = [row for row in queries.of_subject(session, uscc) if row.issued_at is not None]
    shown = summaries(session, rows, at.date())
    asked = {row.request_id: session.get_one(RequestRow, row.request_id) for row in rows}
    return [
        Used(
            summary,
            _name(session, row.project, row.round),
            _recipient(asked[row.request_id]),
            row.consumed_at,
        )
        for row, summary in zip(rows, shown, strict=True)
    ]


def own_report(session: Session, uscc: str, number: str) -> ReportRow:
    """Return an issued report about a bidder; raises E0502 for any other as for none."""
    found = (
        select(ReportRow)
        .join(PartyRow, col(PartyRow.report_id) == col(ReportRow.id))
        .where(ReportRow.number == number, PartyRow.uscc == uscc, col(ReportRow.issued_at).is_not(None))
    )
    row = session.exec(found).one_or_none()
    if row is None:
        raise ReportgenError("E0502", number=number)
    return row


def own_cases(session: Session, uscc: str) -> Sequence[ObjectionRow]:
    """Return the objections of a bidder, the newest first."""
    found = select(ObjectionRow).where(ObjectionRow.uscc == uscc)
    return session.exec(found.order_by(col(ObjectionRow.id).desc()).limit(_MOST)).all()


def _asked(session: Session, row: ApplicationRow) -> Asked:
    issued = row.state == State.ISSUED and row.report_id is not None
    number = session.get_one(ReportRow, row.report_id).number if issued else None
    return Asked(row, _name(session, row.project, row.round), number or "")


def _name(session: Session, project: str, round_: int) -> str:
    """Return a project's name; its id where it is a document without a project, or one forgotten since."""
    try:
        return project_at(session, project, round_).name
    except ReportgenError:
        return project


def _recipient(asked: RequestRow) -> str:
    return asked.recipient_name or ""
