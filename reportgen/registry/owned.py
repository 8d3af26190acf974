"""What an account may see through the API, page by page: applications, reports, projects, the use of its reports.

One condition for each says whose it is; the list, the single thing and the place in the list all ask it. The newest
come first, and a place is named by the thing that stands there, never by a count.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from reportgen.errors import Fault, ReportgenError
from reportgen.registry.application_rows import ApplicationRow
from reportgen.registry.tables import LIGHT, Kind, PartyRow, ReportRow
from reportgen.registry.usage import Line, usage
from reportgen.store.account_rows import AccountKind
from reportgen.store.accounts import Caller
from reportgen.store.tables import ProjectRow, Row

R = TypeVar("R", bound=Row)
Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Place:
    """Which part of a list is asked for: so many after a thing, from the beginning where none is named."""

    after: str
    most: int


def applications(session: Session, caller: Caller, place: Place) -> tuple[list[ApplicationRow], bool]:
    """Return applications and whether there are more; raises E0301 (no such place)."""
    found = select(ApplicationRow).where(*_applications(caller))
    return _part(session, found, ApplicationRow, [col(ApplicationRow.key) == place.after], place)


def application(session: Session, caller: Caller, key: str) -> ApplicationRow:
    """Return an application; raises E0203 for anybody else's as for none."""
    found = select(ApplicationRow).where(ApplicationRow.key == key, *_applications(caller))
    return _one(session.exec(found).one_or_none(), ReportgenError("E0203"))


def reports(
    session: Session, caller: Caller, place: Place, at: datetime, project: str = ""
) -> tuple[list[ReportRow], bool]:
    """Return issued reports, of a project where one is named, and whether there are more; raises E0301."""
    found = select(ReportRow).options(LIGHT).where(*_reports(caller, at))
    if project:
        found = found.where(ReportRow.project == project)
    return _part(session, found, ReportRow, [col(ReportRow.number) == place.after], place)


def report(session: Session, caller: Caller, number: str, at: datetime) -> ReportRow:
    """Return an issued report; raises E0502 for any that the caller may not see as for none."""
    found = select(ReportRow).options(LIGHT).where(ReportRow.number == number, *_reports(caller, at))
    return _one(session.exec(found).one_or_none(), ReportgenError("E0502", number=number))


def keys(session: Session, caller: Caller, applications: Collection[int]) -> dict[int, str]:
    """Return the keys of those of some applications that the caller may see."""
    found = select(ApplicationRow.id, ApplicationRow.key).where(
        col(ApplicationRow.id).in_(applications), *_applications(caller)
    )
    return {id_: key for id_, key in session.exec(found).all() if id_ is not None}


def numbers(
    session: Session, caller: Caller, reports: Collection[int], at: datetime
) -> dict[int, tuple[str, datetime | None]]:
    """Return the numbers of those of some reports that the caller may see, now or from 开标 on.

    With each stands when its project closes, as the report has it, where he may not see it at this moment.
    """
    among = col(ReportRow.id).in_(reports)
    found = select(ReportRow.id, ReportRow.number, ReportRow.closes_at).where(among, *_reports(caller, None))
    seen = set(session.exec(select(ReportRow.id).where(among, *_reports(caller, at))).all())
    return {
        id_: (number, None if id_ in seen else closes)
        for id_, number, closes in session.exec(found).all()
        if id_ is not None and number is not None
    }


def projects(
    session: Session, caller: Caller, place: Place, at: datetime, project: str = ""
) -> tuple[list[ProjectRow], bool]:
    """Return the last versions of projects and whether there are more; raises E0301.

    A bidder sees those that are still open, a recipient his own and, from 开标 on, those he was sent reports for.
    """
    last = select(func.max(ProjectRow.id)).group_by(col(ProjectRow.project), col(ProjectRow.round))
    found = select(ProjectRow).where(col(ProjectRow.id).in_(last), *_projects(caller, at))
    if project:
        found = found.where(ProjectRow.project == project)
    name, _, round_ = place.after.rpartition("\n")
    there = [
        col(ProjectRow.project) == name,
        col(ProjectRow.round) == (int(round_) if round_.isdigit() else 0),
    ]
    return _part(session, found, ProjectRow, there, place)


def used(session: Session, caller: Caller, since: datetime, until: datetime) -> tuple[Line, ...]:
    """Return the use of documents from a moment to before another: of all in the agency, else of one's own.

    How many were issued for a recipient would tell before 开标 how many bid: to him a line counts what he used alone.
    """
    lines = usage(session, since, until)
    if caller.kind is AccountKind.AGENCY:
        return lines
    return tuple(line for line in lines if line.recipient == caller.uscc and line.used)


def _applications(caller: Caller) -> list[Condition]:
    if caller.kind is AccountKind.AGENCY:
        return []
    return [col(ApplicationRow.uscc) == caller.uscc]


def _reports(caller: Caller, at: datetime | None) -> list[Condition]:
    """Return the conditions of whose a report is; without a moment, before 开标 as after it."""
    issued = col(ReportRow.issued_at).is_not(None)
    match caller.kind:
        case AccountKind.AGENCY:
            return [issued]
        case AccountKind.BIDDER:
            own = select(PartyRow.report_id).where(PartyRow.uscc == caller.uscc)
            return [issued, col(ReportRow.id).in_(own)]
        case AccountKind.RECIPIENT:
            mine = (col(ReportRow.kind) == Kind.REPORT, col(ReportRow.recipient) == caller.uscc)
            return [issued, *mine] if at is None else [issued, *mine, _opened(at)]


def _opened(at: datetime) -> Condition:
    """Return the condition that a report's project is past 开标, as it was amended last."""
    closes = (
        select(ProjectRow.closes_at)
        .where(ProjectRow.project == ReportRow.project, ProjectRow.round == ReportRow.round)
        .order_by(col(ProjectRow.known_at).desc(), col(ProjectRow.id).desc())
        .limit(1)
        .correlate(ReportRow)
        .scalar_subquery()
    )
    return closes <= at


def _projects(caller: Caller, at: datetime) -> list[Condition]:
    match caller.kind:
        case AccountKind.AGENCY:
            return []
        case AccountKind.BIDDER:
            return [col(ProjectRow.closes_at) > at]
        case AccountKind.RECIPIENT:
            named = select(ReportRow.project).where(ReportRow.recipient == caller.uscc)
            own = (col(ProjectRow.owner) == caller.uscc, col(ProjectRow.agent) == caller.uscc)
            return [or_(*own, and_(col(ProjectRow.project).in_(named), col(ProjectRow.closes_at) <= at))]


def _part(
    session: Session, found: SelectOfScalar[R], row: type[R], there: list[Condition], place: Place
) -> tuple[list[R], bool]:
    key = col(row.id)  # type: ignore[attr-defined]
    if place.after:
        after = session.exec(found.where(*there).order_by(key.desc()).limit(1)).one_or_none()
        if after is None:
            fault = Fault("E0301", "cursor", "不是上一页给出的 next_cursor")
            raise ReportgenError("E0301", path="query", faults=[fault])
        found = found.where(key < after.id)  # type: ignore[attr-defined]
    rows = list(session.exec(found.order_by(key.desc()).limit(place.most + 1)).all())
    return rows[: place.most], len(rows) > place.most


def _one(row: R | None, error: ReportgenError) -> R:
    if row is None:
        raise error
    return row
