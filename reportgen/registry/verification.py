"""What the register says of a file that is to be checked, and of a paper's number and code."""

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from reportgen.certify.facts import COMPARISON, NOTICE, Change, RegisterFacts, Source
from reportgen.errors import ReportgenError
from reportgen.registry import queries
from reportgen.registry.standing import KINDS, SUPERSEDED, later, standing
from reportgen.registry.tables import EventRow, Kind, NoticeRow, ReportRow
from reportgen.registry.tags import OFFICE, Tag
from reportgen.store.tables import AgencyRow, ProjectRow

if TYPE_CHECKING:
    from reportgen.registry.view import Party

# Built once, and no project is read whole for its name: anybody may ask, as often as he likes.
_AGENCY = select(AgencyRow.name).where(AgencyRow.id == 1)
_PROJECT = (
    select(ProjectRow.name)
    .where(col(ProjectRow.project) == bindparam("project"), col(ProjectRow.round) == bindparam("round"))
    .order_by(col(ProjectRow.known_at).desc(), col(ProjectRow.id).desc())
    .limit(1)
)


@dataclass(frozen=True)
class Paper:
    """What is told to whoever holds a paper, to compare it with, and no more than that (DOMAIN §7)."""

    kind: str
    applicant: "tuple[Party, ...]"
    project_name: str
    conclusion: str
    pages: int | None
    issued_at: datetime
    book: RegisterFacts


def facts(session: Session, sha256: str, number: str, at: datetime) -> RegisterFacts:
    """Return what the register says of a file: by its hash, else of the report whose number it bears."""
    book, noticed = _book(session, at), queries.notice_by_hash(session, sha256)
    if noticed is not None:
        return _corrects(*noticed, book)
    row = _row(session, sha256, number)
    return _comparison(session, sha256, book) if row is None else _told(session, row, book)


def paper(session: Session, number: str, code: str, at: datetime) -> Paper:
    """Return what a paper is compared with; raises E0505 for a number unknown and for a wrong code alike."""
    from reportgen.registry.view import summaries

    row = queries.by_code(session, number, code)
    if row is None or row.issued_at is None:
        raise ReportgenError("E0505", number=number)
    (summary,) = summaries(session, [row], at.date())
    return Paper(
        kind=summary.kind,
        applicant=summary.applicant,
        project_name=_project_name(session, row),
        conclusion=summary.conclusion,
        pages=row.pages,
        issued_at=row.issued_at,
        # When it was used, and by whom, is told to whoever uses it, not to whoever holds a copy.
        book=replace(_told(session, row, _book(session, at)), consumed_at=None, recipient=""),
    )


def _book(session: Session, at: datetime) -> RegisterFacts:
    return RegisterFacts(Source.REGISTER, at, session.exec(_AGENCY).one_or_none() or "")


def _project_name(session: Session, row: ReportRow) -> str:
    return session.exec(_PROJECT, params={"project": row.project, "round": row.round}).first() or ""


def _row(session: Session, sha256: str, number: str) -> ReportRow | None:
    with suppress(ReportgenError):
        return queries.by_file_hash(session, sha256)
    named = select(ReportRow).where(ReportRow.number == number, col(ReportRow.issued_at).is_not(None))
    return session.exec(named).one_or_none()


def _corrects(notice: NoticeRow, report: ReportRow, book: RegisterFacts) -> RegisterFacts:
    return replace(
        book,
        number=notice.number,
        sha256=notice.sha256,
        state=NOTICE,
        usable=True,
        project=report.project,
        round=report.round,
        lot=report.lot,
        recipient=report.recipient,
    )


def _comparison(session: Session, sha256: str, book: RegisterFacts) -> RegisterFacts:
    """Return what is known of a 比对汇总表, which has no row: that it left the house stands in the office's chain."""
    left = select(EventRow.data).where(EventRow.stream == OFFICE, EventRow.tag == Tag.PROJECT_BUNDLE_EXPORT)
    found = session.exec(left.where(col(EventRow.data).contains(f'"sha256":"{sha256}"')).limit(1)).first()
    if found is None:
        return book
    said = json.loads(found)
    place = {"round": said["round"], "lot": said["lot"]}
    # The chain keeps what is no plain code as a hash: of which project it is, nobody can read there.
    project = "" if said["project"].startswith("#") else said["project"]
    named = {"number": said["number"], "sha256": sha256, "project": project}
    return replace(book, state=COMPARISON, usable=True, **named, **place)


def _told(session: Session, row: ReportRow, book: RegisterFacts) -> RegisterFacts:
    stands, after = standing(row, book.as_of.date()), later(session, row) if row.superseded else []
    changes = [Change(change.word, change.at) for change in stands.changes]
    return replace(
        book,
        kind=KINDS[Kind(row.kind)],
        number=row.number or "",
        sha256=row.sha256 or "",
        state=stands.state,
        usable=stands.usable,
        project=row.project,
        round=row.round,
        lot=row.lot,
        recipient=row.recipient,
        valid_until=row.valid_until,
        consumed_at=row.consumed_at,
        changes=(*changes, *(Change(SUPERSEDED, other.issued_at) for other in after[:1] if other.issued_at)),
        later=tuple(str(other.number) for other in after),
    )
