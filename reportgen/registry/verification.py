"""What the register says of a file that is to be checked, and of a paper's number and code."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from reportgen.certify.facts import COMPARISON, NOTICE, USES, VOUCHER, Change, RegisterFacts, Source
from reportgen.errors import ReportgenError
from reportgen.registry import queries
from reportgen.registry.award_notices import Knows, the_office
from reportgen.registry.standing import KINDS, SUPERSEDED, later, standing
from reportgen.registry.tables import LIGHT, EventRow, Kind, NoticeRow, ReportRow, State
from reportgen.registry.tags import OFFICE, Tag

if TYPE_CHECKING:
    from reportgen.registry.view import Party

_BESIDE: Mapping[Tag, str] = {
    Tag.PROJECT_BUNDLE_EXPORT: COMPARISON,
    Tag.PROJECT_USES_EXPORT: USES,
    Tag.PROJECT_VOUCHER_EXPORT: VOUCHER,
}
"""The events with which documents without a row leave the house, and what these are."""


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


def facts(
    session: Session, sha256: str, number: str, at: datetime, knows: Knows = the_office
) -> RegisterFacts:
    """Return what the register says of a file: by its hash, else of the report whose number it bears.

    `knows` says of which reports whoever asks may know whether they were used.
    """
    book, noticed = _book(session, at), queries.notice_by_hash(session, sha256)
    if noticed is not None:
        return _corrects(*noticed, book)
    with suppress(ReportgenError):
        found = queries.by_file_hash(session, sha256)
        return _told(session, found, book, known=knows(session, found))
    beside, row = _beside(session, sha256, book), _numbered(session, number)
    return beside or (book if row is None else _told(session, row, book, known=knows(session, row)))


def paper(session: Session, number: str, code: str, at: datetime, knows: Knows = the_office) -> Paper:
    """Return what a paper is compared with; raises E0505 for a number unknown and for a wrong code alike.

    `knows` says as for `facts`.
    """
    from reportgen.registry.view import summaries

    found = queries.by_code(session, number, code)
    if found is None or found.report.issued_at is None:
        raise ReportgenError("E0505", number=number)
    row, book = found.report, RegisterFacts(Source.REGISTER, at, found.agency or "")
    (summary,) = summaries(session, [row], at.date())
    return Paper(
        kind=summary.kind,
        applicant=summary.applicant,
        project_name=found.project_name or "",
        conclusion=summary.conclusion,
        pages=row.pages,
        issued_at=found.report.issued_at,
        # When it was used, and by whom, is told to whoever uses it, not to whoever holds a copy.
        book=replace(
            _told(session, row, book, known=knows(session, row, found.announced)),
            consumed_at=None,
            recipient="",
        ),
    )


def _book(session: Session, at: datetime) -> RegisterFacts:
    return RegisterFacts(Source.REGISTER, at, session.exec(queries.AGENCY).one_or_none() or "")


def _numbered(session: Session, number: str) -> ReportRow | None:
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


def _beside(session: Session, sha256: str, book: RegisterFacts) -> RegisterFacts | None:
    """Return what is known of a document without a row: that it left the house stands in the office's chain."""
    left = select(EventRow.tag, EventRow.data).where(
        EventRow.stream == OFFICE,
        col(EventRow.tag).in_(_BESIDE),
        col(EventRow.data).contains(f'"sha256":"{sha256}"'),
    )
    found = session.exec(left.limit(1)).first()
    if found is None:
        return None
    kind, said = _BESIDE[Tag(found[0])], json.loads(found[1])
    undone = _undone(session, said) if kind == VOUCHER else ""
    place = {"round": said["round"], "lot": said["lot"]}
    # The chain keeps what is no plain code as a hash: of which project it is, nobody can read there.
    project = "" if said["project"].startswith("#") else said["project"]
    named = {"number": said["number"], "sha256": sha256, "project": project}
    return replace(book, state=f"{kind}{undone}", usable=not undone, **named, **place)


def _undone(session: Session, said: Mapping[str, Any]) -> str:
    """Return what has become of the use that a voucher speaks of; nothing while it stands."""
    row = session.get_one(ReportRow, said["report"], options=[LIGHT])
    if row.state == State.REVOKED:
        return "，所载报告已撤销"
    used_at = row.consumed_at.isoformat() if row.consumed_at else ""
    return "" if used_at == said["used_at"] else "，所载核销已撤回"


def _told(session: Session, row: ReportRow, book: RegisterFacts, *, known: bool) -> RegisterFacts:
    after = later(session, row) if row.superseded else []
    stands = standing(row, book.as_of.date(), untold=not known)
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
        consumed_at=row.consumed_at if known else None,
        use_told=known,
        changes=(*changes, *(Change(SUPERSEDED, other.issued_at) for other in after[:1] if other.issued_at)),
        later=tuple(str(other.number) for other in after),
    )
