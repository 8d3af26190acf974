"""Looking things up: by number, by code, by subject, and by project, where secrecy binds until 开标.

Before 开标 nobody outside the issuing desk learns who or how many asked for a project (招标投标法 22).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, exists
from sqlmodel import Session, and_, col, or_, select

from reportgen.errors import ReportgenError
from reportgen.registry.award_rows import AwardNoticeRow
from reportgen.registry.numbers import code_hash, read_number
from reportgen.registry.tables import LIGHT, Kind, NoticeRow, PartyRow, ReportRow, State
from reportgen.store.tables import AgencyRow, ProjectRow

_MOST = 500
AGENCY = select(AgencyRow.name).where(AgencyRow.id == 1)


def _of_its_project(column: Any) -> ScalarSelect[Any]:  # noqa: ANN401 - any column of the table
    """Return what a report's project says last, to be asked with the report."""
    found = select(column).where(ProjectRow.project == ReportRow.project, ProjectRow.round == ReportRow.round)
    newest = found.order_by(col(ProjectRow.known_at).desc(), col(ProjectRow.id).desc())
    return newest.limit(1).scalar_subquery()


# Built once, and each asked in one statement: anybody may ask as often as he likes, and many use at the same moment.
_ANNOUNCED = exists().where(
    col(AwardNoticeRow.project) == ReportRow.project,
    col(AwardNoticeRow.round) == ReportRow.round,
    col(AwardNoticeRow.lot) == ReportRow.lot,
)
_BY_CODE = (
    select(ReportRow, _of_its_project(ProjectRow.name), AGENCY.scalar_subquery(), _ANNOUNCED)
    .options(LIGHT)
    .where(col(ReportRow.code_sha256) == bindparam("code"), col(ReportRow.number) == bindparam("number"))
)
_MADE_FOR = (
    select(ReportRow, _of_its_project(ProjectRow.closes_at))
    .options(LIGHT)
    .where(
        col(ReportRow.number) == bindparam("number"),
        col(ReportRow.recipient) == bindparam("recipient"),
        col(ReportRow.issued_at).is_not(None),
    )
)


class Coded(NamedTuple):
    """The report of a number and its code, with its project's name and the agency's, where those are known.

    `announced` says whether the award notice (中标公示) of its place was entered.
    """

    report: ReportRow
    project_name: str | None
    agency: str | None
    announced: bool


@dataclass(frozen=True)
class Wanted:
    """Which reports are asked for, standing as on a day; what is left out does not matter."""

    on: date
    state: State | None = None
    project: str = ""
    round: int | None = None
    lot: str | None = None
    uscc: str = ""


def of_project(
    session: Session, project: str, round_: int, lot: str, at: datetime, *, desk: bool = False
) -> list[ReportRow]:
    """Return the issued reports of a project in the order of their numbers; raises E1106 before 开标.

    `desk` says that the issuing desk itself asks.
    """
    found = (
        select(ReportRow)
        .options(LIGHT)
        .where(
            ReportRow.project == project,
            ReportRow.round == round_,
            ReportRow.lot == lot,
            col(ReportRow.issued_at).is_not(None),
        )
    )
    rows = list(session.exec(found.order_by(col(ReportRow.number)).limit(_MOST)).all())
    # The same answer whether there are reports or none: the refusal must not tell.
    if not desk:
        require_opened(session, project, round_, at)
    return rows


def require_opened(session: Session, project: str, round_: int, at: datetime) -> None:
    """Refuse with E1106 what would tell who asked for a project before 开标."""
    closes = session.exec(
        select(ProjectRow.closes_at)
        .where(ProjectRow.project == project, ProjectRow.round == round_)
        .order_by(col(ProjectRow.known_at).desc(), col(ProjectRow.id).desc())
        .limit(1)
    ).one_or_none()
    if not _past(closes, at):
        raise ReportgenError("E1106", project=project)


def _past(closes: datetime | None, at: datetime) -> bool:
    return closes is not None and closes <= at


