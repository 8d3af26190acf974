"""What a bidder (投标人) finds at the portal: his applications, the reports about him and how each was used, his cases.

All is asked by the USCC for which he acts, and what is somebody else's is the same as what does not exist.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlmodel import Session, col, select

from reportgen.errors import ReportgenError
from reportgen.registry import applications, notices, queries
from reportgen.registry.application_rows import ApplicationRow
from reportgen.registry.application_rows import ApplicationState as State
from reportgen.registry.award_notices import withheld
from reportgen.registry.events import report_stream
from reportgen.registry.lifecycle import Desk
from reportgen.registry.tables import (
    LIGHT,
    EventRow,
    NoticeRow,
    ObjectionRow,
    PartyRow,
    ReportRow,
    RequestRow,
)
from reportgen.registry.tags import Tag
from reportgen.registry.view import Summary, summaries
from reportgen.registry.words import REASONS, Reason
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
    report: "Used | None"

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
    """A report about the bidder: for whom it was made, when it was used, if it was, and what became of it.

    Before the award notice `use_told` is False, and it stands as before any use. `reason` says why it was revoked;
    `notices` are the 更正通知书 that went out.
    """

    summary: Summary
    project: str
    recipient: str
    consumed_at: datetime | None
    use_told: bool
    revoked_at: datetime | None
    reason: str
    notices: tuple[NoticeRow, ...]


def open_projects(session: Session, text: str, at: datetime) -> list[ProjectRow]:
    """Return the projects that have not closed yet and whose id or name holds a text, those that close first at the top."""
    found = listed_projects(session, text, _MOST)
    return sorted((row for row in found if row.closes_at > at), key=lambda row: (row.closes_at, row.project))


def due_at(closes_at: datetime, at: datetime) -> datetime:
    """Return by when an application that comes in at a moment is to be done with."""
    day, _ = add_workdays(at.date(), WORKDAYS)
    return min(closes_at, datetime.combine(day, CLOSING))


def own_applications(session: Session, uscc: str, at: datetime) -> list[Asked]:
    """Return a bidder's applications, the newest first."""
    found = select(ApplicationRow).where(ApplicationRow.uscc == uscc)
    rows = session.exec(found.order_by(col(ApplicationRow.id).desc()).limit(_MOST)).all()
    return _asked(session, rows, at)


def own_application(session: Session, uscc: str, key: str, at: datetime) -> Asked:
    """Return an application of a bidder; raises E0203 for any other as for none."""
    found = select(ApplicationRow).where(ApplicationRow.key == key, ApplicationRow.uscc == uscc)
    row = session.exec(found).one_or_none()
    if row is None:
        raise ReportgenError("E0203")
    return _asked(session, [row], at)[0]


def withdraw(session: Session, uscc: str, key: str, desk: Desk) -> ApplicationRow:
    """Take back a bidder's own application; raises E0203, E0614 (too late)."""
    own_application(session, uscc, key, desk.at)
    return applications.withdrawn(session, key, desk)


def own_reports(session: Session, uscc: str, at: datetime) -> list[Used]:
    """Return the issued reports about a bidder, alone or in a joint venture, the newest first."""
    rows = [row for row in queries.of_subject(session, uscc) if row.issued_at is not None]
    return _used(session, rows, at)


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


def _asked(session: Session, rows: Sequence[ApplicationRow], at: datetime) -> list[Asked]:
    issued = [row.report_id for row in rows if row.state == State.ISSUED]
    reports = session.exec(select(ReportRow).options(LIGHT).where(col(ReportRow.id).in_(issued))).all()
    by_id = {row.id: used for row, used in zip(reports, _used(session, reports, at), strict=True)}
    return [Asked(row, _name(session, row.project, row.round), by_id.get(row.report_id)) for row in rows]


def _used(session: Session, rows: Sequence[ReportRow], at: datetime) -> list[Used]:
    # Whoever acts for the bidder is told as much as anybody.
    untold = withheld(session, rows, None)
    shown = summaries(session, rows, at.date(), untold)
    return [
        _one(session, row, summary, row.id not in untold) for row, summary in zip(rows, shown, strict=True)
    ]


def _one(session: Session, row: ReportRow, summary: Summary, told: bool) -> Used:
    asked = session.get_one(RequestRow, row.request_id)
    return Used(
        summary,
        _name(session, row.project, row.round),
        asked.recipient_name or "",
        row.consumed_at if told else None,
        told,
        row.revoked_at,
        _reason(session, row) if row.revoked_at else "",
        tuple(notices.of_report(session, row.id or 0)) if row.corrected_at else (),
    )


def _reason(session: Session, row: ReportRow) -> str:
    """Return why a report was revoked, in words; nothing where its event gives no reason of the table."""
    found = select(EventRow.data).where(
        EventRow.stream == report_stream(row.id or 0), EventRow.tag == Tag.REPORT_STATE_REVOKE
    )
    said = [json.loads(data).get("reason") for data in session.exec(found).all()]
    return "".join(REASONS[Reason(word)] for word in said[-1:] if word in set(Reason))


def _name(session: Session, project: str, round_: int) -> str:
    """Return a project's name; its id where it is a document without a project, or one forgotten since."""
    try:
        return project_at(session, project, round_).name
    except ReportgenError:
        return project
