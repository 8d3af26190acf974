"""What a project's manifest (核验清单) says: each issued report as the register has it at a moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from reportgen.certify.manifest import After, Listed, Manifest, Named, Place
from reportgen.document.issuer import Agency
from reportgen.project.model import Project
from reportgen.registry import queries, standing
from reportgen.registry.event_data import Value
from reportgen.registry.events import Tag
from reportgen.registry.lifecycle import Desk
from reportgen.registry.office import tell
from reportgen.registry.queries import Wanted
from reportgen.registry.tables import ReportRow, RequestRow
from reportgen.registry.view import Summary, summaries
from reportgen.store.projects import project_at

_ALL = 1 << 20
"""A manifest that leaves out a report would call it a forgery: there is no page of it."""


@dataclass(frozen=True)
class Scope:
    """What a manifest is of: a project, by default its last round and all its lots."""

    project: str
    round: int | None = None
    lot: str | None = None


def manifest(session: Session, agency: Agency, scope: Scope, at: datetime) -> Manifest:
    """Return what is to be signed; raises E0351 (no such project), E0306 (lot), and E1106 before 开标.

    The issuing desk is refused as well: a manifest leaves the house, and tells who asked.
    """
    project = project_at(session, scope.project, scope.round)
    lots = tuple(lot.id for lot in project.lots) if scope.lot is None else _chosen(project, scope.lot)
    queries.require_opened(session, project.id, project.round, at)
    wanted = Wanted(at.date(), project=project.id, round=project.round, lot=scope.lot or None)
    rows = [row for row in queries.listed(session, wanted, _ALL) if row.issued_at is not None]
    return Manifest(
        sample=agency.sample,
        agency=Named(uscc=agency.uscc, name=agency.name),
        website=agency.website,
        project=Place(id=project.id, name=project.name, round=project.round),
        lots=lots,
        as_of=at,
        reports=_reports(session, sorted(rows, key=lambda row: str(row.number)), at),
    )


def exported(session: Session, listed: Manifest, sha256: str, desk: Desk) -> None:
    """Record that a manifest has left the house in a page of a hash."""
    place = listed.project
    said: dict[str, Value] = {
        "project": place.id,
        "round": place.round,
        "sha256": sha256,
        "reports": len(listed.reports),
    }
    tell(session, Tag.PROJECT_MANIFEST_EXPORT, desk, **said)


def _chosen(project: Project, lot: str) -> tuple[str, ...]:
    chosen = project.select(lot).lot
    return (chosen.id,) if chosen else ()


def _reports(session: Session, rows: Sequence[ReportRow], at: datetime) -> tuple[Listed, ...]:
    asked = _asked(session, rows[0]) if rows else {}
    lines = zip(rows, summaries(session, rows, at.date()), strict=True)
    return tuple(_listed(session, row, summary, asked[row.request_id]) for row, summary in lines)


def _asked(session: Session, row: ReportRow) -> Mapping[int | None, RequestRow]:
    found = select(RequestRow).where(RequestRow.project == row.project, RequestRow.round == row.round)
    return {asked.id: asked for asked in session.exec(found)}


def _listed(session: Session, row: ReportRow, summary: Summary, asked: RequestRow) -> Listed:
    assert row.issued_at and row.valid_until and row.sha256  # noqa: S101 - it is issued
    return Listed(
        number=summary.number,
        kind=summary.kind,
        sha256=row.sha256,
        pages=row.pages,
        applicant=tuple(Named(uscc=party.uscc, name=party.name) for party in summary.applicant),
        lot=row.lot,
        recipient=Named(uscc=asked.recipient, name=asked.recipient_name),
        purpose=row.purpose,
        conclusion=summary.conclusion,
        issued_at=row.issued_at,
        valid_until=row.valid_until,
        state=summary.state,
        usable=summary.usable,
        used_at=row.consumed_at,
        used_by=row.consumed_by,
        revoked_at=row.revoked_at,
        changes=tuple(After(word=change.word, at=change.at) for change in summary.changes),
        later=tuple(str(other.number) for other in standing.later(session, row)) if row.superseded else (),
    )
