"""Where a report stands, in the register's own words; whoever only asks loads nothing that changes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from reportgen.certify.facts import GRADE, RECORD, REPORT
from reportgen.registry.tables import Kind, ReportRow, State

LABELS: Mapping[State, str] = {
    State.DRAFT: "草稿",
    State.REVIEWED: "已复核",
    State.RENDERING: "签发中",
    State.ISSUED: "有效",
    State.CONSUMED: "已核销",
    State.ARCHIVED: "已归档",
    State.EXPIRED: "已过期",
    State.REVOKED: "已撤销",
    State.VOID: "作废",
}

EDGES: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.DRAFT, State.REVIEWED}),
    State.REVIEWED: frozenset({State.DRAFT, State.RENDERING}),
    State.RENDERING: frozenset({State.ISSUED, State.VOID}),
    State.ISSUED: frozenset({State.CONSUMED, State.REVOKED, State.EXPIRED}),
    State.CONSUMED: frozenset({State.ISSUED, State.REVOKED, State.ARCHIVED}),
    State.EXPIRED: frozenset(),
    State.ARCHIVED: frozenset({State.REVOKED}),
    State.REVOKED: frozenset(),
    State.VOID: frozenset(),
}
"""From which state a report may go to which; docs/register.md prints the same table."""
_BY_USE = (State.CONSUMED, State.ARCHIVED)
SUPERSEDABLE = (State.ISSUED, State.CONSUMED)
"""States of a report whose place another one may take."""
KINDS: Mapping[Kind, str] = {Kind.REPORT: REPORT, Kind.RECORD: RECORD, Kind.GRADE: GRADE}
SUPERSEDED = "被替代"


@dataclass(frozen=True)
class Change:
    """Something that happened after issue: its word, and since when."""

    word: str
    at: datetime


@dataclass(frozen=True)
class Standing:
    """Where a report stands on a day: its state in Chinese, whether it may be used, and what changed since."""

    state: str
    usable: bool
    changes: tuple[Change, ...]


def standing(report: ReportRow, on: date, *, untold: bool = False) -> Standing:
    """Return where a report stands; a date that has passed needs nobody to say so.

    A report that another takes the place of stays usable for its project; a grade does not. `untold`: as it stood
    before its use, to whoever may not know yet whether it was used.
    """
    state = State(report.state)
    if untold and state in _BY_USE:
        state = State.ISSUED
    late = report.valid_until is not None and report.valid_until < on
    if state is State.ISSUED and late:
        state = State.EXPIRED
    marks = (
        ("需更新", report.outdated_at),
        ("异议中", report.disputed_at),
        ("已出更正通知", report.corrected_at),
    )
    if state is State.ISSUED and report.superseded and report.kind == Kind.GRADE:
        return Standing(SUPERSEDED, False, ())
    changes = [Change(word, at) for word, at in marks if at is not None]
    return Standing(LABELS[state], state is State.ISSUED, tuple(changes))


def earlier(session: Session, report: ReportRow) -> list[str]:
    """Return the numbers of the reports that a report supersedes, the newest first."""
    numbers: list[str] = []
    row: ReportRow | None = report
    while row is not None and row.supersedes_id is not None:
        row = session.get(ReportRow, row.supersedes_id)
        if row is not None and row.number:
            numbers.append(row.number)
    return numbers


def later(session: Session, report: ReportRow) -> list[ReportRow]:
    """Return the issued reports that take the place of a report, the oldest first."""
    found: list[ReportRow] = []
    row: ReportRow | None = report
    while row is not None:
        row = session.exec(
            select(ReportRow)
            .where(ReportRow.supersedes_id == row.id, col(ReportRow.issued_at).is_not(None))
            .order_by(col(ReportRow.id).desc())
            .limit(1)
        ).one_or_none()
        found += [row] if row is not None else []
    return found
