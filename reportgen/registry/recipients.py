"""What a recipient (招标人, 代理机构) finds at the portal: his projects, and after 开标 the reports made for him.

Before 开标 a project is told by its name and its moment alone, however many have asked (招标投标法 22).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from reportgen.assess.model import Assessment, Verdict
from reportgen.errors import ReportgenError
from reportgen.project.model import Project
from reportgen.registry import notices, queries
from reportgen.registry.lifecycle import Consumption, Desk, Use, consume
from reportgen.registry.tables import Kind, NoticeRow, ReportRow, State
from reportgen.registry.view import Summary, summaries
from reportgen.store.projects import project_at
from reportgen.store.tables import ProjectRow

_MOST = 200


@dataclass(frozen=True)
class Tender:
    """A project of a recipient's: its name, its round, and since when its reports are told."""

    project: str
    round: int
    name: str
    closes_at: datetime
    opened: bool


@dataclass(frozen=True)
class Held:
    """A report made for the recipient: as a list shows it, how its requirements stand, and the one use of it."""

    summary: Summary
    pages: int | None
    consumed_at: datetime | None
    consumable: bool
    met: int
    asked: int
    unmet: tuple[str, ...]
    risks: int
    notices: tuple[NoticeRow, ...]


@dataclass(frozen=True)
class Opened:
    """A project that is open, with the reports made for the recipient, by lot and number.

    `elsewhere` says how many were made for the other of 招标人 and 代理机构, to whoever is one of them.
    """

    project: Project
    reports: tuple[Held, ...]
    elsewhere: int = 0

    def run_by(self, uscc: str) -> bool:
        """Say whether somebody runs the tender: 招标人 or 代理机构 themselves, who compare all that was issued for it."""
        agent = self.project.agent
        return uscc == self.project.owner.uscc or (agent is not None and uscc == agent.uscc)

    def other(self, uscc: str) -> str:
        """Return the name of who runs the tender beside somebody; nothing where nobody does."""
        parties = [party for party in (self.project.owner, self.project.agent) if party is not None]
        return "".join(party.name for party in parties if party.uscc != uscc) if self.run_by(uscc) else ""


def tenders(session: Session, uscc: str, at: datetime) -> list[Tender]:
    """Return the projects of a recipient, those that close last first: his own, and those he takes reports for.

    The latter from 开标 on: before it, that one stands here would tell that somebody has asked.
    """
    named = select(ReportRow.project).where(ReportRow.recipient == uscc)
    found = session.exec(
        select(ProjectRow)
        .where(
            or_(
                col(ProjectRow.owner) == uscc,
                col(ProjectRow.agent) == uscc,
                col(ProjectRow.project).in_(named),
            )
        )
        .order_by(col(ProjectRow.known_at).desc(), col(ProjectRow.id).desc())
    )
    newest: dict[tuple[str, int], ProjectRow] = {}
    for row in found:
        newest.setdefault((row.project, row.round), row)
    told = [row for row in newest.values() if uscc in {row.owner, row.agent} or row.closes_at <= at]
    rows = sorted(told, key=lambda row: (row.closes_at, row.project), reverse=True)[:_MOST]
    return [Tender(row.project, row.round, row.name, row.closes_at, row.closes_at <= at) for row in rows]


def opened(session: Session, uscc: str, project: str, round_: int, at: datetime) -> Opened:
    """Return a project with the reports made for a recipient; raises E0351 (none of his), E1106 before 开标."""
    mine = {(tender.project, tender.round) for tender in tenders(session, uscc, at)}
    if (project, round_) not in mine:
        # The same as for a project that nobody knows.
        raise ReportgenError("E0351", path=project, detail=f"{project} 第 {round_} 轮 没有导入过")
    queries.require_opened(session, project, round_, at)
    rows = _of(session, uscc, project, round_)
    shown = summaries(session, rows, at.date())
    held = (_held(session, row, summary) for row, summary in zip(rows, shown, strict=True))
    found = Opened(project_at(session, project, round_), tuple(held))
    # Who runs the tender is shown all reports in its comparison.
    return replace(found, elsewhere=_elsewhere(session, found, uscc)) if found.run_by(uscc) else found


def use(session: Session, uscc: str, numbers: Sequence[str], desk: Desk) -> list[Consumption]:
    """Use reports made for a recipient, each once; raises E0502 where one is not his, and then uses none."""
    rows = [queries.made_for(session, uscc, number, desk.at) for number in sorted(set(numbers))]
    return [
        consume(session, str(row.number), Use(row.project, row.round, row.lot, uscc), desk) for row in rows
    ]


def _elsewhere(session: Session, found: Opened, uscc: str) -> int:
    counted = select(func.count()).select_from(ReportRow)
    others = col(ReportRow.recipient) != uscc
    return session.exec(counted.where(*_issued(found.project.id, found.project.round), others)).one()


def _of(session: Session, uscc: str, project: str, round_: int) -> list[ReportRow]:
    found = select(ReportRow).where(*_issued(project, round_), ReportRow.recipient == uscc)
    return list(session.exec(found.order_by(col(ReportRow.lot), col(ReportRow.number))).all())


def _issued(project: str, round_: int) -> tuple[ColumnElement[bool], ...]:
    return (
        col(ReportRow.kind) == Kind.REPORT,
        col(ReportRow.project) == project,
        col(ReportRow.round) == round_,
        col(ReportRow.issued_at).is_not(None),
    )


def _held(session: Session, row: ReportRow, summary: Summary) -> Held:
    judged = Assessment.model_validate_json(row.assessment) if row.assessment else None
    items = judged.requirements if judged else ()
    return Held(
        summary=summary,
        pages=row.pages,
        consumed_at=row.consumed_at,
        consumable=summary.usable and row.state == State.ISSUED,
        met=sum(item.verdict is Verdict.MET for item in items),
        asked=len(items),
        unmet=tuple(f"{item.clause} {item.name}" for item in items if item.verdict is not Verdict.MET),
        risks=len(judged.risks) if judged else 0,
        notices=tuple(notices.of_report(session, row.id or 0)) if row.corrected_at else (),
    )