def of_subject(session: Session, uscc: str, limit: int = _MOST) -> list[ReportRow]:
    """Return the numbered reports about a subject, the newest first; for the issuing desk and the subject."""
    found = (
        select(ReportRow)
        .options(LIGHT)
        .join(PartyRow, col(PartyRow.report_id) == col(ReportRow.id))
        .where(PartyRow.uscc == uscc, col(ReportRow.number).is_not(None))
        .order_by(col(ReportRow.id).desc())
        .limit(limit)
    )
    return list(session.exec(found).all())


def by_code(session: Session, number: str, code: str) -> Coded | None:
    """Return the report of a number and its verification code as typed, or None where they do not belong together."""
    asked = {"code": code_hash(code), "number": read_number(number)}
    found = session.exec(_BY_CODE, params=asked).one_or_none()
    return None if found is None else Coded(*found)


def made_for(session: Session, recipient: str, number: str, at: datetime) -> ReportRow:
    """Return a report made for a recipient; raises E0502 for any other alike, E1106 before 开标."""
    found = session.exec(_MADE_FOR, params={"number": number, "recipient": recipient}).one_or_none()
    if found is None:
        raise ReportgenError("E0502", number=number)
    row, closes = found
    if not _past(closes, at):
        raise ReportgenError("E1106", project=row.project)
    return row


def by_file_hash(session: Session, sha256: str) -> ReportRow:
    """Return the report whose file has a hash; raises E0503 where the register knows no such file."""
    found = (
        select(ReportRow)
        .options(LIGHT)
        .where(ReportRow.sha256 == sha256, col(ReportRow.issued_at).is_not(None))
    )
    report = session.exec(found.order_by(col(ReportRow.id)).limit(1)).one_or_none()
    if report is None:
        raise ReportgenError("E0503", sha256=sha256)
    return report


def notice_by_hash(session: Session, sha256: str) -> tuple[NoticeRow, ReportRow] | None:
    """Return the 更正通知书 whose file has a hash, and the report it corrects."""
    found = select(NoticeRow).where(NoticeRow.sha256 == sha256).order_by(col(NoticeRow.id)).limit(1)
    notice = session.exec(found).one_or_none()
    return None if notice is None else (notice, session.get_one(ReportRow, notice.report_id, options=[LIGHT]))


def unfinished(session: Session, until: datetime, *kinds: Kind) -> list[ReportRow]:
    """Return the rows of some kinds left in 签发中 since a moment or before."""
    found = (
        select(ReportRow)
        .options(LIGHT)
        .where(ReportRow.state == State.RENDERING, col(ReportRow.allotted_at) <= until)
        .where(col(ReportRow.kind).in_(kinds))
    )
    return list(session.exec(found.order_by(col(ReportRow.id))).all())


def listed(session: Session, wanted: Wanted, limit: int = _MOST) -> list[ReportRow]:
    """Return the newest numbered reports of those wanted; for the issuing desk."""
    found = select(ReportRow).options(LIGHT).where(col(ReportRow.number).is_not(None), *_conditions(wanted))
    return list(session.exec(found.order_by(col(ReportRow.id).desc()).limit(limit)).all())


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.state is not None:
        yield _stands(wanted.state, wanted.on)
    if wanted.project:
        yield col(ReportRow.project) == wanted.project
    if wanted.round is not None:
        yield col(ReportRow.round) == wanted.round
    if wanted.lot is not None:
        yield col(ReportRow.lot) == wanted.lot
    if wanted.uscc:
        parties = select(PartyRow.report_id).where(PartyRow.uscc == wanted.uscc)
        yield col(ReportRow.id).in_(parties)


def _stands(state: State, on: date) -> ColumnElement[bool]:
    """Return the condition of a state; a date that has passed needs nobody to say so."""
    held, late = col(ReportRow.state) == state, col(ReportRow.valid_until) < on
    if state is State.ISSUED:
        return and_(held, ~late)
    if state is State.EXPIRED:
        return or_(held, and_(col(ReportRow.state) == State.ISSUED, late))
    return held
