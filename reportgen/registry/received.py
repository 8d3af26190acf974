"""What strangers handed in at the portal, letters of authority, workbooks and papers: kept as long as the office has set.

A row lets go of its file's name first, with its event, and the file goes afterwards; hash and all else of the row stay.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, or_, update
from sqlmodel import Session, col, select

from reportgen.document.issuer import ReceivedSettings
from reportgen.registry.application_rows import ApplicationRow, ApplicationState
from reportgen.registry.events import OFFICE, Tag, office_stream, record
from reportgen.registry.lifecycle import Desk
from reportgen.registry.office import tell
from reportgen.registry.tables import EventRow, ReportRow
from reportgen.registry.upload_rows import UploadKind, UploadRow, UploadState
from reportgen.store.account_rows import AccountRow, AccountState
from reportgen.store.rows import changed

_GIVEN_BACK = (ApplicationState.RETURNED, ApplicationState.WITHDRAWN)
_DECIDED = (UploadState.TAKEN, UploadState.REFUSED)


@dataclass(frozen=True)
class Held:
    """What was handed in and is over its time: its names among the office's files, and how its row lets go of them."""

    files: tuple[str, ...]
    let_go: Callable[[Session, Desk], None]


@dataclass(frozen=True)
class Kept:
    """Since when what is done with is still kept: what counts as evidence, what was refused, and workbooks."""

    before: datetime
    refused: datetime
    workbooks: datetime


def kept_on(at: datetime, before: date, spans: ReceivedSettings) -> Kept:
    """Return since when things are kept as of a moment; evidence is kept as reports are, since the day `before`."""
    return Kept(
        before=datetime.combine(before, time.min),
        refused=at - timedelta(days=spans.refused_days),
        workbooks=at - timedelta(days=spans.workbook_days),
    )


def over(session: Session, kept: Kept) -> list[Held]:
    """Return what is over its time."""
    return [*_accounts(session, kept), *_applications(session, kept), *_uploads(session, kept)]


def named(session: Session) -> set[str]:
    """Return the names of all that rows still hold."""
    columns = (AccountRow.authorisation, ApplicationRow.letter, UploadRow.file, UploadRow.marked)
    return {name for column in columns for name in session.exec(select(column)).all() if name}


def _accounts(session: Session, kept: Kept) -> Iterator[Held]:
    """Yield the letters of accounts that were closed: of those that were never admitted earlier."""
    closed = select(AccountRow).where(
        AccountRow.state == AccountState.CLOSED,
        AccountRow.authorisation != "",
        col(AccountRow.decided_at) < max(kept.refused, kept.before),
    )
    for row in session.exec(closed.order_by(col(AccountRow.id))).all():
        until = kept.before if _admitted(session, row.login) else kept.refused
        if row.decided_at is not None and row.decided_at < until:
            yield Held((row.authorisation,), _of_account(row))


def _admitted(session: Session, login: str) -> bool:
    """Say whether an account was ever let in, which stands in the office's chain."""
    told = select(EventRow.id).where(
        EventRow.stream == OFFICE,
        EventRow.tag == Tag.OFFICE_ACCOUNT_CHANGE,
        col(EventRow.data).contains(f'"login":"{login}","state":"{AccountState.ACTIVE}"', autoescape=True),
    )
    return session.exec(told.limit(1)).first() is not None


def _of_account(row: AccountRow) -> Callable[[Session, Desk], None]:
    login, sha256 = row.login, row.authorisation_sha256
    gone = update(AccountRow).where(col(AccountRow.id) == row.id, col(AccountRow.authorisation) != "")

    def let_go(session: Session, desk: Desk) -> None:
        if changed(session, gone.values(authorisation="")) == 1:
            tell(session, Tag.OFFICE_LETTER_ERASE, desk, login=login, sha256=sha256)

    return let_go


def _applications(session: Session, kept: Kept) -> Iterator[Held]:
    """Yield the letters of applications that came to nothing, and of those whose report has been kept long enough."""
    given_back: ColumnElement[bool] = and_(
        col(ApplicationRow.state).in_(_GIVEN_BACK), col(ApplicationRow.ended_at) < kept.refused
    )
    disputed = select(ReportRow.id).where(col(ReportRow.disputed_at).is_not(None))
    issued = and_(
        col(ApplicationRow.state) == ApplicationState.ISSUED,
        col(ApplicationRow.ended_at) < kept.before,
        col(ApplicationRow.report_id).not_in(disputed),
    )
    ended = select(ApplicationRow).where(ApplicationRow.letter != "", or_(given_back, issued))
    for row in session.exec(ended.order_by(col(ApplicationRow.id))).all():
        yield Held((row.letter,), _of_application(row))


def _of_application(row: ApplicationRow) -> Callable[[Session, Desk], None]:
    application, sha256 = row.id, row.letter_sha256
    gone = update(ApplicationRow).where(
        col(ApplicationRow.id) == application,
        col(ApplicationRow.letter) != "",
        col(ApplicationRow.state) == row.state,
    )

    def let_go(session: Session, desk: Desk) -> None:
        if changed(session, gone.values(letter="")) == 1:
            stream = office_stream(session, f"application:{application}")
            said = {"application": application, "sha256": sha256}
            record(session, stream, Tag.APPLICATION_LETTER_ERASE, desk.at, desk.actor, desk.key, **said)

    return let_go


def _uploads(session: Session, kept: Kept) -> Iterator[Held]:
    """Yield the workbooks that were decided on, with their marked copies, and papers: received ones are evidence."""
    at, paper = col(UploadRow.decided_at), col(UploadRow.kind) == UploadKind.PAPER
    late = or_(
        and_(~paper, at < kept.workbooks),
        and_(paper, col(UploadRow.state) == UploadState.TAKEN, at < kept.before),
        and_(paper, col(UploadRow.state) == UploadState.REFUSED, at < kept.refused),
    )
    decided = select(UploadRow).where(UploadRow.file != "", col(UploadRow.state).in_(_DECIDED), late)
    for row in session.exec(decided.order_by(col(UploadRow.id))).all():
        yield Held(tuple(name for name in (row.file, row.marked) if name), _of_upload(row))


def _of_upload(row: UploadRow) -> Callable[[Session, Desk], None]:
    upload, uscc, sha256 = row.id, row.uscc, row.sha256
    gone = update(UploadRow).where(col(UploadRow.id) == upload, col(UploadRow.file) != "")

    def let_go(session: Session, desk: Desk) -> None:
        if changed(session, gone.values(file="", marked="")) == 1:
            stream = office_stream(session, f"upload:{upload}")
            said = {"uscc": uscc, "sha256": sha256}
            record(session, stream, Tag.UPLOAD_FILE_ERASE, desk.at, desk.actor, desk.key, **said)

    return let_go
